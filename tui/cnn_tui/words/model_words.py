"""What is said of a model: where its weights come from, and what its output means."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cnn_core.errors import printable

if TYPE_CHECKING:
    from cnn_core.network.model import Model

__all__ = ["meaning_of", "ways_to_name"]

_ORIGINS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "seed": ("untrained, random weights", "untrained"),
        "trained": ("learned from made-up enhancers", "made-up enhancers"),
        "motifs": ("log-odds of 12 JASPAR matrices", "12 JASPAR motifs"),
    }
)
"""Of the models that come along, where their weights come from: the longest way of saying it first."""
_MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "seed": "means nothing, since these weights are random",
        "trained": "how likely a made-up “enhancer”",
    }
)


def ways_to_name(name: str, reason: str | None = None) -> tuple[str, ...]:
    """Return the ways of naming a model, the longest first: with where its weights come from, or why it was chosen.

    Args:
        name: What was opened: a model that comes along, or a file.
        reason: Why it was chosen, where no model was named.
    """
    known = printable(name)
    ways = [f"model {known}, {reason}"] if reason else []
    ways += [f"model {known}: {each}" for each in _ORIGINS.get(name, ())[:1]]
    ways += [f"model {known}, {each}" for each in _ORIGINS.get(name, ())[1:]]
    return (*ways, f"model {known}")


def meaning_of(model: Model) -> str:
    """Return what the output of a model that comes along means; nothing of any other, whose meaning is its maker's."""
    return _MEANINGS.get(model.name, "")
