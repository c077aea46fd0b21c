"""The inspector: the value under the cursor as an equation, in words and numbers."""

from __future__ import annotations

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from ..narration import narrate
from ..palette import palette_of
from ..picture import Picture

__all__ = ["Inspector", "wrapped"]

_INDENT = "  "
_GLUED = ("=", "≈", "+", "−", "×")


def wrapped(statement: str, width: int) -> list[str]:
    """Return a statement in lines, broken between words; an equals sign goes with what follows it.

    Args:
        statement: Words and numbers.
        width: Columns.
    """
    lines: list[str] = []
    for word in _words(statement):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{_INDENT if lines else ''}{word}")
    return lines or [""]


def _words(statement: str) -> list[str]:
    words: list[str] = []
    for word in statement.split(" "):
        if words and words[-1] in _GLUED:
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words


class Inspector(Widget):
    """One statement a line, the most important first; what does not fit is a line shorter, never a number cut."""

    DEFAULT_CSS = """
    Inspector { padding: 0 1; }
    """
    picture: reactive[Picture | None] = reactive(None)
    """What is shown; bound to the screen's."""
    unfolded: reactive[bool] = reactive(False)
    """Whether it has all the lines that there are for it."""

    def render(self) -> Text:
        """Return the statements, wrapped between words."""
        if self.picture is None:
            return Text()
        palette = palette_of(self.app)
        width, height = self.content_size
        lines = [
            Text(line, style=palette.text if nth else f"bold {palette.text}")
            for nth, statement in enumerate(narrate(self.picture))
            for line in wrapped(statement, width)
        ]
        if len(lines) > height > 0:
            more = "… more on a larger screen" if self.unfolded else "… more: i"
            lines = [*lines[: height - 1], Text(more, style=palette.dim)]
        return Text("\n").join(lines)
