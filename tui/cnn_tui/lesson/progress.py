"""How far the learner has come: a frozen state and its pure steps."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .pages import Page, lesson_pages

__all__ = ["Lesson"]

_MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Lesson:
    """A page of the lesson, before its answer or behind it.

    Attributes:
        at: Which page.
        told: Whether its answer is shown.
        given: What was answered: a choice from 1, or the number; nothing where it was only shown.
        typed: The digits typed so far.
    """

    at: int = 0
    told: bool = False
    given: str = ""
    typed: str = ""

    @property
    def page(self) -> Page:
        """The page."""
        return lesson_pages()[self.at]

    @property
    def right(self) -> bool | None:
        """Whether the answer was right; None where there was none."""
        return int(self.given) == self.page.answer if self.told and self.given else None

    @property
    def minutes_before(self) -> float:
        """About how long the pages before take."""
        return sum(page.minutes for page in lesson_pages()[: self.at])

    @property
    def is_last(self) -> bool:
        """Whether it is the last page."""
        return self.at + 1 == len(lesson_pages())

    def pressed(self, digit: str) -> Lesson:
        """Take a digit: a choice, which answers at once, or one of a number that is typed."""
        if self.told:
            return self
        if self.page.choices:
            return replace(self, told=True, given=digit) if 1 <= int(digit) <= len(self.page.choices) else self
        return replace(self, typed=(self.typed + digit)[:_MOST_DIGITS])

    def erased(self) -> Lesson:
        """Take back the last digit."""
        return replace(self, typed=self.typed[:-1])

    def entered(self) -> Lesson:
        """Answer with the number that was typed, or show the answer; from there go to the next page."""
        if self.told:
            return self.moved(1)
        return replace(self, told=True, given=self.typed, typed="")

    def moved(self, by: int) -> Lesson:
        """Go to another page, before its answer; the first and the last are the ends."""
        at = min(max(self.at + by, 0), len(lesson_pages()) - 1)
        return self if at == self.at and by > 0 else Lesson(at)
