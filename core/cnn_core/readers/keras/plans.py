"""Which variables one layer has, by the row of its class."""

from __future__ import annotations

from .layer_classes import CLASSES
from .layer_config import LayerConfig
from .variables import Plan

__all__ = ["plan", "quantisation"]


def plan(layer: LayerConfig) -> Plan | None:
    """Return the variables that a layer has.

    Args:
        layer: Not a nested model.

    Returns:
        None for a class that is not known, and for weights that are stored otherwise than Keras first makes them.
    """
    settings = layer.settings
    if quantisation(layer) or settings.get("lora_rank"):
        return None
    if layer.is_operation:
        return Plan()
    row = CLASSES.get(layer.class_name)
    if row is None or not row.wraps:
        return None if row is None else row.variables(settings)
    inner = None if layer.inner is None or layer.inner.network is not None else plan(layer.inner)
    if inner is None:
        return None
    return Plan(
        tuple(f"{side}/{name}" for side in row.wraps for name in inner.trained),
        tuple(f"{side}/{name}" for side in row.wraps for name in inner.kept),
    )


def quantisation(layer: LayerConfig) -> str:
    """Return the kind of number that a layer's weights were quantised to, such as int8; nothing where they were not.

    Args:
        layer: The layer.
    """
    policy = layer.settings.get("dtype")
    config = policy.get("config") if isinstance(policy, dict) else None
    mode = config.get("mode") if isinstance(config, dict) else None
    if isinstance(mode, str):
        return mode
    # Keras 3.0 to 3.4 wrote it as one word: "int8_from_float32".
    if isinstance(policy, str) and "_from_" in policy:
        return policy.partition("_from_")[0]
    return "another kind of number" if layer.settings.get("quantization_config") is not None else ""
