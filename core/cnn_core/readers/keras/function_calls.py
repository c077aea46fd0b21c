"""Calls of functions of tensors, with all that they are given: the nodes that they become.

They are built by the functions of `readers.operators`, which see the tensors as a framework has them, a batch of one in
front, and know for each axis which of our array's it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from ..operators import assembly as operators
from ..operators.calls import Operator
from ..operators.calls import call as operators_call
from .assembly import NUMBER, PLAIN, Assembly, Tensor, Unsupported
from .calls import Call, TensorPlace
from .functions import KERAS, TENSORFLOW
from .layer_config import LayerConfig
from .text import Json

__all__ = ["function_of", "function_outputs"]

_OWN_SETTINGS: Final = ("name", "trainable", "function")
_AXES: Final = ("dim", "dims", "axis", "dim0", "dim1")
"""The parameters that name axes, none of which may be the batch's."""
_ADDS_AN_AXIS: Final = ("expand", "stack")
_OPERANDS: Final = ("x", "other", "exponent", "condition")
"""The parameters that may be numbers or arrays in place of tensors."""
_TENSORFLOW_CLASSES: Final = ("TFOpLambda", "SlicingOpLambda")


def function_of(layer: LayerConfig) -> Operator | None:
    """Return the function that a node of a configuration is, or None where it is none that is read.

    Args:
        layer: The node: a function of `keras.ops`, or one of TensorFlow's.
    """
    if layer.is_operation:
        return KERAS.get(layer.class_name)
    name = layer.settings.get("function")
    if layer.class_name not in _TENSORFLOW_CLASSES or not isinstance(name, str):
        return None
    return TENSORFLOW.get(name.removeprefix("compat.v1."))


