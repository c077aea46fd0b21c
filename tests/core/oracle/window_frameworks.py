"""What PyTorch says of the grid of windows, in float64. Only `make_window_fixtures` and the live test import this."""

from __future__ import annotations

import torch
from torch.nn import functional

from .layer_case import Array
from .window_cases import Windows


def torch_answers(case: Windows) -> dict[str, Array]:
    """Return the output, the gradient of Σ output · upstream, and of a max pool DeepLIFT's multipliers of that sum."""
    x = torch.from_numpy(case.x).double().T[None].requires_grad_()
    output = _forward(case, x)
    upstream = torch.from_numpy(case.drawn("upstream", *output.shape[1:][::-1])).double().T[None]
    (gradient,) = torch.autograd.grad((output * upstream).sum(), x)
    found = {"output": output, "gradient": gradient}
    if "max" in case.kind:
        found["multipliers"] = _multipliers(case, x.detach(), upstream, gradient)
    return {name: values[0].T.detach().float().numpy() for name, values in found.items()}


def _forward(case: Windows, x: torch.Tensor) -> torch.Tensor:
    if case.kind == "conv":
        kernel = torch.from_numpy(case.kernel.transpose(2, 1, 0).copy()).double()
        padded = functional.pad(x, case.padding)
        return functional.conv1d(padded, kernel, None, case.stride, 0, case.dilation, case.groups)
    if case.kind == "max":
        return _selected(case, x)[0]
    if case.kind == "average":
        settings = case.size, case.stride, case.padding[0], case.ceil_mode, case.count_include_pad
        return functional.avg_pool1d(x, *settings)
    adaptive = {"adaptive max": functional.adaptive_max_pool1d, "adaptive average": functional.adaptive_avg_pool1d}
    return adaptive[case.kind](x, case.size)


def _selected(case: Windows, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the largest values and where they stand."""
    if case.kind == "adaptive max":
        return functional.adaptive_max_pool1d(x, case.size, return_indices=True)
    settings = case.size, case.stride, case.padding[0], case.dilation, case.ceil_mode
    return functional.max_pool1d(x, *settings, return_indices=True)


def _multipliers(case: Windows, x: torch.Tensor, upstream: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """Return what a rise gives to the selections and a fall to those of the reference, for each unit of change."""
    reference = torch.from_numpy(case.reference).double().T[None]
    (here, mine), (there, theirs) = _selected(case, x), _selected(case, reference)
    change = torch.zeros_like(x).scatter_add(2, mine, upstream * (here - there).clamp(min=0))
    change = change.scatter_add(2, theirs, upstream * (here - there).clamp(max=0))
    apart = x - reference
    return torch.where(apart == 0, gradient, change / torch.where(apart == 0, 1, apart))
