"""What PyTorch computes on the grid of operators. Only `make_operator_fixtures` and live tests import this."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from .layer_case import Array
from .operator_grid import OperatorCase

VERSIONS = {"torch": torch.__version__}


def _computed(case: OperatorCase, inputs: list[torch.Tensor]) -> torch.Tensor:
    names: dict[str, Any] = dict(zip("xyz", inputs, strict=False))
    return eval(case.torch, {"torch": torch, "F": functional, **names})  # an expression of our own grid


def torch_answers(case: OperatorCase) -> dict[str, Array]:
    """Return the output in float32, and the gradient of Σ output · upstream at every input, computed in float64."""
    answer = _computed(case, [torch.from_numpy(x.copy()) for x in case.inputs]).float().numpy()
    found = {"answer": answer}
    if not case.has_gradient:
        return found
    wide = [torch.from_numpy(x.copy()).double().requires_grad_() for x in case.inputs]
    output = _computed(case, wide)
    if output.requires_grad:
        weighted = (output * torch.from_numpy(case.upstream(tuple(output.shape)))).sum()
        gradients = torch.autograd.grad(weighted, wide, allow_unused=True)
    else:
        gradients = (None,) * len(wide)
    for number, (x, gradient) in enumerate(zip(wide, gradients, strict=True)):
        found[f"gradient {number}"] = (torch.zeros_like(x) if gradient is None else gradient).float().numpy()
    return found
