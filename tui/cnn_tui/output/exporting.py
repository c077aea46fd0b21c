"""What can be exported from the screen: which values, of which part, of which filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from cnn_core.blocks.reading import Reading
from cnn_core.errors import RegionError
from cnn_core.scan.whole_record import is_whole, whole_reading
from cnn_core.scan.whole_scan import background_threads
from cnn_core.writers.formats import suffixes_of
from cnn_core.writers.values import BlockValues, Quantity

from ..view.view_state import ViewState
from .value_files import values_files
from .whole_file import OutputFile

__all__ = ["Export", "ExportedPart", "files_of", "values_of"]


class ExportedPart(StrEnum):
    """How much of the record is exported."""

    VISIBLE = "what is visible"
    WINDOW = "the input window"
    RECORD = "the whole record"


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported.

    Attributes:
        quantity: Which values.
        part: Of which part.
        every_filter: Of all filters, or of the chosen one.
    """

    quantity: Quantity = Quantity.CELLS
    part: ExportedPart = ExportedPart.WINDOW
    every_filter: bool = False


def values_of(export: Export, reading: Reading, view: ViewState) -> BlockValues:
    """Return the values that are exported; none of them is computed yet.

    Args:
        export: What is exported.
        reading: The block on the input window.
        view: What is looked at.

    Raises:
        CnnError: There are no such values.
    """
    filters = None if export.every_filter else (view.filter,)
    if export.part is not ExportedPart.RECORD:
        bounds = _visible(export.quantity, view) if export.part is ExportedPart.VISIBLE else None
        return _beside_the_screen(BlockValues.of(reading, export.quantity, filters, bounds))
    whole = whole_reading(reading)
    if not is_whole(whole):
        raise RegionError(
            "this block is computed for one input window at a time",
            where=f"record {reading.record.name}",
            remedy=f"export {ExportedPart.WINDOW}",
        )
    return _beside_the_screen(BlockValues.of(whole, export.quantity, filters))


def _beside_the_screen(values: BlockValues) -> BlockValues:
    return replace(values, threads=background_threads())


def _visible(quantity: Quantity, view: ViewState) -> tuple[int, int]:
    """Return the cells or positions drawn over the visible bases, half-open."""
    at = view.axes.cell_at if quantity.counted_by == "cell" else view.axes.position_at
    first, last = at(view.offset), at(view.offset + view.visible_bases - 1)
    return first, last + 1


def files_of(values: BlockValues, path: Path) -> tuple[Path, ...]:
    """Return the files that values go into; files that are there are not refused.

    Args:
        values: The values.
        path: The file; see `values_files`.

    Raises:
        CnnError: The name and the values do not go together, or a file cannot be written there.
    """
    file = OutputFile(path, values.quantity.value, suffixes_of(values.quantity.value), force=True)
    # The suffix first: it is what most often is wrong.
    file.check()
    files = tuple(values_files(values, path))
    for each in files:
        replace(file, path=each).check()
    return files
