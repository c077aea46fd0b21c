"""PyTorch's operators by name: `.pt2` programs and traced TorchScript are made of them.

A name is that of the overload packet, such as `conv1d`, or with the overload, such as `max.dim`, which goes first.
How a row names the arguments is said in `calls.Operator`.
Source: PyTorch, `aten/src/ATen/native/native_functions.yaml`.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np

from ...layers import HardShrink, SoftShrink
from ...layers.activation_functions import ELEMENTWISE
from . import aten_functions as aten
from . import constants, moved_values, normalization, pooling, products, resizing
from . import elementwise as values
from .calls import Operator
from .convolution import convolution, transposed_convolution
from .recurrent import recurrent
from .reductions import cumulative_sum, extreme, reduce

__all__ = ["ATEN", "operator_of"]


def operator_of(name: str) -> Operator | None:
    """Return the operator of a name.

    Args:
        name: Packet and overload, such as `conv1d.default`; a name that ends in `_` changes what it reads in place.
    """
    packet = name.split(".")[0]
    return ATEN.get(name) or ATEN.get(packet) or ATEN.get(packet.removesuffix("_"))


def _with(function: Any, arguments: str = "", fold: Any = None, **settings: Any) -> Operator:
    """Return an operator of a function some of whose settings are fixed."""
    return Operator(partial(function, **settings), arguments, fold)


def _of_two(function: Any, fold: Any) -> Operator:
    """Return an operator of two values, and how it is computed of constants."""
    return Operator(function, "self:x other", lambda x, other: fold(x, other))


def _moved(function: Any, arguments: str = "", fold: Any = None, *, picks: bool = False) -> Operator:
    """Return an operator whose result shares its values with what it reads."""
    return Operator(function, arguments, fold, picks=picks, views=True)


def _scaled(ufunc: Any) -> Any:
    return lambda x, other, alpha=1: ufunc(x, other if alpha == 1 else np.multiply(other, alpha))


_FUNCTIONS: Final = (
    *ELEMENTWISE,
    *("exp", "log_sigmoid", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "softsign", "tanh"),
)
_COMPARISONS: Final = {
    "eq": "equal",
    "ne": "not_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "lt": "less",
    "le": "less_equal",
}
_POOL: Final = "self:x kernel_size stride padding dilation ceil_mode"
_MEANS: Final = "self:x kernel_size stride padding ceil_mode count_include_pad divisor_override"
_KERNEL: Final = "weight bias stride padding dilation"
_NORM: Final = "input:x weight bias running_mean running_var"
_REDUCED: Final = "self:x dim keepdim -dtype"
_RECURRENT: Final = "input:x hx:states params has_biases num_layers dropout train bidirectional batch_first"
_ROUNDED: Final = "self:x other rounding_mode"
_EXPANDED: Final = "self:x size:shape -implicit"

ATEN: Final[dict[str, Operator]] = {
    # Value by value.
    **{name: _with(values.function, "self:x", name=name) for name in _FUNCTIONS},
    "hardsigmoid": _with(values.function, "self:x", name="hard_sigmoid"),
    "hardswish": _with(values.function, "self:x", name="hard_silu"),
    "tanhshrink": _with(values.function, "self:x", name="tanh_shrink"),
    "hardshrink": _with(aten.shrink, "self:x lambd:threshold", kind=HardShrink),
    "softshrink": _with(aten.shrink, "self:x lambd:threshold", kind=SoftShrink),
    "hardtanh": Operator(aten.hardtanh),
    "gelu": Operator(aten.gelu),
    "softplus": Operator(aten.softplus),
    "threshold": Operator(aten.threshold_at),
    "elu": Operator(values.elu),
    "celu": Operator(aten.celu, "self:x alpha"),
    "leaky_relu": Operator(values.leaky_relu),
    "prelu": Operator(values.prelu),
    "_prelu_kernel": Operator(values.prelu),
    "glu": Operator(values.gated_linear_unit),
    "softmax": Operator(values.softmax, "self:x dim -dtype"),
    "_softmax": Operator(values.softmax, "self:x dim -half_to_float"),
    "log_softmax": Operator(values.log_softmax, "self:x dim -dtype"),
    "_log_softmax": Operator(values.log_softmax, "self:x dim -half_to_float"),
    "clamp": Operator(values.clamp, "self:x min:lowest max:highest"),
    "clamp_min": Operator(values.clamp, "self:x min:lowest"),
    "clamp_max": Operator(values.clamp, "self:x max:highest"),
    "clip": Operator(values.clamp, "self:x min:lowest max:highest"),
    "add": Operator(values.add, "", _scaled(np.add)),
    "sub": Operator(values.subtract, "", _scaled(np.subtract)),
    "rsub": Operator(aten.reversed_subtract, "", lambda x, other, alpha=1: other - np.multiply(x, alpha)),
    "mul": _of_two(values.multiply, np.multiply),
    "div": Operator(values.divide, _ROUNDED, constants.folded_quotient),
    "true_divide": Operator(values.divide, "self:x other", constants.folded_quotient),
    "floor_divide": _with(values.divide, "self:x other", np.floor_divide, rounding_mode="floor"),
    "pow": Operator(values.power, "self:x exponent", lambda x, exponent: np.power(x, exponent)),
    "maximum": _of_two(values.maximum, np.maximum),
    "minimum": _of_two(values.minimum, np.minimum),
    "max.other": _of_two(values.maximum, np.maximum),
    "min.other": _of_two(values.minimum, np.minimum),
    **{
        name: _with(values.compare, "self:x other", lambda x, other, how=how: getattr(np, how)(x, other), how=how)
        for name, how in _COMPARISONS.items()
    },
    "logical_and": _of_two(values.multiply, np.logical_and),
    "logical_or": _of_two(values.maximum, np.logical_or),
    "logical_not": Operator(aten.opposite, "", np.logical_not),
    "bitwise_not": Operator(aten.opposite, "", np.logical_not),
    "where": Operator(
        values.where, "condition self:x other", lambda condition, x, other: np.where(condition, x, other)
    ),
    "masked_fill": Operator(aten.masked_fill, "", lambda x, mask, value: np.where(mask, value, x)),
    # Values as they are.
    "alias": _moved(aten.same),
    "clone": Operator(aten.same, "self:x"),
    "contiguous": _moved(aten.same),
    "detach": _moved(aten.same),
    "detach_copy": Operator(aten.same),
    "lift_fresh_copy": Operator(aten.same),
    "dropout": _moved(aten.dropout),
    "feature_dropout": _moved(aten.dropout),
    "alpha_dropout": _moved(aten.dropout),
    "native_dropout": Operator(aten.native_dropout),
    "to": _moved(aten.cast, "self:x dtype -copy", constants.folded_cast),
    "to.device": _moved(aten.cast, "self:x -device dtype -non_blocking -copy", constants.folded_cast),
    "to.dtype": _moved(aten.cast, "self:x dtype -non_blocking -copy", constants.folded_cast),
    "_to_copy": Operator(aten.cast, "self:x dtype", constants.folded_cast),
    "type_as": _moved(aten.same, "self:x -other"),
    # Layers.
    "conv1d": Operator(convolution),
    "conv2d": Operator(convolution),
    "conv_transpose1d": Operator(transposed_convolution),
    "linear": Operator(products.linear),
    "addmm": Operator(products.matrix_sum, "self:x mat1:first mat2:second beta alpha"),
    "baddbmm": Operator(products.matrix_sum, "self:x batch1:first batch2:second beta alpha"),
    "matmul": Operator(products.matmul),
    "bmm": Operator(products.matmul, "self:x mat2:other"),
    "mm": Operator(products.matmul, "self:x mat2:other"),
    "einsum": Operator(products.einsum, "equation tensors:operands -path"),
    "scaled_dot_product_attention": Operator(products.attention),
    "embedding": Operator(products.embedding, "weight indices -padding_idx -scale_grad_by_freq -sparse"),
    "one_hot": Operator(aten.one_hot),
    "max_pool1d": Operator(pooling.max_pool, _POOL),
    "max_pool2d": _with(pooling.max_pool, _POOL, dimensions=2),
    "max_pool1d_with_indices": Operator(pooling.max_pool_with_indices, _POOL),
    "max_pool2d_with_indices": _with(pooling.max_pool_with_indices, _POOL, dimensions=2),
    "avg_pool1d": Operator(pooling.average_pool, _MEANS),
    "avg_pool2d": _with(pooling.average_pool, _MEANS, dimensions=2),
    "adaptive_avg_pool1d": Operator(pooling.adaptive_average_pool),
    "adaptive_avg_pool2d": Operator(pooling.adaptive_average_pool),
    "adaptive_max_pool1d": Operator(pooling.adaptive_max_pool),
    "adaptive_max_pool2d": Operator(pooling.adaptive_max_pool),
    "batch_norm": Operator(normalization.batch_norm, f"{_NORM} training -momentum eps -cudnn_enabled"),
    "instance_norm": Operator(normalization.instance_norm, f"{_NORM} use_input_stats -momentum eps -cudnn_enabled"),
    "layer_norm": Operator(normalization.layer_norm, "input:x normalized_shape weight bias eps -cudnn_enable"),
    "group_norm": Operator(normalization.group_norm, "input:x num_groups weight bias eps -cudnn_enabled"),
    "convolution": Operator(aten.decomposed_convolution, f"input:x {_KERNEL} transposed output_padding groups"),
    "_native_batch_norm_legit_no_training": _with(
        aten.with_statistics, f"{_NORM} -momentum eps", of=normalization.batch_norm
    ),
    "native_layer_norm": _with(
        aten.with_statistics, "input:x normalized_shape weight bias eps", of=normalization.layer_norm
    ),
    "native_group_norm": _with(
        aten.with_statistics, "input:x weight bias -N -C -HxW group:num_groups eps", of=normalization.group_norm
    ),
    "_scaled_dot_product_flash_attention_for_cpu": _with(
        aten.with_statistics, "query key value dropout_p is_causal attn_mask scale", of=products.attention
    ),
    "_adaptive_avg_pool2d": Operator(pooling.adaptive_average_pool),
    "rms_norm": Operator(normalization.rms_norm),
    "_weight_norm": Operator(aten.weight_norm, "", constants.folded_weight_norm),
    "_weight_norm_interface": Operator(aten.weight_norm, "", constants.folded_weight_and_norm),
    **{name: _with(recurrent, _RECURRENT, kind=name) for name in ("lstm", "gru", "rnn_tanh", "rnn_relu")},
    "upsample_nearest1d": Operator(resizing.nearest_upsample, "input:x output_size scale_factors"),
    "upsample_linear1d": Operator(resizing.linear_upsample, "input:x output_size align_corners scale_factors"),
    # Reductions.
    "sum": _with(reduce, _REDUCED, how="sum"),
    "mean": _with(reduce, _REDUCED, how="mean"),
    "prod": _with(reduce, _REDUCED, how="prod"),
    "amax": _with(reduce, _REDUCED, how="max"),
    "amin": _with(reduce, _REDUCED, how="min"),
    "max": _with(reduce, _REDUCED, how="max"),
    "min": _with(reduce, _REDUCED, how="min"),
    "max.dim": _with(extreme, _REDUCED, how="max"),
    "min.dim": _with(extreme, _REDUCED, how="min"),
    "any": _with(reduce, _REDUCED, how="any"),
    "all": _with(reduce, _REDUCED, how="all"),
    "argmax": _with(aten.place, "self:x dim keepdim", how="argmax"),
    "argmin": _with(aten.place, "self:x dim keepdim", how="argmin"),
    "logsumexp": _with(reduce, _REDUCED, how="logsumexp"),
    "var": _with(aten.spread, "self:x dim unbiased keepdim correction", how="variance"),
    "std": _with(aten.spread, "self:x dim unbiased keepdim correction", how="std"),
    "linalg_vector_norm": Operator(aten.norm, "self:x ord:order dim keepdim -dtype"),
    "norm": Operator(aten.norm, "self:x p:order dim keepdim -dtype"),
    "cumsum": Operator(cumulative_sum, "self:x dim -dtype"),
    # Moving.
    "view": _moved(moved_values.reshape, "self:x size:shape"),
    "reshape": _moved(moved_values.reshape, "self:x shape"),
    "_unsafe_view": Operator(moved_values.reshape, "self:x size:shape"),
    "view_as": _moved(aten.reshape_as),
    "reshape_as": _moved(aten.reshape_as),
    "flatten": _moved(aten.flatten),
    "unflatten": _moved(aten.unflatten),
    "permute": _moved(moved_values.permute),
    "transpose": _moved(moved_values.transpose),
    "swapaxes": _moved(moved_values.transpose, "self:x axis0:dim0 axis1:dim1"),
    "swapdims": _moved(moved_values.transpose),
    "t": _moved(aten.swapped),
    "numpy_T": _moved(aten.swapped),
    "mT": _moved(partial(moved_values.transpose, dim0=-2, dim1=-1), "self:x"),
    "movedim": _moved(aten.movedim),
    "moveaxis": _moved(aten.movedim),
    "squeeze": _moved(moved_values.squeeze),
    "unsqueeze": _moved(moved_values.unsqueeze),
    "expand": _moved(moved_values.broadcast, _EXPANDED, constants.folded_broadcast),
    "broadcast_to": _moved(moved_values.broadcast, _EXPANDED, constants.folded_broadcast),
    "expand_as": _moved(aten.expand_as),
    "repeat": Operator(moved_values.repeat),
    "repeat_interleave.self_int": Operator(resizing.repeat_each, "self:x repeats:times dim:axis -output_size"),
    "select": _moved(aten.select_along, "self:x dim index", constants.folded_select, picks=True),
    "slice": _moved(aten.slice_of, "self:x dim start end step", constants.folded_slice, picks=True),
    "narrow": _moved(aten.narrow),
    "split": _moved(moved_values.split, "self:x split_size:sizes dim"),
    "split_with_sizes": _moved(moved_values.split, "self:x split_sizes:sizes dim"),
    "chunk": _moved(aten.chunk),
    "unbind": _moved(aten.unbind),
    "index_select": Operator(aten.index_select),
    "index": Operator(aten.index, "self:x indices", constants.folded_index),
    "gather": Operator(aten.gather),
    "flip": Operator(moved_values.flip),
    "roll": Operator(aten.roll),
    "cat": Operator(moved_values.concatenate, "", lambda tensors, dim=0: np.concatenate(tensors, dim)),
    "concat": Operator(moved_values.concatenate, "", lambda tensors, dim=0: np.concatenate(tensors, dim)),
    "stack": Operator(moved_values.stack, "", lambda tensors, dim=0: np.stack(tensors, dim)),
    "pad": Operator(moved_values.pad),
    "constant_pad_nd": Operator(moved_values.pad),
    "reflection_pad1d": _with(moved_values.pad, "self:x padding:pad", mode="reflect"),
    "replication_pad1d": _with(moved_values.pad, "self:x padding:pad", mode="replicate"),
    # Constants.
    "zeros": _with(constants.filled, "size dtype", fill_value=0),
    "ones": _with(constants.filled, "size dtype", fill_value=1),
    "full": Operator(constants.filled, "size fill_value dtype"),
    "empty": _with(constants.filled, "size dtype", fill_value=0),
    "zeros_like": _with(constants.filled_like, "self:x dtype", constants.folded_zeros, fill_value=0),
    "ones_like": _with(constants.filled_like, "self:x dtype", constants.folded_ones, fill_value=1),
    "full_like": Operator(constants.filled_like, "self:x fill_value dtype", constants.folded_full),
    "new_zeros": _with(constants.filled, "-self size dtype", fill_value=0),
    "new_ones": _with(constants.filled, "-self size dtype", fill_value=1),
    "new_full": Operator(constants.filled, "-self size fill_value dtype"),
    "arange": Operator(constants.arange, "end dtype"),
    "arange.start": Operator(constants.arange, "start end dtype"),
    "arange.start_step": Operator(constants.arange, "start end step dtype"),
    "scalar_tensor": _with(constants.filled, "s:fill_value dtype", size=()),
}
"""The operators by name."""
