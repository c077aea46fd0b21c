"""Which variables each class of layer has, in the order in which Keras makes them and so stores them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .configuration import LayerConfig

__all__ = ["WITHOUT_WEIGHTS", "Plan", "plan", "quantisation"]

WITHOUT_WEIGHTS: Final = frozenset(
    (
        "Activation",
        "ActivityRegularization",
        "Add",
        "AlphaDropout",
        "Average",
        "AveragePooling1D",
        "AveragePooling2D",
        "Concatenate",
        "Cropping1D",
        "Cropping2D",
        "Dot",
        "Dropout",
        "ELU",
        "Flatten",
        "GaussianDropout",
        "GaussianNoise",
        "GlobalAveragePooling1D",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling1D",
        "GlobalMaxPooling2D",
        "Identity",
        "InputLayer",
        "Lambda",
        "LeakyReLU",
        "Masking",
        "MaxPooling1D",
        "MaxPooling2D",
        "Maximum",
        "Merge",
        "Minimum",
        "Multiply",
        "Permute",
        "ReLU",
        "RepeatVector",
        "Reshape",
        "Softmax",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "Subtract",
        "UpSampling1D",
        "UpSampling2D",
        "ZeroPadding1D",
        "ZeroPadding2D",
    )
)
"""Classes that have no variables."""

_KERNELS: Final = {
    "Conv1D": ("kernel",),
    "Conv2D": ("kernel",),
    "Dense": ("kernel",),
    "DepthwiseConv1D": ("kernel",),
    "DepthwiseConv2D": ("kernel",),
    "SeparableConv1D": ("depthwise_kernel", "pointwise_kernel"),
    "SeparableConv2D": ("depthwise_kernel", "pointwise_kernel"),
    "SimpleRNN": ("kernel", "recurrent_kernel"),
    "LSTM": ("kernel", "recurrent_kernel"),
    "GRU": ("kernel", "recurrent_kernel"),
}
# The order of the gates where each has variables of its own.
_GATES: Final = {"LSTM": "icfo", "GRU": "zrh"}


@dataclass(frozen=True, slots=True)
class Plan:
    """The variables of a layer.

    Attributes:
        trained: The names of those that training changes by its gradient, in order.
        kept: The names of the others, such as a moving mean, in order.
    """

    trained: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names, in the order of a file."""
        return self.trained + self.kept


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
    if layer.class_name in WITHOUT_WEIGHTS or layer.is_operation:
        return Plan()
    if layer.class_name in _KERNELS:
        # `inner_init` marks a recurrent layer of Keras 0.3 or 1, which kept the gates together only to run on a GPU.
        if layer.class_name in _GATES and "inner_init" in settings and settings.get("consume_less") != "gpu":
            return Plan(tuple(f"{part}_{gate}" for gate in _GATES[layer.class_name] for part in "WUb"))
        bias = ("bias",) if settings.get("use_bias", True) else ()
        return Plan(_KERNELS[layer.class_name] + bias)
    if layer.class_name in ("BatchNormalization", "LayerNormalization"):
        trained = tuple(
            name for name, switch in (("gamma", "scale"), ("beta", "center")) if settings.get(switch, True)
        )
        moving = ("moving_mean", "moving_variance") if layer.class_name == "BatchNormalization" else ()
        return Plan(trained, moving)
    if layer.class_name == "PReLU":
        return Plan(("alpha",))
    if layer.class_name == "Embedding":
        return Plan(("embeddings",))
    if layer.class_name in ("Bidirectional", "TimeDistributed") and layer.inner is not None:
        inner = None if layer.inner.network is not None else plan(layer.inner)
        if inner is None or layer.class_name == "TimeDistributed":
            return inner
        both = ("forward_layer", "backward_layer")
        return Plan(
            tuple(f"{side}/{name}" for side in both for name in inner.trained),
            tuple(f"{side}/{name}" for side in both for name in inner.kept),
        )
    return None


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
