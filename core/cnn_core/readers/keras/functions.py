"""Functions of tensors by the names of `keras.ops`' classes, and by those of TensorFlow's that Keras 2 wrote down.

A row says which function it is and what the framework calls its arguments, in its order, see
`operators.calls.Operator`; a `*` before the first gathers all that is given in order.
Sources: `keras/src/ops/*.py` of Keras 3.15, and TensorFlow 2.15.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ...layers.activation_functions import ELEMENTWISE
from ..operators import aten_functions as aten
from ..operators import elementwise as values
from ..operators import moved_values
from ..operators.calls import Operator
from ..operators.reductions import cumulative_sum, reduce
from . import tensor_functions as own

__all__ = ["KERAS", "TENSORFLOW"]


def _values(names: dict[str, str], x: str) -> dict[str, Operator]:
    """Return functions value by value, by the framework's name and by ours."""
    return {theirs: Operator(partial(values.function, name=ours), x) for theirs, ours in names.items()}


def _of_two(names: dict[str, Any], arguments: str) -> dict[str, Operator]:
    return {name: Operator(function, arguments) for name, function in names.items()}


def _reduced(names: dict[str, str], arguments: str) -> dict[str, Operator]:
    return {name: Operator(partial(reduce, how=how), arguments) for name, how in names.items()}


def _compared(names: dict[str, str], arguments: str) -> dict[str, Operator]:
    return {name: Operator(partial(values.compare, how=how), arguments) for name, how in names.items()}


_PLAIN: Final = (*ELEMENTWISE, "exp", "tanh")
_COMPARISONS: Final = ("equal", "not_equal", "greater", "greater_equal", "less", "less_equal")
_OPERAND: Final = "x1:x x2:other"
_REDUCE: Final = "x axis:dim keepdims:keepdim -dtype"

_KERAS_VALUES: Final = {
    **{name.capitalize(): name for name in _PLAIN},
    **{f"Arc{name[1:]}": name for name in ("acos", "acosh", "asin", "asinh", "atan", "atanh")},
    "Absolute": "abs",
    "HardSigmoid": "hard_sigmoid",
    "HardSilu": "hard_silu",
    "LogSigmoid": "log_sigmoid",
    "Mish": "mish",
    "Negative": "neg",
    "Relu": "relu",
    "Relu6": "relu6",
    "Selu": "selu",
    "Sigmoid": "sigmoid",
    "Silu": "silu",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "TanhShrink": "tanh_shrink",
}

KERAS: Final[dict[str, Operator]] = {
    **_values(_KERAS_VALUES, "x"),
    **_of_two(
        {
            "Add": values.add,
            "Divide": values.divide,
            "Maximum": values.maximum,
            "Minimum": values.minimum,
            "Multiply": values.multiply,
            "Subtract": values.subtract,
            "TrueDivide": values.divide,
        },
        _OPERAND,
    ),
    **_of_two({"LogicalAnd": values.multiply, "LogicalOr": values.maximum}, _OPERAND),
    **_compared({"".join(map(str.capitalize, each.split("_"))): each for each in _COMPARISONS}, _OPERAND),
    **_reduced(
        {"Amax": "max", "Amin": "min", "Logsumexp": "logsumexp", "Max": "max", "Mean": "mean", "Min": "min"}
        | {"Prod": "prod", "Std": "std", "Sum": "sum", "Var": "variance"},
        _REDUCE,
    ),
    "Clip": Operator(own.clipped, "x x_min:low x_max:high"),
    "Concatenate": Operator(moved_values.concatenate, "*xs:tensors axis:dim"),
    "ConvertToTensor": Operator(own.same, "x -dtype -sparse -ragged"),
    "Cumsum": Operator(cumulative_sum, "x axis:dim -dtype"),
    "DotProductAttention": Operator(own.attention, "query key value scale is_causal -flash_attention"),
    "Einsum": Operator(own.einsum, "*operands:operands subscripts:equation"),
    "Elu": Operator(values.elu, "x alpha"),
    "ExpandDims": Operator(own.expand, "x axis"),
    "Flip": Operator(moved_values.flip, "x axis:dims"),
    "Gelu": Operator(own.gelu, "x approximate"),
    "GetItem": Operator(own.get_item, "x key"),
    "Glu": Operator(values.gated_linear_unit, "x axis:dim"),
    "LeakyRelu": Operator(values.leaky_relu, "x negative_slope"),
    "LogSoftmax": Operator(values.log_softmax, "x axis:dim"),
    "LogicalNot": Operator(aten.opposite, "x"),
    "Matmul": Operator(own.matmul, _OPERAND),
    "Norm": Operator(aten.norm, "x ord:order axis:dim keepdims:keepdim"),
    "Pad": Operator(own.pad, "x pad_width:widths mode constant_values:value"),
    "Power": Operator(values.power, "x1:x x2:exponent"),
    "Repeat": Operator(own.repeat, "x repeats axis"),
    "Reshape": Operator(own.reshape, "x newshape:shape"),
    "Roll": Operator(aten.roll, "x shift:shifts axis:dims"),
    "Round": Operator(own.rounded, "x decimals"),
    "Softmax": Operator(own.softmax, "x axis:dim"),
    "Split": Operator(partial(own.split, sizes=False), "x indices_or_sections:parts axis"),
    "Squeeze": Operator(own.squeeze, "x axis"),
    "Stack": Operator(moved_values.stack, "*x:tensors axis:dim"),
    "StopGradient": Operator(own.same, "x"),
    "Swapaxes": Operator(moved_values.transpose, "x axis1:dim0 axis2:dim1"),
    "Take": Operator(own.take, "x indices axis"),
    "Tile": Operator(own.tile, "x repeats"),
    "Transpose": Operator(own.transpose, "x axes"),
    "Where": Operator(values.where, "condition x1:x x2:other"),
}
"""The functions of `keras.ops` by the class of their nodes."""

