"""A snapshot: what stood on the screen and the values behind it, in any of its formats."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Final

from cnn_core.errors import CnnError

from ..output.whole_file import OutputFile
from ..rendering.picture import check_picture
from ..rendering.png import png_of
from ..rendering.screen_cells import Drawing
from ..rendering.svg import svg_of
from ..rendering.text import ansi_of, text_of
from .rounded_json import json_of, rounded

__all__ = ["SUFFIXES", "Snapshot", "check_view"]

SUFFIXES: Final = (".svg", ".txt", ".ansi", ".json", ".png")
"""The formats, by the ends of their files' names."""


@dataclass(frozen=True, eq=False, repr=False)
class Snapshot:
    """What the explorer showed at a moment; a notebook shows its picture.

    Attributes:
        drawing: What stood on the screen.
        values: The state and the values behind it; `json` is the same in writing.
    """

    drawing: Drawing
    values: Mapping[str, object]

    @cached_property
    def svg(self) -> str:
        """The screen as a picture that needs no web font."""
        return svg_of(self.drawing)

    @cached_property
    def text(self) -> str:
        """The characters of the screen, a line each."""
        return text_of(self.drawing)

    @cached_property
    def ansi(self) -> str:
        """The screen with the escape codes of its colours."""
        return ansi_of(self.drawing)

    @cached_property
    def json(self) -> str:
        """The state and the values, floats rounded to `cnn_tui.snapshot.rounded_json.DIGITS` significant digits."""
        return json_of(rounded(dict(self.values)))

    @cached_property
    def png(self) -> bytes:
        """The picture as PNG.

        Raises:
            CnnError: The extra `png` is not installed.
        """
        return png_of(self.svg)

    def in_format(self, suffix: str) -> bytes:
        """Return the bytes of a file.

        Args:
            suffix: One of `SUFFIXES`.

        Raises:
            CnnError: It is `.png`, and the extra is not installed.
        """
        if suffix == ".png":
            return self.png
        # Of the four, only the one that is wanted is made.
        text: str = getattr(self, {".svg": "svg", ".txt": "text", ".ansi": "ansi", ".json": "json"}[suffix])
        return text.encode()

    def save(self, path: str | PathLike[str], *, force: bool = True) -> None:
        """Write a file whose name says its format, whole or not at all.

        Args:
            path: The file.
            force: Whether a file that is there is replaced.

        Raises:
            CnnError: The name ends in none of `SUFFIXES`, or the file cannot be written.
        """
        check_view(Path(path), force=force)
        file = _file(Path(path), force=force)
        file.write(self.in_format(file.suffix))

    def __repr__(self) -> str:
        """Return one line: what it is, and its size."""
        return f"<picture of the explorer, {self.drawing.width} × {self.drawing.height} characters>"

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_png_(self) -> bytes | None:
        # Where nothing can draw it, a notebook has the other picture.
        with suppress(CnnError):
            return self.png
        return None


def check_view(path: Path, *, force: bool, makes_folder: bool = False) -> None:
    """Refuse a file that cannot or should not be written, before any work is done.

    Args:
        path: The file; its name ends in one of `SUFFIXES`.
        force: Whether a file that is there is replaced.
        makes_folder: Whether its folder need not be there yet.

    Raises:
        CnnError: The name says no format, the file cannot be written, or PNG needs an extra that is not there.
    """
    file = _file(path, force=force)
    file.check(makes_folder=makes_folder)
    check_picture(file.suffix)


def _file(path: Path, *, force: bool) -> OutputFile:
    return OutputFile(path, "view", SUFFIXES, force)
