"""Variants on a reference: the records that they name, what is refused or skipped and why, and their two windows.

A variant is one alternative of one line. Its position, the first base of REF, stands at the centre of the input
window, at ⌊L/2⌋ − 1 of an even length L and at ⌊L/2⌋ of an odd one, as in Basenji. Both windows have the same left
flank; behind the allele, each goes on with the reference's own letters as far as its length takes it, so that nothing
is filled in for a deletion. Bases beyond the ends of the record are N, or all-zero rows.

Source of the centre: Kelley et al., Sequential regulatory activity prediction across chromosomes with convolutional
neural networks (2018), `basenji`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from ..errors import printable, shorten
from .alphabet import BASE_SET, PADDING, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .sequence_files import Record, Sequences
    from .vcf import VcfRecord

__all__ = ["AlleleWindows", "RecordNaming", "Status", "Variant", "allele_windows", "centre_of", "variants_of"]

_ALLELE: Final = re.compile(r"[ACGTNacgtn]+")
_MITOCHONDRIAL: Final = {"M": "MT", "MT": "M"}
_PREFIX: Final = "chr"
_LISTED: Final = 3


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a variant.

    Attributes:
        kind: `scored`; `refused`, which is wrong; or `skipped`, which may be right but cannot be scored.
        reason: Why it was refused or skipped, in the words by which these are counted.
        detail: What it is about, such as both letters; of a scored one, how many bases of its windows lie beyond
            the record's ends.
    """

    kind: Literal["scored", "refused", "skipped"]
    reason: str = ""
    detail: str = ""

    def __str__(self) -> str:
        words = ": ".join(filter(None, [self.kind, self.reason]))
        return f"{words} ({self.detail})" if self.detail else words


@dataclass(frozen=True, slots=True)
class Variant:
    """One alternative of a line of VCF.

    Attributes:
        line: The line.
        alt: The alternative.
        number: Which of the line's alternatives it is, from 1, as genotypes count them.
    """

    line: VcfRecord
    alt: str
    number: int


@dataclass(frozen=True, eq=False)
class AlleleWindows:
    """The letters that the network reads with the reference's allele and with the alternative.

    Attributes:
        reference: Codes, shape (window,).
        alternative: Codes, shape (window,).
        first: Where the windows begin in the record, 0-based; below 0 where the record begins later.
        left: How many bases of each lie before the record's first.
        right: How many lie behind its last, in the one that has more.
    """

    reference: NDArray[np.uint8]
    alternative: NDArray[np.uint8]
    first: int
    left: int
    right: int

    @property
    def edges(self) -> str:
        """How many bases that are none stand left and right of the record's letters, such as `12 left`, or nothing."""
        sides = [f"{count:,} {side}" for side, count in (("left", self.left), ("right", self.right)) if count]
        return ", ".join(sides)


class RecordNaming:
    """Finds the records that a VCF file names, by whole names: as they are, with chr added or taken away, MT for M.

    Args:
        sequences: The reference.
    """

    def __init__(self, sequences: Sequences) -> None:
        self._sequences = sequences
        self._found: dict[str, Record] = {}
        self._renamed: dict[str, str] = {}

    def record(self, chrom: str) -> Record | None:
        """Return the record of a name, or None."""
        found = self._found.get(chrom)
        if found is None:
            name = next((each for each in _spellings(chrom) if each in self._sequences), None)
            if name is None:
                return None
            found = self._found[chrom] = self._sequences[name]
            if name != chrom:
                self._renamed[chrom] = name
        return found

    @property
    def notices(self) -> tuple[str, ...]:
        """Which names were taken for others so far, in one sentence, or nothing."""
        if not self._renamed:
            return ()
        pairs = [f"{theirs} is {ours}" for theirs, ours in [*self._renamed.items()][:_LISTED]]
        more = ", …" if len(self._renamed) > _LISTED else ""
        count = len(self._renamed)
        names = "1 name was" if count == 1 else f"{count:,} names were"
        return (
            f"{names} matched with chr added or taken away, or MT for M: {shorten(', '.join(pairs), 200)}{more}",
        )


def _spellings(chrom: str) -> Iterator[str]:
    """Yield how a record of this name may be called, the likeliest first."""
    bare = chrom.removeprefix(_PREFIX)
    toggled = bare if bare != chrom else f"{_PREFIX}{chrom}"
    yield chrom
    yield toggled
    other = _MITOCHONDRIAL.get(bare)
    if other is not None:
        yield from (f"{_PREFIX}{other}", other) if bare != chrom else (other, f"{_PREFIX}{other}")


def centre_of(window: int) -> int:
    """Return which base of an input window is a variant's first one, from 0.

    Args:
        window: How many bases the window has.
    """
    return (window - 1) // 2