_TENSORFLOW_VALUES: Final = {
    **{f"math.{name}": name for name in _PLAIN if name != "neg"},
    "math.negative": "neg",
    "math.sigmoid": "sigmoid",
    "math.softplus": "softplus",
    "nn.relu": "relu",
    "nn.relu6": "relu6",
    "nn.selu": "selu",
    "nn.silu": "silu",
    "nn.softplus": "softplus",
    "nn.softsign": "softsign",
}
_WITH_Y: Final = "x y:other -name"
_TENSORFLOW_REDUCED: Final = "input_tensor:x axis:dim keepdims:keepdim -name"

TENSORFLOW: Final[dict[str, Operator]] = {
    **_values(_TENSORFLOW_VALUES, "x -name"),
    **_of_two(
        {
            "__operators__.add": values.add,
            "math.add": values.add,
            "math.divide": values.divide,
            "math.logical_and": values.multiply,
            "math.logical_or": values.maximum,
            "math.maximum": values.maximum,
            "math.minimum": values.minimum,
            "math.multiply": values.multiply,
            "math.subtract": values.subtract,
            "math.truediv": values.divide,
        },
        _WITH_Y,
    ),
    **_compared({f"math.{each}": each for each in _COMPARISONS}, _WITH_Y),
    **_reduced(
        {
            f"math.reduce_{how}": how
            for how in ("logsumexp", "max", "mean", "min", "prod", "std", "sum", "variance")
        },
        _TENSORFLOW_REDUCED,
    ),
    "__operators__.getitem": Operator(own.get_item, "x slice_spec:key -name"),
    "cast": Operator(own.cast, "x dtype -name"),
    "clip_by_value": Operator(own.clipped, "t:x clip_value_min:low clip_value_max:high -name"),
    "gather": Operator(own.take, "params:x indices -name axis batch_dims"),
    "concat": Operator(moved_values.concatenate, "*values:tensors axis:dim -name"),
    "expand_dims": Operator(own.expand, "input:x axis -name"),
    "identity": Operator(own.same, "input:x -name"),
    "linalg.matmul": Operator(own.matmul, "a:x b:other transpose_a transpose_b -name"),
    "math.cumsum": Operator(cumulative_sum, "x axis:dim exclusive reverse -name"),
    "math.logical_not": Operator(aten.opposite, "x -name"),
    "math.pow": Operator(values.power, "x y:exponent -name"),
    "nn.elu": Operator(values.elu, "features:x -name"),
    "nn.gelu": Operator(own.gelu, "features:x approximate -name"),
    "nn.leaky_relu": Operator(
        partial(values.leaky_relu, negative_slope=0.2), "features:x alpha:negative_slope -name"
    ),
    "nn.softmax": Operator(own.softmax, "logits:x axis:dim -name"),
    "pad": Operator(own.pad, "tensor:x paddings:widths mode constant_values:value -name"),
    "repeat": Operator(own.repeat, "input:x repeats axis -name"),
    "reshape": Operator(own.reshape, "tensor:x shape -name"),
    "reverse": Operator(moved_values.flip, "tensor:x axis:dims -name"),
    "roll": Operator(aten.roll, "input:x shift:shifts axis:dims -name"),
    "split": Operator(partial(own.split, sizes=True), "value:x num_or_size_splits:parts axis -num -name"),
    "squeeze": Operator(own.squeeze, "input:x axis -name"),
    "stack": Operator(moved_values.stack, "*values:tensors axis:dim -name"),
    "stop_gradient": Operator(own.same, "input:x -name"),
    "tile": Operator(own.tile, "input:x multiples:repeats -name"),
    "transpose": Operator(own.transpose, "a:x perm:axes -name"),
    "where": Operator(values.where, "condition x y:other -name"),
}
"""TensorFlow's functions by the names that Keras 2 gives them, without a `compat.v1.` in front."""
