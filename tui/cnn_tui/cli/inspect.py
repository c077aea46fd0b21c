"""`cnn-tui inspect`: what is in a model file, without running it, also where no model can be made of it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from cnn_core import blocks, readers
from cnn_core.errors import CnnError, NotFoundError, SettingError, printable

from ..options.arguments import add_model_options, options_of
from ..options.model_options import ModelOptions
from .columns import column_lines
from .parser import Parser, add_json
from .streams import write_json, write_lines

if TYPE_CHECKING:
    from cnn_core.network.model import Node
    from cnn_core.readers import FileContents, ModelFile
    from cnn_core.readers.report import ModuleEntry

__all__ = ["check", "inspection_json", "inspection_words", "main", "parser", "run"]

_DESCRIPTION: Final = """\
Print what is in a model file: its format, the version that wrote it, every
tensor, the layers, what is not supported and why. Nothing in it is run. Where
no model can be made of it as it is, that is said in place of the layers."""

_END: Final = """\
example:
  cnn-tui inspect danq.h5 --json
  cnn-tui inspect weights.h5 --architecture danq.json"""
_GAP: Final = "  "


def parser() -> Parser:
    """Return the parser of `cnn-tui inspect`."""
    made = Parser("cnn-tui inspect", "cnn-tui inspect FILE [options]", _DESCRIPTION, _END)
    made.add_argument("file", metavar="FILE", help="a model file")
    add_json(made)
    add_model_options(made)
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse edits and names: what is in the file is what is printed."""
    if typed.output_names is not None:
        made.error("argument --output-names: a file is inspected as it is")
    if typed.weight_edits:
        made.error("argument --weight: a file is inspected as it is")


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(typed.file, options_of(typed), as_json=typed.json)
    return 0


def run(name: str, options: ModelOptions | None = None, *, as_json: bool) -> None:
    """Print what is in a model file.

    Args:
        name: The file.
        options: How it is read.
        as_json: Whether one JSON object is printed instead of words.

    Raises:
        CnnError: There is no such file, it is not a model file that we read, or an option does not apply to it.
    """
    contents = readers.inspect_model_file(name)
    opened: ModelFile | CnnError
    try:
        opened = readers.open_model_file(name, **(options or ModelOptions()).for_reader)
    except CnnError as error:
        # What was asked for is not in the file's hands.
        if isinstance(error, SettingError | NotFoundError) and options is not None and options.given:
            raise
        opened = error
    if as_json:
        write_json(inspection_json(name, contents, opened))
    else:
        write_lines(inspection_words(name, contents, opened))


def inspection_json(name: str, contents: FileContents, opened: ModelFile | CnnError) -> dict[str, object]:
    """Return what is in a file as plain JSON types.

    Args:
        name: The file.
        contents: What it holds.
        opened: The model, or why none can be made of it as it is; its layers are then null.
    """
    model = opened if isinstance(opened, readers.ModelFile) else None
    assumed = [] if model is None else [*model.warnings, *blocks.side_words(model.model)]
    return {
        "file": name,
        "format": contents.format,
        "version": contents.version,
        "tensors": [{"name": each.name, "shape": [*each.shape], "dtype": each.dtype} for each in contents.tensors],
        **({"modules": [_module_json(each) for each in contents.modules]} if contents.modules else {}),
        "layers": None if model is None else [_layer_json(node) for node in model.model.nodes],
        "reason": None if model is not None else str(opened),
        "unsupported": [] if model is None else [*model.unsupported],
        "assumptions": assumed,
        "warnings": assumed,  # what they were called before
    }


def _module_json(module: ModuleEntry) -> dict[str, object]:
    return {"name": module.name, "type": module.type, "settings": {**module.settings}}


def _layer_json(node: Node) -> dict[str, object]:
    return {
        "name": node.name,
        "type": node.layer.type,
        "inputs": [*node.inputs],
        "params": node.layer.parameter_count,
    }


def inspection_words(name: str, contents: FileContents, opened: ModelFile | CnnError) -> Iterator[str]:
    """Yield what is in a file in words: what it is, its tensors, its layers, and what must be said of them.

    Args:
        name: The file.
        contents: What it holds.
        opened: The model, or why none can be made of it as it is.
    """
    written = f", written by {printable(contents.version)}" if contents.version else ""
    yield f"{printable(name)}: {printable(contents.format)}{written}"
    yield ""
    yield f"tensors: {len(contents.tensors):,}"
    yield from _table([(each.name, _shape(each.shape), each.dtype) for each in contents.tensors])
    if contents.modules:
        yield ""
        yield f"modules: {len(contents.modules):,}"
        rows = [
            (
                module.name or "(the model)",
                module.type,
                ", ".join(f"{key} {text}" for key, text in module.settings.items()),
            )
            for module in contents.modules
        ]
        yield from _table(rows)
    yield ""
    if not isinstance(opened, readers.ModelFile):
        yield "layers: unknown"
        yield f"{_GAP}{opened}"
        return
    nodes = opened.model.nodes
    yield f"layers: {len(nodes):,}"
    yield from _table(
        [
            (
                node.name,
                node.layer.type,
                f"{node.layer.parameter_count:,} parameters",
                _reads(node),
            )
            for node in nodes
        ]
    )
    assumed = (*opened.warnings, *blocks.side_words(opened.model))
    for heading, sentences in (("not supported", readers.causes(opened.model)), ("assumed", assumed)):
        if sentences:
            yield ""
            yield f"{heading}: {len(sentences):,}"
            yield from (f"{_GAP}{printable(each)}" for each in sentences)


def _reads(node: Node) -> str:
    if node.inputs:
        return f"reads {', '.join(node.inputs)}"
    return "a constant" if node.layer.type == "Constant" else "an input of the network"


def _shape(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) if shape else "one number"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows of words as indented columns."""
    lines = column_lines([tuple(map(printable, row)) for row in rows])
    yield from (f"{_GAP}{line}" for line in lines)
