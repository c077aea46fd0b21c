"""DeepLIFT's multipliers of a value from one reference: ratios of changes, layer by layer, from the value back.

Source of the rules: tangermeme 1.6, `deep_lift_shap`; they stand with the layers, at `Layer.multipliers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..layers import Array, Layer, LayerRun, TimeDistributed
from ..layers.shapes import PerInput
from ..network.graph import Node
from ..network.running import masks_of
from .gradients import ExplainedValue

__all__ = ["Multipliers", "deep_lift"]

_FUNCTIONS_OF_TANGERMEME: Final = frozenset(
    [
        "linear",
        "relu",
        "relu6",
        "selu",
        "celu",
        "elu",
        "leaky_relu",
        "gelu",
        "gelu_approximate",
        "silu",
        "mish",
        "sigmoid",
        "tanh",
        "softplus",
        "soft_shrink",
        "log_sigmoid",
        "softmax",
    ]
)


@dataclass(frozen=True, eq=False)
class Multipliers:
    """The multipliers of a value from one reference.

    Attributes:
        multipliers: At the letters, shape (length, 4), in the order ACGT.
        reference_value: The value of the reference.
        notes: Which layers follow a rule that tangermeme lacks, and which have none, one sentence each.
    """

    multipliers: Array
    reference_value: float
    notes: tuple[str, ...]


def deep_lift(
    explained: ExplainedValue, values: Mapping[str, Array], reference: Mapping[str, Array]
) -> Multipliers:
    """Return the multipliers of a value.

    Args:
        explained: The value.
        values: The activations of every layer, see `ExplainedValue.run`.
        reference: Those of the reference.

    Raises:
        ModelError: A layer has no gradient, or the letters enter as indices.
    """
    masks = masks_of(explained.applied, reference)
    notes: dict[str, None] = {}

    def through(node: Node, upstream: Array, run: LayerRun) -> PerInput:
        other = LayerRun(
            [reference[name] for name in node.inputs], reference[node.name], [masks[name] for name in node.inputs]
        )
        found = node.layer.multipliers(upstream, run, other)
        layer = f"{node.name} ({node.layer.type})"
        if found is None:
            notes[f"{layer}: there is no rule for it here, so its plain gradient stands for it"] = None
            return node.layer.gradient(upstream, run)
        if _has_own_rule(node.layer):
            notes[f"{layer}: the rule is ours, since tangermeme has none"] = None
        return found

    at = explained.back(values, through)
    length = len(next(iter(values.values())))
    return Multipliers(explained.letters(at, length), explained.target.of(reference), tuple(notes))


def _has_own_rule(layer: Layer) -> bool:
    if isinstance(layer, TimeDistributed):
        return _has_own_rule(layer.layer)
    return layer.own_rule or getattr(layer, "activation", "linear") not in _FUNCTIONS_OF_TANGERMEME
