"""A short program that computes what is on the screen: the letters, the layers, and the value under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ..blocks.assumptions import as_comments, assumptions_of, edit_comments, edited_names
from ..blocks.offered_blocks import LONGEST_WHOLE_INPUT
from ..blocks.reading import Reading
from ..errors import NotFoundError, RegionError, SettingError, ShapeError, printable
from ..layers import Array, Index, Input
from ..writers.decimals import shortest
from . import in_keras, in_pytorch
from .letters import LONGEST_EMBEDDED, encoding_lines, letter_lines
from .plan import Plan, Step, literal, plan_of
from .pytorch_recurrence import definitions
from .rows import keras_lines, pytorch_lines, remark

__all__ = ["FRAMEWORKS", "LONGEST_EMBEDDED", "WeightFile", "place_of", "script"]

FRAMEWORKS: Final = ("keras", "pytorch")
"""What a program can be written for."""

_WRITERS: Final[dict[str, tuple[Callable[[Step], Iterable[str]], tuple[str, ...]]]] = {
    "keras": (keras_lines, in_keras.RESERVED),
    "pytorch": (pytorch_lines, in_pytorch.RESERVED),
}
"""What writes a layer, and the names that a program uses itself."""
_MOST_NUMBERS: Final = 8
_WIDTH: Final = 100
"""Columns of a comment."""


@dataclass(frozen=True, slots=True)
class WeightFile:
    """Where a program finds the weights: an .npz file that `readers.npz.write_npz` wrote of this model.

    Attributes:
        name: The file's name or path.
        beside: Whether it lies beside the program, wherever that is run from.
        made_by: The command that makes it, or nothing where it is there.
    """

    name: str
    beside: bool = False
    made_by: str = ""


def place_of(
    reading: Reading, filter_index: int, *, cell: int | None = None, position: int | None = None
) -> tuple[str, Index]:
    """Return which layer a cell or a response of a block is of, and where in it.

    Args:
        reading: The block on its input window.
        filter_index: The filter.
        cell: The cell; None where it is a position.
        position: The position of the convolution; what is meant is the activation that the pool reads there.
    """
    block = reading.block
    if cell is not None:
        return block.pool, reading.run.place(cell, filter_index)
    return (block.between[-1] if block.between else block.conv), (position or 0, filter_index)


def script(
    reading: Reading,
    framework: str,
    layer: str,
    index: Index,
    *,
    weights: WeightFile,
    fasta: str | None = None,
) -> str:
    """Return a program that rebuilds the model with its settings, runs the input window and prints one value.

    What follows the first layer that the framework, or our code for it, has no line for is left out; the
    program says what and why, and what had to be assumed. Equal arguments give equal text.

    Args:
        reading: The model, with the settings in force, on its input window.
        framework: One of `FRAMEWORKS`.
        layer: The layer that the value is of.
        index: Where in it: (position, channel), or (unit,) where no length is left; see `place_of`.
        weights: Where the program finds the weights.
        fasta: The FASTA file, for stretches of more than `LONGEST_EMBEDDED` letters; where the weights stand beside
            the program, its path from there.

    Raises:
        NotFoundError: There is no such framework or layer.
        RegionError: The layer has no such place, or the input window is too long to run at once.
        ShapeError: The layer cannot be computed, or cannot be written for the framework; the message says why.
        SettingError: The letters are too many and there is no file, or inputs that are not letters were given.
    """
    if framework not in FRAMEWORKS:
        raise NotFoundError(f"there is no framework '{framework}' here", remedy=f"it is {' or '.join(FRAMEWORKS)}")
    if reading.length > LONGEST_WHOLE_INPUT:
        raise RegionError(
            f"{reading.length:,} bases are too many to run at once",
            where=f"record {reading.record.name}",
            remedy=f"give a region of {LONGEST_WHOLE_INPUT:,} at most",
        )
    if reading.side_inputs:
        raise SettingError(
            f"numbers for {', '.join(reading.side_inputs)} cannot stand in a program",
            remedy="leave them out, and it reads zeros as the explorer does",
        )
    plan = plan_of(reading.model, reading.length, *_WRITERS[framework])
    node = reading.model[layer]
    if node.name in plan.left_out:
        raise ShapeError(
            f"cannot be written as {framework} code: {plan.why_not(node.name)}", where=f"layer {layer}"
        )
    values = plan.model(reading.model).run(reading.codes(0, reading.length), reading.ambiguity)
    if len(index) != values[layer].ndim or not all(
        0 <= at < size for at, size in zip(index, values[layer].shape, strict=True)
    ):
        raise RegionError(
            f"has no place {[*index]}", where=f"layer {layer}", remedy=f"its shape is {values[layer].shape}"
        )
    lines = [
        *_heading_lines(reading, framework, weights, plan, assumptions_of(reading, layer)),
        *letter_lines(reading, fasta, beside=weights.beside),
        "",
        *_input_lines(reading, plan),
        *_layer_lines(reading, plan),
        *_result_lines(reading, framework, plan, layer, index, values),
    ]
    return "\n".join(lines) + "\n"


def _heading_lines(
    reading: Reading, framework: str, weights: WeightFile, plan: Plan, assumed: tuple[str, ...]
) -> Iterator[str]:
    called = {"keras": "Keras 3", "pytorch": "PyTorch"}[framework]
    said = f"The model {reading.model.name} in {called}, on {reading.region}: every step from letters to values."
    yield f'"""{_plain(said)}"""'
    yield ""
    edited = edited_names(reading)
    if assumed or edited:
        yield from edit_comments(edited, _WIDTH)
        yield from as_comments(assumed, _WIDTH)
        yield ""
    if reading.stop - reading.start > LONGEST_EMBEDDED:
        yield "import gzip"
    if weights.beside:
        yield "from pathlib import Path"
    if weights.beside or reading.stop - reading.start > LONGEST_EMBEDDED:
        yield ""
    if framework == "keras":
        yield "import keras  # on TensorFlow; on another backend after export KERAS_BACKEND=torch, or jax"
        yield "import numpy as np"
    else:
        yield "import numpy as np"
        yield "import torch"
        yield "import torch.nn.functional as F"
    yield ""
    if weights.made_by:
        yield f"# The weights, one array a name; made by: {weights.made_by}"
    else:
        yield "# The weights, one array a name."
    path = f"Path(__file__).with_name({literal(weights.name)})" if weights.beside else literal(weights.name)
    yield f"{'weights' if framework == 'keras' else 'stored'} = np.load({path})"
    yield ""
    if framework == "keras":
        return
    yield ""
    yield "def weight(name, *axes):"
    yield '    """Return a weight, its axes in another order where PyTorch wants them so."""'
    yield "    array = torch.from_numpy(stored[name])"
    yield "    return array.permute(axes) if axes else array"
    yield ""
    for definition in definitions(line for _, lines in plan.steps for line in lines):
        yield from definition.rstrip("\n").split("\n")
        yield ""
    yield ""


def _input_lines(reading: Reading, plan: Plan) -> Iterator[str]:
    for step, _ in plan.steps:
        if isinstance(step.layer, Input):
            yield from encoding_lines(step.layer, step.numbers, reading)
            yield ""


def _layer_lines(reading: Reading, plan: Plan) -> Iterator[str]:
    for step, lines in plan.steps:
        said = remark(step)
        if said:
            yield f"# {said}"
        yield from lines
    if plan.left_out:
        for name, reason in plan.left_out.items():
            kind = reading.model[name].layer.type
            yield f"# Not here: {printable(name)} ({printable(kind)}): {printable(reason)}"
    yield ""


def _result_lines(
    reading: Reading, framework: str, plan: Plan, layer: str, index: Index, values: dict[str, Array]
) -> Iterator[str]:
    """Yield the lines that run the program and print the value under the cursor, and what the network says."""
    variables, fixed = plan.variables, plan.fixed
    output = next(
        (name for name in reading.model.outputs if name in variables and name not in (layer, *fixed)), None
    )
    shown = shortest(values[layer][index])
    place = ", ".join(map(str, index))
    if framework == "keras":
        inputs = [step for step, _ in plan.steps if step.is_input]
        wanted = {"value": None if layer in fixed else layer, "output": output}
        outputs = ", ".join(f'"{key}": {variables[name]}' for key, name in wanted.items() if name)
        given = [f"{step.numbers}[None]" if step.numbers else f"np.zeros({(1, *step.shape)})" for step in inputs]
        names = [step.variable for step in inputs]
        if outputs:
            yield f"model = keras.Model({_alone_or_listed(names)}, {{{outputs}}})"
            yield f"found = model.predict({_alone_or_listed(given)}, verbose=0)"
        of = f"keras.ops.convert_to_numpy({variables[layer]})" if layer in fixed else 'found["value"]'
        value, whole = f"{of}[0, {place}]", 'found["output"][0]'
    else:
        value = f"{variables[layer]}[0, {', '.join(map(str, reversed(index)))}]"
        whole = f"{variables[output]}[0]" if output else ""
        if output and values[output].ndim > 1:
            whole += f".permute({', '.join(map(str, reversed(range(values[output].ndim))))})"
        value, whole = f"{value}.item()", f"{whole}.numpy()"
    yield f"value = {value}"
    yield f'print(f"{_place_name(reading, layer, index)} = {{value:.9g}}, and cnn-tui shows {shown}")'
    if output:
        numbers = values[output].reshape(-1)[:_MOST_NUMBERS]
        more = " ..." if values[output].size > _MOST_NUMBERS else ""
        first = f".reshape(-1)[:{_MOST_NUMBERS}]"
        said = " ".join(f"{number:.7g}" for number in numbers.tolist())
        name = _safe(output)
        yield f"said = {whole}{first}"
        yield f'print(f"{name} = {{said}}, and cnn-tui shows [{said}]{more}")'


def _alone_or_listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"[{', '.join(words)}]"


def _place_name(reading: Reading, layer: str, index: Index) -> str:
    """Return what the explorer calls a value."""
    name = layer
    if reading.has_block:
        block = reading.block
        if layer in (block.conv, *block.between, block.pool):
            name = "pooled" if layer == block.pool else "conv"
            names = reading.run.conv.filter_names
            cell, filter_index = index if len(index) > 1 else (0, index[0])
            called = f" {names[filter_index]}" if names else ""
            return _safe(f"{name}[{cell}] of filter {filter_index}{called}")
    return _safe(f"{name}[{', '.join(map(str, index))}]")


def _plain(words: str) -> str:
    """Return words that can stand between double quotes."""
    return printable(words).replace("\\", "/").replace('"', "'")


def _safe(words: str) -> str:
    """Return words that can stand in an f-string in double quotes."""
    return _plain(words).replace("{", "{{").replace("}", "}}")
