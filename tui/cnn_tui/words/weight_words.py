"""What is said of a weight that is edited: where it is, what it is, and what it was."""

from __future__ import annotations

from cnn_core.blocks.reading import Reading
from cnn_core.network.weight_edits import FilterWeights

from .numbers import signed

__all__ = ["explain_weight", "own_weights", "step_of", "weights_now"]

_STEPS = 10
"""Steps from 0 to a filter's largest weight."""


def weights_now(reading: Reading, filter_index: int) -> FilterWeights:
    """Return a filter of the block as it is, edited or not."""
    return reading.model.filter_weights(reading.block.conv, filter_index)


def own_weights(reading: Reading, filter_index: int) -> FilterWeights:
    """Return a filter of the block as the model came with it."""
    return reading.model.without_weight_edits().filter_weights(reading.block.conv, filter_index)


def step_of(reading: Reading, filter_index: int) -> float:
    """Return by how much a weight is raised or lowered: a tenth of the filter's own largest, to one digit."""
    own = own_weights(reading, filter_index)
    largest = float(abs(own.weights).max()) or 1.0
    return float(f"{largest / _STEPS:.0e}")


def explain_weight(reading: Reading, filter_index: int, tap: int, channel: int | None) -> str:
    """Return a weight, and what it was where it is edited: `tap 3, A: 0.5, was 0.12`.

    Args:
        reading: The model on the input window.
        filter_index: The filter.
        tap: The tap.
        channel: The channel, or None for the bias.
    """
    now, own = weights_now(reading, filter_index), own_weights(reading, filter_index)
    if channel is None:
        where, is_now, was = "bias", now.bias, own.bias
    else:
        at = channel - now.channels.start
        where = f"tap {tap}, {now.letter(channel) or f'channel {channel}'}"
        is_now, was = float(now.weights[tap, at]), float(own.weights[tap, at])
    told = f"{where}: {signed(is_now)}"
    return told if is_now == was else f"{told}, was {signed(was)}"
