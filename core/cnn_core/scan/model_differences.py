"""Two files of one network, layer by layer: which layers belong together, and where they differ most.

Layers belong together that have one shape and, in this order of weight: agree, bear one name, end with one operation.
What agrees is found first, so that a batch norm folded into its convolution, or an activation that is a layer of its
own in one of the files, moves nothing out of step; an output always belongs to the output of its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..attribution.stretches import InputWindow
from ..blocks.reading import Reading
from ..errors import ShapeError
from ..layers import Array, Constant, Identity, Input, SideInput
from ..network.graph import Node
from ..network.model import Model

__all__ = ["LayerDifference", "ModelDifferences"]

_PROBED: Final = 64
"""Values that are compared before all of two layers are."""
_AGREES, _NAMED, _ALIKE = 4, 2, 1


@dataclass(eq=False)
class LayerDifference:
    """Two layers that belong together, and where they differ most so far.

    Attributes:
        one: The name of the first network's layer.
        other: That of the second's.
        shape: Their shape, in the window that was looked at first.
        scale: The first layer's largest value, its sign aside.
        largest: The largest difference; infinite where one value is not a number and the other is.
        values: Both values there.
        index: Where it is in the layer.
        record: In which record.
        window: In which input window of it, half-open, 0-based.
    """

    one: str
    other: str
    shape: tuple[int, ...]
    scale: float = 0.0
    largest: float = 0.0
    values: tuple[float, float] = (0.0, 0.0)
    index: tuple[int, ...] = ()
    record: str = ""
    window: tuple[int, int] = (0, 0)

    @property
    def relative(self) -> float:
        """The largest difference over the layer's scale."""
        return self.largest / self.scale if self.scale else float("inf") if self.largest else 0.0

    def add(self, reading: Reading, one: Array, other: Array) -> None:
        """Take what both layers give on a window."""
        if not one.size:
            return
        finite = np.abs(one[np.isfinite(one)])
        self.scale = max(self.scale, float(finite.max()) if finite.size else 0.0)
        differences = _differences(one, other)
        at = int(differences.argmax())
        largest = float(differences.flat[at])
        if largest > self.largest or not self.record:
            self.largest, self.values = largest, (float(one.flat[at]), float(other.flat[at]))
            self.index = tuple(int(axis) for axis in np.unravel_index(at, one.shape))
            self.record, self.window = reading.record.name, reading.window


def _differences(one: Array, other: Array) -> NDArray[np.float64]:
    """Return how far values lie apart; two that are no numbers, or one infinity, do not."""
    with np.errstate(invalid="ignore"):
        apart: NDArray[np.float64] = np.abs(one.astype(np.float64) - other)
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    return np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))


