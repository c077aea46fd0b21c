"""Regions as people write them: `chr1:46-61`, 1-based and with both ends, as in samtools.

In the program a region is 0-based and half-open, as every slice is; only its text counts from 1.

A name may contain colons and numbers, so that a text can mean two regions: `chr1:100-200` where records `chr1` and
`chr1:100-200` both exist. Such a text is refused; with braces around the name, `{chr1}:100-200`, it is clear.

Source: the region syntax of `samtools faidx` and of htslib's `hts_parse_region`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..errors import NotFoundError, RegionError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .sequence_files import Record, Sequences

__all__ = ["Region", "is_bare_range", "parse_region", "resolve_region", "what_was_cut"]

_NUMBER: Final = r"[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,12}(?:\.[0-9]{1,9})?[kKmMgG]"
_RANGE: Final = re.compile(
    rf"(?P<first>{_NUMBER})(?:\s*(?P<dash>[-–−])\s*(?P<last>{_NUMBER})?)?|[-–−]\s*(?P<to>{_NUMBER})"
)
_LIKE_RANGE: Final = re.compile(r"(?=.*[0-9])[0-9,.\s–−kKmMgG-]+")
_DASH: Final = re.compile(r"[-–−]")
_TIMES: Final = {"k": 10**3, "m": 10**6, "g": 10**9}
_STRAND: Final = re.compile(
    r"(?P<region>.+?)(?::(?P<sign>[+−-])|\((?P<other>[+−-])\)|:(?P<ensembl>-?1)|(?P<rc>/rc))"
)
_COLUMNS: Final = re.compile(r"(?P<name>\S+)\s+(?P<start>[0-9,]{1,23})\s+(?P<stop>[0-9,]{1,23})(?:\s.*)?")
_DOTS: Final = re.compile(r"(.*[0-9])\s*\.\.+\s*([0-9].*)")
_MORE: Final = re.compile(r"\s*[,;]\s+|\s+|;|,(?=[^0-9\s])")
_LONGEST_ADVICE: Final = 60
"""The longest name that advice spells out."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a record; `str()` gives the samtools form.

    Raises:
        RegionError: It starts before the record or ends before it starts.
    """

    name: str
    """The record's name."""
    start: int = 0
    """The first letter, 0-based."""
    stop: int | None = None
    """One past the last letter; None for the record's end."""

    def __post_init__(self) -> None:
        if self.start < 0:
            raise RegionError(
                f"'{_quoted(str(self))}' starts before the record",
                remedy="positions count from 1, such as chr1:1-60",
            )
        if self.stop is not None and self.stop <= self.start:
            raise RegionError(
                f"'{_quoted(str(self))}' ends before it starts",
                remedy="write the smaller number first, such as chr1:1-60",
            )

    def __str__(self) -> str:
        return self.name + self._range

    @property
    def braced(self) -> str:
        """The form that cannot be mistaken for another record's name."""
        return f"{{{self.name}}}{self._range}"

    @property
    def _range(self) -> str:
        if self.stop is not None:
            return f":{self.start + 1}-{self.stop}"
        return f":{self.start + 1}" if self.start else ""


def parse_region(text: str) -> Region:
    """Read a region's text without knowing which records there are.

    Args:
        text: The region in samtools form, 1-based, both ends included: `chr1`, `chr1:46` and `chr1:46-` (from there to
            the end), `chr1:-61` (from the first letter), `chr1:46-61`, `chr1:1,000-2,000`, `chr1:1k-1.5M`,
            `{chr1}:46-61`. What follows the last colon is the range if it is like one; where a record's name has
            colons itself, `resolve_region` knows better.

    Returns:
        The region, 0-based and half-open.

    Raises:
        RegionError: There is no name, or the range is invalid.
    """
    text = text.strip()
    braces = _split_braces(text)
    name, tail = braces or _split_name(text)
    if not name:
        raise RegionError(f"'{_quoted(text)}' names no record", remedy="write a region such as chr1:46-61")
    if not tail and (braces or ":" not in text[len(name) :]):
        return Region(name)
    ends = _ends(tail)
    if ends is None:
        raise RegionError(f"'{_quoted(tail)}' is not a range", remedy="write a region such as chr1:46-61")
    return Region(name, *ends)


def is_bare_range(text: str) -> bool:
    """Tell whether a text is a range without a record's name, such as `46-61`, `46`, `-61` or `1k-2k`."""
    return _LIKE_RANGE.fullmatch(text.strip()) is not None


