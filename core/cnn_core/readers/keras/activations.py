"""Layers that apply an activation function, and layers that end in one.

Sources: Keras's layers of these names, and `keras.activations`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ...layers import ELU, Activation, Layer, LeakyReLU, ReLU, Softmax, activation_function
from .assembly import PLAIN, Tensor, Unsupported
from .configuration import LayerConfig
from .site import Handler, Site, Weights, axis_role

__all__ = ["ACTIVATION_HANDLERS", "activated", "along", "as_it_flows"]

_ROLES: Final = {"L": 1, "C": -1}


def activated(site: Site, of: Callable[[str], Layer], given: Tensor, axes: str = PLAIN) -> Tensor:
    """Add a layer that ends in an activation function; two nodes where that is a layer itself.

    Args:
        site: The call of the layer.
        of: Makes the layer, for the name of a function.
        given: What it reads.
        axes: What Keras's axes of its output are.
    """
    function: str | LayerConfig | None
    try:
        function, reason = site.function(site.settings.get("activation")), ""
    except Unsupported as refused:
        function, reason = None, str(refused)
    if isinstance(function, str):
        # Softmax shares out along Keras's last axis, which is not the last of ours in every layout.
        if activation_function(function).elementwise or axes == PLAIN or axes.endswith("C"):
            return site.add(of(function), given, axes)
        function = LayerConfig("Activation", "Activation", site.name, {"activation": function})
    linear = site.add_before("linear", of("linear"), given, axes)
    if function is None:
        return site.assembly.add_unknown(site.name, site.config.stored_class, reason, [linear])
    handler = ACTIVATION_HANDLERS[function.class_name]
    return handler(Site(site.assembly, function, site.name, (linear,), Weights(())))


def as_it_flows(site: Site, layer: Layer) -> Tensor:
    """Add a layer that treats every value alike, whatever its place.

    Args:
        site: The call of the layer.
        layer: The layer.
    """
    tensor = site.one()
    return site.add(layer, tensor, tensor.axes)


def along(site: Site, tensor: Tensor, axis: int | tuple[int, ...]) -> tuple[Tensor, int | tuple[int, ...]]:
    """Return what a layer reads, and the axis that it works on as that flows.

    Args:
        site: The call of the layer.
        tensor: What it reads.
        axis: The axis, or several, as Keras writes them.
    """
    if tensor.axes == PLAIN:
        return tensor, axis
    role = axis_role(tensor, axis)
    if role in _ROLES:
        return tensor, _ROLES[role]
    return site.plain(), axis


def _activation(site: Site) -> Tensor:
    found = site.function(site.settings.get("activation"))
    tensor = site.one()
    if not isinstance(found, str):
        return ACTIVATION_HANDLERS[found.class_name](site.of_inner(found, site.weights))
    if not activation_function(found).elementwise and not (tensor.axes or "C").endswith("C"):
        tensor = site.plain()
    return site.add(Activation(found), tensor, tensor.axes)


def _relu(site: Site) -> Tensor:
    highest = site.settings.get("max_value")
    layer = ReLU(
        None if highest is None else site.real("max_value", 0.0),
        site.real("negative_slope", 0.0),
        site.real("threshold", 0.0),
    )
    return as_it_flows(site, layer)


def _softmax(site: Site) -> Tensor:
    tensor, axis = along(site, site.one(), site.axis())
    return site.add(Softmax(axis), tensor, tensor.axes)


ACTIVATION_HANDLERS: Final[dict[str, Handler]] = {
    "Activation": _activation,
    "ELU": lambda site: as_it_flows(site, ELU(site.real("alpha", 1.0))),
    "LeakyReLU": lambda site: as_it_flows(site, LeakyReLU(site.real("negative_slope", 0.3))),
    "ReLU": _relu,
    "Softmax": _softmax,
}
"""How the layers are added that are an activation function with settings of its own."""