@dataclass(eq=False)
class ModelDifferences:
    """The differences of two networks on windows that are added one after the other.

    Attributes:
        one: The first network.
        other: The second.
        tolerance: Up to what part of a layer's scale values agree.
        layers: The layers that belong together, in the order of the first network.
        alone: The names of the layers of each network that belong to none of the other's.
        windows: How many windows were compared.
    """

    one: Model
    other: Model
    tolerance: float = 1e-5
    layers: list[LayerDifference] = field(default_factory=list)
    alone: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    windows: int = 0

    def __post_init__(self) -> None:
        lengths = self.one.input.length, self.other.input.length
        if None not in lengths and lengths[0] != lengths[1]:
            raise ShapeError(
                f"{self.one.name} reads {lengths[0]:,} bases and {self.other.name} {lengths[1]:,}",
                remedy="compare files of one network",
            )

    @property
    def reading_model(self) -> Model:
        """The network whose input has a fixed length, where one has."""
        return self.one if self.one.input.length is not None else self.other

    @property
    def worst(self) -> LayerDifference | None:
        """The pair that differs most, as a part of its scale; None before any window."""
        return max(self.layers, key=lambda each: each.relative, default=None)

    @property
    def agrees(self) -> bool:
        """Whether all pairs agree."""
        return all(each.relative <= self.tolerance for each in self.layers)

    def add(self, window: InputWindow) -> None:
        """Compare both networks on an input window.

        Args:
            window: The window, of either of the networks.

        Raises:
            CnnError: One of them cannot run.
        """
        reading = window.reading
        values = [replace(reading, model=model).activations() for model in (self.one, self.other)]
        if not self.windows:
            self._pair(*values)
        self.windows += 1
        for each in self.layers:
            one, other = values[0][each.one], values[1][each.other]
            if one.shape == other.shape:
                each.add(reading, one, other)

    def _pair(self, one: dict[str, Array], other: dict[str, Array]) -> None:
        """Find the layers that belong together."""
        mine, theirs = _compared(self.one, one), _compared(self.other, other)
        pairs: dict[str, str] = {}
        for name in mine:
            if name in theirs and self._weight(mine[name], one[name], theirs[name], other[name]) > _AGREES:
                pairs[name] = name
        pairs |= {
            ours: their
            for ours, their in zip(self.one.outputs, self.other.outputs, strict=False)
            if ours in mine and their in theirs and one[ours].shape == other[their].shape
        }
        left = [node for name, node in mine.items() if name not in pairs]
        taken = {*pairs.values()}
        right = [node for name, node in theirs.items() if name not in taken]
        weights = np.array(
            [[self._weight(a, one[a.name], b, other[b.name]) for b in right] for a in left], dtype=np.int64
        ).reshape(len(left), len(right))
        pairs |= {left[a].name: right[b].name for a, b in _in_order(weights)}
        if not pairs:
            raise ShapeError(
                f"{self.one.name} and {self.other.name} have no layers that belong together",
                remedy="compare files of one network",
            )
        self.layers = [LayerDifference(name, pairs[name], one[name].shape) for name in mine if name in pairs]
        taken = {*pairs.values()}
        self.alone = (
            tuple(name for name in mine if name not in pairs),
            tuple(name for name in theirs if name not in taken),
        )

    def _weight(self, a: Node, one: Array, b: Node, other: Array) -> int:
        """Return how much speaks for two layers belonging together; 0 where nothing does."""
        if one.shape != other.shape:
            return 0
        named = _NAMED * (a.name == b.name) + _ALIKE * (_last_operation(a) == _last_operation(b))
        return named + (_AGREES if self._agree(one, other) else 0)

    def _agree(self, one: Array, other: Array) -> bool:
        if not one.size or not one.any():
            # What is zero all over agrees with every other zero.
            return False
        scale = float(np.abs(one).max()) * self.tolerance
        step = max(1, one.size // _PROBED)
        if (np.abs(one.flat[::step] - other.flat[::step]) > scale).any():
            return False
        return bool((_differences(one, other) <= scale).all())


def _compared(model: Model, values: Mapping[str, Array]) -> dict[str, Node]:
    """Return the nodes whose values are compared: those that compute something."""
    left_out = (Input, SideInput, Constant, Identity)
    return {
        node.name: node
        for node in model.nodes
        if node.name in values and (not isinstance(node.layer, left_out) or node.name in model.outputs)
    }


def _last_operation(node: Node) -> str:
    """Return what a layer does last: its activation function, or what it is."""
    activation: Any = getattr(node.layer, "activation", "linear")
    if activation != "linear" and isinstance(activation, str) and not hasattr(node.layer, "recurrent_kernel"):
        return activation
    return node.layer.type.lower()


def _in_order(weights: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of rows and columns that weigh most together and do not cross."""
    rows, columns = weights.shape
    best = np.zeros((rows + 1, columns + 1), dtype=np.int64)
    for row in reversed(range(rows)):
        for column in reversed(range(columns)):
            weight = weights[row, column]
            taken = weight + best[row + 1, column + 1] if weight else 0
            best[row, column] = max(taken, best[row + 1, column], best[row, column + 1])
    row = column = 0
    while row < rows and column < columns:
        weight = weights[row, column]
        if weight and best[row, column] == weight + best[row + 1, column + 1]:
            yield row, column
            row, column = row + 1, column + 1
        elif best[row, column] == best[row + 1, column]:
            row += 1
        else:
            column += 1
