"""The way to any place of a record: by number or region, and by the letters that stand there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from textual.message import Message

from cnn_core import letters

from ..view.view_state import Level, ViewState
from . import dialogs

if TYPE_CHECKING:
    from ..background.cancellable_task import CancellableTask
    from .block_screen import BlockScreen

__all__ = ["Places"]

_COUNTED: Final = 10_000_000
"""Letters of a record up to which the matches of a search are counted."""


class Places:
    """Goes to places.

    Args:
        screen: What shows them.
    """

    class InOtherRecord(Message, bubble=False):
        """A region of another record is asked for.

        Attributes:
            name: The record's name.
            place: The region, half-open.
            words: What is to be said of it.
        """

        def __init__(self, name: str, place: tuple[int, int], words: str) -> None:
            super().__init__()
            self.name = name
            self.place = place
            self.words = words

    def __init__(self, screen: BlockScreen) -> None:
        self._screen = screen
        self._found: int | None = None
        """Where in the record the last match begins, in the direction of reading."""

    def ask(self) -> None:
        """Ask where to go."""
        if self._screen.picture is None or self._screen.sequences is None:
            return
        reading = self._screen.picture.reading
        names, words = reading.run.conv.filter_names, self._screen.picture.words
        bounds = dialogs.Bounds.of(
            self._screen.picture.view,
            names,
            reading.record.name,
            self._screen.sequences,
            words,
            letters=len(reading.record),
        )
        self._screen.app.push_screen(dialogs.GotoScreen(bounds, self._check_goto), self._go)

    def _check_goto(self, goto: dialogs.Goto) -> None:
        if isinstance(goto, dialogs.GotoRegion) and self._screen.sequences is not None:
            letters.resolve_region(goto.text, self._screen.sequences, here=goto.here)

    def _go(self, goto: dialogs.Goto | None) -> None:
        if goto is None or self._screen.picture is None or self._screen.sequences is None:
            return
        view = replace(self._screen.picture.view, play=None)
        match goto:
            case dialogs.GotoIndex(dialogs.Axis.FILTER, index):
                self._screen.show_view(view.to_filter(index))
            case dialogs.GotoIndex(dialogs.Axis.BASE, index):
                self._screen.show_view(replace(view.on(Level.BASE, view.axes.input_at(index)), sought=index))
            case dialogs.GotoIndex(axis, index):
                level = Level.BASE if axis is dialogs.Axis.INPUT else Level(axis)
                self._screen.show_view(view.gone_to(level, index))
            case dialogs.GotoRegion():
                self._go_to_region(goto)

    def _go_to_region(self, goto: dialogs.GotoRegion) -> None:
        assert self._screen.picture is not None
        assert self._screen.sequences is not None
        record, start, stop = letters.resolve_region(goto.text, self._screen.sequences, here=goto.here)
        words = letters.what_was_cut(goto.text, self._screen.sequences, here=goto.here)
        reading = self._screen.picture.reading
        if record.name != reading.record.name:
            self._screen.post_message(self.InOtherRecord(record.name, (start, stop), words))
            return
        count = min(stop - start, reading.stop - reading.start)
        self.go_to_record(start, count, from_first=True, words=words)

    def ask_letters(self) -> None:
        """Ask what to search for."""
        if self._screen.view is not None:
            self._screen.app.push_screen(dialogs.Search(self._screen.view.pattern), self._search)

    def _search(self, pattern: str | None) -> None:
        if pattern:
            self.search(pattern)

    def match(self, direction: int) -> None:
        """Go to the next match of the letters searched for, or the one before."""
        view = self._screen.view
        if view is None or not view.pattern:
            self._screen.say("nothing is searched for yet: / begins a search")
        else:
            self.search(view.pattern, direction)

    def search(self, pattern: str, direction: int = 1) -> None:
        """Go to the next place of letters on either strand, round the whole record."""
        if self._screen.picture is None:
            return
        reading, view = self._screen.picture.reading, self._screen.picture.view
        start = reading.record_position(min(max(view.cursor_span[0], 0), reading.stop - reading.start - 1))
        first, last = view.cursor_span
        if view.level is Level.BASE and self._found is not None and first <= reading.base_at(self._found) < last:
            # A position of a feature map stands over several bases, of which the last match need not be the first.
            start = self._found
        onwards = (direction > 0) is not reading.reverse
        # Of a match on the other strand, the cursor stands on the record's last letter.
        start -= len(pattern) - 1 if reading.reverse else 0
        start += 1 if onwards else -1
        record = reading.record

        def look(task: CancellableTask[tuple[int, str] | None]) -> tuple[int, str] | None:
            place = letters.find(
                record.codes, len(record), pattern, start, backwards=not onwards, should_continue=task.wanted
            )
            if place is None:
                return None
            # Of a chromosome only the next one is looked for, which does not wait for the rest.
            if len(record) > _COUNTED:
                return place, ""
            counts = letters.count_matches(record.codes, len(record), pattern, place, should_continue=task.wanted)
            if counts is None:
                return place, ""
            whole, nth = counts
            return place, f"{nth:,} of {whole:,}: "

        def show(found: tuple[int, str] | None) -> None:
            if found is not None:
                place, which = found
                self.go_to_record(place, len(pattern), pattern, which=which)
            elif self._screen.view is not None:
                self._screen.show_view(replace(self._screen.view, pattern=pattern))
                self._screen.say(f"{pattern} stands nowhere in the record, on neither strand")

        self._screen.job.begin(f"searching {pattern} …", look, show)

    def go_to_record(
        self,
        position: int,
        count: int = 1,
        pattern: str | None = None,
        *,
        from_first: bool = False,
        words: str = "",
        which: str = "",
    ) -> None:
        """Put the cursor over letters of the record, moving the input window where they are not in it.

        Args:
            position: The first of them, 0-based in the record.
            count: How many they are.
            pattern: What was searched for, if it was a search.
            from_first: Whether the input window is to begin with them, instead of having them in its middle.
            words: What is said then; nothing is where they stand.
            which: Which of the matches of a search they are, said before that.
        """
        if self._screen.picture is None:
            return
        reading = self._screen.picture.reading
        whole = reading.stop - reading.start
        if not (reading.start <= position and position + count <= reading.stop):
            reading = reading.moved_to(position if from_first else position - (whole - count) // 2)
        count = min(count, whole)
        last = position + count - 1
        base = min(reading.base_at(position), reading.base_at(last))
        words = words or f"{which}{reading.record.name}:{position + 1}-{last + 1}"
        if pattern is not None:
            self._found = reading.record_position(base)
            words += (
                f", on the {letters.strands(reading.record.codes(position, last + 1), pattern)} strand; n goes on"
            )

        def over(view: ViewState) -> ViewState:
            if pattern is not None:
                # From a cell or a response the next search would find the same letters again.
                view = replace(view, pattern=pattern, level=Level.BASE)
            return view.over_letters(base, count)

        self._screen.read_again(reading, over, words)
