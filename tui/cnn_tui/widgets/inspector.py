"""The inspector: the value under the cursor as an equation, in words and numbers, on pages where it takes several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

from rich.text import Text
from textual.reactive import reactive

from .. import pictures
from ..view.view_state import Level
from .drawing import Drawing
from .pool_window_table import table_lines

if TYPE_CHECKING:
    from ..pictures.attribution_picture import AttributionPicture
    from ..pictures.block_picture import Picture
    from ..pictures.side_by_side import SideBySide

__all__ = ["Inspector", "Pages", "pages", "wrapped"]

Drawn = TypeVar("Drawn")
_FEWEST, _SPARED = 4, 5
"""Lines from which on there is a table over the words, and words enough under it for an empty line between."""

_FEWEST_OF_TWO = 8
"""The same where two readings stand side by side: more is to be said of them."""
_FOR_BOTH = 17
"""The same for the table of the next cell under the words."""

_INDENT = "  "
_MORE = "  … i"
"""Behind the last line of a page that is not the last: the key that turns it."""
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


def pages(
    statements: Sequence[Sequence[str]], height: int, width: int, first: int | None = None
) -> list[list[str]]:
    """Return statements on pages that hold whole statements, each but the last with room for the mark of more.

    Args:
        statements: The lines of each; what has more lines than a page is broken.
        height: Lines that there are.
        width: Columns that there are.
        first: Lines of the first page, where it has others.
    """
    rest = [line for statement in statements for line in statement]
    ends = set(accumulate(map(len, statements)))
    found: list[list[str]] = []
    done, lines = 0, height if first is None else first
    while len(rest) > lines:
        # The mark stands behind the last line, or in a line of its own.
        fitting = [at for at in range(1, lines + 1) if at < lines or _has_room(rest[at - 1], width)]
        whole = [at for at in fitting if done + at in ends]
        at = max(whole or fitting or [1])
        found.append(rest[:at])
        rest, done, lines = rest[at:], done + at, height
    return [*found, rest]


def _has_room(line: str, width: int) -> bool:
    """Tell whether the mark of more has room behind a line."""
    return len(line) + len(_MORE) <= width


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

    def above(self, picture: Drawn, width: int) -> list[Text]:
        """Return the lines that stand over every page."""
        return []

    def below(self, picture: Drawn, width: int) -> list[Text]:
        """Return the lines that stand under the first page, at the end."""
        return []

    def render(self) -> Text:
        """Return a page of the statements, wrapped between words, under what stands over every page."""
        width, height = self.content_size.width, self.content_size.height
        if self.picture is None or height < 1:
            return Text()
        palette, above, below, statements = self.palette, self._above(), self._below(), self._wrapped()
        found = self._pages(statements, len(above), len(below))
        shown = min(self.page, len(found) - 1)
        lines = above if not shown or self._stays(len(above)) else []
        bold = len(statements[0]) if statements and not shown else 0
        for nth, line in enumerate(found[shown]):
            lines.append(Text(line, style=palette.text if nth >= bold else f"bold {palette.text}"))
        if shown + 1 < len(found):
            last = lines.pop() if _has_room(lines[-1].plain, width) or len(lines) >= height else Text()
            last.truncate(max(0, width - len(_MORE)), pad=True)
            lines.append(last.append(_MORE, style=palette.dim))
        if not shown and below:
            lines += [Text()] * (height - len(below) - len(lines)) + below
        return Text("\n").join(lines[:height])

    def turn(self) -> bool:
        """Show the next page, or the first again after the last; tell whether there was a next one."""
        found = self._pages(self._wrapped(), len(self._above()), len(self._below()))
        more = self.content_size.height > 0 and self.page + 1 < len(found)
        self.page = self.page + 1 if more else 0
        return more

    def _above(self) -> list[Text]:
        return [] if self.picture is None else self.above(self.picture, self.content_size.width)

    def _below(self) -> list[Text]:
        return [] if self.picture is None else self.below(self.picture, self.content_size.width)

    def _stays(self, above: int) -> bool:
        """Tell whether what stands over the first page leaves enough lines to stand over the others too."""
        return self.content_size.height - above >= _FEWEST

    def _pages(self, statements: list[list[str]], above: int, below: int) -> list[list[str]]:
        width, height = self.content_size
        first = max(1, height - above - below)
        return pages(statements, max(1, height - above) if self._stays(above) else height, width, first)

    def _wrapped(self) -> list[list[str]]:
        """Return the lines of every statement."""
        statements = () if self.picture is None else self.statements(self.picture)
        return [wrapped(statement, self.content_size.width) for statement in statements]


class Inspector(Pages["Picture"]):
    """What the value under the cursor is, and what it was computed from: its pool window in full, then in words."""

    titled: reactive[bool] = reactive(False)
    """Whether it names what the cursor stands on."""
    attributed: reactive[AttributionPicture | None] = reactive(None, repaint=False)
    """What is shown of what every base does to one value; bound to the screen's."""

    def watch_attributed(self, before: AttributionPicture | None, after: AttributionPicture | None) -> None:
        """Say more, once more is known."""
        if (before and before.numbers) is not (after and after.numbers):
            self.refresh()

    split: reactive[SideBySide | None] = reactive(None)
    """What is shown of two readings side by side; bound to the screen's."""

    def above(self, picture: Picture, width: int) -> list[Text]:
        """Return the title and the table of the pool window, with an empty line where one can be spared."""
        palette, height = self.palette, self.content_size.height
        title = f"{'' if self.split is None else 'in A: '}{pictures.title(picture)}"
        lines = [Text(title, style=f"bold {palette.text}", no_wrap=True)] if self.titled else []
        table = pictures.pool_table(picture)
        if table is None or height < len(lines) + (_FEWEST if self.split is None else _FEWEST_OF_TWO):
            return lines
        lines += table_lines(table, width, palette)
        return [*lines, Text()] if height >= len(lines) + _SPARED else lines

    def below(self, picture: Picture, width: int) -> list[Text]:
        """Return the table of the next cell, where there are lines for it: so that the pool's stride is seen."""
        if self.content_size.height < _FOR_BOTH or (found := pictures.next_pool_table(picture)) is None:
            return []
        words, table = found
        return [Text(), Text(words, style=self.palette.text), *table_lines(table, width, self.palette)]

    def statements(self, picture: Picture) -> Sequence[str]:
        """Return what is said of both readings, then of the value under the cursor; of a base what it does first."""
        view = picture.view
        both = () if self.split is None or view.play is not None else self.split.sentences()
        said = (*both, *pictures.narrate(picture))
        if self.attributed is None or view.level is not Level.BASE or view.play is not None:
            return said
        first, last = view.cursor_span
        bases = range(max(0, first), min(last, picture.reading.length))
        return (*pictures.explain_bases(self.attributed, bases), *said)
