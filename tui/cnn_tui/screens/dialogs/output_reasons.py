"""Why the output is what it is, on one page: the parts of its sum, the largest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from rich.text import Text

from ...pictures.colours import palette_of
from ...words.output_reasons import explain_output_parts
from .page import Page
from .pairs import pairs

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.layers import Index

__all__ = ["OutputReasons"]


class OutputReasons(Page):
    """The output as an equation, then its parts.

    Args:
        reading: The model on the input, whose values are computed.
        unit: Which value of the first output; None is the first.
    """

    BINDINGS: ClassVar = [("W,q", "close", "Close")]
    heading = "Why this output?"
    closing = "W q Esc"

    def __init__(self, reading: Reading, unit: Index | None = None) -> None:
        super().__init__()
        self._equation, self._parts = explain_output_parts(reading, unit)

    def lay_out(self) -> None:
        """Write the page; its lines wrap."""
        palette = palette_of(self.app)
        note = "A part of the sum is no effect: it does not say what would happen without it."
        self.page.update(
            Group(
                Text(self._equation, style=f"bold {palette.text}"),
                Text(""),
                pairs(list(self._parts), palette),
                Text(""),
                Text(note, style=palette.dim),
            )
        )