def variants_of(
    line: VcfRecord, naming: RecordNaming, window: int, *, with_n: bool = True
) -> Iterator[tuple[Variant, Status | AlleleWindows]]:
    """Yield every alternative of a line: with the letters to be read, or with the reason why they cannot be.

    Args:
        line: The line.
        naming: Finds its record.
        window: How many bases the input window has.
        with_n: Whether N stands beyond the ends of a record, and not all-zero rows.

    Raises:
        SequenceError: The reference has changed or has been closed.
    """
    found = _record_of(line, naming)
    for number, alt in enumerate(line.alts, 1):
        variant = Variant(line, alt, number)
        if isinstance(found, Status):
            yield variant, found
        else:
            fault = _alternative_fault(line.ref, alt) or _size_fault(line.ref, alt, window)
            yield variant, fault or allele_windows(found, line.pos - 1, line.ref, alt, window, with_n=with_n)


def allele_windows(
    record: Record, position: int, ref: str, alt: str, window: int, *, with_n: bool = True
) -> AlleleWindows:
    """Return the letters of a window with the reference's allele and with the alternative.

    Args:
        record: The record.
        position: The first base of the allele, 0-based.
        ref: The reference's allele, which stands there.
        alt: The alternative; it fits into the window from its centre on.
        window: How many bases the window has.
        with_n: Whether N stands beyond the ends of the record, and not all-zero rows.

    Raises:
        SequenceError: The reference has changed or has been closed.
    """
    centre, beyond = centre_of(window), BASE_SET if with_n else PADDING
    first = position - centre
    behind = position + len(ref)
    stop = behind + window - centre - len(alt)
    reference = _padded(record, first, first + window, beyond)
    alternative = np.concatenate([reference[:centre], encode(alt), _padded(record, behind, stop, beyond)])
    right = max(0, max(first + window, stop) - len(record))
    return AlleleWindows(reference, alternative, first, max(0, -first), right)


def _padded(record: Record, start: int, stop: int, beyond: int) -> NDArray[np.uint8]:
    """Return the codes of half-open positions, a certain one where the record has none."""
    first, last = (min(max(end, 0), len(record)) for end in (start, stop))
    codes = np.full(stop - start, beyond, dtype=np.uint8)
    codes[first - start : last - start] = record.codes(first, last)
    return codes


def _record_of(line: VcfRecord, naming: RecordNaming) -> Record | Status:
    """Return the record that a line is about, or what is wrong with the line whatever its alternatives are."""
    ref, first = line.ref, line.pos - 1
    if first < 0:
        return Status("refused", "POS is below 1")
    if not _ALLELE.fullmatch(ref):
        return Status("refused", "REF has other letters than A, C, G, T, N", _shown(ref))
    record = naming.record(line.chrom)
    if record is None:
        return Status("skipped", "the reference has no such record", _shown(line.chrom))
    if first + len(ref) > len(record):
        return Status("refused", "REF is not in the record", f"it has {len(record):,} bases")
    there = record.codes(first, first + len(ref))
    differing = np.flatnonzero((there ^ encode(ref)) & BASE_SET)
    if differing.size:
        at = int(differing[0])
        place = f" at {line.pos + at}" if len(ref) > 1 else ""
        return Status("refused", "REF differs", f"VCF {ref[at]}, FASTA {decode(there[at : at + 1])}{place}")
    return record


def _alternative_fault(ref: str, alt: str) -> Status | None:
    """Return why an alternative has no letters to be read, or None."""
    if alt == ".":
        return Status("skipped", "no alternative")
    if alt == "*":
        return Status("skipped", "the allele is in another deletion", "*")
    if alt.startswith("<") and alt.endswith(">"):
        return Status("skipped", "symbolic allele", _shown(alt))
    if "[" in alt or "]" in alt or (alt.startswith(".") != alt.endswith(".")):
        return Status("skipped", "breakend", _shown(alt))
    if not _ALLELE.fullmatch(alt):
        return Status("refused", "ALT has other letters than A, C, G, T, N", _shown(alt))
    if alt.upper() == ref.upper():
        return Status("refused", "ALT equals REF")
    return None


def _size_fault(ref: str, alt: str, window: int) -> Status | None:
    """Return that an allele reaches beyond the window, or None."""
    fits = window - centre_of(window)
    name, longest = max(("REF", len(ref)), ("ALT", len(alt)), key=lambda each: each[1])
    if longest <= fits:
        return None
    return Status("skipped", "the allele reaches beyond the window", f"{name} has {longest:,} bases, {fits:,} fit")


def _shown(text: str) -> str:
    return printable(shorten(text, 24))
