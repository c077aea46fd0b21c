"""Products of matrices, and attention. Source: PyTorch, `torch.nn.functional.linear`, `torch.matmul` and their like."""

from __future__ import annotations

import string
from collections.abc import Sequence

import numpy as np

from ...layers import Dense, Einsum, Embedding, ScaledDotProductAttention
from .assembly import Assembly, Constant, Layout, Tensor, Unsupported, Value, as_float, rank_of
from .convolution import weights_of
from .elementwise import add, multiply

__all__ = ["attention", "einsum", "embedding", "linear", "matmul", "matrix_sum"]


def linear(assembly: Assembly, x: Value, weight: Value, bias: Value | None = None) -> Value:
    """Add weighted sums over the last axis.

    Args:
        assembly: Where they are added.
        x: Shape (…, inputs).
        weight: Shape (units, inputs).
        bias: Shape (units,), or None.
    """
    if isinstance(weight, Tensor):
        found = matmul(assembly, x, _turned(assembly, weight))
        return found if bias is None else add(assembly, found, bias)
    if weight.ndim != 2:
        raise Unsupported(f"its weight has {weight.ndim} axes")
    offset = weights_of(bias, "bias")
    return _dense(assembly, x, weight.T, offset)


def _turned(assembly: Assembly, value: Value) -> Value:
    if isinstance(value, Tensor):
        return Tensor(value.node, value.shape, (*value.layout[:-2], *value.layout[:-3:-1]), value.whole)
    return value.swapaxes(-1, -2)


def _dense(assembly: Assembly, x: Value, kernel: Constant, bias: Constant | None = None) -> Value:
    tensor = assembly.last(x, rank_of(x) - 1)
    layer = Dense(as_float(kernel), None if bias is None else as_float(bias.reshape(-1)))
    return assembly.add(layer, [tensor], tensor.layout)


def matmul(assembly: Assembly, x: Value, other: Value) -> Value:
    """Add the product of two tensors as matrices, as `numpy.matmul` has it."""
    if isinstance(x, Tensor) and not isinstance(other, Tensor) and other.ndim == 2:
        return _dense(assembly, x, other)
    left, right = rank_of(x), rank_of(other)
    if not left or not right:
        raise Unsupported("it multiplies a number as a matrix")
    leading = string.ascii_lowercase[: max(left, right) - 2] if max(left, right) > 2 else ""
    if len(leading) > 20:
        raise Unsupported("it multiplies tensors of too many axes")
    first = f"{leading[len(leading) - max(0, left - 2) :]}{'I' if left > 1 else ''}K"
    second = f"{leading[len(leading) - max(0, right - 2) :]}K{'J' if right > 1 else ''}"
    output = f"{leading}{'I' if left > 1 else ''}{'J' if right > 1 else ''}"
    return contraction(assembly, [first, second], output, [x, other])


def matrix_sum(
    assembly: Assembly, x: Value, first: Value, second: Value, beta: float = 1, alpha: float = 1
) -> Value:
    """Add `beta · x + alpha · first @ second`."""
    constants = None if isinstance(second, Tensor) or isinstance(x, Tensor) else (second, x)
    if constants and isinstance(first, Tensor) and beta == alpha == 1 and _is_bias(*constants):
        kernel, bias = constants
        return _dense(assembly, first, kernel, bias)
    found = matmul(assembly, first, second)
    found = found if alpha == 1 else multiply(assembly, found, alpha)
    return add(assembly, found, x if beta == 1 else multiply(assembly, x, beta))


def _is_bias(kernel: Constant, bias: Constant) -> bool:
    return kernel.ndim == 2 and bias.size == kernel.shape[1]


def einsum(assembly: Assembly, equation: str, operands: Sequence[Value]) -> Value:
    """Add a sum of products over axes that have a letter each."""
    terms, _, output = equation.replace(" ", "").partition("->")
    inputs = terms.split(",")
    if len(inputs) != len(operands) or "..." in equation:
        raise Unsupported(f"its sum of products {equation} is not one that is read")
    if "->" not in equation:
        letters = "".join(inputs)
        output = "".join(sorted(letter for letter in {*letters} if letters.count(letter) == 1))
    for letters, operand in zip(inputs, operands, strict=True):
        if len(letters) != rank_of(operand):
            raise Unsupported(f"its sum of products {equation} reads {rank_of(operand)} axes")
    return contraction(assembly, inputs, output, operands)


