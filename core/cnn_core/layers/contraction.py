"""Sums of products over axes that have a letter each, as in `einsum`, and the layers that are such sums.

Sources: NumPy, `numpy.einsum` and `numpy.matmul`, whose rules PyTorch, ONNX and `keras.ops` share.
"""

from __future__ import annotations

import string
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..errors import SettingError, ShapeError
from .base import Layer, LayerRun, whole_axis
from .composition import Composition, ComputedValue, Places, weighted_sum
from .shapes import Array, Index, Mask, PerInput, Shape, axis_length
from .windows import Alignment

__all__ = ["Einsum", "MatMul"]


@dataclass(frozen=True, slots=True)
class Labels:
    """Which axes belong together: one letter an axis. Axes of length 1 serve every place.

    Attributes:
        inputs: The letters of every input, in order.
        output: Those of the output; what is missing here is summed over.
    """

    inputs: tuple[str, ...]
    output: str

    @classmethod
    def parse(cls, equation: str, *ranks: int) -> Labels:
        """Return the letters of an equation such as `ij,jk->ik`, in which `...` stands for the axes that are left.

        Args:
            equation: As `numpy.einsum` takes it.
            ranks: How many axes each input has.

        Raises:
            ShapeError: The inputs are not as many, or have not as many axes, as the equation says.
        """
        terms, output = split_equation(equation)
        if len(terms) != len(ranks):
            raise ShapeError(
                f"Einsum of {equation} reads {len(terms)} inputs, not {len(ranks)}", remedy=f"give it {len(terms)}"
            )
        left = [rank - len(term.replace("...", "")) for term, rank in zip(terms, ranks, strict=True)]
        for term, rank, more in zip(terms, ranks, left, strict=True):
            if more < 0 or (more and "..." not in term):
                raise ShapeError(
                    f"Einsum of {equation} reads an input whose axes are {term}, not one with {rank} axes",
                    remedy="give it an input that has an axis a letter",
                )
        free = "".join(letter for letter in string.ascii_letters if letter not in equation)
        most = max((more for term, more in zip(terms, left, strict=True) if "..." in term), default=0)
        if most > len(free):
            raise ShapeError(f"Einsum of {equation} reads inputs of too many axes", remedy="give it fewer axes")
        every = free[:most]
        inputs = tuple(term.replace("...", every[most - more :]) for term, more in zip(terms, left, strict=True))
        return cls(inputs, output.replace("...", every))

    @classmethod
    def of_matrices(cls, *ranks: int) -> Labels:
        """Return the letters of a product of matrices, as `numpy.matmul` has it.

        Raises:
            ShapeError: There are not two inputs, or one has no axis.
        """
        if len(ranks) != 2 or min(ranks) < 1:
            raise ShapeError(
                f"MatMul reads two matrices, not {len(ranks)} inputs", remedy="give it two that have axes"
            )
        left, right = ranks
        more = max(left, right) - 2
        if more > 20:
            raise ShapeError("MatMul reads inputs of too many axes", remedy="give it fewer axes")
        leading = string.ascii_lowercase[: max(0, more)]
        rows, columns = "I" if left > 1 else "", "J" if right > 1 else ""
        before = leading[len(leading) - max(0, left - 2) :], leading[len(leading) - max(0, right - 2) :]
        return cls((f"{before[0]}{rows}K", f"{before[1]}K{columns}"), f"{leading}{rows}{columns}")

    def sizes(self, *shapes: Shape) -> dict[str, int | None]:
        """Return the length of every letter's axis; None where it is not known.

        Raises:
            ShapeError: Axes of one letter differ in length, and none of them is 1.
        """
        found: dict[str, set[int | None]] = {}
        for letters, shape in zip(self.inputs, shapes, strict=True):
            for letter, size in zip(letters, shape, strict=True):
                found.setdefault(letter, set()).add(size)
        diagonals = (
            {size for each, size in zip(letters, shape, strict=True) if each == letter}
            for letters, shape in zip(self.inputs, shapes, strict=True)
            for letter in letters
        )
        for several in (*(each - {1} for each in found.values()), *diagonals):
            if len(several - {None}) > 1:
                raise ShapeError(
                    f"the axes that are multiplied differ: {' and '.join(map(str, shapes))}",
                    remedy="give it inputs whose common axes are of one length",
                )
        return {
            letter: None if None in several else next(iter(several - {1}), 1) for letter, several in found.items()
        }

    def gradient(self, upstream: Array, number: int, arrays: Sequence[Array]) -> Array:
        """Return the gradient of the sum at one of its inputs: upstream times all others, summed over their axes."""
        x, mine = arrays[number], self.inputs[number]
        once = "".join(dict.fromkeys(mine))
        others = [at for at in range(len(arrays)) if at != number]
        letters = [self.output, *(self.inputs[at] for at in others)]
        known = "".join(letter for letter in once if any(letter in each for each in letters))
        shape = upstream.shape if self.output else ()
        pulled = contracted([upstream.reshape(shape), *(arrays[at] for at in others)], letters, known)
        sizes = dict(zip(mine, x.shape, strict=True))
        served = tuple(axis for axis, letter in enumerate(known) if sizes[letter] == 1 < pulled.shape[axis])
        pulled = pulled.sum(axis=served, keepdims=True) if served else pulled
        # What is summed over in this input alone gets the same everywhere.
        spread = pulled.reshape([pulled.shape[known.index(each)] if each in known else 1 for each in once])
        gradient = np.zeros(x.shape, dtype=np.float32)
        diagonal = np.einsum(f"{mine}->{once}", gradient)
        diagonal[...] = spread
        return gradient

    def places(self, index: Index, arrays: Sequence[Array]) -> list[Places]:
        """Return the places of every input whose products a value of the output is the sum of, shape (products,)."""
        sizes = self.sizes(*(x.shape for x in arrays))
        summed = [letter for letter in sizes if letter not in self.output]
        mesh = np.meshgrid(*(np.arange(sizes[letter] or 0) for letter in summed), indexing="ij")
        along = {letter: each.reshape(-1) for letter, each in zip(summed, mesh, strict=True)}
        count = len(next(iter(along.values()))) if along else 1
        along |= {letter: np.full(count, at) for letter, at in zip(self.output, index, strict=False)}
        return [
            tuple(
                along[letter] if size > 1 else np.zeros(count, np.int64)
                for letter, size in zip(letters, x.shape, strict=True)
            )
            for letters, x in zip(self.inputs, arrays, strict=True)
        ]


