"""Values as a table: one line a cell or position, one column a filter, tabs between, names in the first line.

A spreadsheet computes what begins with `=`, `+`, `-` or `@`, and takes quotes off first; other readers pass over what
begins with `#`. A name of a record or a filter that begins with one of these, or with an apostrophe, is therefore
written behind an apostrophe, in every table of ours. Without its first apostrophe, each is as it was.

Source: OWASP, CSV Injection.
"""

from __future__ import annotations

from typing import BinaryIO, Final

from ..blocks.assumptions import as_comments, assumptions_of
from ..errors import printable
from ..work.progress import Progress
from .decimals import decimals
from .values import BlockValues

__all__ = ["table_head", "table_name", "write_table", "write_table_lines"]

# The wide forms are the same to spreadsheets in some languages.
_TAKEN_FOR_MORE: Final = tuple("=+-@\uff1d\uff0b\uff0d\uff20\"#'")


def table_name(text: str) -> str:
    """Return a name as it stands in a table: printable, and never a formula, a quotation or a remark.

    Args:
        text: The name of a record or a filter.
    """
    plain = printable(text)
    return f"'{plain}" if plain.startswith(_TAKEN_FOR_MORE) else plain


def write_table(values: BlockValues, file: BinaryIO, progress: Progress | None = None) -> None:
    """Write values as tab-separated columns: record, start, stop, strand, cell or position, then one a filter.

    Lines are sorted by their place in the record. A value that lies all in the padding has a line too; its start is
    its stop. A selection is a position of the convolution, counted as the input window is read. What had to be assumed
    stands in lines above that begin with #.

    Args:
        values: The values.
        file: A file that is open for writing bytes.
        progress: Called now and then.
    """
    file.write(table_head(values))
    write_table_lines(values, file, progress)


def table_head(values: BlockValues) -> bytes:
    """Return what had to be assumed, in lines that begin with #, and the line that names the columns.

    Args:
        values: The values.
    """
    comments = "".join(
        f"{line}\n" for line in as_comments(assumptions_of(values.reading, values.reading.block.conv))
    )
    names = "\t".join(map(table_name, values.labels))
    return f"{comments}record\tstart\tstop\tstrand\t{values.quantity.counted_by}\t{names}\n".encode()


def write_table_lines(values: BlockValues, file: BinaryIO, progress: Progress | None = None) -> None:
    """Write the lines of values, see `write_table`.

    Args:
        values: The values.
        file: A file that is open for writing bytes.
        progress: Called now and then.
    """
    record, strand = table_name(values.reading.record.name), values.strand
    for chunk in values.chunks(progress):
        columns = [decimals(column) for column in chunk.values.T]
        rows = zip(chunk.starts.tolist(), chunk.stops.tolist(), chunk.indices.tolist(), *columns, strict=True)
        for start, stop, index, *row in rows:
            file.write(f"{record}\t{start}\t{stop}\t{strand}\t{index}\t{chr(9).join(row)}\n".encode())
