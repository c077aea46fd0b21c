"""All layers of a network as a table: what comes out of each, its weights, and what it makes of its input."""

from __future__ import annotations

from functools import cached_property

from rich.segment import Segment
from textual.strip import Strip

from ..pictures.colours import style
from ..pictures.layer_picture import LayerPicture
from ..words.layer_table import LayerRow, filter_arithmetic, layer_rows
from ..words.shortening import shortened, squeezed
from .pointer_target import Place, Pointed

__all__ = ["LayerList"]

_HEADINGS = "layer", "out", "weights", "what it makes of its input"
_LONGEST = 26
_GAP = 2


class LayerList(Pointed[LayerPicture]):
    """A line a layer, the one that is looked at marked; a press on a line looks at that layer."""

    term = "layer"
    DEFAULT_CSS = """
    LayerList { padding: 1 1 0 1; }
    """

    def looks_alike(self, before: LayerPicture, after: LayerPicture) -> bool:
        """Tell whether the same layer of the same reading is looked at."""
        return before.reading is after.reading and before.view.at == after.view.at

    @cached_property
    def _rows(self) -> tuple[LayerRow, ...]:
        assert self.picture is not None
        return layer_rows(self.picture.reading)

    def watch_picture(self, before: LayerPicture | None, after: LayerPicture | None) -> None:
        """Work the table out again for another reading."""
        if before is None or after is None or before.reading is not after.reading:
            self.__dict__.pop("_rows", None)
        super().watch_picture(before, after)

    def _first(self, picture: LayerPicture) -> int:
        """Return the first row that is shown: that of the layer looked at stays in sight."""
        room = max(1, self.content_size.height - 2)
        names = [node.name for node in picture.reading.model.nodes]
        here = names.index(picture.view.axis.name)
        return min(max(0, here - room // 2), max(0, len(self._rows) - room))

    def render_line(self, y: int) -> Strip:
        """Return the headings, a layer, or at the end what all add up to."""
        palette, picture, width = self.palette, self.picture, self.content_size.width
        plain = style(palette.text, palette.ground)
        if picture is None:
            return Strip.blank(self.size.width, plain)
        dim, bold = style(palette.dim, palette.ground), style(palette.text, palette.ground, bold=True)
        if y == 0:
            return Strip([Segment(self._laid("  ", _HEADINGS, width), dim)])
        total = f"{picture.reading.model.parameter_count:,}"
        at = self._first(picture) + y - 1
        if y == min(self.content_size.height - 1, len(self._rows) + 1):
            arithmetic = filter_arithmetic(picture.reading.model)
            line = self._laid("  ", ("all", "", total, arithmetic), width)
            # Of numbers rather none than half of one.
            return Strip(
                [Segment(line if "…" not in line else self._laid("  ", ("all", "", total, ""), width), bold)]
            )
        if at >= len(self._rows):
            return Strip.blank(width, plain)
        row = self._rows[at]
        here = picture.reading.model.nodes[at].name == picture.view.axis.name
        cells = row.name, row.out or "—", f"{row.weights:,}" if row.weights else "", row.makes
        return Strip([Segment(self._laid("▸ " if here else "  ", cells, width), bold if here else plain)])

    def _laid(self, mark: str, cells: tuple[str, str, str, str], width: int) -> str:
        """Return the cells of a line under their headings; what it makes of its input goes where there is no room."""
        rows, total = self._rows, self.picture.reading.model.parameter_count if self.picture else 0
        names = min(_LONGEST, max(len(_HEADINGS[0]), *(len(row.name) for row in rows))) + _GAP
        outs = max(len(_HEADINGS[1]), *(len(row.out) for row in rows)) + _GAP
        weights = max(len(_HEADINGS[2]), len(f"{total:,}"))
        name, out, figure, makes = cells
        line = f"{mark}{squeezed(name, names - _GAP):<{names}}{out:<{outs}}{figure:>{weights}}"
        room = width - len(line) - _GAP
        return line if room < len(_HEADINGS[3]) // 2 else f"{line}{' ' * _GAP}{shortened(makes, room)}"

    def under(self, x: int, y: int, picture: LayerPicture) -> Place | None:
        """Return the layer under a pointer."""
        at = self._first(picture) + y - self.styles.padding.top - 1
        if not 0 <= at < len(self._rows) or y - self.styles.padding.top >= self.content_size.height - 1:
            return None
        name = picture.reading.model.nodes[at].name
        names = [axis.name for axis in picture.view.layers]
        if name not in names:
            return None
        return Place(None, names.index(name), None, f"{self._rows[at].name}: {self._rows[at].makes}")

    def choose(self, place: Place) -> None:
        """Say which layer was pressed."""
        self.post_message(self.LayerPressed(place.index))

    class LayerPressed(Pointed.Pressed):
        """A layer was pressed.

        Args:
            at: Which of the layers that can be looked at.
        """

        def __init__(self, at: int) -> None:
            super().__init__(Place(None, at, None, ""))
            self.at = at
