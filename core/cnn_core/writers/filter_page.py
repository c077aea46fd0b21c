"""Filters as motifs on a page of HTML: a row a filter, with its logo; it needs no script and nothing from elsewhere.

A logo is as high as a column's information, from 0 to 2 bits in every row, so that logos can be compared; that of a
filter with too few sites is pale. Letters are in their usual colours, and are letters without them.

Source: T. D. Schneider and R. M. Stephens, Nucleic Acids Research 18:6097-6100 (1990) (sequence logos).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import BinaryIO, Final

import numpy as np

from ..letters.alphabet import BASES
from ..motifs.filter_motif import FilterMotif
from .filter_table import FILTER_COLUMNS, FilterColumn
from .motif_files import MotifNotes

__all__ = ["logo", "write_filter_page"]

_HEAD, _NUMBER_HEAD = "<th>", '<th class="number">'
_WIDTH: Final = 14
_BIT: Final = 28
"""Pixels of a column's width, and of a bit's height."""
_CAPITAL: Final = 0.73
"""How high a capital is in the fonts of the page, of their size."""
_LEAST: Final = 0.02
"""Bits below which a letter is not drawn."""
_COLOURS: Final = dict(zip(BASES, ("#0a7d2c", "#1f4fd8", "#b36b00", "#c8102e"), strict=True))
_STYLE: Final = """\
:root { color-scheme: light; }
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; color: #111; background: #fff; }
table { border-collapse: collapse; }
th, td { padding: 2px 10px; text-align: left; vertical-align: bottom; border-bottom: 1px solid #ddd; }
th { position: sticky; top: 0; background: #fff; }
td { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
svg { display: block; border-left: 1px solid #888; border-bottom: 1px solid #888; }
svg text { font: bold 20px Arial, Helvetica, sans-serif; text-anchor: middle; }
.few svg { opacity: .35; }
.consensus { font-family: monospace; }"""


def write_filter_page(
    motifs: Sequence[FilterMotif],
    file: BinaryIO,
    notes: MotifNotes | None = None,
    columns: Sequence[FilterColumn] = FILTER_COLUMNS,
) -> None:
    """Write filters as a page of logos.

    Args:
        motifs: The filters, at least one.
        file: A file that is open for writing bytes.
        notes: What is said above them.
        columns: What stands beside each logo.
    """
    notes = notes or MotifNotes()
    said = [line.removeprefix("# ") for line in notes.lines(motifs)]
    fewest = max(1, notes.one_of(motifs).settings.fewest_sites)
    said.append(
        f"logos are 2 bits high; those of fewer than {fewest} sites are pale, since few sites look like more "
        "information than they hold; a logo shows what a filter responds to, not what it does in the network"
    )
    file.write(
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Filters as motifs</title>\n'
        f"<style>\n{_STYLE}\n</style>\n<h1>Filters as motifs</h1>\n".encode()
    )
    file.writelines(f"<p>{escape(line)}</p>\n".encode() for line in said)
    heads = "".join(
        f"{_NUMBER_HEAD if column.is_number else _HEAD}{escape(column.name)}</th>" for column in columns
    )
    file.write(f"<table>\n<thead><tr><th>logo</th>{heads}</tr></thead>\n<tbody>\n".encode())
    for motif in motifs:
        cells = "".join(
            f'<td class="{"number" if column.is_number else column.name}">{escape(column.text(motif))}</td>'
            for column in columns
        )
        row = "<tr>" if motif.is_written else '<tr class="few">'
        file.write(f"{row}<td>{logo(motif)}</td>{cells}</tr>\n".encode())
    file.write(b"</tbody>\n</table>\n</html>\n")


def logo(motif: FilterMotif) -> str:
    """Return the logo of a filter as SVG, 0 to 2 bits high.

    Args:
        motif: The filter.
    """
    width, height = _WIDTH * len(motif.counts), 2 * _BIT
    named = escape(f"{motif.name}, {motif.consensus}", quote=True)
    letters = "" if motif.sites == 0 else "".join(_letters(motif))
    return f'<svg width="{width}" height="{height}" role="img" aria-label="{named}">{letters}</svg>'


def _letters(motif: FilterMotif) -> Iterator[str]:
    """Yield the letters of a logo, each column's from the bottom up."""
    heights = motif.probabilities * motif.information[:, None]
    for place, column in enumerate(heights):
        bottom = 0.0
        for nth in np.argsort(column, kind="stable").tolist():
            bits = float(column[nth])
            if bits >= _LEAST:
                x, y = _WIDTH * (place + 0.5), (2 - bottom) * _BIT
                stretched = bits * _BIT / (20 * _CAPITAL)
                yield (
                    f'<text transform="translate({x:g} {y:.2f}) scale(.9 {stretched:.3f})" '
                    f'fill="{_COLOURS[BASES[nth]]}">{BASES[nth]}</text>'
                )
            bottom += bits
