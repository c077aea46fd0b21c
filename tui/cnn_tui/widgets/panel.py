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

    def take(self, arrangement: Arrangement, *, card: bool, unfolded: bool) -> None:
        """Give the parts their room.

        Args:
            arrangement: The lines and columns.
            card: Whether the card is wanted where there is no room for both.
            unfolded: Whether the inspector is wanted whole.
        """
        self.styles.width = arrangement.panel
        self.styles.height = arrangement.panel_height
        self.set_class(arrangement.side, "-side")
        inspector, filter_card = self.query_one(Inspector), self.query_one(FilterCard)
        # Beside the tracks the heat maps have no lines to give, but the card has.
        alone = arrangement.side and unfolded and not card
        filter_card.display = (bool(arrangement.card) or card) and not alone
        inspector.display = bool(arrangement.card) or not card
        filter_card.instead = not inspector.display
        inspector.page = inspector.page if unfolded else 0
        filter_card.styles.width = arrangement.card or "1fr"
        half = min(20, (arrangement.panel_height - 2) // 2)
        inspector.styles.height = half if arrangement.side and not alone else "1fr"
