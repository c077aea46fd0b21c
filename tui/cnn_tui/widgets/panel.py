"""The panel: the legend, the inspector and the filter card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.reactive import reactive

from .filter_card import FilterCard
from .inspector import Inspector
from .legend import Legend

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture
    from ..view.arrangement import Arrangement

__all__ = ["Panel"]


class Panel(Container):
    """Under the tracks, or at their right on a wide screen."""

    DEFAULT_CSS = """
    Panel { layout: vertical; }
    Panel > #details { layout: horizontal; height: 1fr; }
    Panel > #details > Inspector { width: 1fr; height: 1fr; }
    Panel > #details > FilterCard { height: 1fr; }
    Panel.-side > #details { layout: vertical; }
    Panel.-side FilterCard { margin: 1 0; max-height: 20; }
    """
    picture: reactive[Picture | None] = reactive(None, repaint=False)
    """What is shown; bound to the screen's."""

    def compose(self) -> ComposeResult:
        """Yield the legend over the card and the inspector."""
        yield Legend().data_bind(picture=Panel.picture)
        with Container(id="details"):
            yield Inspector().data_bind(picture=Panel.picture)
            yield FilterCard().data_bind(picture=Panel.picture)

    def take(self, arrangement: Arrangement, *, unfolded: bool) -> None:
        """Give the parts their room.

        Args:
            arrangement: The lines and columns.
            unfolded: Whether the inspector is wanted whole; what is folded begins with its first page.
        """
        self.styles.width = arrangement.panel
        self.styles.height = arrangement.panel_height
        self.set_class(arrangement.side, "-side")
        inspector, card = self.query_one(Inspector), self.query_one(FilterCard)
        inspector.display, card.display = arrangement.shows_inspector, arrangement.shows_card
        card.instead = not arrangement.shows_inspector
        inspector.page = inspector.page if unfolded else 0
        card.styles.width = arrangement.card or "1fr"
        inspector.styles.height = arrangement.inspector or "1fr"
