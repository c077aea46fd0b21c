"""Every layer that a program can hold: one row a class, with how each framework writes it.

A class without a row of its own has that of the class that it extends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from .. import layers
from ..layers import Layer
from . import further_layers as further
from . import in_keras, in_pytorch
from . import operators as op
from . import pytorch_recurrence as recurrence
from .in_keras import Call, same_settings
from .in_pytorch import Form, merged
from .operators import Operation
from .plan import NoCodeError, Step
from .pytorch_recurrence import HelperCall

__all__ = ["ROWS", "Row", "keras_lines", "pytorch_lines", "remark"]


@dataclass(frozen=True, slots=True)
class Row:
    """How the layers of a class are written.

    Attributes:
        keras: Gives the call that makes one: `same_settings` where the class has Keras's settings under Keras's names.
            It raises `NoCodeError` for settings that Keras lacks. An operator for which Keras has no layer is an
            `Operation`, which PyTorch then writes alike.
        pytorch: How it is written in PyTorch, see `Form`; None where it is written as Keras only.
        remark: What a learner may want to know of it, or what gives that; nothing for most.
    """

    keras: Callable[[Any], Call] | Operation
    pytorch: Form | None = None
    remark: str | Callable[[Any, Step], str] = ""


def keras_lines(step: Step) -> Iterator[str]:
    """Yield the lines of one layer in Keras.

    Args:
        step: The layer at its place.

    Raises:
        NoCodeError: Keras 3 has no such layer.
    """
    if step.is_input:
        return in_keras.lines(step, None)
    written = _row_of(step.layer).keras
    if isinstance(written, Operation):
        return in_keras.lines(step, written.in_keras(step.layer, step))
    return in_keras.lines(step, written(step.layer))


def pytorch_lines(step: Step) -> Iterator[str]:
    """Yield the lines of one layer in PyTorch.

    Args:
        step: The layer at its place.

    Raises:
        NoCodeError: The layer is not among those that are written as PyTorch.
    """
    if step.is_input:
        return in_pytorch.lines(step, None)
    row = _row_of(step.layer)
    form = row.keras.in_pytorch if isinstance(row.keras, Operation) else row.pytorch
    if form is None:
        raise NoCodeError(f"a {step.layer.type} is written as Keras only")
    return in_pytorch.lines(step, form)


def remark(step: Step) -> str:
    """Return what a learner may want to know of a layer, or nothing."""
    said = "" if step.is_input else _row_of(step.layer).remark
    return said(step.layer, step) if callable(said) else said


def _row_of(layer: Layer) -> Row:
    found = next((ROWS[kind] for kind in type(layer).__mro__ if kind in ROWS), None)
    if found is None:
        raise NoCodeError(f"a {layer.type} has no line of code here")
    return found


def _windows(layer: layers.Conv1D, step: Step) -> str:
    pace = "" if layer.stride == 1 else f" every {layer.stride}"
    windows = f"{step.shape[0]:,} windows of {layer.kernel_size}{pace}"
    return f"{layer.filters} filters slide along: {windows}, one response each."


def _cells(does: str) -> Callable[[layers.Pooling1D, Step], str]:
    def said(layer: layers.Pooling1D, step: Step) -> str:
        pace = "" if layer.size == layer.sliding.stride else f" every {layer.sliding.stride}"
        return f"The pool {does} of {layer.size} neighbours{pace}, filter by filter: {step.shape[0]:,} cells each."

    return said


def _pair(layer: layers.Bidirectional, step: Step) -> Iterator[str]:
    one, other = _row_of(layer.forward_layer).pytorch, _row_of(layer.backward_layer).pytorch
    merge = _row_of(layer.merge).pytorch
    if not isinstance(one, HelperCall) or not isinstance(other, HelperCall) or not callable(merge):
        raise NoCodeError("a Bidirectional of these layers is written as Keras only")
    yield from recurrence.pair_lines(layer, step, one, other)
    ends = ("", ".flip(2)") if layer.return_sequences else ("[:, :, -1]", "[:, :, -1]")
    inputs = f"forwards{ends[0]}", f"backwards{ends[1]}"
    together = replace(step, inputs=inputs, input_shapes=(step.shape,) * 2)
    yield f"{step.variable} = {merge(layer.merge, together)}"


def _each_position(layer: layers.TimeDistributed) -> Call:
    made = _row_of(layer.layer).keras
    if isinstance(made, Operation):
        raise NoCodeError(f"Keras has no layer {layer.layer.type} to call at each position")
    inner = made(layer.layer)
    if any(inner.zeros):
        raise NoCodeError(f"a TimeDistributed {layer.layer.type} with padding in numbers is not written")
    return Call("TimeDistributed", (str(inner),), inner.weights)


def _of_inputs(keras: str, pytorch: str = "") -> Row:
    """Return the row of an operator that is one expression; see `operators.of_inputs`."""
    return Row(Operation(op.of_inputs(keras, pytorch)))


_STATE: Final = "A state is carried from cell to cell."
_ATTENTION: Final = "Every position takes a mean of all, weighted by how well they answer it."

ROWS: Final[dict[type[Layer], Row]] = {
    layers.Conv1D: Row(in_keras.conv, in_pytorch.conv, _windows),
    layers.DepthwiseConv1D: Row(in_keras.depthwise_conv, in_pytorch.depthwise_conv),
    layers.SeparableConv1D: Row(in_keras.separable_conv, in_pytorch.separable_conv),
    layers.MaxPooling1D: Row(in_keras.pool, in_pytorch.max_pool, _cells("keeps the largest")),
    layers.AveragePooling1D: Row(in_keras.average_pool, in_pytorch.average_pool, _cells("takes the mean")),
    layers.GlobalMaxPooling1D: Row(same_settings, "{x}.amax(2, keepdim={keepdims})"),
    layers.GlobalAveragePooling1D: Row(same_settings, "{x}.mean(2, keepdim={keepdims})"),
    layers.AdaptiveMaxPooling1D: Row(in_keras.adaptive_pool, "F.adaptive_max_pool1d({x}, {cells})"),
    layers.AdaptiveAveragePooling1D: Row(in_keras.adaptive_pool, "F.adaptive_avg_pool1d({x}, {cells})"),
    layers.Dense: Row(in_keras.dense, in_pytorch.dense),
    layers.SimpleRNN: Row(in_keras.recurrent, recurrence.SIMPLE_RNN_CALL, _STATE),
    layers.LSTM: Row(in_keras.recurrent, recurrence.LSTM_CALL, _STATE),
    layers.GRU: Row(in_keras.recurrent, recurrence.GRU_CALL, _STATE),
    layers.Bidirectional: Row(in_keras.bidirectional, _pair),
    layers.TimeDistributed: Row(_each_position),
    layers.Embedding: Row(in_keras.embedding, further.embedding_in_pytorch),
    layers.Masking: Row(same_settings),
    layers.BatchNormalization: Row(in_keras.batch_norm, in_pytorch.batch_norm),
    layers.LayerNormalization: Row(in_keras.layer_norm, in_pytorch.layer_norm),
    layers.Activation: Row(in_keras.activation, in_pytorch.activation),
    layers.ReLU: Row(same_settings, in_pytorch.relu),
    layers.LeakyReLU: Row(same_settings, "F.leaky_relu({x}, {negative_slope!r})"),
    layers.ELU: Row(same_settings, "F.elu({x}, {alpha!r})"),
    layers.CELU: _of_inputs("keras.activations.celu({0}, {alpha!r})", "F.celu({0}, {alpha!r})"),
    layers.HardShrink: _of_inputs(
        "keras.activations.hard_shrink({0}, {threshold!r})", "F.hardshrink({0}, {threshold!r})"
    ),
    layers.SoftShrink: _of_inputs(
        "keras.activations.soft_shrink({0}, {threshold!r})", "F.softshrink({0}, {threshold!r})"
    ),
    layers.Threshold: _of_inputs(
        "keras.activations.threshold({0}, {threshold!r}, {value!r})",
        "F.threshold({0}, {threshold!r}, {value!r})",
    ),
    layers.PReLU: Row(in_keras.prelu, further.prelu_in_pytorch),
    layers.Softmax: Row(same_settings, in_pytorch.softmax),
    # And the layers that act in training only.
    layers.Identity: Row(same_settings, "{x}"),
    layers.Flatten: Row(same_settings, in_pytorch.flat, "All values in one row."),
    layers.Cropping1D: Row(same_settings, in_pytorch.cropped),
    layers.ZeroPadding1D: Row(same_settings, "F.pad({x}, {padding})"),
    layers.UpSampling1D: Row(same_settings, "{x}.repeat_interleave({size}, 2)"),
    layers.Reshape: Row(same_settings, in_pytorch.reshaped),
    layers.Permute: Row(same_settings, in_pytorch.permuted),
    layers.RepeatVector: Row(same_settings, in_pytorch.repeated),
    layers.Add: Row(same_settings, merged("{} + {}")),
    layers.Subtract: Row(same_settings, merged("{} - {}")),
    layers.Multiply: Row(same_settings, merged("{} * {}")),
    layers.Maximum: Row(same_settings, merged("torch.maximum({}, {})")),
    layers.Minimum: Row(same_settings, merged("torch.minimum({}, {})")),
    layers.Average: Row(same_settings, merged("{} + {}", "({}) / {count}")),
    layers.Concatenate: Row(same_settings, in_pytorch.concatenated),
    layers.Dot: Row(same_settings),
    layers.Einsum: Row(Operation(further.product_sum)),
    layers.MatMul: Row(Operation(further.product_sum)),
    layers.EinsumDense: Row(further.einsum_dense),
    layers.ScaledDotProductAttention: Row(Operation(further.scaled_attention), remark=_ATTENTION),
    layers.Attention: Row(further.attention, remark=_ATTENTION),
    layers.AdditiveAttention: Row(further.attention, remark=_ATTENTION),
    layers.MultiHeadAttention: Row(further.heads, remark=_ATTENTION),
    layers.Normalization: Row(further.statistics, in_pytorch.batch_norm),
    layers.GroupNormalization: Row(further.group_norm, further.group_norm_in_pytorch),
    layers.RMSNormalization: Row(further.rms_norm, in_pytorch.rms_norm),
    layers.UnitNormalization: Row(same_settings, further.unit_norm_in_pytorch),
    layers.Conv1DTranspose: Row(further.transposed, further.transposed_in_pytorch),
    layers.Resize1D: Row(further.resized, further.resized_in_pytorch),
    layers.Constant: Row(Operation(op.constant)),
    layers.Rescaling: Row(Operation(op.rescaled)),
    layers.Power: Row(Operation(op.power)),
    layers.Clip: Row(Operation(op.clip)),
    layers.GatedLinearUnit: Row(Operation(op.gated_linear_unit)),
    layers.Divide: _of_inputs("{0} / {1}"),
    layers.Pow: _of_inputs("{0} ** {1}"),
    layers.Compare: Row(Operation(op.compared)),
    layers.Logical: _of_inputs(
        'keras.ops.cast(keras.ops.logical_{how}({0}, {1}), "float32")',
        "torch.logical_{how}({0}, {1}).float()",
    ),
    layers.Where: _of_inputs("keras.ops.where({0} != 0, {1}, {2})", "torch.where({0} != 0, {1}, {2})"),
    layers.Reduce: Row(Operation(op.reduced)),
    layers.CumulativeSum: Row(Operation(op.cumulative_sum)),
    layers.Slice: Row(Operation(op.sliced)),
    layers.Select: Row(Operation(op.selected)),
    layers.Take: Row(Operation(op.taken)),
    layers.Reverse: Row(Operation(op.reversed_axes)),
    layers.Pad: Row(Operation(op.padded)),
    layers.Broadcast: Row(Operation(op.repeated)),
}
