"""The inspector: the value under the cursor as an equation, in words and numbers, on pages where it takes several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from rich.text import Text
from textual.reactive import reactive

from .. import pictures
from .drawing import Drawing

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture

__all__ = ["Inspector", "Pages", "pages", "wrapped"]

Drawn = TypeVar("Drawn")

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


def pages(statements: Sequence[Sequence[str]], height: int) -> list[list[str]]:
    """Return statements on pages that hold whole statements and leave the last line free, but for the last page.

    Args:
        statements: The lines of each.
        height: Lines that there are; a statement that has more of them is broken.
    """
    room = max(1, height - 1)
    found: list[list[str]] = [[]]
    for nth, statement in enumerate(statements):
        left = sum(map(len, statements[nth:]))
        if found[-1] and len(found[-1]) + len(statement) > room and len(found[-1]) + left > height:
            found.append([])
        found[-1] += statement
    broken: list[list[str]] = []
    for nth, page in enumerate(found):
        # Only on the last page is no line needed to say that there is more.
        whole = height if nth + 1 == len(found) else room
        while len(page) > whole:
            broken.append(page[:room])
            page = page[room:]
        broken.append(page)
    return broken


class Pages(Drawing[Drawn]):
    """One statement a line, the most important first, on as many pages as they take; never a number cut."""

    DEFAULT_CSS = """
    Pages { padding: 0 1; }
    """
    page: reactive[int] = reactive(0)
    """Which of the pages is shown, if there are so many."""

    def statements(self, picture: Drawn) -> Sequence[str]:
        """Return what is to be said of a picture."""
        raise NotImplementedError

    def render(self) -> Text:
        """Return a page of the statements, wrapped between words."""
        statements = self._wrapped()
        height = self.content_size.height
        if not statements or height < 1:
            return Text()
        palette, found = self.palette, pages(statements, height)
        shown = min(self.page, len(found) - 1)
        bold = 0 if shown else len(statements[0])
        lines = [
            Text(line, style=palette.text if nth >= bold else f"bold {palette.text}")
            for nth, line in enumerate(found[shown])
        ]
        if shown + 1 < len(found):
            lines = [*lines[: height - 1], Text("… more: i", style=palette.dim)]
        return Text("\n").join(lines)

    def turn(self) -> bool:
        """Show the next page, or the first again after the last; tell whether there was a next one."""
        height = self.content_size.height
        more = height > 0 and self.page + 1 < len(pages(self._wrapped(), height))
        self.page = self.page + 1 if more else 0
        return more

    def _wrapped(self) -> list[list[str]]:
        """Return the lines of every statement."""
        statements = () if self.picture is None else self.statements(self.picture)
        return [wrapped(statement, self.content_size.width) for statement in statements]


class Inspector(Pages["Picture"]):
    """What the value under the cursor is, and what it was computed from."""

    def statements(self, picture: Picture) -> Sequence[str]:
        """Return what is said of the value under the cursor."""
        return pictures.narrate(picture)
