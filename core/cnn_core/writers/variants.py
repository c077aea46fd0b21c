"""The scores of variants: as a table, or as VCF with the scores in its INFO column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ..errors import printable, shorten
from ..letters.vcf import FIXED_COLUMNS
from .decimals import decimals
from .tables import table_name

if TYPE_CHECKING:
    from ..attribution.variants import VariantScore

__all__ = ["INFO_KEY", "VARIANT_COLUMNS", "score_lines", "score_vcf_header", "score_vcf_line"]

VARIANT_COLUMNS: Final = (
    *("chrom", "pos", "id", "ref", "alt", "output"),
    *("reference", "alternative", "difference", "logit_difference", "status"),
)
"""The columns of the table."""
INFO_KEY: Final = "CNN_EFFECT"
"""The key in the INFO column."""
_ENTRY: Final = "|".join(("alternative", *VARIANT_COLUMNS[5:]))
_OURS: Final = re.compile(rb"##INFO=<ID=%s[,>]" % INFO_KEY.encode())
_SPECIAL: Final = re.compile(r"[^\w.:+()/-]", re.ASCII)
_LONGEST: Final = 200
"""Letters of an allele that was not scored."""
_LONGEST_NAME: Final = 1000
"""Letters of a name or an identifier: a line may hold a megabyte, and every alternative is a row."""


def score_lines(score: VariantScore, outputs: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the table for one alternative, with their ends.

    Args:
        score: The alternative; where it was not scored, it has one line without an output and numbers.
        outputs: The names of the outputs.
    """
    line, alt = score.variant.line, score.variant.alt
    chrom, identifiers = (table_name(shorten(each, _LONGEST_NAME)) for each in (line.chrom, line.id))
    alleles = (line.ref, alt) if score.windows else (shorten(line.ref, _LONGEST), shorten(alt, _LONGEST))
    named = (chrom, str(line.pos), identifiers, *map(table_name, alleles))
    for values in _values(score, [*map(table_name, outputs)]):
        yield "\t".join((*named, *values, str(score.status))) + "\n"


def score_vcf_header(header: Sequence[bytes], described: str) -> Iterator[bytes]:
    """Yield the header of the VCF: the input's own, and a line that describes the scores.

    Args:
        header: The lines of the input's header that begin with ##.
        described: What the scores are of, in one sentence.
    """
    yield from (b"%s\n" % line for line in header or [b"##fileformat=VCFv4.2"] if not _OURS.match(line))
    words = printable(described).replace("\\", "\\\\").replace('"', '\\"')
    yield f'##INFO=<ID={INFO_KEY},Number=.,Type=String,Description="{words} Format: {_ENTRY}">\n'.encode()
    yield f"#{chr(9).join(FIXED_COLUMNS)}\n".encode()


def score_vcf_line(scores: Sequence[VariantScore], outputs: Sequence[str]) -> bytes:
    """Return a line of the VCF, with its end: the fixed columns of the input's, and the scores in INFO.

    Args:
        scores: The scores of all its alternatives, at least one.
        outputs: The names of the outputs.
    """
    *fixed, info = scores[0].variant.line.columns
    kept = [
        part for part in info.split(b";") if part not in (b"", b".") and part.split(b"=")[0] != INFO_KEY.encode()
    ]
    entries = (
        "|".join(map(_escaped, (str(score.variant.number), *values, str(score.status))))
        for score in scores
        for values in _values(score, outputs)
    )
    added = f"{INFO_KEY}={','.join(entries)}".encode()
    return b"\t".join((*fixed, b";".join((*kept, added)))) + b"\n"


def _values(score: VariantScore, outputs: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield output, reference, alternative, difference and logit difference, empty where there is none."""
    if score.reference is None or score.alternative is None or score.difference is None:
        yield ("",) * 5
        return
    logits = [""] * len(outputs) if score.logit_difference is None else decimals(score.logit_difference)
    columns = (decimals(values) for values in (score.reference, score.alternative, score.difference))
    yield from zip(outputs, *columns, logits, strict=True)


def _escaped(text: str) -> str:
    """Return text that INFO can hold: blanks as _, and what has a meaning there as VCF encodes it."""
    plain = printable(text).replace(" ", "_")
    return _SPECIAL.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), plain)
