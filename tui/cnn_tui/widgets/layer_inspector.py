"""What a layer's value is computed from, and the last line of the network's screen."""

from __future__ import annotations

from rich.text import Text
from textual.reactive import reactive

from cnn_core.block_reading import BlockReading

from ..background.job import Activity
from ..layer_picture import LayerPicture
from ..layer_words import explain_layer
from ..palette import palette_of
from .inspector import wrapped
from .lines import Lines

__all__ = ["LayerInspector", "LayerStatus"]

_HINTS = "Tab next layer  ←→↑↓ value  Enter to its largest part  Backspace up  "
_WAY_OUT = {True: "Esc back", False: "? help"}


class LayerInspector(Lines):
    """One statement a line, the most important first."""

    DEFAULT_CSS = """
    LayerInspector { padding: 0 1; border-top: solid $panel; }
    """
    picture: reactive[LayerPicture | None] = reactive(None)
    """What is shown; bound to the screen's."""

    def render(self) -> Text:
        """Return the statements, wrapped between words."""
        if self.picture is None:
            return Text()
        palette = palette_of(self.app)
        width, height = self.content_size
        lines = [
            Text(line, style=palette.text if nth else f"bold {palette.text}")
            for nth, statement in enumerate(explain_layer(self.picture))
            for line in wrapped(statement, max(width, 10))
        ]
        return Text("\n").join(lines[:height] if height else lines)


class LayerStatus(Lines):
    """One line: what is under the pointer, what is being typed, or the keys."""

    DEFAULT_CSS = """
    LayerStatus { height: 1; padding: 0 1; }
    """
    picture: reactive[LayerPicture | None] = reactive(None)
    """What is shown; bound to the screen's."""
    hovered: reactive[str] = reactive("")
    """What is under the pointer."""
    notice: reactive[str] = reactive("")
    """What the last step has to say."""
    activity: reactive[Activity | None] = reactive(None)
    """What is being computed, or nothing."""

    def render(self) -> Text:
        """Return the line."""
        palette = palette_of(self.app)
        count = self.picture.view.count if self.picture is not None else ""
        has_block = self.picture is not None and isinstance(self.picture.reading, BlockReading)
        hints = _HINTS + _WAY_OUT[has_block]
        words = self.hovered or self.notice or str(self.activity or "")
        words = words or (f"{count}… then an arrow or Tab" if count else hints)
        return Text(words, style=palette.text if self.hovered else palette.dim, no_wrap=True, overflow="ellipsis")
