"""A view against its baseline: the same, changed, or not there yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnn_core.errors import CnnError, NotFoundError

from ..words.faults import os_sentence
from .comparing import Comparison, compare
from .recognising import check_replaceable, kept
from .taken import Snapshot
from .writing import check_view, write_view

__all__ = ["Checked", "check", "missing", "update"]


@dataclass(frozen=True, eq=False)
class Checked:
    """What became of a view.

    Attributes:
        path: Its baseline.
        comparison: What has changed.
        before: The baseline; None where there was none.
        after: The snapshot.
        written: Whether the baseline has been written anew.
    """

    path: Path
    comparison: Comparison
    before: bytes | None
    after: Snapshot
    written: bool = False

    @property
    def same(self) -> bool:
        """Whether the view is as its baseline says."""
        return self.comparison.same


def missing(path: Path, remedy: str = "add --update to make it") -> CnnError:
    """Return the error of a baseline that is not there.

    Args:
        path: The baseline.
        remedy: How to make it.
    """
    return NotFoundError("there is no such baseline", where=str(path), remedy=remedy)


def check(taken: Snapshot, path: Path) -> Checked:
    """Compare a view with its baseline.

    Args:
        taken: The view.
        path: The baseline; its name says the format.

    Raises:
        CnnError: There is no baseline, or it cannot be read.
    """
    before = kept(path)
    if before is None:
        raise missing(path)
    return Checked(path, compare(before, taken, path.suffix.lower()), before, taken)


def update(taken: Snapshot, path: Path) -> Checked:
    """Write a baseline where there is none, its folder too, or where the view is not as it says.

    Args:
        taken: The view.
        path: The baseline; its name says the format.

    Raises:
        CnnError: The baseline cannot be written, or what is there is no snapshot.
    """
    check_view(path, force=True, makes_folder=True)
    check_replaceable(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise os_sentence(error, where=str(path.parent)) from None
    before = kept(path)
    comparison = Comparison() if before is None else compare(before, taken, path.suffix.lower())
    written = before is None or not comparison.same
    if written:
        write_view(taken, path, force=True)
    return Checked(path, comparison, before, taken, written)
