"""Values as a table: one line a cell or position, one column a filter, tabs between, names in the first line.

A spreadsheet evaluates what begins with `=`, `+`, `-` or `@`, and strips quotes first; other readers skip what begins
with `#`. In all our tables, the name of a record or a filter that begins with one of these, or with an apostrophe, is
therefore written behind an apostrophe. Without its first apostrophe, it is the original name.

Source: OWASP, CSV Injection.
"""

from __future__ import annotations

from typing import BinaryIO, Final

from ..blocks.assumptions import assumptions_of, edited_names
from ..errors import printable
from ..work.progress import Progress, no_progress
from .comments import write_comments
from .decimals import decimals
from .values import Values

__all__ = ["p_text", "table_name", "write_table"]

# Spreadsheets in some languages treat the full-width forms alike.
_SPECIAL_STARTS: Final = tuple("=+-@\uff1d\uff0b\uff0d\uff20\"#'")


def table_name(text: str) -> str:
    """Return a name as it is written in a table: printable, and never a formula, a quotation or a comment.

    Args:
        text: The name of a record or a filter.
    """
    plain = printable(text)
    return f"'{plain}" if plain.startswith(_SPECIAL_STARTS) else plain


def p_text(p: float) -> str:
    """Return a p-value as files have it, with six digits."""
    return f"{p:.6g}"


def write_table(values: Values, file: BinaryIO, progress: Progress = no_progress) -> None:
    """Write values as tab-separated columns: record, start, stop, strand, cell or position, then one a filter.

    Lines are sorted by their place in the record. A value entirely in the padding has a line too, with equal start
    and stop. A selection is a position of the convolution, counted as the input window is read. What had to be
    assumed comes first, in lines that begin with #.

    Args:
        values: The values.
        file: A file that is open for writing bytes.
        progress: Called now and then.
    """
    one = values.one
    write_comments(assumptions_of(one.reading, one.reading.block.conv), file, edited_names(one.reading))
    labels = "\t".join(map(table_name, one.labels))
    file.write(f"record\tstart\tstop\tstrand\t{one.quantity.counted_by}\t{labels}\n".encode())
    for rows in values.rows(progress):
        names = map(table_name, values.names_of(rows.records))
        columns = [decimals(column) for column in rows.values.T]
        fields = zip(names, rows.starts.tolist(), rows.stops.tolist(), rows.indices.tolist(), *columns, strict=True)
        file.writelines(
            f"{name}\t{start}\t{stop}\t{one.strand}\t{index}\t{chr(9).join(row)}\n".encode()
            for name, start, stop, index, *row in fields
        )
