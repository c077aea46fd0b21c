"""What a network gives where the activations of one filter are replaced by a number: for every filter, incrementally.

As long as layers keep every channel to itself (pools, functions, normalisation, flattening), they are computed once,
with all filters replaced together. The first layer that sums channels adds what each filter's own ones change, which
is a product of rank one, and from there on all filters go through the network at once, see `Spreading`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from ..layers import Array, Dense, Edited, Embedding, Layer, Masking, MovingLayer, Pointwise, PoolingLayer, Spans
from ..layers.edited_channels import EditedChannels, units_times
from ..layers.merging import Merge
from ..layers.shapes import known_axes
from ..network.block import Block
from ..network.model import Model, Node
from .spreading import Spreading

__all__ = ["ReplacedFilters", "activation_nodes"]

_VALUES_AT_ONCE: Final = 1 << 23
"""Values of one layer that are computed at once."""
_MOST_AT_ONCE: Final = 1 << 9
"""Filters."""

Owners = NDArray[np.int32]
"""Which filter alone changes a value, from 1; 0 where none does."""


def activation_nodes(model: Model, block: Block) -> tuple[str, ...]:
    """Return the nodes that give the activations of a block's filters: what its pool reads.

    A convolution that is called several times has them at every call.

    Args:
        model: The network.
        block: One of its blocks.
    """
    read = {each.conv: model[each.pool].inputs[0] for each in reversed(model.blocks)}
    read[block.conv] = model[block.pool].inputs[0]
    calls = [node.name for node in model.nodes if node.layer is model[block.conv].layer]
    return tuple(dict.fromkeys(read.get(name, name) for name in calls))


@dataclass(frozen=True, eq=False)
class ReplacedFilters:
    """A network on input windows of one length, one filter after the other replaced by numbers.

    Attributes:
        model: The network, or the part of it up to the layer that is wanted, its only output.
        means: What stands for the activations of each filter, shape (filters,), by the node that gives them.
        filters: The filters that are replaced.
        length: The length of the input, in bases.
        positions: The positions of the wanted layer's first axis that are wanted; None is all.

    Raises:
        ModelError: The network marks positions as without data.
    """

    model: Model
    means: Mapping[str, Array]
    filters: Sequence[int]
    length: int
    positions: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        for node in self.model.nodes:
            if isinstance(node.layer, Masking) or (isinstance(node.layer, Embedding) and node.layer.mask_zero):
                raise ModelError(
                    "marks positions as without data, and which of them do depends on the filter that is replaced",
                    where=f"layer {node.name}",
                    remedy="look at a model without a mask",
                )

    @property
    def _wanted(self) -> str:
        return self.model.outputs[0]

    @cached_property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: known_axes(shape) for name, shape in self.model.shapes(self.length).items()}

    @cached_property
    def _behind(self) -> tuple[Node, ...]:
        """The nodes that the filters reach, in order."""
        reached = {*self.means}
        for node in self.model.nodes:
            if any(name in reached for name in node.inputs):
                reached.add(node.name)
        return tuple(node for node in self.model.nodes if node.name in reached)

    @cached_property
    def _owners(self) -> dict[str, Owners]:
        """Of all nodes that keep the filters to themselves, which filter changes each value."""
        found: dict[str, Owners] = {}
        reached = {node.name for node in self._behind}
        for node in self._behind:
            shape = self._shapes[node.name]
            if node.name in self.means:
                found[node.name] = np.broadcast_to(np.arange(1, shape[-1] + 1, dtype=np.int32), shape)
                continue
            if any(name in reached and name not in found for name in node.inputs):
                continue
            unchanged = np.zeros((), dtype=np.int32)
            given = [found.get(name, np.broadcast_to(unchanged, self._shapes[name])) for name in node.inputs]
            owners = _owners_behind(node.layer, given, shape)
            if owners is not None:
                found[node.name] = owners
        return found

    @cached_property
    def _mixed(self) -> tuple[Node, ...]:
        """The nodes that do not keep them to themselves."""
        return tuple(node for node in self._behind if node.name not in self._owners)

    @cached_property
    def _begin(self) -> tuple[str, ...]:
        """The nodes that do, and from which the network is computed for all filters at once."""
        read = {name for node in self._mixed for name in node.inputs} | {self._wanted}
        return tuple(name for name in self._owners if name in read)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The nodes whose values without a replacement `changes` takes."""
        reached = {node.name for node in self._behind}
        beside = {name for node in self._behind if node.name not in self.means for name in node.inputs} - reached
        return frozenset({self._wanted, *self._begin, *beside, *(node.name for node in self._mixed)})

    @cached_property
    def _own(self) -> dict[str, NDArray[np.int64] | None]:
        """Of every node from which it begins, the channels or units of each filter, see `EditedChannels`."""
        return {name: _own_of(self._owners[name], self.filters) for name in self._begin}

    @cached_property
    def _same_everywhere(self) -> dict[str, Array]:
        """The nodes that no letters reach once all filters are replaced, with their values then."""
        found: dict[str, Array] = {}
        for node in self._behind:
            if node.name in self.means:
                found[node.name] = np.broadcast_to(self.means[node.name], self._shapes[node.name])
            elif node.name in self._owners and all(name in found for name in node.inputs):
                found[node.name] = node.layer.forward(*(found[name] for name in node.inputs))
        return found

    def _replaced(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """Return the nodes that keep the filters to themselves with all of them replaced."""
        found = dict(self._same_everywhere)
        for node in self._behind:
            if node.name in self._owners and node.name not in found:
                given = (found[name] if name in found else values[name] for name in node.inputs)
                found[node.name] = node.layer.forward(*given)
        return found

    def products(self, several: Sequence[Mapping[str, Array]]) -> Iterator[dict[tuple[str, int], Array]]:
        """Yield, for each of several windows, what the filters add to rows of units times the kernels behind these.

        Large kernels are so read once for many windows.

        Args:
            several: Of each window what `changes` takes.

        Yields:
            Shape (filters, n), by the node that gives the units, and the `id` of the kernel.
        """
        kernels = [
            (name, own, node.layer.kernel)
            for node in self._mixed
            for name in node.inputs
            if isinstance(node.layer, Dense)
            and len(self._shapes[name]) == 1
            and (own := self._own.get(name)) is not None
        ]
        largest = max((kernel.shape[1] * len(self.filters) for *_, kernel in kernels), default=1)
        at_once = max(1, _VALUES_AT_ONCE // largest)
        for first in range(0, len(several), at_once):
            some = several[first : first + at_once]
            found: list[dict[tuple[str, int], Array]] = [{} for _ in some]
            for name, own, kernel in kernels:
                added = [self._replaced(values)[name][own] - values[name][own] for values in some]
                products = units_times(added, own, kernel)
                for at, each in enumerate(found):
                    each[name, id(kernel)] = products[:, at]
            yield from found

    def changes(
        self, values: Mapping[str, Array], products: Mapping[tuple[str, int], Array] = MappingProxyType({})
    ) -> Iterator[tuple[NDArray[np.intp], Array]]:
        """Yield what each filter adds to the values of the wanted layer: these less those with it replaced.

        Args:
            values: The `needed` nodes' values on an input window, without a replacement.
            products: What `products` said of the window, if it was asked.

        Yields:
            Which of the filters, and what each adds to the wanted positions, shape (filters, …); those that are not
            among them add nothing.
        """
        wanted = self._wanted
        places = (*range(len(values[wanted])),) if self.positions is None else self.positions
        unedited = values[wanted][[*places]]
        spreading = Spreading(
            self.model, np.zeros(self.length, dtype=np.uint8), values=values, wanted=(wanted, places)
        )
        replaced = self._replaced(values)
        changing = self._changing(values, replaced)
        at_once = max(1, min(_MOST_AT_ONCE, _VALUES_AT_ONCE // max(values[name].size for name in self.needed)))
        for first in range(0, len(changing), at_once):
            mine = changing[first : first + at_once]
            beginning = {
                name: self._edited(name, values[name], replaced[name], mine, products) for name in self._begin
            }
            found = spreading.behind(beginning).get(wanted)
            if found is not None:
                yield mine, unedited - found.whole()[[*places]].swapaxes(0, 1)

    def _changing(self, values: Mapping[str, Array], replaced: Mapping[str, Array]) -> NDArray[np.intp]:
        """Return which of the filters change anything where they are replaced."""
        owners = [self._owners[name][values[name] != replaced[name]] for name in self._begin]
        return np.flatnonzero(np.isin(np.array(self.filters) + 1, np.concatenate(owners)))

    def _edited(
        self,
        name: str,
        values: Array,
        replaced: Array,
        mine: NDArray[np.intp],
        products: Mapping[tuple[str, int], Array],
    ) -> Edited:
        """Return what the replacement of each of some filters makes of a node from which it begins."""
        own = self._own[name]
        if own is not None:
            known = {kernel: each[mine] for (read, kernel), each in products.items() if read == name}
            return EditedChannels(values, own[mine], replaced[..., own[mine]], known)
        owned = np.array(self.filters)[mine] + 1 == self._owners[name][..., None]
        each = np.where(owned, replaced[..., None], values[..., None])
        return Edited(values, Spans.whole(len(mine), len(values)), np.moveaxis(each, -1, 1))


def _owners_behind(layer: Layer, given: Sequence[Owners], shape: tuple[int, ...]) -> Owners | None:
    """Return which filter changes each value of a layer, or None where several change one."""
    if isinstance(layer, MovingLayer):
        moved: Owners = np.asarray(layer.forward(*given))  # type: ignore[arg-type]
        return moved
    if isinstance(layer, Pointwise):
        return None if layer.axes_together(len(shape)) else given[0]
    if isinstance(layer, PoolingLayer):
        row = given[0][0]
        return np.broadcast_to(row, shape) if (given[0] == row).all() else None
    if isinstance(layer, Merge) and all(each.shape == shape for each in given):
        together = reduce(np.maximum, given)
        return together if all(((each == together) | (each == 0)).all() for each in given) else None
    return None


def _own_of(owners: Owners, filters: Collection[int]) -> NDArray[np.int64] | None:
    """Return the channels or units of each filter, shape (filters, own), if all have as many and at every position."""
    if owners.ndim > 2 or (owners.ndim == 2 and not (owners == owners[0]).all()):
        return None
    row = owners[0] if owners.ndim == 2 else owners
    order = np.argsort(row, kind="stable")
    numbers = np.array([*filters]) + 1
    starts, stops = (np.searchsorted(row[order], numbers, side) for side in ("left", "right"))
    own = int(stops[0] - starts[0])
    return order[starts[:, None] + np.arange(own)] if own and (stops - starts == own).all() else None
