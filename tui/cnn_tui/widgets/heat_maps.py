"""The heat maps of all filters, with their legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive

from .heat_map import AllCells, AllMaps
from .legend import Legend
from .unscrolled import Unscrolled

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture
    from ..pictures.motif_picture import MotifPicture
    from ..view.track_sizes import Arrangement

__all__ = ["Maps"]


class Maps(Vertical, Unscrolled):
    """Every feature map, every row of cells, and what the colours mean."""

    DEFAULT_CSS = """
    Maps { height: auto; }
    """
    picture: reactive[Picture | None] = reactive(None, repaint=False)
    """What is shown; bound to the screen's."""
    motifs: reactive[MotifPicture | None] = reactive(None, repaint=False)
    """The filters as motifs; bound to the screen's."""

    def compose(self) -> ComposeResult:
        """Yield the maps and the legend."""
        for part in (AllMaps, AllCells):
            yield part().data_bind(Maps.picture, Maps.motifs)
        yield Legend().data_bind(Maps.picture)

    def take(self, arrangement: Arrangement) -> None:
        """Give every part its lines."""
        self.display = arrangement.legend > 0
        self.styles.width = arrangement.tracks
        # The filter card leaves no empty lines where the inspector would be.
        card = 0 if arrangement.inspector or arrangement.card is None else arrangement.card.height
        self.styles.margin = ((card and card + arrangement.gap) + arrangement.apart, 0, 0, 0)
        for part, lines in (
            (AllMaps, arrangement.maps),
            (AllCells, arrangement.cells),
            (Legend, arrangement.legend),
        ):
            widget = self.query_one(part)
            widget.styles.height = lines
            widget.display = lines > 0