def contraction(assembly: Assembly, inputs: Sequence[str], output: str, operands: Sequence[Value]) -> Value:
    """Add a sum of products, each of our arrays with a letter for each of its axes.

    Args:
        assembly: Where it is added.
        inputs: The letters of the framework's axes of every operand.
        output: Those of the result.
        operands: The operands.
    """
    tensors = [assembly.tensor(operand) for operand in operands]
    own = []
    for at, (letters, tensor) in enumerate(zip(inputs, tensors, strict=True)):
        if None in tensor.order:
            tensors[at] = tensor = assembly.arranged(tensor, [axis for axis in tensor.order if axis is not None])
        own.append("".join("" if axis is None else letters[axis] for axis in tensor.order))
    present = {letter for letters in own for letter in letters}
    kept = [letter for letter in output if letter in present]
    if not all(own):
        raise Unsupported("it multiplies a single number as a matrix")
    layout: Layout = tuple(kept.index(letter) if letter in kept else None for letter in output)
    equation = f"{','.join(own)}->{''.join(kept)}"
    return assembly.add(Einsum(equation), tensors, layout)


def attention(
    assembly: Assembly,
    query: Value,
    key: Value,
    value: Value,
    attn_mask: Value | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Value:
    """Add scaled dot-product attention.

    Args:
        assembly: Where it is added.
        query: Shape (…, positions, units).
        key: Shape (…, places, units).
        value: Shape (…, places, units).
        attn_mask: What is added to the scores, or, of truth values, which of them count; or None.
        dropout_p: What share of the weights is dropped in training; anything but 0 is refused.
        is_causal: Whether a position attends to none behind it.
        scale: What the scores are multiplied by; 1 / √units unless told otherwise.
        enable_gqa: Whether groups of queries share a key, which is refused.
    """
    if dropout_p or enable_gqa:
        raise Unsupported(
            "it drops weights at random; export the model behind model.eval()"
            if dropout_p
            else "its heads share keys"
        )
    rank = rank_of(query)
    tensors = [assembly.tensor(each) for each in (query, key, value)]
    leading = [axis for axis in range(rank - 2) if any(tensor.sizes[axis] != 1 for tensor in tensors)]
    order = [*leading, rank - 2, rank - 1]
    # As a model lays its heads out, behind the positions, unless a mask lies over the scores.
    kept = [axis for axis in tensors[0].order if axis is not None]
    if attn_mask is None and sorted(kept) == sorted(order) and kept[-1] == rank - 1:
        order = kept
    given = [assembly.arranged(tensor, order) for tensor in tensors]
    if attn_mask is not None:
        given.append(_mask(assembly, attn_mask, rank, order))
    units = given[0].known()[-1]
    factor = scale if scale is not None else 1 / float(np.sqrt(units or 1))
    along = order.index(rank - 2) - len(order)
    layer = ScaledDotProductAttention(scale=float(factor), causal=bool(is_causal), axis=along)
    return assembly.add(layer, given, given[0].layout)


def _mask(assembly: Assembly, mask: Value, rank: int, order: Sequence[int]) -> Tensor:
    """Return a mask as it is added to the scores, whose axes have the order of the queries'."""
    if isinstance(mask, np.ndarray) and mask.dtype == np.bool_:
        mask = np.where(mask, np.float32(0), np.float32(-np.inf))
    before = rank - rank_of(mask)
    return assembly.arranged(mask, [axis - before for axis in order if axis >= before])


def embedding(assembly: Assembly, weight: Value, indices: Value) -> Value:
    """Add a table whose rows are looked up.

    Args:
        assembly: Where it is added.
        weight: The rows, shape (indices, units).
        indices: Whole numbers, any shape.
    """
    table = weights_of(weight, "table")
    assert table is not None
    tensor = assembly.tensor(indices)
    layout: Layout = (*tensor.layout, len(tensor.known()))
    return assembly.add(Embedding(as_float(table)), [tensor], layout)
