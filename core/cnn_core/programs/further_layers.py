"""How attention, sums of products, normalisations by groups, transposed convolutions and resizing are written.

Each function here is for a row of `rows`: of a call in Keras, of an expression in PyTorch, or of one in either.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from .. import layers
from ..layers import Padding
from ..layers.contraction import Labels, split_equation
from ..layers.shapes import axis_length, sample_axis
from . import in_keras, in_pytorch
from .in_keras import Call, call_of
from .operators import TORCH, Framework
from .plan import NoCodeError, Step, call_lines, literal

__all__ = [
    "attention",
    "einsum_dense",
    "embedding_in_pytorch",
    "group_norm",
    "group_norm_in_pytorch",
    "heads",
    "prelu_in_pytorch",
    "product_sum",
    "resized",
    "resized_in_pytorch",
    "rms_norm",
    "scaled_attention",
    "statistics",
    "transposed",
    "transposed_in_pytorch",
    "unit_norm_in_pytorch",
]

_CAUSAL: Final = "use_causal_mask=True"
_BESIDE: Final = 50
"""Columns kept free for a name before an expression, and a shape behind it."""


def product_sum(layer: layers.Einsum | layers.MatMul, step: Step, framework: Framework) -> str:
    """Return a sum of products, with a letter for the batch."""
    labels = layer.labels(*map(len, step.input_shapes))
    equation = _with_batch(labels, turned=framework.turned)
    found = f"{framework.module}.einsum({literal(equation)}, {', '.join(step.inputs)})"
    return found if labels.output else framework.reshaped(found, (1,))


def _with_batch(labels: Labels, *, turned: bool) -> str:
    """Return an equation in lower case, since Keras reads no other, with a letter for the batch."""
    several = [*labels.inputs, labels.output]
    used = dict.fromkeys("".join(several))
    if len(used) >= len(string.ascii_lowercase):
        raise NoCodeError("a sum of products over so many axes has no line of code here")
    letters = dict(zip(used, string.ascii_lowercase[1:], strict=False))
    batch = string.ascii_lowercase[0]
    terms = [batch + "".join(letters[each] for each in (term[::-1] if turned else term)) for term in several]
    return f"{','.join(terms[:-1])}->{terms[-1]}"


def einsum_dense(layer: layers.EinsumDense) -> Call:
    """Return the call of an EinsumDense."""
    (given, kernel), output = split_equation(layer.equation)
    batch = (
        "" if "..." in layer.equation else next(each for each in string.ascii_letters if each not in layer.equation)
    )
    sizes = dict(zip(kernel, layer.kernel.shape, strict=True))
    shape = tuple(sizes.get(letter) for letter in output.replace("...", ""))
    settings: dict[str, object] = {"output_shape": shape}
    if layer.bias is not None:
        if 1 in layer.bias.shape:
            raise NoCodeError("Keras says the axes of such a bias in another way")
        settings["bias_axes"] = output[len(output) - layer.bias.ndim :]
    settings |= in_keras.activation_setting(layer.activation)
    equation = f"{batch}{given},{kernel}->{batch}{output}"
    return call_of("EinsumDense", settings, equation, weights=(layer.kernel, layer.bias))


def scaled_attention(layer: layers.ScaledDotProductAttention, step: Step, framework: Framework) -> str:
    """Return scaled dot-product attention of queries, keys and values."""
    rank, channels = len(step.input_shapes[0]), step.input_shapes[0][-1]
    if len(step.inputs) > 3 or channels is None:
        raise NoCodeError("attention with a mask has no line of code here")
    along = sample_axis(layer.axis, rank, layer.type)
    scale = channels**-0.5 if layer.scale is None else layer.scale
    if framework.turned:
        ours = [*(axis for axis in range(rank - 1) if axis != along), along, rank - 1]
        given = [f"{x}.permute{(0, *(rank - axis for axis in ours))}" for x in step.inputs]
        order = f".permute{(0, *(1 + ours.index(axis) for axis in reversed(range(rank))))}"
        given += [f"is_causal={layer.causal}", f"scale={scale!r}"]
        return "\n".join(call_lines("F.scaled_dot_product_attention(", given, f"){order}", _BESIDE))
    if layer.causal:
        raise NoCodeError("attention that does not look ahead is written as PyTorch only")
    queries, keys, values = step.inputs
    if along == rank - 2:
        scores = f"keras.ops.matmul({queries}, keras.ops.swapaxes({keys}, -1, -2)) * {scale!r}"
        return "\n".join(call_lines("keras.ops.matmul(", [f"keras.ops.softmax({scores})", values], ")", _BESIDE))
    return f"""keras.ops.moveaxis(
    keras.ops.matmul(
        keras.ops.softmax(
            keras.ops.matmul(
                keras.ops.moveaxis({queries}, {along + 1}, -2),
                keras.ops.moveaxis({keys}, {along + 1}, -1),
            )
            * {scale!r}
        ),
        keras.ops.moveaxis({values}, {along + 1}, -2),
    ),
    -2,
    {along + 1},
)"""


def attention(layer: layers.Attention | layers.AdditiveAttention) -> Call:
    """Return the call of an Attention or an AdditiveAttention."""
    settings: dict[str, object] = {"use_scale": layer.scale is not None}
    weights = [layer.scale]
    if isinstance(layer, layers.Attention) and layer.concat_score_weight is not None:
        settings["score_mode"] = "concat"
        weights.append(layer.concat_score_weight)
    given = tuple(each for each in weights if each is not None)
    return replace(call_of(layer.type, settings, weights=given), keywords=_CAUSAL if layer.causal else "")


def heads(layer: layers.MultiHeadAttention) -> Call:
    """Return the call of a MultiHeadAttention."""
    biases = [layer.query_bias, layer.key_bias, layer.value_bias, layer.output_bias]
    if any(each is None for each in biases) and any(each is not None for each in biases):
        raise NoCodeError("Keras gives all kernels of MultiHeadAttention a bias, or none")
    settings: dict[str, object] = {"value_dim": layer.value_dim, "output_shape": int(layer.output_kernel.shape[2])}
    settings |= {} if layer.query_bias is not None else {"use_bias": False}
    kernels = layer.query_kernel, layer.key_kernel, layer.value_kernel, layer.output_kernel
    weights = [each for pair in zip(kernels, biases, strict=True) for each in pair]
    call = call_of("MultiHeadAttention", settings, layer.num_heads, layer.key_dim, weights=tuple(weights))
    return replace(call, apart=True, keywords=_CAUSAL if layer.causal else "")


def group_norm(layer: layers.GroupNormalization) -> Call:
    """Return the call of a GroupNormalization."""
    settings: dict[str, object] = {"axis": layer.axis, "epsilon": layer.epsilon}
    settings |= in_keras.switched_off(scale=layer.gamma, center=layer.beta)
    return call_of("GroupNormalization", settings, layer.groups, weights=(layer.gamma, layer.beta))


def group_norm_in_pytorch(layer: layers.GroupNormalization, step: Step) -> Iterator[str]:
    """Yield a group norm."""
    rank = len(step.shape)
    if sample_axis(layer.axis, rank, layer.type) != rank - 1:
        raise NoCodeError("a normalisation of groups along the length is written as Keras only")
    numbers = [in_pytorch.weight(step, each, none="None") for each in (layer.gamma, layer.beta)]
    arguments = [step.inputs[0], str(layer.groups), *numbers, f"eps={layer.epsilon!r}"]
    return call_lines(f"{step.variable} = F.group_norm(", arguments, ")", in_pytorch.COMMENT)


def rms_norm(layer: layers.RMSNormalization) -> Call:
    """Return the call of an RMSNormalization."""
    if layer.scale is None:
        raise NoCodeError("Keras has no RMSNormalization without a scale")
    return call_of("RMSNormalization", {"axis": layer.axis, "epsilon": layer.epsilon}, weights=(layer.scale,))


def unit_norm_in_pytorch(layer: layers.UnitNormalization, step: Step) -> str:
    """Return an input over its length."""
    if not isinstance(layer.axis, int):
        raise NoCodeError("a length over several axes is written as Keras only")
    rank = len(step.shape)
    return f"F.normalize({step.inputs[0]}, dim={rank - sample_axis(layer.axis, rank, layer.type)})"


def embedding_in_pytorch(layer: layers.Embedding, step: Step) -> str:
    """Return the rows of indices, the units where PyTorch has channels."""
    if layer.mask_zero:
        raise NoCodeError("an Embedding that masks positions is written as Keras only")
    return f"F.embedding({step.inputs[0]}.long(), {in_pytorch.weight(step, layer.table)}).movedim(-1, 1)"


def prelu_in_pytorch(layer: layers.PReLU, step: Step) -> str:
    """Return a leaky ReLU whose slopes were learned."""
    x = step.inputs[0]
    if layer.alpha.size == layer.alpha.shape[-1]:
        return f"F.prelu({x}, {in_pytorch.weight(step, layer.alpha)}.flatten())"
    return f"torch.where({x} > 0, {x}, {TORCH.stored(step, layer.alpha, len(step.shape))} * {x})"


def statistics(layer: layers.Normalization) -> Call:
    """Return the call of a batch norm, which computes the same."""
    return replace(in_keras.batch_norm(layer), kind="BatchNormalization")


def transposed(layer: layers.Conv1DTranspose) -> Call:
    """Return the call of a transposed convolution."""
    if isinstance(layer.padding, tuple) or layer.groups > 1:
        raise NoCodeError("Keras has no transposed convolution with these settings")
    settings: dict[str, object] = {"strides": layer.stride, "padding": str(Padding(layer.padding))}
    settings |= {} if layer.output_padding is None else {"output_padding": layer.output_padding}
    settings |= {"dilation_rate": layer.dilation} if layer.dilation > 1 else {}
    settings |= in_keras.activation_setting(layer.activation) | in_keras.switched_off(use_bias=layer.bias)
    weights = (layer.kernel, layer.bias)
    return call_of("Conv1DTranspose", settings, layer.filters, layer.kernel_size, weights=weights)


def transposed_in_pytorch(layer: layers.Conv1DTranspose, step: Step) -> Iterator[str]:
    """Yield a transposed convolution, what is cut off its ends, and its activation function."""
    left, right = layer.cropped
    more = max(0, -right)
    if more >= max(layer.stride, layer.dilation):
        raise NoCodeError("PyTorch puts fewer positions than a stride behind a transposed convolution")
    kernel = in_pytorch.weight(step, layer.kernel, (2, 1, 0))
    bias = in_pytorch.weight(step, layer.bias, none="None")
    numbers = map(str, (layer.stride, 0, more, layer.groups, layer.dilation))
    cut = f"[:, :, {left}:{-right if right > 0 else ''}]" if left or right > 0 else ""
    arguments, name = [step.inputs[0], kernel, bias, *numbers], step.variable
    yield from call_lines(f"{name} = F.conv_transpose1d(", arguments, f"){cut}", in_pytorch.COMMENT)
    if layer.activation != "linear":
        yield f"{name} = {in_pytorch.activated(layer.activation, name)}"


def resized(layer: layers.Resize1D) -> Call:
    """Refuse: Keras has no such layer of one dimension."""
    raise NoCodeError("Keras has no layer that resizes a sequence so")


def resized_in_pytorch(layer: layers.Resize1D, step: Step) -> str:
    """Return an input with another number of positions."""
    how = layer.interpolation, layer.coordinates
    nearest = how == ("nearest", "asymmetric") and layer.rounding == "floor"
    if not nearest and how not in (("linear", "half_pixel"), ("linear", "align_corners")):
        raise NoCodeError("PyTorch has no interpolation with these settings")
    size = f"size={axis_length(step.shape)}" if layer.scale is None else f"scale_factor={layer.scale!r}"
    mode = "" if nearest else f', mode="linear", align_corners={how[1] == "align_corners"}'
    return f"F.interpolate({step.inputs[0]}, {size}{mode})"
