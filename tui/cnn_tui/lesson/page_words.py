"""What stands around a page's own words: its heading, what was answered, and the keys."""

from __future__ import annotations

from .pages import STEPS, Page, lesson_pages
from .progress import Lesson

__all__ = ["heading", "hints", "told_words"]


def heading(lesson: Lesson) -> tuple[str, str]:
    """Return the page's number and title, and how far that is in minutes."""
    page, whole = lesson.page, sum(each.minutes for each in lesson_pages())
    number = f"Quiz after step {page.step}, {page.quiz}" if page.quiz else f"Lesson {page.step} of {STEPS}"
    return f"{number} · {page.title}", f"{lesson.minutes_before:.0f} of {whole:.0f} min"


def told_words(lesson: Lesson) -> str:
    """Return what is said of the answer."""
    page, right = lesson.page, lesson.right
    answer, given = _named(page, f"{page.answer}"), _named(page, lesson.given)
    if right is None:
        return f"The answer is {answer}."
    return f"You said {given}: yes." if right else f"You said {given}; the answer is {answer}."


def _named(page: Page, answer: str) -> str:
    """Return an answer as it stands among the choices, or as it was typed where there are none."""
    nth = int(answer) - 1 if answer.isdigit() else -1
    return f"“{page.choices[nth]}”" if 0 <= nth < len(page.choices) else answer


def hints(lesson: Lesson) -> str:
    """Return the keys, two spaces apart."""
    page = lesson.page
    if lesson.told:
        onwards = "Enter leave the lesson" if lesson.is_last else "Enter next"
        return f"{onwards}  Space play it  ← back  Esc leave, L comes back here"
    answering = f"1–{len(page.choices)} answer" if page.choices else "type the number, Enter"
    return f"{answering}  Enter show me  ← back  → skip  Esc leave, L comes back here"
