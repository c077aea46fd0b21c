"""What PyTorch and Keras compute on the cases of attention and the like, in float64, and PyTorch's gradients.

Only `make_attention_layer_fixtures` and the live tests import this.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import keras
import torch
from torch import Tensor
from torch.nn import functional

from .attention_cases import AttentionCase
from .layer_case import Array
from .layer_gradients import in_float64

Tensors = dict[str, Tensor]


def answers(case: AttentionCase) -> tuple[Array, list[Array]]:
    """Return the output, and the gradient of Σ output · `upstream` at every input."""
    weights = {name: torch.from_numpy(each).double() for name, each in case.drawn_weights.items()}
    given = [torch.from_numpy(x).double().requires_grad_() for x in case.inputs()]
    with in_float64():
        output = _COMPUTED[case.kind](case, weights, *given)
    total = (output * torch.from_numpy(case.upstream(tuple(output.shape)))).sum()
    found = torch.autograd.grad(total, given, allow_unused=True)
    at = [torch.zeros_like(x) if each is None else each for x, each in zip(given, found, strict=True)]
    return output.detach().numpy(), [each.numpy() for each in at]


def _keras(layer: keras.layers.Layer, weights: Tensors, order: tuple[str, ...], shapes: Any) -> keras.layers.Layer:
    """Return a layer with its weights, of a batch of one."""
    layer.build(shapes)
    layer.set_weights([weights[name].numpy() for name in order if name in weights])
    return layer


def _batches(inputs: tuple[Tensor, ...]) -> list[Tensor]:
    return [x[None] for x in inputs]


def _einsum_dense(case: AttentionCase, weights: Tensors, x: Tensor) -> Tensor:
    terms, output = str(case.settings["equation"]).split("->")
    mine, kernel = terms.split(",")
    batch = "" if "..." in mine else "z"
    own, letters = mine.replace("...", ""), output.replace("...", "")
    sizes = dict(zip(kernel + own, (*case.weights["kernel"], *x.shape[-len(own) :]), strict=True))
    layer = keras.layers.EinsumDense(
        f"{batch}{mine},{kernel}->{batch}{output}",
        tuple(sizes[letter] for letter in letters),
        bias_axes=letters[-len(case.weights["bias"]) :] if "bias" in case.weights else None,
        activation=case.settings["activation"],
    )
    return _keras(layer, weights, ("kernel", "bias"), (1, *x.shape))(x[None])[0]


def _scaled(case: AttentionCase, weights: Tensors, *inputs: Tensor) -> Tensor:
    settings = case.settings
    queries, keys, values, *masks = inputs
    if settings.get("axis") == 1:
        queries, keys, values = (x.transpose(0, 1) for x in (queries, keys, values))
    mask = masks[0] if masks else None
    if mask is not None and not settings.get("mask_adds", True):
        mask = mask != 0
    if mask is not None:
        mask = mask.expand(*queries.shape[:-1], keys.shape[-2])
    found = functional.scaled_dot_product_attention(
        queries[None],
        keys[None],
        values[None],
        mask if mask is None else mask[None],
        is_causal=bool(settings.get("causal")),
        scale=settings.get("scale"),
    )[0]
    return found.transpose(0, 1) if settings.get("axis") == 1 else found


def _attention(case: AttentionCase, weights: Tensors, *inputs: Tensor) -> Tensor:
    mode = "concat" if "concat_score_weight" in weights else "dot"
    made = keras.layers.Attention(use_scale="scale" in weights, score_mode=mode)
    layer = _keras(made, weights, ("scale", "concat_score_weight"), [(1, *x.shape) for x in inputs])
    return layer(_batches(inputs), use_causal_mask=case.settings["causal"])[0]


def _additive(case: AttentionCase, weights: Tensors, *inputs: Tensor) -> Tensor:
    made = keras.layers.AdditiveAttention(use_scale="scale" in weights)
    layer = _keras(made, weights, ("scale",), [(1, *x.shape) for x in inputs])
    return layer(_batches(inputs), use_causal_mask=case.settings["causal"])[0]


_HEADS: Final = tuple(
    f"{part}_{what}" for part in ("query", "key", "value", "output") for what in ("kernel", "bias")
)


def _heads(case: AttentionCase, weights: Tensors, *inputs: Tensor) -> Tensor:
    _, heads, key_dim = case.weights["query_kernel"]
    layer = keras.layers.MultiHeadAttention(
        heads,
        key_dim,
        value_dim=case.weights["value_kernel"][2],
        use_bias="query_bias" in weights,
        output_shape=case.weights["output_kernel"][2],
    )
    layer.build(*((1, *x.shape) for x in inputs))
    layer.set_weights([weights[name].numpy() for name in _HEADS if name in weights])
    return layer(*_batches(inputs), use_causal_mask=case.settings["causal"])[0]


def _group_norm(case: AttentionCase, weights: Tensors, x: Tensor) -> Tensor:
    learned = {"scale": "gamma" in weights, "center": "beta" in weights}
    layer = keras.layers.GroupNormalization(**case.settings, **learned)
    return _keras(layer, weights, ("gamma", "beta"), (1, *x.shape))(x[None])[0]


def _of_data(case: AttentionCase, weights: Tensors, x: Tensor) -> Tensor:
    numbers = {name: each.numpy() for name, each in weights.items()}
    return keras.layers.Normalization(**numbers)(x[None])[0]


def _rms_norm(case: AttentionCase, weights: Tensors, x: Tensor) -> Tensor:
    size = case.weights.get("scale", x.shape[-1:])
    return functional.rms_norm(x, size, weights.get("scale"), case.settings.get("epsilon", 1e-6))


def _unit_norm(case: AttentionCase, weights: Tensors, x: Tensor) -> Tensor:
    return keras.layers.UnitNormalization(**case.settings)(x[None])[0]


def _transposed(case: AttentionCase, weights: Tensors, x: Tensor) -> Tensor:
    settings, kernel = case.settings, weights["kernel"]
    if isinstance(settings["padding"], str):
        layer = keras.layers.Conv1DTranspose(
            kernel.shape[1],
            kernel.shape[0],
            strides=settings["stride"],
            padding=settings["padding"],
            output_padding=settings["output_padding"],
            dilation_rate=settings["dilation"],
        )
        return _keras(layer, weights, ("kernel", "bias"), (1, *x.shape))(x[None])[0]
    found = functional.conv_transpose1d(
        x.T[None],
        kernel.permute(2, 1, 0),
        weights["bias"],
        settings["stride"],
        settings["padding"][0],
        settings["output_padding"],
        settings["groups"],
        settings["dilation"],
    )
    return torch.relu(found)[0].T


def _resized(case: AttentionCase, weights: Tensors, x: Tensor) -> Tensor:
    settings = case.settings
    mode = settings.get("interpolation", "nearest")
    corners = settings.get("coordinates") == "align_corners" if mode == "linear" else None
    return functional.interpolate(
        x.T[None], settings.get("length"), settings.get("scale"), mode=mode, align_corners=corners
    )[0].T


_COMPUTED: Final[dict[str, Callable[..., Tensor]]] = {
    "AdditiveAttention": _additive,
    "Attention": _attention,
    "Conv1DTranspose": _transposed,
    "Einsum": lambda case, _, *inputs: torch.einsum(case.settings["equation"], *inputs),
    "EinsumDense": _einsum_dense,
    "GroupNormalization": _group_norm,
    "MatMul": lambda _, __, *inputs: torch.matmul(*inputs),
    "MultiHeadAttention": _heads,
    "Normalization": _of_data,
    "RMSNormalization": _rms_norm,
    "Resize1D": _resized,
    "ScaledDotProductAttention": _scaled,
    "UnitNormalization": _unit_norm,
}
