"""From one call of a layer to nodes: every class that is read, and how.

A class that stands in no table, a setting that we do not know, or an input that is no sequence makes an `Unknown`
with the reason. Weights that contradict the configuration are no such case: they are refused.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ...errors import ModelError, NotFoundError, SettingError, ShapeError
from ...layers import (
    ActivityRegularization,
    AlphaDropout,
    Array,
    BatchNormalization,
    Dense,
    Dropout,
    Embedding,
    GaussianDropout,
    GaussianNoise,
    Identity,
    Layer,
    LayerNormalization,
    Masking,
    PReLU,
    SpatialDropout1D,
    TimeDistributed,
)
from .activations import ACTIVATION_HANDLERS, activated, along, as_it_flows
from .assembly import PLAIN, Assembly, Tensor, Unsupported
from .configuration import LayerConfig
from .convolution import convolution, depthwise, global_pool, pool, separable
from .plans import quantisation
from .recurrent import bidirectional, note_training, recurrent
from .shaping import concatenate, dot, flatten, merge, permute, repeat, reshape
from .site import Handler, Site
from .two_dimensional import crop, pad, upsample

__all__ = ["HANDLERS", "build", "reason_unknown"]

_RATES: Final[dict[str, type[Dropout]]] = {
    "AlphaDropout": AlphaDropout,
    "Dropout": Dropout,
    "GaussianDropout": GaussianDropout,
    "SpatialDropout1D": SpatialDropout1D,
    "SpatialDropout2D": SpatialDropout1D,
}


def build(site: Site) -> Tensor:
    """Add the nodes of one call of a layer and return what flows out of it.

    Args:
        site: The call.

    Raises:
        ModelError: The file's weights contradict its configuration; the message names the file and the layer.
        Unsupported: It cannot be computed.
    """
    handler = HANDLERS.get(site.config.class_name)
    if handler is None:
        raise Unsupported(reason_unknown(site.config))
    _refuse_other_weights(site)
    try:
        return handler(site)
    except (NotFoundError, SettingError, ShapeError) as error:
        # The settings are Keras's own, and what it reads is what the layers before it gave: not a damage of the file.
        raise Unsupported(f"{error.what}; {error.remedy}" if error.remedy else error.what) from None
    except ModelError as error:
        if error.where:
            raise
        raise ModelError(error.what, where=site.assembly.where(site.name), remedy=error.remedy) from None


def _refuse_other_weights(site: Site) -> None:
    """Refuse weights that a layer computes with in another way than its class says."""
    quantised = quantisation(site.config)
    if quantised:
        raise Unsupported(f"its weights were quantised to {quantised}, which is not computed")
    rank = site.settings.get("lora_rank")
    # A .keras file holds the sum; a legacy file its parts.
    if rank and len(site.weights) > 1 + site.flag("use_bias", True):
        raise Unsupported(
            f"its kernel is adapted by two of rank {rank} (lora_rank), which are stored apart; a .keras file of this"
            " model holds their sum"
        )


def reason_unknown(layer: LayerConfig) -> str:
    """Return why a layer of a class that no handler knows cannot be computed.

    Args:
        layer: The layer.
    """
    class_name = layer.stored_class
    if layer.is_own:
        return f"{layer.class_name} is a class of the author's own, whose program is not in the file"
    if class_name == "Lambda":
        return "a Lambda is a piece of a program, which is never executed"
    if class_name in ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"):
        return "it is a function of TensorFlow, which is not read"
    if class_name.endswith(("2D", "3D")):
        return f"a {class_name} works on more than one dimension"
    return f"a {class_name} is not a layer that can be read"


def _prelu(site: Site) -> Tensor:
    tensor = site.one()
    alpha = site.weights.take("alpha", *(None for _ in site.weights.next_shape()))
    site.weights.finish()
    if tensor.axes != PLAIN:
        if alpha.ndim != len(tensor.axes):
            raise ModelError(
                f"its slopes have shape {alpha.shape}, and it reads {len(tensor.axes)} axes",
                remedy="they have one axis for each",
            )
        length, channels, one = (
            (tensor.axes.index(axis) for axis in ("L", "C", "1"))
            if "1" in tensor.axes
            else (tensor.axes.index("L"), tensor.axes.index("C"), None)
        )
        order = [length, channels] if one is None else [length, channels, one]
        alpha = alpha.transpose(order).reshape(alpha.shape[length], alpha.shape[channels])
    return site.add(PReLU(np.ascontiguousarray(alpha)), tensor, tensor.axes)


def _batch_normalization(site: Site) -> Tensor:
    # A frozen one keeps its statistics in Keras 3, whatever its call says.
    if site.training and (site.config.trainable or site.age.major < 3):
        raise Unsupported("it is called with training=True, so that it normalises by the batch's own statistics")
    if site.whole("mode", 0) != 0:
        raise Unsupported(f"its mode {site.whole('mode', 0)} normalises by the input's own statistics")
    for unread in ("renorm", "fused_activation"):
        if site.settings.get(unread) not in (None, False):
            raise Unsupported(f"its {unread} is not computed")
    tensor, axis = along(site, site.one(), site.axis())
    if not isinstance(axis, int):
        raise Unsupported("it normalises several axes at once")
    gamma = _vector(site, "gamma", "scale")
    beta = _vector(site, "beta", "center")
    mean = site.weights.take("moving_mean", None)
    variance = site.weights.take("moving_variance", len(mean))
    site.weights.finish()
    epsilon = site.real("epsilon", 1e-3)
    if site.age.deviates:
        # Epsilon was added to the deviation, rather than to its square.
        with np.errstate(over="ignore"):
            variance = ((variance.astype(np.float64) + epsilon) ** 2).astype(np.float32)
        epsilon = 0.0
    return site.add(BatchNormalization(mean, variance, gamma, beta, epsilon, axis), tensor, tensor.axes)


def _layer_normalization(site: Site) -> Tensor:
    if site.flag("rms_scaling", False):
        raise Unsupported("its rms_scaling is not computed")
    tensor, axis = along(site, site.one(), site.axis())
    gamma = _normalised(site, "gamma", "scale")
    beta = _normalised(site, "beta", "center")
    site.weights.finish()
    return site.add(LayerNormalization(gamma, beta, site.real("epsilon", 1e-3), axis), tensor, tensor.axes)


def _vector(site: Site, name: str, switch: str) -> Array | None:
    return site.weights.take(name, None) if site.flag(switch, True) else None


def _normalised(site: Site, name: str, switch: str) -> Array | None:
    if not site.flag(switch, True):
        return None
    return site.weights.take(name, *(None for _ in site.weights.next_shape()))


def _dense(site: Site) -> Tensor:
    units = site.whole("units")
    kernel = site.weights.take("kernel", None, units)
    bias = site.weights.take("bias", units) if site.flag("use_bias", True) else None
    site.weights.finish()
    tensor = site.one()
    # It sums over Keras's last axis.
    if not (tensor.axes or "C").endswith("C"):
        tensor = site.plain()
    return activated(site, lambda activation: Dense(kernel, bias, activation), tensor, tensor.axes)


def _embedding(site: Site) -> Tensor:
    table = site.weights.take("embeddings", site.whole("input_dim"), site.whole("output_dim"))
    site.weights.finish()
    return site.add(Embedding(table, site.flag("mask_zero", False)), site.plain())


def _time_distributed(site: Site) -> Tensor:
    """Add a TimeDistributed around a layer that needs nothing but its own position."""
    inner = site.config.inner
    if inner is None or inner.network is not None:
        raise Unsupported("it wraps a model" if inner is not None else "it wraps nothing")
    tensor = site.plain()
    shape = tensor.known()
    if len(shape) < 2:
        raise Unsupported(f"it reads positions, and {tensor.node} has none")
    return site.add(TimeDistributed(_alone(site, inner, Tensor("position", shape[1:]))), tensor)


def _random(site: Site, layer: Layer) -> Tensor:
    """Add a layer that changes its values at random while it is trained, and passes them on otherwise."""
    if site.training:
        note_training(site)
    return as_it_flows(site, layer)


def _alone(site: Site, config: LayerConfig, given: Tensor) -> Layer:
    """Return what a wrapped layer is where it becomes one node and no more."""
    aside = Assembly(site.assembly.source, site.age)
    build(Site(aside, config, site.name, (given,), site.weights, site.training))
    site.assembly.warnings += aside.warnings
    if len(aside.nodes) != 1:
        raise Unsupported(f"it wraps a {config.stored_class}, which is more than one step")
    return aside.nodes[0].layer


HANDLERS: Final[dict[str, Handler]] = {
    **ACTIVATION_HANDLERS,
    "ActivityRegularization": lambda site: as_it_flows(site, ActivityRegularization()),
    "Add": merge,
    "Average": merge,
    "AveragePooling1D": pool,
    "AveragePooling2D": pool,
    "BatchNormalization": _batch_normalization,
    "Bidirectional": bidirectional,
    "Concatenate": concatenate,
    "Conv1D": convolution,
    "Conv2D": convolution,
    "Cropping1D": crop,
    "Cropping2D": crop,
    "Dense": _dense,
    "DepthwiseConv1D": depthwise,
    "DepthwiseConv2D": depthwise,
    "Dot": dot,
    "Embedding": _embedding,
    "Flatten": flatten,
    "GRU": recurrent,
    "GaussianNoise": lambda site: _random(site, GaussianNoise(site.real("stddev", 0.0))),
    "GlobalAveragePooling1D": global_pool,
    "GlobalAveragePooling2D": global_pool,
    "GlobalMaxPooling1D": global_pool,
    "GlobalMaxPooling2D": global_pool,
    "Identity": lambda site: as_it_flows(site, Identity()),
    "LSTM": recurrent,
    "LayerNormalization": _layer_normalization,
    "Masking": lambda site: site.add(Masking(site.real("mask_value", 0.0)), site.plain()),
    "MaxPooling1D": pool,
    "MaxPooling2D": pool,
    "Maximum": merge,
    "Minimum": merge,
    "Multiply": merge,
    "PReLU": _prelu,
    "Permute": permute,
    "RepeatVector": repeat,
    "Reshape": reshape,
    "SeparableConv1D": separable,
    "SeparableConv2D": separable,
    "SimpleRNN": recurrent,
    "Subtract": merge,
    "TimeDistributed": _time_distributed,
    "UpSampling1D": upsample,
    "UpSampling2D": upsample,
    "ZeroPadding1D": pad,
    "ZeroPadding2D": pad,
    **{name: lambda site: _random(site, _RATES[site.config.class_name](site.real("rate", 0.5))) for name in _RATES},
}
"""How each class of layer is added, by its name in Keras 3."""
