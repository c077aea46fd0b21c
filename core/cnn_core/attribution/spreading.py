"""How edits of letters spread through a network; only what they change and the wanted value reads is computed.

Of every layer two cones meet: what an edit can change, which each layer says of its inputs, and what the wanted value
reads. Only where they meet is anything computed, for a batch of edits at once, over the values of the unedited run.

A network with masks is run whole for every edit, since an edit may change a mask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..layers import Array, Conv1D, Edited, Flatten, Input, Layer, Reshape, Spans, activation_function
from ..layers.edited_states import EditedStates
from ..layers.shapes import pad_ends
from ..letter_sums.convolution import LetterConvolution
from ..letters.alphabet import PADDING, Ambiguity
from ..network.alignment import alignments, positions_read
from ..network.letter_pools import LetterPool, letter_pools
from ..network.model import Model, Node
from ..network.running import masks_of
from .substituted_cells import substituted_cells

__all__ = ["Spreading"]

_VALUES_AT_ONCE: Final = 1 << 19
"""Values of one layer that are computed at once: as many as stay in the cache, and enough to be worth the calls."""
_BEHIND: Final = 2
"""How many times as many behind what goes step by step, where values are read once."""
_ROOM: Final = 6 << 20
"""Values in all blocks of memory that are in use at once, more or less."""
_MOST_VALUES: Final = 1 << 23
"""Values of one layer that are kept for a batch of edits."""
_MOST_EDITS: Final = 1 << 10
"""Edits in a batch: with more of them, what a step reads leaves the cache of a core."""


class Spreading:
    """A network on one input window, ready for edits of its letters.

    Args:
        model: The network.
        codes: The letters of the input window, shape (length,), see `alphabet`.
        ambiguity: What an ambiguous letter becomes.
        side_inputs: The numbers of the inputs that are not letters, see `Model.run`.
        values: Every layer's values, as `Model.run` gives them, where they are there already.
        wanted: The node and the positions of its first axis of which alone the values are wanted; None is all nodes.

    Raises:
        CnnError: The network cannot be run, see `Model.run`, or has no such node.
    """

    def __init__(
        self,
        model: Model,
        codes: NDArray[np.uint8],
        ambiguity: Ambiguity | str = Ambiguity.ZERO,
        side_inputs: Mapping[str, NDArray[np.generic]] | None = None,
        values: Mapping[str, Array] | None = None,
        wanted: tuple[str, tuple[int, ...]] | None = None,
    ) -> None:
        self.model = model
        self.codes = codes
        self._ambiguity = Ambiguity(ambiguity)
        self._given = dict(side_inputs or {})
        self.values = dict(model.run(codes, ambiguity, side_inputs) if values is None else values)
        self.wanted = wanted
        self._remembered: dict[str, tuple[Array, ...]] = {}
        self._computed_whole: set[str] = set()
        # Once a block as large was freed, glibc keeps what smaller ones leave; new pages take as long as the numbers.
        np.empty(_ROOM, dtype=np.float32)

    @cached_property
    def runs_whole(self) -> bool:
        """Whether every edit takes a run of the whole network."""
        return any(mask is not None for mask in masks_of(self.model, self.values).values())

    @cached_property
    def read(self) -> NDArray[np.bool_]:
        """Which bases the wanted value reads, shape (length,); all of them where every node is wanted."""
        if self.wanted is None:
            return np.ones(len(self.codes), dtype=np.bool_)
        read = np.zeros(len(self.codes), dtype=np.bool_)
        for node in self.model.inputs:
            if isinstance(node.layer, Input) and node.name not in self._given and node.name in self._masks:
                read |= self._masks[node.name]
        return read

    @cached_property
    def _masks(self) -> dict[str, NDArray[np.bool_]]:
        assert self.wanted is not None
        return positions_read(self.model, *self.wanted, len(self.codes))

    @cached_property
    def _wanted_of(self) -> dict[str, tuple[int, int, int]]:
        """From which position of every node to which anything is wanted, and in which steps; others are left out."""
        if self.wanted is None:
            return {name: (0, len(values), 1) for name, values in self.values.items()}
        found = {}
        for name, mask in self._masks.items():
            places = np.flatnonzero(mask)
            if places.size:
                step = int(np.gcd.reduce(np.diff(places))) if places.size > 1 else 1
                found[name] = int(places[0]), int(places[-1]) + 1, step
        return found

    @cached_property
    def step(self) -> int:
        """How many bases lie between two edits whose spans lie alike in every layer, where windows are strided."""
        found = alignments(self.model, len(self.codes))
        strides = [abs(each.stride) for name, each in found.items() if each is not None and name in self._wanted_of]
        return max(strides, default=1)

    def spans(
        self, first: NDArray[np.int64], width: int = 1, beginning: Mapping[str, Edited] | None = None
    ) -> dict[str, Spans]:
        """Return what edits can change of what is wanted, node by node; nodes that they cannot are left out.

        Args:
            first: The first base that each edits, shape (edits,).
            width: How many bases each edits.
            beginning: The nodes that are edited themselves, see `behind`.
        """
        found: dict[str, Spans] = {}
        for node in self._nodes:
            if beginning and node.name in beginning:
                found[node.name] = beginning[node.name].spans
                continue
            if isinstance(node.layer, Input):
                spans = Spans(first, 0 if node.name in self._given else width)
            else:
                edited = [found.get(name, Spans(first, 0)).without_holes for name in node.inputs]
                if not any(each.width for each in edited):
                    continue
                shapes = [self.values[name].shape for name in node.inputs]
                spans = node.layer.changed(edited, *shapes)
            start, stop, step = self._wanted_of[node.name]
            spans = spans.within(start, stop, step if node.layer.takes_holes else 1)
            if spans.width:
                found[node.name] = spans
        return found

    @cached_property
    def _nodes(self) -> tuple[Node, ...]:
        return tuple(node for node in self.model.nodes if node.name in self.values and node.name in self._wanted_of)

    @cached_property
    def _stages(self) -> tuple[tuple[Node, ...], tuple[Node, ...], tuple[Node, ...]]:
        """The nodes before, among and behind those that take their steps for all edits at once."""
        stepwise = [place for place, node in enumerate(self._nodes) if node.layer.stepwise]
        first, stop = (stepwise[0], stepwise[-1] + 1) if stepwise else (len(self._nodes), len(self._nodes))
        return self._nodes[:first], self._nodes[first:stop], self._nodes[stop:]

    def edits_at_once(self, first: int) -> int:
        """Return how many edits are best computed at once, near a base."""
        kept = self._size(self.spans(np.array([first])), self._stages[1], {})
        return min(max(1, _MOST_VALUES // kept), _MOST_EDITS)

    def _size(self, spans: dict[str, Spans], nodes: Sequence[Node], found: Mapping[str, Edited]) -> int:
        """Return the most values that an edit changes in any of some nodes and their inputs."""
        names = {name for node in nodes for name in (node.name, *node.inputs)} & spans.keys()
        # Not in what only lays out anew what it reads, which may be states that are not laid out at all.
        names -= {node.name for node in nodes if isinstance(node.layer, Flatten | Reshape)}
        names -= {name for name, each in found.items() if isinstance(each, EditedStates)}
        return max((spans[name].width * self.values[name][:1].size for name in names), default=1)

    def edited(
        self, first: NDArray[np.int64], codes: NDArray[np.uint8], *, to_the_bit: bool = False
    ) -> dict[str, Edited]:
        """Return what edits make of what is wanted; nodes that they cannot change are left out.

        Args:
            first: The first base that each edits, shape (edits,).
            codes: The letters that stand from there on, shape (bases, edits).
            to_the_bit: Whether what a convolution makes of the letters is that of a fresh run to the last bit.

        Returns:
            Where one node is wanted, that and some before it; otherwise all.
        """
        spans = self.spans(first, len(codes))
        found = {} if to_the_bit or len(codes) > 1 else self._substituted(spans, first, codes[0])
        return self._spread(spans, first, codes, found, to_the_bit)

    def _substituted(
        self, spans: dict[str, Spans], bases: NDArray[np.int64], letters: NDArray[np.uint8]
    ) -> dict[str, Edited]:
        """Return the pools that are computed without what they read, whose spans are left out then."""
        found, needed = {}, set[str]()
        for name, pool in self._letter_pools.items():
            if name not in spans:
                continue
            cells = None
            if name not in self._computed_whole:
                (responses,) = self._remembered_of(self.model[pool.passed_over[0]])
                cells = substituted_cells(
                    pool, self.values[name], responses, self.codes, spans[name], bases, letters
                )
            if cells is not None:
                found[name] = cells
            else:
                # Where much can change for some edits, so it can for others.
                self._computed_whole.add(name)
                needed.update(pool.passed_over)
        for name in {name for pool in found for name in self._letter_pools[pool].passed_over} - needed:
            spans.pop(name, None)
        return found

    @cached_property
    def _letter_pools(self) -> dict[str, LetterPool]:
        """The pools whose cells are all that is needed of what they read of the letters."""
        if self.wanted is None:
            return {}
        return letter_pools(
            self.model, self.model.flow(len(self.codes)), {self.wanted[0]}, self._given, self._ambiguity
        )

    def behind(self, beginning: Mapping[str, Edited]) -> dict[str, Edited]:
        """Return what edits of the values of some nodes make of what is wanted; nothing else of them is changed.

        Args:
            beginning: What each edit makes of these nodes.

        Returns:
            As `edited`, these nodes included.
        """
        edits = len(next(iter(beginning.values())).spans)
        first, no_letters = np.zeros(edits, dtype=np.int64), np.empty((0, edits), dtype=np.uint8)
        return self._spread(self.spans(first, 0, beginning), first, no_letters, dict(beginning), to_the_bit=False)

    def _spread(
        self,
        spans: dict[str, Spans],
        first: NDArray[np.int64],
        codes: NDArray[np.uint8],
        found: dict[str, Edited],
        to_the_bit: bool,
    ) -> dict[str, Edited]:
        """Return what edits make of what is wanted, given what they make of some of it."""
        before, among, behind = self._stages
        # Some BLAS kernels raise the flag for invalid values over lanes that they throw away.
        with np.errstate(invalid="ignore"):
            for stage, later in ((before, among + behind), (among, behind), (behind, ())):
                nodes = [node for node in stage if node.name in spans and node.name not in found]
                size = self._size(spans, nodes, found)
                parts = [slice(None)] if stage is among else self._parts(first, size, alike=stage is before)
                kept = {name for node in later for name in node.inputs}
                kept |= {self.wanted[0]} if self.wanted else set(self.values)
                self._run_stage(nodes, parts, spans, codes, found, kept, to_the_bit)
        return found

    def _parts(self, first: NDArray[np.int64], size: int, *, alike: bool) -> list[NDArray[np.int64] | slice]:
        """Return edits in parts that stay in the cache of a core; where asked, their spans lie alike if strided."""
        at_once = max(1, _VALUES_AT_ONCE // size)
        if len(first) <= max(3, at_once // 4):
            return [slice(None)]
        if not alike:
            at_once *= _BEHIND
            return [slice(start, start + at_once) for start in range(0, len(first), at_once)]
        phase = first % self.step if self.step <= len(first) // 4 else np.zeros_like(first)
        order = np.argsort(phase, kind="stable")
        cuts = np.flatnonzero(np.diff(phase[order])) + 1
        return [
            part for alike in np.split(order, cuts) for part in np.array_split(alike, -(-len(alike) // at_once))
        ]

    def _run_stage(
        self,
        nodes: Sequence[Node],
        parts: Sequence[NDArray[np.int64] | slice],
        spans: dict[str, Spans],
        codes: NDArray[np.uint8],
        found: dict[str, Edited],
        kept: set[str],
        to_the_bit: bool,
    ) -> None:
        """Add what edits make of some nodes, part by part; of several parts what is kept alone."""
        if len(parts) == 1:
            self._compute(nodes, spans, codes, found, to_the_bit)
            return
        # Not what the first part adds to them, of which the others are not computed yet.
        before = {
            name: each for name, each in found.items() if any(name in (node.name, *node.inputs) for node in nodes)
        }
        for part in parts:
            mine = {name: each.of(part) for name, each in spans.items()}
            given = {name: each.some(part) for name, each in before.items()}
            computed = dict(given)
            self._compute(nodes, mine, codes[:, part], computed, to_the_bit)
            for name in (kept & computed.keys()) - given.keys():
                if name not in found:
                    shape = spans[name].width, len(codes.T), *self.values[name].shape[1:]
                    room = np.empty(shape, self.values[name].dtype)
                    found[name] = Edited(self.values[name], spans[name], room)
                found[name].values[:, part] = computed[name].values

    def _compute(
        self,
        nodes: Sequence[Node],
        spans: dict[str, Spans],
        codes: NDArray[np.uint8],
        found: dict[str, Edited],
        to_the_bit: bool,
    ) -> None:
        """Add what edits make of some nodes."""
        for node in nodes:
            given = self._exactly(node, spans, codes, to_the_bit)
            found[node.name] = given or self._computed(node, spans[node.name], codes, found)

    def of_letters(self, codes: NDArray[np.uint8]) -> dict[str, Array]:
        """Return every node's values for other letters, and compute only what they can change.

        Args:
            codes: The letters, as many as there are; the closer together those that differ, the less is computed.

        Returns:
            The values by the node's name, in the order of computation: responses on letters to the last bit those of
            a fresh run, all others to 1e-5 of the layer's scale.

        Raises:
            CnnError: The network cannot be run, see `Model.run`.
        """
        if len(codes) != len(self.codes) or self.runs_whole or self.wanted is not None:
            return self.model.run(codes, self._ambiguity, self._given)
        places = np.flatnonzero(codes != self.codes)
        if not places.size:
            return dict(self.values)
        first, stop = int(places[0]), int(places[-1]) + 1
        found = self.edited(np.array([first]), codes[first:stop, None], to_the_bit=True)
        return {name: found[name].of(0) if name in found else each for name, each in self.values.items()}

    def _computed(self, node: Node, spans: Spans, codes: NDArray[np.uint8], found: dict[str, Edited]) -> Edited:
        """Return what edits make of a node."""
        layer, unedited = node.layer, self.values[node.name]
        if isinstance(layer, Input):
            letters = layer.encoded(codes.reshape(-1), self._ambiguity)
            return Edited(unedited, spans, letters.reshape(*codes.shape, *letters.shape[1:]))
        inputs = [found.get(name) or Edited.unchanged(self.values[name], len(spans)) for name in node.inputs]
        if not layer.takes_holes:
            inputs = [each.without_holes() for each in inputs]
        remembered = self._remembered_of(node)
        if node.name in self._read_once:
            return layer.edited(unedited, spans, remembered, *inputs)
        return Edited(unedited, spans, layer.compute(spans, remembered, *inputs))

    @cached_property
    def _read_once(self) -> set[str]:
        """The nodes of whose values nothing is wanted but what one other node makes of them."""
        read = Counter(name for node in self._nodes for name in node.inputs)
        return {name for name, times in read.items() if times == 1} if self.wanted else set()

    def _exactly(
        self, node: Node, spans: dict[str, Spans], codes: NDArray[np.uint8], to_the_bit: bool
    ) -> Edited | None:
        """Return what a convolution makes of the letters, as the run does; None where no convolution must."""
        convolution = self._on_letters(node)
        if convolution is None or not (to_the_bit or convolution.cancels):
            return None
        assert isinstance(node.layer, Conv1D)
        sliding, wanted, edited = node.layer.sliding, spans[node.name], spans[node.inputs[0]]
        mine, function = wanted.without_holes, activation_function(node.layer.activation)
        before = edited.first - (mine.first * sliding.stride - sliding.pads(len(self.codes))[0])
        reach = (mine.width - 1) * sliding.stride + sliding.span
        responses = []
        for edit, (base, lies) in enumerate(zip(edited.first.tolist(), before.tolist(), strict=True)):
            read = np.arange(base - lies, base - lies + reach)
            letters = self.codes.take(read, mode="clip")
            letters[(read < 0) | (read >= len(self.codes))] = PADDING
            inside = slice(max(0, lies), max(0, lies + len(codes)))
            letters[inside] = codes[max(0, -lies) :, edit][: len(letters[inside])]
            responses.append(convolution.responses(letters, base - lies))
        return Edited(self.values[node.name], wanted, function(np.stack(responses, axis=1)[:: wanted.step]))

    def _remembered_of(self, node: Node) -> tuple[Array, ...]:
        """Return what a layer needs of the unedited run."""
        if node.name not in self._remembered:
            self._remembered[node.name] = self._unedited(node, node.layer)
        return self._remembered[node.name]

    def _unedited(self, node: Node, layer: Layer) -> tuple[Array, ...]:
        convolution = self._on_letters(node)
        if convolution is not None:
            assert isinstance(layer, Conv1D)
            left, right = layer.sliding.pads(len(self.codes))
            padded = pad_ends(self.codes, left, right, PADDING)
            return (convolution.responses(padded, -left),)
        return layer.remembered(self.values[node.name], *(self.values[name] for name in node.inputs))

    def _on_letters(self, node: Node) -> LetterConvolution | None:
        """Return a node's convolution as the run computes it, where it reads the letters themselves."""
        source = self.model.letters_node(node)
        if not isinstance(node.layer, Conv1D) or source is None or source.name in self._given:
            return None
        assert isinstance(source.layer, Input)
        return LetterConvolution(node.layer, source.layer.channels, self._ambiguity)
