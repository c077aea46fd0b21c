"""The network's output in words: its value, the sum before its last function, and what it means."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from cnn_core.blocks.reading import Reading
from cnn_core.errors import printable
from cnn_core.explain.walk_down import Descent
from cnn_core.layers import Input

from .model_words import meaning_of
from .numbers import number

__all__ = ["before_last_function", "explain_output", "output_values", "why_no_output"]

_MOST_SHOWN = 3
_SAID: WeakKeyDictionary[Reading, tuple[str, ...]] = WeakKeyDictionary()
"""What was said of readings that are still looked at."""


def why_no_output(reading: Reading) -> str:
    """Return why nothing comes out of the network, such as `no output: …`; nothing where the block's cells do."""
    ends_with_block = reading.has_block and reading.model.outputs[0] == reading.block.pool
    return f"no output: {printable(reading.obstacle)}" if reading.obstacle and not ends_with_block else ""


def output_values(reading: Reading) -> str:
    """Return the first values of the network's first output, `…` while they are computed, or why there are none.

    Where the model ends with the block that is looked into there is nothing to say.
    """
    if reading.has_block and reading.model.outputs[0] == reading.block.pool:
        return ""
    if reason := why_no_output(reading):
        return reason
    values = reading.output.values if reading.is_computed else None
    if values is None:
        return "…"
    shown = [number(float(value)) for value in values.ravel()[:_MOST_SHOWN]]
    return ", ".join(shown) + (" …" if values.size > _MOST_SHOWN else "")


def explain_output(reading: Reading) -> tuple[str, ...]:
    """Return what comes out of the network and what it means; nothing before it is computed, or where nothing does."""
    if reading not in _SAID:
        if reading.has_block and reading.model.outputs[0] == reading.block.pool:
            said: tuple[str, ...] = ()
        elif reason := why_no_output(reading):
            said = (reason,)
        elif not reading.is_computed:
            return ()
        else:
            said = (_output(reading),)
        _SAID[reading] = said
    return _SAID[reading]


def _output(reading: Reading) -> str:
    values, layer = reading.values, reading.model.outputs[0]
    shown, names = output_values(reading), reading.model.output_names
    if names and reading.model.named_output == layer and values[layer].size == len(names):
        those = zip(values[layer].ravel()[:_MOST_SHOWN], names, strict=False)
        shown = ", ".join(" ".join(filter(None, (number(float(value)), printable(name)))) for value, name in those)
        shown += " …" if len(names) > _MOST_SHOWN else ""
    of = f" of {values[layer].size:,}" if values[layer].size > _MOST_SHOWN else ""
    words = f"output{of} {shown}"
    if values[layer].size == 1 and (before := _before_function(reading, layer)):
        words += f" = {before}"
    others = len(reading.model.outputs) - 1
    meaning = meaning_of(reading.model)
    told = [*([meaning] if meaning else []), *([f"{others} further outputs: Tab"] if others else [])]
    return f"{words}: {'; '.join(told)}" if told else words


def _before_function(reading: Reading, layer: str) -> str:
    """Return the last function with the sum that it is given, such as `sigmoid(14.32)`, or nothing for none."""
    found = before_last_function(reading, layer)
    return "" if found is None else f"{found[0]}({number(found[1])})"


def before_last_function(reading: Reading, layer: str) -> tuple[str, float] | None:
    """Return the last function of an output's first value, and what it is applied to: of a sigmoid, the logit.

    Args:
        reading: The reading, whose values are computed.
        layer: The output's layer.

    Returns:
        None where no function comes last.
    """
    values = reading.values
    if isinstance(reading.model[layer].layer, Input):
        return None
    step = Descent(reading.model, values).step(layer, (0,) * values[layer].ndim)
    if not step.composition.function:
        return None
    if step.composition.how == "function" and step.composition.count != 1:
        return None
    given = step.composition.parts[0].value if step.composition.how == "function" else step.composition.total
    return step.composition.function, given
