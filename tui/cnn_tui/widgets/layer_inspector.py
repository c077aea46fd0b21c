"""What a layer's value is computed from, and the last line of the network's screen."""

from __future__ import annotations

from collections.abc import Sequence

from ..pictures.layer_narration import explain_layer
from ..pictures.layer_picture import LayerPicture
from .inspector import Pages
from .status_line import StatusLine

__all__ = ["LayerInspector", "LayerStatus"]

_HINTS = "Tab next layer  ←→↑↓ value  Enter to its largest part  Backspace up  "
_IN_LIST = "↑↓ layer  a its values  Enter to its largest part  W why this output?  "
_WAY_OUT = {True: "Esc back", False: "? help"}


class LayerInspector(Pages[LayerPicture]):
    """What the value under the cursor of the network's screen is, and what it is computed from."""

    def repaint(self, before: LayerPicture, after: LayerPicture) -> None:
        """Begin with the first page of what is said of another value."""
        self.page = 0
        super().repaint(before, after)

    def statements(self, picture: LayerPicture) -> Sequence[str]:
        """Return what is said of the value under the cursor."""
        return explain_layer(picture)


class LayerStatus(StatusLine[LayerPicture]):
    """The network's: what is under the pointer, what is being typed, or the keys."""

    def words(self, width: int) -> str:
        """Return what the line says."""
        count = self.picture.view.count if self.picture is not None else ""
        has_block = self.picture is not None and self.picture.reading.has_block
        words = self.hovered or self.notice or str(self.activity or "")
        hints = _IN_LIST if self.picture is not None and self.picture.view.listed else _HINTS
        return words or (f"{count}… then an arrow or Tab" if count else hints + _WAY_OUT[has_block])
