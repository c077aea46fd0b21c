"""How long the input of a stack of modules must be, told from a Linear that reads all of what they give.

A Linear behind a Flatten reads channels times positions, so its size gives the number of positions, and the windows in
front of it give, going back, the shortest and the longest input with so many.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .pickled_modules import Module

__all__ = ["fitting_lengths", "roundest"]

_WINDOWS: Final = ("Conv1d", "Conv2d", "MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d")
_SETTINGS: Final = ("kernel_size", "stride", "padding", "dilation")
_ROUND: Final = (10**6, 10**5, 10**4, 10**3, 500, 100, 64, 50, 10, 5, 2)
_LONGEST: Final = 1 << 26


def fitting_lengths(modules: Sequence[Module], along: int = -1) -> tuple[int, int] | None:
    """Return the shortest and the longest input whose length fits the first Linear, or None where any fits.

    Args:
        modules: Modules that compute one after the other.
        along: Which of the dimensions of convolutions and pools the letters lie along.
    """
    linear = next((at for at, each in enumerate(modules) if each.kind == "Linear"), None)
    if linear is None:
        return None
    before = modules[:linear]
    if any(each.kind.startswith("Adaptive") for each in before):
        return None
    channels = next((size for each in reversed(before) if (size := _int(each, "out_channels"))), None)
    features = _int(modules[linear], "in_features")
    if channels is None or features is None:
        return None
    if any(each.kind == "Flatten" for each in before):
        if features % channels:
            return None
        features //= channels
    shortest = longest = features
    for module in reversed(before):
        if module.kind.endswith("Pad1d"):
            padding = module.settings.get("padding")
            added = sum(each for each in padding if type(each) is int) if isinstance(padding, tuple) else 0
            shortest, longest = shortest - added, longest - added
        if module.kind not in _WINDOWS:
            continue
        size, stride, pads, dilation = (_along(module, name, along) for name in _SETTINGS)
        if module.settings.get("padding") == "same":
            continue
        stride = stride or size or 1
        span = (dilation or 1) * ((size or 1) - 1) + 1
        by_ceiling = stride - 1 if module.settings.get("ceil_mode") is True else 0
        shortest = (shortest - 1) * stride + span - 2 * (pads or 0) - by_ceiling
        longest = (longest - 1) * stride + span - 2 * (pads or 0) + stride - 1 - by_ceiling
    return (max(1, shortest), longest) if 0 < longest <= _LONGEST else None


def roundest(shortest: int, longest: int) -> int:
    """Return the number within bounds that an author would have chosen: with the most zeros, else a power of two's.

    Args:
        shortest: The least that it may be.
        longest: The most that it may be.
    """
    for step in _ROUND:
        found = -(-shortest // step) * step
        if found <= longest:
            return found
    return shortest


def _int(module: Module, name: str) -> int | None:
    value = module.settings.get(name)
    return value if type(value) is int and 0 < value < _LONGEST else None


def _along(module: Module, name: str, along: int) -> int | None:
    """Return a setting along the letters; None where it has none, or is no number."""
    value = module.settings.get(name)
    if isinstance(value, tuple | list):
        value = value[along] if len(value) >= -along else value[0] if value else None
    return value if type(value) is int and 0 <= value < _LONGEST else None
