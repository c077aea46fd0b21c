"""What the variants of a file change a network's output by: one row for each alternative and output.

The network runs on two windows a variant, one with each allele; some run together, but none bears on another: see
`letters.variants` for how the windows are cut. A difference is alternative − reference, of what the network gives; a
logit difference is the same of what its last sigmoid or softmax is applied to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..blocks.assumptions import ambiguity_words
from ..blocks.offered_blocks import LONGEST_WHOLE_INPUT, part_up_to
from ..blocks.side_inputs import side_inputs_of
from ..errors import CnnError, ModelError, SettingError
from ..layers import Array
from ..layers.shapes import known_axes
from ..letters.alphabet import Ambiguity, decode, first_ambiguous, reverse_complement
from ..letters.strand_choice import Strands
from ..letters.variants import AlleleWindows, RecordNaming, Status, Variant, variants_of
from ..network.running import run_together
from .target import Target, has_logit, without_last_function

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..letters.sequence_files import Sequences
    from ..letters.vcf import VcfRecord
    from ..network.model import Model

__all__ = ["DEFAULT_WINDOW", "EDGE", "Merge", "VariantScore", "VariantScoring"]

DEFAULT_WINDOW: Final = 1_000
"""Bases that a network of any length is given where nothing else is said."""


_MOST_AT_ONCE: Final = 32
"""Windows that are run together."""
_VALUES_AT_ONCE: Final = 1 << 23
"""Values that they may have in all layers."""
EDGE: Final = "N beyond the record"
"""What is said of a variant that was scored though its window reaches beyond the record, where N stands there."""
_ZERO_EDGE: Final = "zeros beyond the record"


class Merge(StrEnum):
    """What becomes of the values of two strands."""

    MEAN = "mean"
    MAX = "max"

    def of(self, one: NDArray[Any], other: NDArray[Any], *, along: bool) -> NDArray[Any]:
        """Return what stands for an output of both strands; along a length axis the other strand's is turned round.

        Args:
            one: The output of the strand that is read first, of any shape.
            other: That of the other strand, in its own direction.
            along: Whether its first axis runs along the bases, see `Model.runs_along`.
        """
        other = other[::-1] if along else other
        merged: NDArray[Any] = np.maximum(one, other) if self is Merge.MAX else (one + other) / 2
        return merged


@dataclass(frozen=True, eq=False)
class VariantScore:
    """What one alternative changes the outputs by.

    Attributes:
        variant: The alternative.
        status: Whether it was scored, or why not.
        windows: The letters that were read; None where it was not scored, as everything below.
        reference: The outputs with the reference's allele, shape (outputs,).
        alternative: The outputs with the alternative, shape (outputs,).
        difference: alternative − reference, shape (outputs,).
        logit_difference: The same before the last sigmoid or softmax; None also where the network ends with neither.
    """

    variant: Variant
    status: Status
    windows: AlleleWindows | None = None
    reference: Array | None = None
    alternative: Array | None = None
    difference: Array | None = None
    logit_difference: Array | None = None


@dataclass(frozen=True, eq=False)
class _Outputs:
    """What the network gives for one window, and what its last function is applied to, in float64."""

    values: NDArray[np.float64]
    logits: NDArray[np.float64] | None


class VariantScoring:
    """Scores variants one after the other.

    Args:
        model: The network; its first output is what is scored, every value of it.
        reference: The records that the variants are on.
        window: How many bases the network is given; None is its own length, or 1,000 where it takes any.
        strands: Which strands are read.
        merge: Which value stands for both strands: their mean, or the larger. Where an output has a length axis, that
            of the other strand is turned round first.
        ambiguity: What an ambiguous letter becomes; under `error` windows that have one are skipped.
        with_n: Whether N stands beyond the ends of a record, and not all-zero rows.

    Attributes:
        window: How many bases the network is given.
        outputs: The names of the values, the network's own, or as targets are typed: `LAYER:UNIT` or
            `LAYER:POSITION:CHANNEL`.
        counts: How many alternatives had each status, without its details.
        naming: Which names of records were taken for others.

    Raises:
        SettingError: The network reads windows of another length.
        ShapeError: It cannot run on a window of this length.
        ModelError: Its output cannot be computed.
    """

    def __init__(
        self,
        model: Model,
        reference: Sequences,
        *,
        window: int | None = None,
        strands: Strands | str = Strands.FORWARD,
        merge: Merge | str = Merge.MEAN,
        ambiguity: Ambiguity | str = Ambiguity.ZERO,
        with_n: bool = True,
    ) -> None:
        self._output, self._of_outputs = model.outputs[0], len(model.outputs)
        self._part = part_up_to(model, self._output)
        self.window = _checked_window(self._part, window)
        self.naming = RecordNaming(reference)
        self.counts: Counter[Status] = Counter()
        self._strands, self._merge, self._ambiguity = Strands(strands), Merge(merge), Ambiguity(ambiguity)
        shape = known_axes(self._part.shapes_of(self._output, self.window)[self._output])
        self.outputs = tuple(
            (model.name_of(self._output, index) if len(index) == 1 else "") or Target(self._output, index).name
            for index in np.ndindex(*shape)
        )
        self._along = self._part.runs_along(self._output, self.window)
        self._is_ambiguous, self._with_n = False, with_n
        values = sum(prod(known_axes(shape)) for shape in self._part.shapes(self.window).values())
        self._at_once = max(1, min(_MOST_AT_ONCE, _VALUES_AT_ONCE // values) // 2)

    @property
    def described(self) -> str:
        """What the scores are of, in one clause: network, output, window, strand."""
        strands = (
            f"the {self._merge} of both strands" if self._strands is Strands.BOTH else f"strand {self._strands}"
        )
        logit = "" if has_logit(self._part[self._output].layer) else ", without a logit"
        first = f"output {self._output}" + (f", the first of {self._of_outputs}," if self._of_outputs > 1 else "")
        return f"{first} of {self._part.name}{logit}, windows of {self.window:,} bases, {strands}"

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What had to be assumed of the network's inputs so far, in full sentences."""
        zeros = [f"input {name} is zeros: variants are scored on letters" for name in side_inputs_of(self._part)]
        letters = ambiguity_words(self._part, self._ambiguity) if self._is_ambiguous else ()
        return (*zeros, *letters)

    def scores(self, lines: Iterable[VcfRecord]) -> Iterator[VariantScore]:
        """Yield the score of every alternative of some lines, in order.

        Args:
            lines: The lines, which are asked for one after the other.

        Raises:
            SequenceError: The lines cannot be read, or the reference has changed.
        """
        for batch in self._batches(lines):
            read = [found for _, found in batch if isinstance(found, AlleleWindows)]
            windows = {codes.tobytes(): codes for each in read for codes in (each.reference, each.alternative)}
            outputs = dict(zip(windows, self._outputs([*windows.values()]), strict=True)) if windows else {}
            for variant, found in batch:
                score = self._score(variant, found, outputs)
                self.counts[Status(score.status.kind, score.status.reason)] += 1
                yield score

    def _batches(self, lines: Iterable[VcfRecord]) -> Iterator[list[tuple[Variant, Status | AlleleWindows]]]:
        """Yield alternatives as many as are run together; those before an error, and then the error."""
        batch: list[tuple[Variant, Status | AlleleWindows]] = []
        try:
            for line in lines:
                for variant, found in variants_of(line, self.naming, self.window, with_n=self._with_n):
                    batch.append((variant, self._refused(found) or found))
                    if len(batch) == self._at_once:
                        yield batch
                        batch = []
        except CnnError:
            if batch:
                yield batch
            raise
        if batch:
            yield batch

    def _refused(self, found: Status | AlleleWindows) -> Status | None:
        """Return that a window has a letter that the policy refuses, or None."""
        letter = "" if isinstance(found, Status) else self._ambiguous_letter(found)
        if letter and self._ambiguity is Ambiguity.ERROR:
            return Status("skipped", "ambiguous letter in the window", letter)
        self._is_ambiguous |= bool(letter)
        return None

    def _score(
        self, variant: Variant, found: Status | AlleleWindows, outputs: dict[bytes, _Outputs]
    ) -> VariantScore:
        if isinstance(found, Status):
            return VariantScore(variant, found)
        reference, alternative = outputs[found.reference.tobytes()], outputs[found.alternative.tobytes()]
        return VariantScore(
            variant,
            Status("scored", (EDGE if self._with_n else _ZERO_EDGE) if found.edges else "", found.edges),
            found,
            _flat(reference.values),
            _flat(alternative.values),
            _flat(alternative.values - reference.values),
            None
            if alternative.logits is None or reference.logits is None
            else _flat(alternative.logits - reference.logits),
        )

    def _ambiguous_letter(self, windows: AlleleWindows) -> str:
        """Return a letter of the windows that stands for several bases, or nothing."""
        for codes in (windows.reference, windows.alternative):
            found = first_ambiguous(codes, self._part.input.channels)
            if found is not None:
                return decode(codes[found : found + 1])
        return ""

    def _outputs(self, windows: list[NDArray[np.uint8]]) -> list[_Outputs]:
        """Return the outputs of windows, of both strands merged where both are read."""
        if self._strands is Strands.FORWARD:
            return self._run(windows)
        others = self._run([reverse_complement(codes) for codes in windows])
        if self._strands is Strands.REVERSE:
            return others
        return [self._of_both(one, other) for one, other in zip(self._run(windows), others, strict=True)]

    def _of_both(self, one: _Outputs, other: _Outputs) -> _Outputs:
        logits = None
        if one.logits is not None and other.logits is not None:
            logits = self._merge.of(one.logits, other.logits, along=self._along)
        return _Outputs(self._merge.of(one.values, other.values, along=self._along), logits)

    def _run(self, windows: list[NDArray[np.uint8]]) -> list[_Outputs]:
        """Return the outputs of windows as they are."""
        node = self._part[self._output]
        has = has_logit(node.layer)
        before = without_last_function(node.layer) if has else node.layer
        found = []
        for values in run_together(self._part, windows, self._ambiguity, kept={node.name, *node.inputs}):
            with np.errstate(invalid="ignore"):
                logits = before.forward(*(values[name] for name in node.inputs)) if has else None
            found.append(
                _Outputs(
                    values[node.name].astype(np.float64), None if logits is None else logits.astype(np.float64)
                )
            )
        return found


def _flat(values: NDArray[np.float64]) -> Array:
    return values.astype(np.float32).ravel()


def _checked_window(model: Model, window: int | None) -> int:
    """Return how many bases a network is given, if it gives an output then."""
    fixed = model.input.length
    if fixed is not None and window not in (None, fixed):
        raise SettingError(
            f"reads {fixed:,} bases, not {window:,}", where=model.name, remedy="leave out the length of the window"
        )
    window = fixed or window or DEFAULT_WINDOW
    if window > LONGEST_WHOLE_INPUT:
        raise SettingError(
            f"a window of {window:,} bases is too long to run the whole network on",
            remedy=f"give {LONGEST_WHOLE_INPUT:,} at most",
        )
    misfit = model.misfit(window)
    if misfit is not None:
        raise misfit
    reason = model.unavailable(window).get(model.outputs[0])
    if reason:
        raise ModelError(f"gives no output: {reason}", where=model.name)
    return window
