"""A picture in SVG as PNG, with a font that is bundled: the same on every machine; and PNG read, to compare pixels.

Source of the format: W3C, PNG, third edition.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import as_file, files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import CnnError

from .svg import CELL_HEIGHT

__all__ = ["MARK", "NO_PNG", "changed_lines", "check_png", "chunks", "pixels", "png_of"]

MARK: Final = b"Software\0cnn-tui snapshot"
"""What a picture of ours says of itself in a tEXt chunk."""

NO_PNG: Final = "the baseline is no PNG of cnn-tui"
"""What is said where the baseline cannot be read as a PNG file."""

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CHANNELS: Final = {0: 1, 2: 3, 4: 2, 6: 4}
_LARGEST: Final = 1 << 28
_AROUND: Final = 12
"""Bytes of a chunk beside what it holds: its length, its kind and its check."""
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


def changed_lines(before: bytes, after: bytes) -> list[int] | str:
    """Return the lines of the screen in which two pictures differ, or words where they cannot be laid over each other.

    Args:
        before: A PNG file.
        after: Another.
    """
    pictures = [pixels(data) for data in (before, after)]
    old, new = pictures
    if old is None or new is None:
        return NO_PNG
    if old.shape != new.shape:
        sizes = [f"{picture.shape[1]}×{picture.shape[0]}" for picture in (old, new)]
        return f"pixels of the picture: {sizes[0]} → {sizes[1]}"
    rows = np.flatnonzero((old != new).any(axis=(1, 2)))
    return sorted({int(row) // CELL_HEIGHT for row in rows})


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kinds of the chunks of a PNG file and what they hold, as far as they are whole.

    Args:
        data: The file.
    """
    place = len(_SIGNATURE)
    while data.startswith(_SIGNATURE) and place + _AROUND <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        if place + _AROUND + length > len(data):
            return
        yield data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        place += length + _AROUND


def pixels(data: bytes) -> NDArray[np.uint8] | None:
    """Return the pixels of a picture of 8 bits a channel without interlacing, or None of any other.

    Args:
        data: A PNG file.

    Returns:
        The values of lines, columns and channels.
    """
    header, packed = b"", []
    for kind, body in chunks(data):
        header = body if kind == b"IHDR" else header
        packed += [body] if kind == b"IDAT" else []
    try:
        width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
        channels = _CHANNELS.get(colour)
        if depth != 8 or interlaced or channels is None or not 0 < height * (width * channels + 1) <= _LARGEST:
            return None
        raw = zlib.decompressobj().decompress(b"".join(packed), _LARGEST)
    except (struct.error, zlib.error):
        return None
    if len(raw) != height * (width * channels + 1):
        return None
    return _unfiltered(raw, width, height, channels)


def _unfiltered(raw: bytes, width: int, height: int, channels: int) -> NDArray[np.uint8] | None:
    lines = np.frombuffer(raw, dtype=np.uint8).reshape(height, width * channels + 1)
    kinds = lines[:, 0]
    if kinds.max() > 4:
        return None
    # Which of left, up, their average and Paeth's choice each line is a difference from.
    by_kind = [np.repeat((kinds == kind)[:, None], channels, axis=1).astype(np.int16) for kind in range(1, 5)]
    found = lines[:, 1:].copy().reshape(height * width, channels)
    # Each pixel needs three before it, so that those of a diagonal, upwards to the right, are undone at once.
    # Of the two diagonals before, by line and with none above the first; what is outside counts as 0.
    last, before_last = np.zeros((2, height + 1, channels), dtype=np.int16)
    for diagonal in range(width + height - 1):
        top, bottom = max(0, diagonal - width + 1), min(height, diagonal + 1)
        here = slice(diagonal + top * (width - 1), diagonal + (bottom - 1) * (width - 1) + 1, max(1, width - 1))
        left, up, corner = last[top + 1 : bottom + 1], last[top:bottom], before_last[top:bottom]
        values = found[here].astype(np.int16)
        for mask, guess in zip(by_kind, (left, up, (left + up) >> 1, _paeth(left, up, corner)), strict=True):
            values += mask[top:bottom] * guess
        values &= 255
        before_last[top + 1 : bottom + 1] = values
        last, before_last = before_last, last
        found[here] = values
    return found.reshape(height, width, channels)


def _paeth(left: NDArray[np.int16], up: NDArray[np.int16], corner: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return which of the three is nearest to left + up - corner; the first of them where several are."""
    least, most, bound = np.minimum(left, up), np.maximum(left, up), 3 * corner - left - up
    found = corner.copy()
    np.copyto(found, most, where=bound <= least)
    np.copyto(found, least, where=bound >= most)
    return found
