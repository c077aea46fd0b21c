"""The filters as motifs: their table, and the way to each of them."""

from __future__ import annotations

from cnn_core import motifs
from cnn_core.errors import CnnError

from . import dialogs
from .block_screen import BlockScreen

__all__ = ["FilterList"]


class FilterList:
    """Lists filters as motifs, and goes to them.

    Args:
        screen: What shows them.
    """

    def __init__(self, screen: BlockScreen) -> None:
        self._screen = screen

    def ask(self) -> None:
        """List the filters, or say why these have no motifs."""
        screen, picture = self._screen, self._screen.picture
        if picture is None or screen.sequences is None:
            return
        reading, found = picture.shown, screen.background_work.filter_motifs
        try:
            motifs.convolution_on_letters(reading.model, reading.block)
        except CnnError as error:
            screen.refuse(error)
            return

        def go(chosen: int | None) -> None:
            # What was opened under the table has other filters.
            if chosen is None or screen.picture is None or screen.picture.shown is not reading:
                return
            screen.show_view(screen.picture.view.to_filter(chosen))

        screen.app.push_screen(
            dialogs.FilterTable(reading, screen.own_model, screen.sequences, found, picture.view.filter), go
        )