def resolve_region(
    text: str, sequences: Sequences, *, record: str | None = None, here: str | None = None
) -> tuple[Record, int, int]:
    """Find a region's record and its letters.

    A region that reaches past the record's end is cut off there, as samtools does; `what_was_cut` says so.

    Args:
        text: The region in samtools form, see `parse_region`.
        sequences: The records to choose from.
        record: The record that is asked for as well: of what the text can mean, its region is taken.
        here: The record that a range without a name is one of; None where a name is required.

    Returns:
        The record, the first letter (0-based) and one past the last.

    Raises:
        NotFoundError: No record has this name; the message names those most like it.
        RegionError: The range is invalid, or begins past the record's end, or the text can be read in two ways; the
            message says what would be right.
    """
    region = _find(text.strip(), sequences, record, here)
    found = sequences[region.name]
    if (region.start or region.stop is not None) and region.start >= found.length:
        whole = Region(region.name, 0, found.length) if found.length else None
        has = f"the record is {_spelled(whole, sequences, here)}" if whole else "it has no letters"
        raise RegionError(f"'{_quoted(str(region))}' is not in the record", where=sequences.source, remedy=has)
    return found, region.start, found.length if region.stop is None else min(region.stop, found.length)


def what_was_cut(text: str, sequences: Sequences, *, record: str | None = None, here: str | None = None) -> str:
    """Return what must be said about a region that reaches past its record's end, in one sentence, or nothing.

    Args:
        text: The region in samtools form, one that `resolve_region` finds.
        sequences: The records to choose from.
        record: See `resolve_region`.
        here: See `resolve_region`.
    """
    found, _, stop = resolve_region(text, sequences, record=record, here=here)
    region = _find(text.strip(), sequences, record, here)
    if region.stop is None or region.stop <= stop:
        return ""
    return f"{region} reaches past the record's end and is cut off at {found.length}"


def _find(text: str, sequences: Sequences, record: str | None, here: str | None) -> Region:
    """Return the only region that a text means."""
    refused: list[RegionError] = []
    if record is not None and record in sequences:
        asked = [*dict.fromkeys(_readings_of(text, record, refused))]
        if asked:
            return asked[0]
    found = [*dict.fromkeys(_readings(text, sequences, here, refused))]
    if len(found) == 1:
        return found[0]
    if found:
        first, second = (_spelled(region, sequences, here) for region in found[:2])
        raise RegionError(
            f"'{_quoted(text)}' can be read in two ways",
            where=sequences.source,
            remedy=f"write {first} or {second}",
        )
    example = _example(sequences, record if record in sequences else here)
    if refused:
        raise RegionError(refused[0].what, where=sequences.source, remedy=example)
    raise _not_found(text, sequences, record, here, example)


def _readings(text: str, sequences: Sequences, here: str | None, refused: list[RegionError]) -> Iterator[Region]:
    """Yield what a text can mean: a record's name, a range of one, or a range alone.

    Args:
        text: The text.
        sequences: The records.
        here: The record that a range alone is of.
        refused: Collects what is wrong with ranges that begin before the record or end before they begin.
    """
    name, tail = _split_braces(text) or ("", "")
    if name in sequences:
        # As in htslib, braces are not part of the name where the name inside is a record's.
        yield from _of(name, tail, refused) if tail else (Region(name),)
        return
    if text in sequences:
        yield Region(text)
    name, _, tail = text.rpartition(":")
    if name in sequences:
        yield from _of(name, tail, refused)
    # A number alone is a record's name where there is such a record, as 1 to 22 are.
    if here is not None and not (text in sequences and not _DASH.search(text)):
        yield from _of(here, text, refused)


def _readings_of(text: str, name: str, refused: list[RegionError]) -> Iterator[Region]:
    """Yield what a text can mean as a region of one record."""
    if text in (name, f"{{{name}}}"):
        yield Region(name)
    yield from _of(name, text, refused)
    for start in (f"{name}:", f"{{{name}}}:"):
        if text.startswith(start):
            yield from _of(name, text.removeprefix(start), refused)


def _of(name: str, tail: str, refused: list[RegionError]) -> Iterator[Region]:
    ends = _ends(tail.strip())
    if ends is not None:
        try:
            yield Region(name, *ends)
        except RegionError as error:
            refused.append(error)


