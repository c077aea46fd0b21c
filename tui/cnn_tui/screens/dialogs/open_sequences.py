"""Choose a FASTA file or one of the samples."""

from __future__ import annotations

from typing import Final

from cnn_samples import SAMPLES

from ...opening.folders import SEQUENCE_NAME, Entry, Kind
from .open_file import OpenFile, Refused

__all__ = ["OpenSequences"]

_SAMPLES: Final = tuple(Entry(f"@{name}", Kind.BUNDLED, f"— {words}") for name, words in SAMPLES.items())


class OpenSequences(OpenFile[str]):
    """Walks through folders; the result is a file's path, or `@` and the name of a sample.

    Args:
        present: What is open: a path, `@` and the name of a sample, `-`, or None. The dialog begins in its folder.
        refused: What was chosen before, and why it could not be opened.
    """

    heading = "Open sequences"
    hints = (*OpenFile.hints, ("@", "samples", "samples"))
    placeholder = "a path, or @ for the samples"
    wanted = SEQUENCE_NAME
    noun = "sequence file"
    lacking = "no sequence file here, @ shows the samples"
    otherwise = "choose one of the list, or @ for a sample"

    def __init__(self, present: str | None = None, refused: Refused | None = None) -> None:
        named = present is not None and present != "-" and not present.startswith("@")
        super().__init__(present if named else None, refused)

    def chosen(self, text: str) -> None:
        """Close with it."""
        self.dismiss(text)

    def bundled(self, text: str, typed: str) -> list[Entry]:
        """Return the samples that fit, if samples are asked for or nothing is."""
        asked = typed.startswith("@") or not text.strip()
        return [sample for sample in _SAMPLES if asked and sample.plain.startswith(typed.casefold())]

    def bundled_like(self, typed: str) -> str:
        """Return which sample is meant, where the @ is missing."""
        sample = typed.casefold().removesuffix(".fa")
        return f"the sample of that name is @{sample}" if sample in SAMPLES else ""

    def action_samples(self) -> None:
        """Show the samples."""
        self.type_text("@")