def split_equation(equation: str) -> tuple[list[str], str]:
    """Return the letters of every input, and those of the output, which may be left out as in `numpy.einsum`.

    Raises:
        SettingError: It is not an equation.
    """
    before, arrow, output = equation.replace(" ", "").partition("->")
    terms = before.split(",")
    letters = "".join(terms).replace("...", "")
    if not arrow:
        output = "..." * ("..." in before) + "".join(sorted(each for each in letters if letters.count(each) == 1))
    given = output.replace("...", "")
    if (
        not all(each in string.ascii_letters for each in letters + given)
        or any(term.count("...") > 1 for term in (*terms, output))
        or len(set(given)) < len(given)
        or not set(given) <= set(letters)
        or ("..." in before and "..." not in output)
    ):
        raise SettingError(
            f"there is no equation {equation!r}", remedy="it has a letter an axis, such as ij,jk->ik"
        )
    return terms, output


def contracted(arrays: Sequence[Array], letters: Sequence[str], output: str) -> Array:
    """Return the sum of the products of arrays over all letters that the output lacks, its axes in that order."""
    # Some BLAS kernels raise the flag for invalid values over lanes that they throw away.
    with np.errstate(invalid="ignore"):
        if len(arrays) == 2:
            return _pair(arrays[0], arrays[1], letters[0], letters[1], output)
        equation = f"{','.join(letters)}->{output}"
        return np.asarray(np.einsum(equation, *arrays, optimize=len(arrays) > 2), dtype=np.float32)


def _pair(left: Array, right: Array, of_left: str, of_right: str, output: str) -> Array:
    """Return the sum of the products of two arrays as a product of matrices, which is faster than `einsum`."""
    sizes: dict[str, int] = {}
    for letters, x in ((of_left, left), (of_right, right)):
        for letter, size in zip(letters, x.shape, strict=True):
            if size != 1 or letter not in sizes:
                sizes[letter] = size
    left, of_left = _own_axes(left, of_left, of_right + output, sizes)
    right, of_right = _own_axes(right, of_right, of_left + output, sizes)
    both = [letter for letter in of_left if letter in of_right]
    batch, summed = [each for each in both if each in output], [each for each in both if each not in output]
    rows = [letter for letter in of_left if letter not in both]
    columns = [letter for letter in of_right if letter not in both]

    def laid_out(x: Array, letters: str, *groups: list[str]) -> Array:
        turned = x.transpose([letters.index(each) for group in groups for each in group])
        return turned.reshape([int(np.prod([sizes[each] for each in group])) for group in groups])

    products = laid_out(left, of_left, batch, rows, summed) @ laid_out(right, of_right, batch, summed, columns)
    order = [*batch, *rows, *columns]
    products = products.reshape([sizes[letter] for letter in order])
    return np.ascontiguousarray(products.transpose([order.index(letter) for letter in output]))


