"""Choose the VCF file whose variants are listed."""

from __future__ import annotations

from ...opening.folders import VARIANT_NAME, Entry
from .open_file import OpenFile

__all__ = ["OpenVariants"]


class OpenVariants(OpenFile[str]):
    """Walks through folders; the result is the path of a file."""

    heading = "Variants of a VCF file"
    wanted = VARIANT_NAME
    noun = "VCF file"
    lacking = "no VCF file here"

    def chosen(self, text: str) -> None:
        """Close with it."""
        self.dismiss(text)

    def bundled(self, text: str, typed: str) -> list[Entry]:
        """Return nothing: no variants come along."""
        return []
