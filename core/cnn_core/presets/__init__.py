"""Models without a file: they are computed in a few milliseconds whenever they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from ..errors import NotFoundError, did_you_mean

if TYPE_CHECKING:
    from ..network.model import Model

__all__ = ["PRESETS", "preset"]

PRESETS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "motifs": "12 transcription factor motifs of width 16, pooled 8/8; any length",
        "seed": "320 untrained filters of width 16, pooled 8/8, then a recurrent network; 500 bases",
    }
)
"""The presets, by the names of their modules, the default first, each with a line of description."""


def preset(name: str) -> Model:
    """Return a preset model.

    Args:
        name: One of `PRESETS`.

    Raises:
        NotFoundError: There is no such preset; the message names the nearest one, or all.
    """
    if name not in PRESETS:
        remedy = did_you_mean(name, PRESETS, f"the presets are {' and '.join(PRESETS)}")
        raise NotFoundError(f"there is no preset model '{name}'", remedy=remedy)
    built: Model = import_module(f".{name}", __name__).build()
    return built
