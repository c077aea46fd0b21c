"""Choose a FASTA file, a saved view, one of the samples, or what was looked at last."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from cnn_samples import SAMPLES

from ... import view_file
from ...opening.folders import SEQUENCE_NAME, Entry, Kind
from .open_file import OpenFile, Refused

__all__ = ["OpenSequences"]

_SAMPLES: Final = tuple(Entry(f"@{name}", Kind.BUNDLED, f"— {words}") for name, words in SAMPLES.items())


class OpenSequences(OpenFile[str]):
    """Walks through folders; the result is the path of a file, or `@` and the name of a sample.

    Args:
        present: What is open: a path, `@` and the name of a sample, `-`, or None. The dialog begins in its folder.
        refused: What was chosen before, and why it could not be opened.
    """

    heading = "Open sequences"
    hints = (*OpenFile.hints, ("@", "samples, recent views", "samples"))
    placeholder = "a path, or @ for the samples and recent views"
    wanted = SEQUENCE_NAME
    noun = "sequence file"
    lacking = "no sequence file here, @ shows the samples"
    otherwise = "choose one of the list, or @ for a sample"

    def __init__(self, present: str | None = None, refused: Refused | None = None) -> None:
        named = present is not None and present != "-" and not present.startswith("@")
        super().__init__(present if named else None, refused)

    @cached_property
    def _recent(self) -> dict[str, view_file.RecentView]:
        """What was looked at last, by the names that stand for it; nothing where a browser is kept to a folder."""
        recent = () if self.within is not None else view_file.recent_views()
        return {f"@{nth}": each for nth, each in enumerate(recent, start=1)}

    @cached_property
    def _bundled(self) -> tuple[Entry, ...]:
        recent = (Entry(name, Kind.BUNDLED, f"— {each.words}") for name, each in self._recent.items())
        return (*_SAMPLES, *recent)

    def chosen(self, text: str) -> None:
        """Close with it; of a recent view, with its file."""
        recent = self._recent.get(text)
        self.dismiss(text if recent is None else str(recent.path))

    def bundled(self, text: str, typed: str) -> list[Entry]:
        """Return the samples and recent views that fit, if they are asked for or nothing is."""
        asked = typed.startswith("@") or not text.strip()
        return [each for each in self._bundled if asked and each.plain.startswith(typed.casefold())]

    def bundled_like(self, typed: str) -> str:
        """Return which sample is meant, where the @ is missing."""
        sample = typed.casefold().removesuffix(".fa")
        return f"the sample of that name is @{sample}" if sample in SAMPLES else ""

    def action_samples(self) -> None:
        """Show the samples and recent views."""
        self.type_text("@")
