"""Why layers of a model cannot be computed, grouped by cause: one Lambda near the letters stops a hundred layers."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..layers import Unknown
from ..network.model import Model
from .tensors import listed

__all__ = ["causes"]

_NAMED = 3


@dataclass(slots=True)
class _Cause:
    """One reason, with the layers to which it applies.

    Attributes:
        called: The class of a layer that was not read; empty for a layer that cannot read its input.
        reason: The reason.
        names: The layers.
        behind: How many layers need one of them.
    """

    called: str
    reason: str
    names: list[str] = field(default_factory=list)
    behind: int = 0

    def __str__(self) -> str:
        called = f" ({self.called})" if self.called else ""
        return f"{listed(self.names, _NAMED)}{called}: {self.reason}{self._needed()}"

    def _needed(self) -> str:
        if not self.behind:
            return ""
        layers = "1 layer that needs" if self.behind == 1 else f"{self.behind:,} layers that need"
        return f"; {layers} {'it' if len(self.names) == 1 else 'them'} cannot be computed either"


def causes(model: Model) -> tuple[str, ...]:
    """Return why layers cannot be computed, one sentence for each cause, in the order of the model.

    Layers of the same class with the same reason share a sentence; layers that only need one of them are counted.

    Args:
        model: The model.
    """
    unavailable = model.unavailable()
    found: dict[tuple[str, str], _Cause] = {}
    cause_of: dict[str, _Cause] = {}
    for node in model.nodes:
        if node.name not in unavailable:
            continue
        needed = next((cause_of[read] for read in node.inputs if read in cause_of), None)
        layer = node.layer
        if needed is not None and (not isinstance(layer, Unknown) or layer.only_needs):
            needed.behind += 1
            cause_of[node.name] = needed
            continue
        called, reason = "", unavailable[node.name]
        if isinstance(layer, Unknown):
            called, reason = layer.type, layer.reason
        cause = found.setdefault((called, reason), _Cause(called, reason))
        cause.names.append(node.name)
        # A layer behind two causes is counted with the first.
        cause_of[node.name] = needed or cause
    return tuple(map(str, found.values()))
