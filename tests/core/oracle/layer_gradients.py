"""What PyTorch's autograd says of the grids, in float64. Only `make_gradient_fixtures` and live tests import this."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import torch
from torch.nn import functional

from .frameworks import _TORCH_FUNCTIONS, same_pads
from .gradient_cases import KINKS, POOLS, TIES, conv_upstream
from .grid import Case as Convolution
from .layer_case import Array, Case, upstream_of
from .layer_frameworks import keras_layer, keras_model


@contextmanager
def in_float64() -> Iterator[None]:
    keras.config.set_floatx("float64")
    try:
        yield
    finally:
        keras.config.set_floatx("float32")


def keras_gradients(case: Case) -> dict[str, Array]:
    """Return the gradient of Σ output · `upstream_of` at every input; of indices, at the output of the Embedding."""
    if case.steps[0].kind == "LayerNormalization" and case.given["x"].of == "large":
        return {"x": _torch_layer_norm_gradient(case)}
    with in_float64():
        model, _ = keras_model(case)
        given = {}
        for name, each in case.given.items():
            x = torch.from_numpy(case.drawn[name])[None]
            given[name] = x.int() if each.of == "indices" else x.double().requires_grad_()
        answers = model(given, training=False)
    at = {name: x for name, x in given.items() if x.requires_grad}
    at |= {step.name: answers[step.name] for step in case.steps if step.kind == "Embedding"}
    last = answers[case.steps[-1].name]
    found = _at(last, upstream_of(case, tuple(last.shape[1:])), [*at.values()])
    return {name: gradient[0] for name, gradient in zip(at, found, strict=True)}


def _torch_layer_norm_gradient(case: Case) -> Array:
    """Return PyTorch's gradient: Keras subtracts a mean of 100 in float32, and loses 2e-5 of its scale."""
    gamma, beta = (torch.from_numpy(each).double() for each in keras_model(case)[1]["layer"])
    x = torch.from_numpy(case.drawn["x"]).double().requires_grad_()
    output = functional.layer_norm(x, x.shape[-1:], gamma, beta, case.steps[0].settings["epsilon"])
    return _at(output, upstream_of(case, tuple(output.shape)), [x])[0]


def torch_conv_gradient(case: Convolution) -> Array:
    """Return the gradient at the input of a convolution, of all its pools together, each weighted."""
    x = torch.from_numpy(case.x).double().requires_grad_()
    span = case.dilation * (case.kernel_size - 1) + 1
    pads = {"valid": (0, 0), "causal": (span - 1, 0), "same": same_pads(case.length, span, case.stride)}
    responses = functional.conv1d(
        functional.pad(x.T[None], pads[case.padding]),
        torch.from_numpy(case.kernel.transpose(2, 1, 0).copy()).double(),
        torch.from_numpy(case.bias).double(),
        case.stride,
        0,
        case.dilation,
        case.groups,
    )
    activations = _TORCH_FUNCTIONS[case.activation](responses)
    size, stride, positions = case.pool_size, case.pool_stride, activations.shape[-1]
    around = same_pads(positions, size, stride) if case.pool_padding == "same" else (0, 0)
    walled = functional.pad(activations, around, value=-torch.inf)
    counted = functional.avg_pool1d(functional.pad(torch.ones_like(activations), around), size, stride)
    pooled = {
        "max": functional.max_pool1d(walled, size, stride)[0].T,
        "average": (functional.avg_pool1d(functional.pad(activations, around), size, stride) / counted)[0].T,
        "global_max": activations.amax(-1)[0],
        "global_average": activations.mean(-1)[0],
    }
    total = sum(
        (pooled[pool] * torch.from_numpy(conv_upstream(case, pool, tuple(pooled[pool].shape)))).sum()
        for pool in POOLS
    )
    return torch.autograd.grad(total, x)[0].numpy()


def function_slopes(name: str) -> Array:
    """Return Keras's slopes at `KINKS`."""
    x = torch.from_numpy(KINKS).double().requires_grad_()
    return torch.autograd.grad(keras.activations.get(name)(x).sum(), x)[0].numpy()


def tie_gradients(name: str) -> list[Array]:
    """Return the gradient at every input of a case of `TIES`, of the sum of the outputs weighted 1, 2, 3 …"""
    kind, settings, arrays = TIES[name]
    with in_float64():
        given = [torch.from_numpy(x).double()[None].requires_grad_() for x in arrays]
        output = keras_layer(kind, settings)(given if len(given) > 1 else given[0])
        weights = torch.arange(1, output.numel() + 1).reshape(output.shape)
        found = torch.autograd.grad((output * weights).sum(), given)
    return [gradient[0].numpy() for gradient in found]


def _at(output: torch.Tensor, upstream: Array, at: list[torch.Tensor]) -> list[Array]:
    total = (output * torch.from_numpy(upstream)).sum()
    found = torch.autograd.grad(total, at, allow_unused=True)
    return [
        (torch.zeros_like(x) if gradient is None else gradient).numpy()
        for x, gradient in zip(at, found, strict=True)
    ]
