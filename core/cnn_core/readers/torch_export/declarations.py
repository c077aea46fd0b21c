"""What a program declares against what comes out, and what is said of operators that no row names."""

from __future__ import annotations

from collections.abc import Sequence

from ...layers import Shape
from .schema import Declared, ProgramNode, name_of

__all__ = ["fits", "has_batch", "stranger"]


def has_batch(declared: Declared) -> bool:
    """Tell whether the first axis of an input is the batch: tensors of features may lack one."""
    return len(declared.sizes) > 2 or (declared.whole and len(declared.sizes) > 1)


def fits(sizes: Shape, declared: Sequence[int | str], batch: int) -> bool:
    """Tell whether a shape is the one that is declared; with a larger batch, but for that."""
    if len(sizes) != len(declared):
        return False
    apart = []
    for mine, theirs in zip(sizes, declared, strict=True):
        if isinstance(theirs, int) and mine != theirs:
            apart.append((mine, theirs))
    if batch == 1:
        return not apart
    return len(apart) == 1 and apart[0][0] is not None and apart[0][0] * batch == apart[0][1]


def stranger(node: ProgramNode) -> str:
    """Return why an operator that no row names cannot be computed."""
    name = name_of(node.target.removeprefix("torch.ops."))
    if node.operator:
        return f"PyTorch's operator {name_of(node.operator.split('.')[0])} is not one that is read"
    if name.startswith("higher_order."):
        return f"it runs a part of the program by itself ({name.removeprefix('higher_order.')}), which is not read"
    if node.target.startswith(("_operator.", "operator.", "math.", "torch.sym", "builtins.")):
        return f"it computes with the length of the input by {name}, which is not read"
    return f"{name} is an operator of the author's own, whose program is not in the file"
