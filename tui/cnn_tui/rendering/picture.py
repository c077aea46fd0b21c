"""A drawing as the bytes of a picture file."""

from __future__ import annotations

from typing import Final

from .png import check_png, png_of
from .screen_cells import Drawing
from .svg import svg_of
from .text import ansi_of, text_of

__all__ = ["PICTURE_SUFFIXES", "check_picture", "picture_bytes"]

PICTURE_SUFFIXES: Final = (".svg", ".png", ".txt", ".ansi")
"""How the names of pictures end: as vectors, as dots, the characters alone, and with the codes of their colours."""


def picture_bytes(drawing: Drawing, suffix: str) -> bytes:
    """Return a drawing as a file of a kind.

    Args:
        drawing: What stands on the screen.
        suffix: One of `PICTURE_SUFFIXES`.

    Raises:
        CnnError: It is `.png`, and the extra is not installed.
    """
    if suffix == ".png":
        return png_of(svg_of(drawing))
    made = {".svg": svg_of, ".txt": text_of, ".ansi": ansi_of}[suffix](drawing)
    return made.encode()


def check_picture(suffix: str) -> None:
    """Refuse a kind of picture that cannot be made here.

    Args:
        suffix: One of `PICTURE_SUFFIXES`, or anything else, which is let pass.

    Raises:
        CnnError: It is `.png`, and the extra is not installed.
    """
    if suffix == ".png":
        check_png()
