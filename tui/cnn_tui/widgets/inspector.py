"""The inspector: the value under the cursor as an equation, in words and numbers."""

from __future__ import annotations

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from ..narration import narrate
from ..palette import palette_of
from ..picture import Picture

__all__ = ["Inspector"]


class Inspector(Widget):
    """One statement a line, the most important first; what does not fit is a line shorter, never a number cut."""

    DEFAULT_CSS = """
    Inspector { padding: 0 1; }
    """
    picture: reactive[Picture | None] = reactive(None)
    """What is shown; bound to the screen's."""

    def render(self) -> Text:
        """Return the statements, wrapped between words."""
        if self.picture is None:
            return Text()
        palette = palette_of(self.app)
        width, height = self.content_size
        lines: list[Text] = []
        for nth, statement in enumerate(narrate(self.picture)):
            wrapped = Text(statement, style=palette.text if nth else f"bold {palette.text}").wrap(
                self.app.console, max(width, 10)
            )
            for continued, line in enumerate(wrapped):
                lines.append(line if not continued else Text("  ") + line if line.cell_len + 2 <= width else line)
        if len(lines) > height > 0:
            lines = [*lines[: height - 1], Text("… more: i", style=palette.dim)]
        return Text("\n").join(lines)
