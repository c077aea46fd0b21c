"""A picture in SVG as PNG, with a font that is bundled: the same on every machine."""

from __future__ import annotations

import struct
import zlib
from importlib import import_module
from importlib.resources import as_file, files
from typing import Final

from cnn_core.errors import CnnError

__all__ = ["MARK", "check_png", "png_of"]

MARK: Final = b"Software\0cnn-tui snapshot"
"""What a picture of ours says of itself in a tEXt chunk."""

_FONTS: Final = ("cnn-tui-mono.ttf", "cnn-tui-mono-bold.ttf")
_HEADER: Final = 8 + 4 + 4 + 13 + 4
_FAMILY: Final = "cnn-tui Mono"


def check_png() -> None:
    """Refuse PNG where nothing can draw it.

    Raises:
        CnnError: The extra is not installed.
    """
    try:
        import_module("resvg_py")
    except ImportError:
        raise CnnError(
            "PNG needs the extra png", remedy="install it with pip install 'cnn-tui[png]', or take .svg"
        ) from None


def png_of(svg: str) -> bytes:
    """Return a picture as PNG, one pixel for one unit of the picture.

    Args:
        svg: What `svg_of` returned.

    Raises:
        CnnError: The extra is not installed.
    """
    check_png()
    draw = import_module("resvg_py").svg_to_bytes
    folder = files(__package__) / "fonts"
    with as_file(folder / _FONTS[0]) as regular, as_file(folder / _FONTS[1]) as bold:
        drawn = draw(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=[str(regular), str(bold)],
            font_family=_FAMILY,
            monospace_family=_FAMILY,
        )
    # The signature and the header, which is always the first chunk and as long, come before all others.
    return bytes(drawn[:_HEADER]) + _chunk(b"tEXt", MARK) + bytes(drawn[_HEADER:])


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
