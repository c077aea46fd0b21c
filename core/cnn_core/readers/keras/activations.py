"""Layers that apply an activation function, and layers that end in one.

Sources: Keras's layers of these names, and `keras.activations`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final

from ...layers import Activation, Layer, Softmax, activation_function
from .assembly import PLAIN, Tensor, Unsupported
from .layer_call import Builder, LayerCall, Weights, axis_role
from .layer_config import LayerConfig

__all__ = ["activated", "activation", "along", "simple", "softmax"]

_ROLES: Final = {"L": 1, "C": -1}


def activated(called: LayerCall, of: Callable[..., Layer], given: Tensor, axes: str = PLAIN) -> Tensor:
    """Add a layer that ends in an activation function; two nodes where that is a layer itself.

    Args:
        called: The call of the layer.
        of: Makes the layer, given the name of a function as its `activation`.
        given: What it reads.
        axes: What Keras's axes of its output are.
    """
    function: str | LayerConfig | None
    try:
        function, reason = called.function(), ""
    except Unsupported as refused:
        function, reason = None, str(refused)
    if isinstance(function, str):
        # Softmax shares out along Keras's last axis, which is not the last of ours in every layout.
        if activation_function(function).elementwise or axes == PLAIN or axes.endswith("C"):
            return called.add(of(activation=function), given, axes)
        function = LayerConfig("Activation", "Activation", called.name, {"activation": function})
    linear = called.add_before("linear", of(activation="linear"), given, axes)
    if function is None:
        return called.assembly.add_unknown(called.name, called.config.stored_class, reason, [linear])
    return called.build(LayerCall(called.assembly, function, called.name, (linear,), Weights(()), called.build))


def simple(
    kind: type[Layer], *, weights: tuple[str, ...] = (), as_keras: bool = False, random: bool = False
) -> Builder:
    """Return the builder of a layer whose fields are weights and numbers, each number a setting of the same name.

    Args:
        kind: The layer. Each field that is a number has a default, which is Keras's.
        weights: Which fields are weights, in the order of the class's variables. Their shapes are those in the file: it
            is the layer's `output_shape` that refuses what does not fit.
        as_keras: Whether it looks at the order of the axes, instead of treating every value alike.
        random: Whether it changes its values at random while it is trained, and passes them on otherwise.
    """
    usual: dict[str, Any] = {each.name: each.default for each in fields(kind) if each.name not in weights}

    def build(called: LayerCall) -> Tensor:
        stated: dict[str, Any] = {}
        for name, default in usual.items():
            absent = default is None and called.settings.get(name) is None
            stated[name] = None if absent else called.real(name, default)
        learned = {name: called.weights.take_any(name) for name in weights}
        if weights:
            called.weights.finish()
        layer = kind(**stated, **learned)
        if random and called.training:
            called.note_training()
        tensor = called.plain() if as_keras or weights else called.one()
        return called.add(layer, tensor, tensor.axes)

    return build


def along(called: LayerCall, tensor: Tensor, axis: int | tuple[int, ...]) -> tuple[Tensor, int | tuple[int, ...]]:
    """Return what a layer reads, and the axis that it works on as that flows.

    Args:
        called: The call of the layer.
        tensor: What it reads.
        axis: The axis, or several, as Keras writes them.
    """
    if tensor.axes == PLAIN:
        return tensor, axis
    role = axis_role(tensor, axis)
    if role in _ROLES:
        return tensor, _ROLES[role]
    return called.plain(), axis


def activation(called: LayerCall) -> Tensor:
    """Add an Activation."""
    found = called.function()
    tensor = called.one()
    if not isinstance(found, str):
        return called.build(called.of_inner(found, called.weights))
    if not activation_function(found).elementwise and not (tensor.axes or "C").endswith("C"):
        tensor = called.plain()
    return called.add(Activation(found), tensor, tensor.axes)


def softmax(called: LayerCall) -> Tensor:
    """Add a Softmax."""
    tensor, axis = along(called, called.one(), called.axis())
    return called.add(Softmax(axis), tensor, tensor.axes)
