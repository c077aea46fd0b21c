"""What a motif changes a network's outputs by where it is put: with it less without, over background sequences.

The motif's letters replace as many of the background's; nothing moves. This says what the network's output changes by,
on these backgrounds.

Source: tangermeme 1.6, `marginalize` and `substitute`; backgrounds are shuffled as its `deep_lift_shap` does, see
`attribution.references`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..attribution.references import MOST_REFERENCES, bases_of, dinucleotide_shuffle
from ..attribution.stretches import InputWindow
from ..attribution.target import has_logit, without_last_function
from ..errors import SequenceError, SettingError, shorten
from ..layers import Array
from ..letters.strand_choice import Strands
from ..motifs.inserted_letters import DrawnLetters, InsertedLetters
from ..network.graph import Node
from ..network.model import Model
from ..work.progress import Progress, no_progress
from .edited_predictions import EditedPredictions
from .inserted_change import ChangeMoments, InsertedChange, Insertion
from .insertion_places import InsertionPlaces
from .predictions import PredictedValues, Prediction, Predictions

__all__ = ["MotifInsertion"]

_LARGEST_SEED: Final = 2**31 - 1 - MOST_REFERENCES


class MotifInsertion:
    """Puts a motif into sequences and predicts with it and without.

    Args:
        model: The network.
        motif: The motif.
        wanted: What is predicted; none is every output that can be computed.
        places: Where the motif is put.
        strand: `+`, `-` or `both`: on which strand of the sequences the motif is put.
        shuffled: How many shuffles of each input window are the backgrounds; 0 is the window as it is.
        seed: The seed of the shuffles, the n-th of which has `seed + n`, and of drawn letters.
        logit: Whether the value before a layer's last sigmoid or softmax is meant; None is where there is one.

    Attributes:
        predictions: What predicts.

    Raises:
        SettingError: There is no such strand, too many shuffles, no such seed, or no logit where one is asked for.
        ModelError: The network gives no output.
    """

    def __init__(
        self,
        model: Model,
        motif: InsertedLetters,
        wanted: Sequence[PredictedValues] = (),
        *,
        places: InsertionPlaces | None = None,
        strand: str = "+",
        shuffled: int = 0,
        seed: int = 0,
        logit: bool | None = None,
    ) -> None:
        if not 0 <= shuffled <= MOST_REFERENCES or not 0 <= seed <= _LARGEST_SEED:
            raise SettingError(
                f"{shuffled:,} shuffles from the seed {seed} on cannot be drawn",
                remedy=f"there are 0 to {MOST_REFERENCES:,}, and a seed is 0 to {_LARGEST_SEED:,}",
            )
        self._model = model
        self._motif, self._places, self._strands = motif, places or InsertionPlaces(), Strands(strand).signs
        self._shuffled, self._seed = shuffled, seed
        self.wanted = Predictions(model, wanted).wanted
        nodes, found, self._is_logit = [*model.nodes], [], []
        for each in self.wanted:
            is_logit = has_logit(model[each.layer].layer) and logit is not False
            if logit and not is_logit:
                raise SettingError(
                    f"{each.layer} ends with no sigmoid or softmax, so there is no logit",
                    remedy="leave out --logit",
                )
            self._is_logit.append(is_logit)
            name = each.layer
            if is_logit:
                # Beside the layer itself, which others may read behind its function.
                name = _free_name(f"{name}/logit", nodes)
                node = model[each.layer]
                nodes.append(Node(name, without_last_function(node.layer), node.inputs))
            found.append(replace(each, layer=name))
        model = replace(model, nodes=tuple(nodes))
        self.predictions, self._spread = Predictions(model, found), EditedPredictions(model, found)
        self._windows = self._unshuffled = self._backgrounds = 0
        self._starts: NDArray[np.int64] | None = None

    def over(self, windows: Iterable[InputWindow], progress: Progress = no_progress, total: int = 0) -> Insertion:
        """Return what the motif changes over the sequences of input windows.

        Args:
            windows: The input windows, read one after the other.
            progress: Told how many of their bases are done; it may raise to stop.
            total: How many these are, where that is known.

        Raises:
            CnnError: A window cannot be read or predicted on, the motif does not fit, windows have no places or no
                values in common, or there is no sequence to put it into.
        """
        sums = [ChangeMoments() for _ in self.wanted]
        done = 0.0
        for background, without, behind in self._predicted(windows):
            for each, before, after in zip(sums, without, behind, strict=True):
                old = before.astype(np.float64)
                each.add(old, (after - old).reshape(len(self._strands), -1, *before.shape))
            done += background.bases
            progress(min(round(done), total or round(done)), total)
        if not sums[0].n:
            raise self._nothing()
        assert self._starts is not None
        changes = tuple(
            InsertedChange(wanted, is_logit, each.n, each.without, each.mean, each.sd, self._model)
            for wanted, is_logit, each in zip(self.wanted, self._is_logit, sums, strict=True)
        )
        return Insertion(
            self._motif,
            self._strands,
            self._starts,
            changes,
            sums[0].n,
            self._windows - self._unshuffled - self.too_short,
            self._unshuffled,
        )

    @property
    def too_short(self) -> int:
        """How many input windows were too short for the network, and passed over."""
        runs = 1 + len(self._strands) * (0 if self._starts is None else len(self._starts))
        return self.predictions.too_short // (runs * max(1, self._shuffled))

    def _nothing(self) -> SequenceError:
        if self._unshuffled:
            return SequenceError(
                f"none of {self._unshuffled:,} input windows can be shuffled, since they hold other letters than "
                "A, C, G and T",
                remedy="put the motif into the sequences as they are",
            )
        return SequenceError("no sequence is long enough for the network", remedy="give longer ones")

    def _predicted(
        self, windows: Iterable[InputWindow]
    ) -> Iterator[tuple[_Background, tuple[Array, ...], Sequence[Array]]]:
        """Yield every background, its values, and those on every strand and at every place, shape (edits, …) each."""
        behind: list[Prediction] = []
        without: Prediction | None = None
        for each in self.predictions.of(self._edited(windows)):
            record = each.window.reading.record
            assert isinstance(record, _Edited)
            background = record.background
            if background.is_spread:
                first = np.array([start for _, start in background.edits])
                codes = [letters.at(background.codes, start) for letters, start in background.edits]
                yield background, each.values, self._spread.of(each.window.reading, first, np.stack(codes, axis=1))
                continue
            if without is None:
                without = each
            else:
                behind.append(each)
            if len(behind) == len(background.edits):
                yield (
                    background,
                    without.values,
                    [*map(np.stack, zip(*(one.values for one in behind), strict=True))],
                )
                without, behind = None, []

    def _edited(self, windows: Iterable[InputWindow]) -> Iterator[InputWindow]:
        """Yield every background without the motif; unless its edits are spread, also with it, edit by edit."""
        for window in windows:
            self._windows += 1
            reading = window.reading
            length = reading.length
            starts = self._starts_in(length, reading.record.name).tolist()
            plain = replace(
                reading, start=0, stop=length, reverse=False, side_inputs=reading.side_values(), pad=None
            )
            for codes in self._backgrounds_of(window):
                letters = self._motif.drawn(np.random.RandomState([self._seed, self._backgrounds]))
                self._backgrounds += 1
                each_strand = (letters if strand == "+" else letters.reversed for strand in self._strands)
                background = _Background(
                    reading.record.name,
                    codes,
                    tuple((each, start) for each in each_strand for start in starts),
                    (window.stop - window.start) / max(1, self._shuffled),
                )
                unedited = replace(plain, record=_Edited(background))
                is_spread = self._spread.are_worth_it(unedited, len(background.edits))
                background = replace(background, is_spread=is_spread)
                for edit in (None, *(() if is_spread else background.edits)):
                    yield InputWindow(replace(plain, record=_Edited(background, edit)), 0, length)

    def _starts_in(self, length: int, name: str) -> NDArray[np.int64]:
        """Return where the motif is put in an input of a length, of a record of a name."""
        starts = self._places.within(length, self._motif.width, f"record {shorten(name)}")
        if self._starts is None:
            self._starts = starts
        elif len(starts) != len(self._starts):
            raise SettingError(
                "the input windows are of several lengths, so that they have no places in common",
                remedy="read windows of one length with --window, or name the places, such as --at 0-100",
            )
        elif not np.array_equal(starts, self._starts):
            self._starts = np.full(len(starts), -1)
        return starts

    def _backgrounds_of(self, window: InputWindow) -> Iterator[NDArray[np.uint8]]:
        """Yield the sequences that the motif is put into, shape (length,) each."""
        reading = window.reading
        codes = reading.codes(0, reading.length)
        if not self._shuffled:
            yield codes
            return
        within = slice(reading.letters.start, reading.letters.stop)
        try:
            bases_of(codes[within])
        except SequenceError:
            self._unshuffled += 1
            return
        for number in range(self._shuffled):
            shuffled = codes.copy()
            shuffled[within] = dinucleotide_shuffle(codes[within], self._seed + number)
            yield shuffled


@dataclass(frozen=True, eq=False)
class _Background:
    """A sequence that the motif is put into.

    Attributes:
        name: The name of its record.
        codes: Its letters.
        edits: What is put into it, each time alone, and over which base the first letter stands.
        bases: For how many bases of what is read it stands.
        is_spread: Whether only what the edits change is computed of them.
    """

    name: str
    codes: NDArray[np.uint8]
    edits: tuple[tuple[DrawnLetters, int], ...]
    bases: float
    is_spread: bool = False


@dataclass(frozen=True, eq=False)
class _Edited:
    """A background as a record, with a motif's letters at a place, or without them."""

    background: _Background
    edit: tuple[DrawnLetters, int] | None = None

    @property
    def name(self) -> str:
        return self.background.name

    def __len__(self) -> int:
        return len(self.background.codes)

    def codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        codes = self.background.codes
        if self.edit is not None:
            letters, first = self.edit
            codes = codes.copy()
            codes[first : first + letters.width] = letters.at(codes, first)
        return codes[start:stop]


def _free_name(name: str, nodes: Sequence[Node]) -> str:
    """Return a name that no node has."""
    while any(node.name == name for node in nodes):
        name += "'"
    return name
