"""The inputs of a network that are not letters: whether what is given for them fits, and their numbers on an input."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..errors import NotFoundError, ShapeError
from ..layers import SideInput
from ..layers.shapes import pad_ends
from ..network.model import Model

__all__ = ["check_side_inputs", "given_numbers", "side_inputs_of"]


def side_inputs_of(model: Model) -> dict[str, SideInput]:
    """Return a model's inputs that are not letters, by name."""
    return {node.name: node.layer for node in model.inputs if isinstance(node.layer, SideInput)}


def check_side_inputs(model: Model, given: Mapping[str, NDArray[np.generic]], length: int, letters: int) -> None:
    """Refuse numbers of inputs that are not there, or that do not fit.

    Args:
        model: The model.
        given: The numbers by input: of the input's own shape or, where it has a row for every base, with a row for
            every base of the record.
        length: How many bases the model reads.
        letters: How many the record has.

    Raises:
        NotFoundError: There is no such input, or it is the letters'.
        ShapeError: Its numbers are of another shape.
    """
    sides = side_inputs_of(model)
    for name, numbers in given.items():
        if name not in sides:
            theirs = f"its inputs beside the letters are {', '.join(sides)}" if sides else "it reads letters only"
            raise NotFoundError(f"{model.name} has no input '{name}' for numbers", remedy=theirs)
        layer = sides[name]
        shape = layer.sized(length)
        rows = (letters, *shape[1:])
        if numbers.shape not in (shape, rows if layer.shape[0] in (None, length) else shape):
            raise ShapeError(
                f"numbers of shape {numbers.shape} were given",
                where=f"input {name}",
                remedy=f"its shape is {shape}",
            )


def given_numbers(
    model: Model,
    given: Mapping[str, NDArray[np.generic]],
    window: tuple[int, int],
    *,
    reverse: bool,
    padded: tuple[int, int],
) -> dict[str, NDArray[np.generic]]:
    """Return the numbers of the inputs on one input window.

    Args:
        model: The model.
        given: Numbers that were checked, see `check_side_inputs`.
        window: The input window in the record, half-open.
        reverse: Whether the other strand is read, so that rows stand in the other order.
        padded: How many positions stand left and right of the letters.
    """
    start, stop = window
    sides, values = side_inputs_of(model), {}
    for name, numbers in given.items():
        shape = sides[name].sized(stop - start + sum(padded))
        if numbers.shape != shape:
            rows = np.asarray(numbers[start:stop])
            rows = rows[::-1] if reverse else rows
            numbers = pad_ends(rows, *padded)
        values[name] = numbers
    return values
