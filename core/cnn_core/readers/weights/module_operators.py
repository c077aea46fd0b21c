"""Which of PyTorch's operators its modules call, with which of their settings and tensors.

A module's class is the row, and what it calls is an operator of `operators.aten`. A class that is not among the rows
is the author's own, or one that nn.Sequential cannot call.

Source: PyTorch, `torch/nn/modules` (the `forward` of each class).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..operators.assembly import Assembly, Constant, Given, Unsupported, Value
from ..operators.aten import operator_of
from ..operators.calls import call
from .pickled_modules import Module
from .pickled_tensors import PickledObject

__all__ = ["ACTIVATIONS", "POOLS", "SKIPPED", "Tensors", "computed"]

Tensors = Callable[[str], Constant | None]
"""Returns the numbers of a tensor by its full name, or None where there is none."""

_X: Final = object()
"""Where what the module reads stands among an operator's arguments."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """A module's settings and tensors, as the rows below ask for them."""

    assembly: Assembly
    module: Module
    tensors: Tensors

    def __call__(self, name: str, default: Any = None) -> Any:
        """Return a setting; a tuple of sizes is one, however PyTorch keeps it."""
        value = self.module.settings.get(name, default)
        if isinstance(value, PickledObject) and value.path == "torch.Size" and isinstance(value.arguments, tuple):
            value = value.arguments[0] if value.arguments else ()
        if isinstance(value, PickledObject):
            raise Unsupported(f"its setting {name} is a {value.path}")
        return value

    def tensor(self, name: str) -> Constant | None:
        """Return one of its tensors."""
        return self.tensors(f"{self.module.name}.{name}" if self.module.name else name)

    def weight(self) -> Any:
        """Return its weight, multiplied out where it is normalised."""
        direction, size = self.tensor("weight_v"), self.tensor("weight_g")
        if direction is None or size is None:
            return self.tensor("weight")
        return _first(
            call(self.assembly, _operator("_weight_norm"), [direction, size, self._normalised_along()], {})
        )

    def _normalised_along(self) -> int:
        for hook in self.module.hooks:
            state = hook.items[-1] if hook.items else None
            if isinstance(state, dict) and isinstance(state.get("dim"), int):
                return int(state["dim"])
        return 0


_Step = tuple[str, list[Any]]
_Row = Callable[[_Reader], Sequence[_Step]]


def _convolution(operator: str) -> _Row:
    def row(of: _Reader) -> Sequence[_Step]:
        padding, mode = of("padding", 0), of("padding_mode", "zeros")
        steps: list[_Step] = []
        if mode != "zeros":
            steps.append(("pad", [_X, of("_reversed_padding_repeated_twice"), mode]))
            padding = 0
        given = [_X, of.weight(), of.tensor("bias"), of("stride", 1), padding, of("dilation", 1), of("groups", 1)]
        return [*steps, (operator, given)]

    return row


def _transposed(of: _Reader) -> Sequence[_Step]:
    settings = [of(name) for name in ("stride", "padding", "output_padding", "groups", "dilation")]
    return [("conv_transpose1d", [_X, of.weight(), of.tensor("bias"), *settings])]


def _batch_norm(of: _Reader) -> Sequence[_Step]:
    tensors = [of.tensor(name) for name in ("weight", "bias", "running_mean", "running_var")]
    return [("batch_norm", [_X, *tensors, False, 0.0, of("eps", 1e-5)])]


def _instance_norm(of: _Reader) -> Sequence[_Step]:
    tensors = [of.tensor(name) for name in ("weight", "bias", "running_mean", "running_var")]
    return [("instance_norm", [_X, *tensors, tensors[2] is None, 0.0, of("eps", 1e-5)])]


def _max_pool(operator: str) -> _Row:
    def row(of: _Reader) -> Sequence[_Step]:
        _check_alone(of)
        settings = [of("stride"), of("padding", 0), of("dilation", 1), of("ceil_mode", False)]
        return [(operator, [_X, of("kernel_size"), *settings])]

    return row


def _average_pool(operator: str) -> _Row:
    def row(of: _Reader) -> Sequence[_Step]:
        if of("divisor_override") is not None:
            raise Unsupported("it divides by a number of its own")
        settings = [of("stride"), of("padding", 0), of("ceil_mode", False), of("count_include_pad", True)]
        return [(operator, [_X, of("kernel_size"), *settings])]

    return row


def _adaptive_max_pool(operator: str) -> _Row:
    def row(of: _Reader) -> Sequence[_Step]:
        _check_alone(of)
        return [(operator, [_X, of("output_size")])]

    return row


def _check_alone(of: _Reader) -> None:
    """Refuse a pool that gives more than its cells."""
    if of("return_indices", False):
        raise Unsupported("it gives which positions it selected, too")


def _softmax(operator: str) -> _Row:
    def row(of: _Reader) -> Sequence[_Step]:
        if of("dim") is None:
            raise Unsupported("the axis of its softmax is not given")
        return [(operator, [_X, of("dim")])]

    return row


def _embedding(of: _Reader) -> Sequence[_Step]:
    if of("max_norm") is not None:
        raise Unsupported("it shortens its rows as it reads them")
    return [("embedding", [of.tensor("weight"), _X])]


def _upsample(of: _Reader) -> Sequence[_Step]:
    mode, size, scale = of("mode"), of("size"), of("scale_factor")
    if mode not in ("nearest", "linear"):
        raise Unsupported(f"its mode is '{mode}', which is not computed")
    corners = [bool(of("align_corners"))] if mode == "linear" else []
    return [(f"upsample_{mode}1d", [_X, size, *corners, scale])]


def _pad(mode: str) -> _Row:
    def row(of: _Reader) -> Sequence[_Step]:
        value = [of("value", 0.0)] if mode == "constant" else []
        return [("pad", [_X, of("padding"), mode, *value])]

    return row


def _simple(operator: str, *settings: str) -> _Row:
    """Return a row whose arguments are settings, by their names here; one that is missing ends them."""

    def row(of: _Reader) -> Sequence[_Step]:
        given: list[Any] = [_X]
        for name in settings:
            value = of(name)
            if value is None:
                break
            given.append(value)
        return [(operator, given)]

    return row


def _nothing(of: _Reader) -> Sequence[_Step]:
    return []


def _linear(of: _Reader) -> Sequence[_Step]:
    return [("linear", [_X, of.weight(), of.tensor("bias")])]


def _layer_norm(of: _Reader) -> Sequence[_Step]:
    return [("layer_norm", [_X, of("normalized_shape"), of.tensor("weight"), of.tensor("bias"), of("eps", 1e-5)])]


def _group_norm(of: _Reader) -> Sequence[_Step]:
    return [("group_norm", [_X, of("num_groups"), of.tensor("weight"), of.tensor("bias"), of("eps", 1e-5)])]


def _rms_norm(of: _Reader) -> Sequence[_Step]:
    return [("rms_norm", [_X, of("normalized_shape"), of.tensor("weight"), of("eps")])]


_ACTIVATIONS: Final[dict[str, _Row]] = {
    "CELU": _simple("celu", "alpha"),
    "ELU": _simple("elu", "alpha"),
    "GELU": _simple("gelu", "approximate"),
    "GLU": _simple("glu", "dim"),
    "Hardshrink": _simple("hardshrink", "lambd"),
    "Hardsigmoid": _simple("hardsigmoid"),
    "Hardswish": _simple("hardswish"),
    "Hardtanh": _simple("hardtanh", "min_val", "max_val"),
    "LeakyReLU": _simple("leaky_relu", "negative_slope"),
    "LogSigmoid": _simple("log_sigmoid"),
    "LogSoftmax": _softmax("log_softmax"),
    "Mish": _simple("mish"),
    "PReLU": lambda of: [("prelu", [_X, of.tensor("weight")])],
    "ReLU": _simple("relu"),
    "ReLU6": _simple("relu6"),
    "SELU": _simple("selu"),
    "SiLU": _simple("silu"),
    "Sigmoid": _simple("sigmoid"),
    "Softmax": _softmax("softmax"),
    "Softplus": _simple("softplus", "beta", "threshold"),
    "Softshrink": _simple("softshrink", "lambd"),
    "Softsign": _simple("softsign"),
    "Tanh": _simple("tanh"),
    "Tanhshrink": _simple("tanhshrink"),
    "Threshold": _simple("threshold", "threshold", "value"),
}
_POOLS: Final[dict[str, _Row]] = {
    "AdaptiveAvgPool1d": _simple("adaptive_avg_pool1d", "output_size"),
    "AdaptiveAvgPool2d": _simple("adaptive_avg_pool2d", "output_size"),
    "AdaptiveMaxPool1d": _adaptive_max_pool("adaptive_max_pool1d"),
    "AdaptiveMaxPool2d": _adaptive_max_pool("adaptive_max_pool2d"),
    "AvgPool1d": _average_pool("avg_pool1d"),
    "AvgPool2d": _average_pool("avg_pool2d"),
    "MaxPool1d": _max_pool("max_pool1d"),
    "MaxPool2d": _max_pool("max_pool2d"),
}
_SKIPPED: Final = dict.fromkeys(
    ("AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "FeatureAlphaDropout", "Identity"), _nothing
)
_ROWS: Final[dict[str, _Row]] = {
    **_ACTIVATIONS,
    **_POOLS,
    **_SKIPPED,
    "BatchNorm1d": _batch_norm,
    "BatchNorm2d": _batch_norm,
    "CircularPad1d": _pad("circular"),
    "ConstantPad1d": _pad("constant"),
    "Conv1d": _convolution("conv1d"),
    "Conv2d": _convolution("conv2d"),
    "ConvTranspose1d": _transposed,
    "Embedding": _embedding,
    "Flatten": _simple("flatten", "start_dim", "end_dim"),
    "GroupNorm": _group_norm,
    "InstanceNorm1d": _instance_norm,
    "LayerNorm": _layer_norm,
    "Linear": _linear,
    "RMSNorm": _rms_norm,
    "ReflectionPad1d": _pad("reflect"),
    "ReplicationPad1d": _pad("replicate"),
    "SyncBatchNorm": _batch_norm,
    "Unflatten": _simple("unflatten", "dim", "unflattened_size"),
    "Upsample": _upsample,
    "ZeroPad1d": _pad("constant"),
}

ACTIVATIONS: Final = frozenset(_ACTIVATIONS)
"""The classes of activation functions."""
POOLS: Final = frozenset(_POOLS)
"""The classes of pools."""
SKIPPED: Final = frozenset(_SKIPPED)
"""The classes that change nothing once the training is over."""


def computed(assembly: Assembly, module: Module, x: Value, tensors: Tensors, name: str, first: str) -> Value:
    """Return what a module gives; the nodes of what it computes are added.

    Args:
        assembly: Where they are added.
        module: The module.
        x: What it reads.
        tensors: Where its tensors' numbers are.
        name: The name of the last node.
        first: The name of the last node where the module is called first.

    Raises:
        Unsupported: It cannot be computed; the reason is one sentence without a full stop.
        ModelError: Its numbers are damaged, or no numbers.
    """
    row = _ROWS.get(module.kind)
    if row is None:
        own = not module.path.startswith("torch.")
        raise Unsupported("what it computes is in the author's program" if own else "it is not one that is read")
    if module.is_changed:
        raise Unsupported("functions of the author's are called with it")
    steps = row(_Reader(assembly, module, tensors))
    for place, (operator, arguments) in enumerate(steps, start=1):
        part = "" if place == len(steps) else f"/{operator}"
        assembly.begin(name + part, first + part)
        x = _first(call(assembly, _operator(operator), [x if each is _X else each for each in arguments], {}))
    return x


def _operator(name: str) -> Any:
    found = operator_of(name)
    if found is None:
        raise Unsupported(f"{name} is not an operator that is read")
    return found


def _first(given: Given | tuple[Given, ...]) -> Any:
    """Return what an operator gives, the first of several."""
    return given[0] if isinstance(given, tuple) else given
