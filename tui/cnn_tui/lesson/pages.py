"""The pages of the lesson, read from `steps.toml`: what each opens, covers, asks and says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from cnn_core.errors import NotFoundError

from ..options.request import OpenRequest

__all__ = ["STEPS", "Page", "lesson_pages", "page_of_step"]

STEPS: Final = 15
"""Steps of the lesson; after the seventh and the last stand three questions each."""
_FILE: Final = "steps.toml"


@dataclass(frozen=True, slots=True)
class Page:
    """One question and its answer.

    Attributes:
        step: The step that it is, or that it comes after.
        title: Its title.
        place: What the explorer opens, by the names of its options; `base` is a base under the cursor.
        ask: The question.
        close: The sentence that answers it.
        minutes: About how long it takes.
        cover: The tracks that are covered before the answer; `conv here` is what stands over a cell.
        cover_cell: That cell; None is the one that is opened.
        told: What is opened with the answer; nothing where the place stays.
        choices: The answers to choose from; none where a number is typed.
        answer: Which of them is right, from 1, or the number.
        table: What stands in numbers under the question: `pool window`, whose activations come with the answer, or
            `one-hot rows` of the first cell's bases, whose maximum comes with it; nothing for no table.
        hint: What helps to find the number.
        quiz: Which question of a quiz it is, or nothing.
        proof: What stands on the explorer's screen at the place.
        proof_told: What stands there with the answer.
    """

    step: int
    title: str
    place: Mapping[str, Any]
    ask: str
    close: str
    minutes: float
    cover: tuple[str, ...]
    cover_cell: int | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    answer: int = 0
    table: str = ""
    hint: str = ""
    quiz: str = ""
    proof: tuple[str, ...] = ()
    proof_told: tuple[str, ...] = ()

    def request(self, *, told: bool = False) -> OpenRequest:
        """Return what is opened, before the answer or with it."""
        given = dict(self.told if told and self.told else self.place)
        given.pop("base", None)
        given |= {name: tuple(given.pop(name, ())) for name in ("settings", "edits")}
        return replace(OpenRequest(), **{"sequences": "@lesson", "model": "seed", **given})

    @property
    def base(self) -> int | None:
        """The base to stand on, or None."""
        base: int | None = self.place.get("base")
        return base

    @property
    def covered_cell(self) -> int:
        """The cell over which something is covered."""
        return int(self.place.get("cell", 0)) if self.cover_cell is None else self.cover_cell


@cache
def lesson_pages() -> tuple[Page, ...]:
    """Return all pages, in order."""
    text = files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    return tuple(_page(given) for given in tomllib.loads(text)["page"])


def _page(given: dict[str, Any]) -> Page:
    number = given.pop("number", None)
    lists = {name: tuple(given.pop(name, ())) for name in ("cover", "choices", "proof", "proof_told")}
    return Page(**{**given, **lists, "answer": given.get("answer", number)})


def page_of_step(step: int) -> int:
    """Return which page a step is.

    Args:
        step: The step, from 1.

    Raises:
        NotFoundError: There is no such step.
    """
    for at, page in enumerate(lesson_pages()):
        if page.step == step and not page.quiz:
            return at
    raise NotFoundError(f"there is no step {step} of the lesson", remedy=f"its steps are 1 to {STEPS}")