def _own_axes(x: Array, letters: str, elsewhere: str, sizes: dict[str, int]) -> tuple[Array, str]:
    """Return an array without repeated letters, those that are summed in it alone, and those that serve all places."""
    serving = [letter for letter, size in zip(letters, x.shape, strict=True) if size == 1 and sizes[letter] != 1]
    kept = "".join(letter for letter in dict.fromkeys(letters) if letter not in serving and letter in elsewhere)
    if kept == letters:
        return x, letters
    return np.asarray(np.einsum(f"{letters}->{kept}", x), dtype=np.float32), kept


@dataclass(frozen=True, eq=False)
class Contraction(Layer):
    """A layer that sums the products of its inputs over some of their axes."""

    merges: ClassVar[bool] = True

    @abstractmethod
    def labels(self, *ranks: int) -> Labels:
        """Return which axes belong together, given how many axes each input has.

        Raises:
            ShapeError: The layer does not read such inputs.
        """

    def output_shape(self, *shapes: Shape) -> Shape:
        """Return the lengths of the output's axes, or (1,) where none is left.

        Raises:
            ShapeError: The layer does not read such inputs, or axes that belong together differ in length.
        """
        labels = self.labels(*map(len, shapes))
        sizes = labels.sizes(*shapes)
        return tuple(sizes[letter] for letter in labels.output) or (1,)

    def forward(self, *inputs: Array) -> Array:
        """Return the sums of the products.

        Args:
            inputs: The inputs, of shapes that `output_shape` accepts.
        """
        labels = self.labels(*(x.ndim for x in inputs))
        summed = contracted(inputs, labels.inputs, labels.output)
        return summed if summed.ndim else summed.reshape(1)

    def gradient(self, upstream: Array, of: LayerRun) -> PerInput:
        """Return the gradient times all other inputs, summed over their axes."""
        labels = self.labels(*(x.ndim for x in of.inputs))
        return tuple(labels.gradient(upstream, number, of.inputs) for number in range(len(of.inputs)))

    def multipliers(self, upstream: Array, of: LayerRun, reference: LayerRun) -> PerInput | None:
        """Return the gradients at the middle between both runs; None of a product of more than two."""
        if len(of.inputs) > 2:
            return None
        middle = [(x + other) / np.float32(2) for x, other in zip(of.inputs, reference.inputs, strict=True)]
        return self.gradient(upstream, LayerRun(middle, of.output, of.masks))

    def positions_read(self, wanted: Mask, *shapes: Shape) -> tuple[Mask, ...]:
        """Return the wanted positions of every input whose first axis is the output's, and all of the others."""
        follows = self._following(*shapes)
        return tuple(
            wanted if mine and axis_length(shape) == len(wanted) else whole_axis(wanted, shape)
            for mine, shape in zip(follows, shapes, strict=True)
        )

    def compose(self, of: ComputedValue) -> Composition:
        """Return the products: the values of the first input, each with what the others multiply it by."""
        mine, *others = self.labels(*(x.ndim for x in of.inputs)).places(of.index, of.inputs)
        weights = np.ones(len(mine[0]), dtype=np.float32)
        for x, places in zip(of.inputs[1:], others, strict=True):
            weights = weights * x[places]
        weight_places = (1, others[0]) if len(others) == 1 else None
        return weighted_sum(of, mine, weights, weight_places=weight_places)

    def aligned(self, inputs: Sequence[Alignment | None], *shapes: Shape) -> Alignment | None:
        """Return the alignment of the first input that has one and whose first axis is the output's."""
        found = (each for each, mine in zip(inputs, self._following(*shapes), strict=True) if mine and each)
        return next(found, None)

    def _following(self, *shapes: Shape) -> list[bool]:
        """Return of every input whether its first axis is the output's."""
        labels = self.labels(*map(len, shapes))
        first = labels.output[:1]
        return [bool(first) and letters[:1] == first for letters in labels.inputs]


@dataclass(frozen=True, eq=False)
class Einsum(Contraction):
    """The sum of the products of its inputs over some axes, as an equation says.

    Attributes:
        equation: A letter an axis of every input, and of the output, such as `ij,jk->ik`, as `numpy.einsum` takes it;
            `...` stands for the axes that are left. It has no letter for a batch axis.
    """

    equation: str

    def __post_init__(self) -> None:
        split_equation(self.equation)

    def labels(self, *ranks: int) -> Labels:
        """Return the letters of the equation."""
        return Labels.parse(self.equation, *ranks)


@dataclass(frozen=True, eq=False)
class MatMul(Contraction):
    """The product of two matrices, over their last two axes; axes before these are served as in a `Merge`.

    An input of one axis is a row if it comes first, else a column, and that axis is summed over.
    """

    def labels(self, *ranks: int) -> Labels:
        """Return the letters of a product of matrices."""
        return Labels.of_matrices(*ranks)