def function_outputs(
    assembly: Assembly, layer: LayerConfig, call: Call, given: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    """Add the nodes of a call of a function, and return what flows out of it.

    Args:
        assembly: Where they are added; it has begun the call.
        layer: The function.
        call: What it is given.
        given: The tensors among that.

    Raises:
        Unsupported: It cannot be computed.
    """
    operator = function_of(layer)
    assert operator is not None, "a function that is read"
    if any(tensor.masked for tensor in given):
        raise Unsupported("it computes with positions some of which may hold no data")
    own = operators.Assembly(assembly.source)
    own.join(assembly)
    before = len(own.nodes)
    flowing = [_flowing(tensor) for tensor in given]
    arguments = [_resolved(each, flowing) for each in call.arguments]
    named = {name: _resolved(each, flowing) for name, each in _settings(layer, call).items()}
    bound = _bound(operator, arguments, named)
    _refuse_batch(operator, bound)
    found = operators_call(own, Operator(operator.function), (), bound)
    several = found if isinstance(found, tuple) else (found,)
    name = assembly.call
    outputs = tuple(_back(own, each, given) for each in several)
    return tuple(_named(own, each, before, name) for each in outputs) if len(outputs) == 1 else outputs


def _settings(layer: LayerConfig, call: Call) -> Json:
    """Return what a function is set to and given by name."""
    own = {name: value for name, value in layer.settings.items() if name not in _OWN_SETTINGS}
    if not layer.is_operation:
        # What Keras 2 says of a function of TensorFlow's is that of any layer.
        own = {}
    return own | dict(call.keywords)


def _flowing(tensor: Tensor) -> operators.Tensor:
    """Return a tensor as the operators see it, with a batch of one in front."""
    shape = tensor.known()
    if tensor.axes == NUMBER:
        return operators.Tensor(tensor.node, shape, (None,))
    if tensor.axes == PLAIN:
        return operators.Tensor(tensor.node, shape, (None, *range(len(shape))))
    layout = tuple({"L": 0, "C": 1, "1": None}[axis] for axis in tensor.axes)
    return operators.Tensor(tensor.node, shape, (None, *layout))


def _back(own: operators.Assembly, given: operators.Given, read: Sequence[Tensor]) -> Tensor:
    """Return a tensor of the operators as Keras's, laid out as one that was read, or else as Keras has it."""
    if not isinstance(given, operators.Tensor):
        raise Unsupported(given.reason if isinstance(given, operators.Missing) else "it gives a constant")
    if not given.layout or given.sizes[0] != 1:
        raise Unsupported("it works along the batch")
    for tensor in read:
        if tensor.axes not in (PLAIN, NUMBER) and _flowing(tensor).layout == given.layout:
            return Tensor(given.node, given.shape, tensor.axes)
    found = own.arranged(given, range(1, len(given.layout)))
    return Tensor(found.node, found.shape, PLAIN if len(given.layout) > 1 else NUMBER)


def _named(own: operators.Assembly, tensor: Tensor, before: int, name: str) -> Tensor:
    """Return what a function gives, its last node called as it is; a node of another name stands before it."""
    nodes = own.nodes[before:]
    if not nodes or nodes[-1].name != tensor.node or any(node.name == name for node in nodes):
        return tensor
    own.rename_last(name)
    return replace(tensor, node=name)


def _resolved(value: object, flowing: Sequence[operators.Tensor]) -> Any:
    """Return an argument as functions take it: tensors, arrays, slices, numbers, and lists of these."""
    if isinstance(value, TensorPlace):
        return flowing[value.number]
    if isinstance(value, list):
        return [_resolved(each, flowing) for each in value]
    if isinstance(value, dict):
        return _object(value)
    return value


def _object(value: Json) -> Any:
    """Return what an object stands for: an array, a slice, `...`."""
    kind, config = value.get("class_name"), value.get("config")
    inner = config if isinstance(config, dict) else {}
    if kind in ("__numpy__", "__tensor__"):
        return _array(inner.get("value"))
    if kind == "__ellipsis__":
        return Ellipsis
    ends = inner if kind == "__slice__" else value
    if kind in ("__slice__", None) and {"start", "stop", "step"} >= ends.keys():
        return slice(*(ends.get(each) for each in ("start", "stop", "step")))
    raise Unsupported("it is given an object that is not read")


def _array(value: object) -> operators.Constant:
    """Return numbers of a configuration, or of lists in it, as an array."""
    try:
        return np.asarray(value, dtype=np.float32)
    except (TypeError, ValueError):
        # Any JSON may stand there: texts, or lists of several lengths.
        raise Unsupported("its constant is not an array of numbers") from None


def _bound(operator: Operator, arguments: list[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments by the names of the function's parameters; a `*` gathers all that are given in order."""
    first = next(iter(operator.parameters), "")
    if first.startswith("*"):
        flat = [each for given in arguments for each in (given if isinstance(given, list) else [given])]
        # Keras 2 puts a constant such as an equation among them.
        arguments = [[each for each in flat if not isinstance(each, str)]]
    bound = operator.bound(arguments, named)
    return {
        name: _array(value) if name in _OPERANDS and _is_numbers(value) else value for name, value in bound.items()
    }


def _is_numbers(value: object) -> bool:
    """Tell whether a value is a list of numbers, or of such lists."""
    return isinstance(value, list) and all(
        _is_numbers(each) if isinstance(each, list) else isinstance(each, int | float) for each in value
    )


def _refuse_batch(operator: Operator, bound: Mapping[str, Any]) -> None:
    """Refuse a function that works along the batch, or mixes its samples."""
    values = [each for value in bound.values() for each in (value if isinstance(value, list) else [value])]
    tensors = [each for each in values if isinstance(each, operators.Tensor)]
    ranks = {len(each.layout) for each in tensors}
    function = getattr(operator.function, "func", operator.function)
    if len(ranks) > 1 and function.__name__ != "einsum":
        raise Unsupported("it puts tensors of unlike rank together, in which samples of a batch mix")
    rank = max(ranks, default=0)
    arrays = [each for each in values if isinstance(each, np.ndarray) and each.ndim >= rank]
    if any(size != 1 for each in arrays for size in each.shape[: each.ndim - rank + 1]):
        raise Unsupported("its constant has a number for every sample of a batch")
    if function.__name__ in _ADDS_AN_AXIS:
        rank += 1
    parameters = inspect.signature(operator.function).parameters
    for name in {*_AXES} & {*operator.parameters.values()}:
        axes = bound.get(name, parameters[name].default)
        if axes is None and function.__name__ == "squeeze":
            continue
        several = axes if isinstance(axes, list) else [axes]
        if not all(isinstance(axis, int) for axis in several) or any(axis % max(rank, 1) == 0 for axis in several):
            raise Unsupported("it works along the batch")
