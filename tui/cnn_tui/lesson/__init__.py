"""The lesson: its pages as data, and the pure steps through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .page_words import heading, hints, told_words
    from .pages import STEPS, Page, lesson_pages, page_of_step
    from .progress import Lesson

__getattr__ = lazily(
    __name__,
    {
        "pages": "STEPS Page lesson_pages page_of_step",
        "progress": "Lesson",
        "page_words": "heading hints told_words",
    },
)
