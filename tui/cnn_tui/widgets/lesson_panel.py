"""The lesson's words under the tracks: the question, the answers to choose from, and what is said of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive

from .. import lesson as lessons
from .. import pictures
from ..words.shortening import shortened
from .explorer_status import Status
from .inspector import wrapped
from .lines import KeptLines
from .one_hot_rows import one_hot_lines
from .pool_window_table import table_lines

if TYPE_CHECKING:
    from ..lesson.progress import Lesson
    from ..pictures.block_picture import Picture

__all__ = ["LessonPanel", "LessonStatus"]

_GAP = 3
_UNTOLD = 2
"""Lines of the table of a pool window before the answer: positions and responses."""


class LessonPanel(KeptLines):
    """A heading, the question, and what follows; empty lines go first where there is little room."""

    DEFAULT_CSS = """
    LessonPanel { padding: 0 1; }
    """
    lesson: reactive[Lesson | None] = reactive(None)
    """How far the learner has come."""
    picture: reactive[Picture | None] = reactive(None)
    """What is shown over it."""

    def render(self) -> Text:
        """Return the lines that fit."""
        lesson, (width, height) = self.lesson, self.content_size
        if lesson is None or height < 1:
            return Text()
        table = self._table(lesson, width)
        blocks = [self._asked(lesson, width), *([table] if table else []), *self._below(lesson, width)]
        needed = 1 + sum(len(block) for block in blocks)
        gaps = max(0, min(len(blocks), height - needed))
        lines = [self._heading(lesson, width)]
        for nth, block in enumerate(blocks):
            # The empty lines that there are stand where they part most: over the question, then over the answer.
            lines += [Text()] * (nth < gaps) + block
        return Text("\n").join(lines[:height])

    def _heading(self, lesson: Lesson, width: int) -> Text:
        palette = self.palette
        title, far = lessons.heading(lesson)
        title = shortened(title, max(0, width - len(far) - 9))
        rule = "─" * max(1, width - cell_len(title) - len(far) - 8)
        line = Text("── ", style=palette.dim, no_wrap=True)
        return line.append(title, style=f"bold {palette.text}").append(f" {rule} {far} ──", style=palette.dim)

    def _asked(self, lesson: Lesson, width: int) -> list[Text]:
        return [Text(line.removeprefix("  "), style=self.palette.text) for line in wrapped(lesson.page.ask, width)]

    def _table(self, lesson: Lesson, width: int) -> list[Text]:
        """Return the numbers that the question is about; those that answer it come with the answer."""
        picture = self.picture
        if picture is None or not lesson.page.table:
            return []
        if lesson.page.table == "one-hot rows":
            return one_hot_lines(picture.reading, picture.pool_step.window.taps, self.palette, told=lesson.told)
        table = pictures.pool_table(picture)
        lines = [] if table is None else table_lines(table, width, self.palette)
        return lines if lesson.told else lines[:_UNTOLD]

    def _below(self, lesson: Lesson, width: int) -> list[list[Text]]:
        """Return the answers to choose from, or the number that is typed; with the answer, what is said of it."""
        palette, page = self.palette, lesson.page
        bold = f"bold {palette.text}"
        if lesson.told:
            close = [Text(line.removeprefix("  "), style=bold) for line in wrapped(page.close, width)]
            return [[Text(lessons.told_words(lesson), style=palette.text)], close]
        if page.choices:
            return [self._choices(page.choices, width)]
        number = Text("number: ", style=palette.dim).append(f"{lesson.typed}▏", style=bold)
        hint = [Text(line, style=palette.dim) for line in wrapped(page.hint, width)] if page.hint else []
        return [[number], *([hint] if hint else [])]

    def _choices(self, choices: tuple[str, ...], width: int) -> list[Text]:
        """Return the choices, two a line where they fit."""
        shown = [f" {nth}  {choice}" for nth, choice in enumerate(choices, start=1)]
        column = max(map(cell_len, shown)) + _GAP
        each = 2 if 2 * column - _GAP <= width and len(shown) > 2 else 1
        return [
            Text(
                "".join(f"{choice:<{column}}" for choice in shown[at : at + each]).rstrip(), style=self.palette.text
            )
            for at in range(0, len(shown), each)
        ]


class LessonStatus(Status):
    """The keys of the lesson, or what is under the pointer."""

    lesson: reactive[Lesson | None] = reactive(None)
    """How far the learner has come."""

    def words(self, width: int) -> str:
        """Return what the line says, as many hints as fit."""
        if self.hovered or self.activity is not None or self.notice or self.lesson is None:
            return super().words(width)
        shown = lessons.hints(self.lesson).split("  ")
        while len("  ".join(shown)) > width and len(shown) > 1:
            shown.pop(-2)
        return "  ".join(shown)
