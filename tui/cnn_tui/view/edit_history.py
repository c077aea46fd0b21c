"""What was edited, in order, and how far it has been undone: pure, and the same for all that can be edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnn_core.letters.edits import Edit
    from cnn_core.network.weight_edits import FilterEdit

__all__ = ["EditHistory", "EditStep", "Overlay"]


@dataclass(frozen=True, slots=True)
class Overlay:
    """All edits that are laid over what is read.

    Attributes:
        letters: Those of the record's letters, in order.
        weights: Those of the model's weights, in order.
    """

    letters: tuple[Edit, ...] = ()
    weights: tuple[FilterEdit, ...] = ()


@dataclass(frozen=True, slots=True)
class EditStep:
    """One edit: what was laid over before it and after it.

    Attributes:
        before: What was laid over.
        after: What is laid over with it.
        stood: The position of the record, with the edits before, at which the cursor stood; None for no place.
        typed: Whether it is a typed letter, which Backspace takes back.
    """

    before: Overlay
    after: Overlay
    stood: int | None = None
    typed: bool = False


@dataclass(frozen=True, slots=True)
class EditHistory:
    """The steps that were made, the last of which may have been undone.

    Attributes:
        first: What was laid over before any step.
        steps: The steps, in order.
        count: How many of them are in force.
    """

    first: Overlay = Overlay()
    steps: tuple[EditStep, ...] = ()
    count: int = 0

    @property
    def now(self) -> Overlay:
        """What is laid over."""
        return self.steps[self.count - 1].after if self.count else self.first

    @property
    def last(self) -> EditStep | None:
        """The step that would be undone, or None."""
        return self.steps[self.count - 1] if self.count else None

    @property
    def following(self) -> EditStep | None:
        """The step that would be done again, or None."""
        return self.steps[self.count] if self.count < len(self.steps) else None

    def done(self, after: Overlay, stood: int | None = None, *, typed: bool = False) -> EditHistory:
        """Return the history with another step; what had been undone is forgotten."""
        steps = (*self.steps[: self.count], EditStep(self.now, after, stood, typed))
        return replace(self, steps=steps, count=len(steps))

    def undone(self) -> EditHistory:
        """Return the history with its last step undone, if there is one."""
        return replace(self, count=max(0, self.count - 1))

    def redone(self) -> EditHistory:
        """Return the history with the step that was undone last done again, if there is one."""
        return replace(self, count=min(len(self.steps), self.count + 1))

    def at(self, overlay: Overlay) -> EditHistory:
        """Return the history as it was when an overlay was in force last, or one with a step to it."""
        found = self
        while found.now != overlay:
            if not found.count:
                return self.done(overlay)
            found = found.undone()
        return found