def _not_found(text: str, sequences: Sequences, record: str | None, here: str | None, example: str) -> Exception:
    """Return the error of a text that means no region."""

    def means(other: str) -> str:
        """Return a text as advice if it means an existing region, else nothing."""
        other = other.strip()
        try:
            resolve_region(other, sequences, record=record, here=here)
        except (RegionError, NotFoundError):
            return ""
        return other if len(other) <= 2 * _LONGEST_ADVICE and len(other.split()) == 1 else ""

    where, quoted = sequences.source, _quoted(text)
    strand = _STRAND.fullmatch(text)
    if strand and (right := means(strand["region"])):
        other = (strand["sign"] or strand["other"] or strand["ensembl"] or "-")[0] in "-−"
        also = " and ask for the reverse complement beside it" if other else ""
        return RegionError(f"'{quoted}' has a strand at its end", where=where, remedy=f"write {right}{also}")
    columns = _COLUMNS.fullmatch(text)
    if columns:
        start, stop = (int(columns[end].replace(",", "") or 0) for end in ("start", "stop"))
        right = means(f"{columns['name']}:{start + 1}-{stop}") or means(f"{{{columns['name']}}}:{start + 1}-{stop}")
        what = f"'{quoted}' is in columns as in BED, which counts from 0"
        if right or columns["name"] in sequences:
            return RegionError(what, where=where, remedy=f"write {right}" if right else example)
    dots = _DOTS.fullmatch(text)
    if dots and (right := means(f"{dots[1]}-{dots[2]}")):
        return RegionError(f"'{quoted}' has dots for the dash of a region", where=where, remedy=f"write {right}")
    more = _MORE.search(text)
    if more and (right := means(text[: more.start()])):
        return RegionError(f"'{quoted}' is more than a region", where=where, remedy=f"write {right}")
    name, tail = _split_braces(text) or _split_name(text)
    if not name:
        return RegionError(f"'{quoted}' names no record", where=where, remedy=example)
    if text.startswith("{") and not _split_braces(text):
        return RegionError(f"'{quoted}' has a brace that is not closed", where=where, remedy=example)
    before, colon, after = text.rpartition(":")
    known = record or here
    if colon and before in sequences:
        what = f"'{_quoted(after)}' is not a range" if after else f"there is no range after the colon of '{quoted}'"
        return RegionError(what, where=where, remedy=_example(sequences, before))
    if known is not None and is_bare_range(text):
        return RegionError(f"'{quoted}' is not a range", where=where, remedy=example)
    try:
        sequences[name]
    except NotFoundError as error:
        return error
    return RegionError(f"'{_quoted(tail)}' is not a range", where=where, remedy=_example(sequences, name))


def _example(sequences: Sequences, name: str | None) -> str:
    """Return advice on how a region is written, with an existing record."""
    record = (
        sequences[name]
        if name is not None and name in sequences
        else next((each for each in sequences if each.length), None)
    )
    if record is None or not record.length:
        return "give a record that has letters"
    region = Region(record.name, 0, min(60, record.length))
    if len(record.name) > _LONGEST_ADVICE:
        return "write the record's name, a colon and a range such as 1-60"
    return f"write a region such as {_spelled(region, sequences, name)}"


def _spelled(region: Region, sequences: Sequences, here: str | None) -> str:
    """Return a text that means this region alone: with braces where they are needed."""
    for text in (str(region), region.braced):
        if [*dict.fromkeys(_readings(text, sequences, here, []))] == [region]:
            return text
    return region.braced


def _split_braces(text: str) -> tuple[str, str] | None:
    """Return the name in braces and the range after it, or None without braces."""
    if not text.startswith("{"):
        return None
    name, brace, rest = text[1:].rpartition("}")
    if not brace or not name or (rest and not (rest.startswith(":") and len(rest) > 1)):
        return None
    return name, rest[1:]


def _split_name(text: str) -> tuple[str, str]:
    """Return the name and what follows its colon, where that looks like a range."""
    name, colon, tail = text.rpartition(":")
    return (name, tail) if colon and _LIKE_RANGE.fullmatch(tail) else (text, "")


def _ends(text: str) -> tuple[int, int | None] | None:
    """Return the ends of a range, 0-based and half-open, or None for other text; -1 is a start at 0."""
    found = _RANGE.fullmatch(text)
    numbers = found and [_number(found[end]) for end in ("first", "last", "to")]
    if not found or not numbers or -1 in numbers:
        return None
    first, last, to = numbers
    return (0, to) if first is None else (first - 1, last)


def _number(text: str | None) -> int | None:
    """Return a number of a range: None without one, and -1 where it is not a whole number of bases."""
    if text is None:
        return None
    times = _TIMES.get(text[-1].lower(), 1)
    whole, _, part = text.rstrip("kKmMgG").replace(",", "").partition(".")
    bases, rest = divmod(int(whole + part) * times, 10 ** len(part))
    return -1 if rest else bases


def _quoted(text: str) -> str:
    return shorten(text, 2 * _LONGEST_ADVICE)
