"""Which files are ours and may be replaced, and which are not.

SVG, JSON, HTML and XML say what they are in their first lines, and PNG in a chunk of its own. A picture that was taken
before PNG did is known by its make: nothing but pixels, as large as whole cells, and its first cell in the ground of a
theme. Text has no room for a mark and is known by its form: a screen of lines that end in no blank, the title indented
by one, the layers under it. Other line ends, a byte order mark and a missing last line end, as editors and Git leave
them, change nothing; a merge conflict is a file of ours where one of its sides is.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from cnn_core.errors import CnnError

from ..rendering.png import MARK, chunks, pixels
from ..rendering.svg import CELL_HEIGHT, CELL_WIDTH
from ..rendering.text import COLOURS
from ..view.track_sizes import LARGEST, SMALLEST
from ..words.faults import os_sentence

__all__ = ["PAGE_TITLE", "SUITES", "check_replaceable", "is_ours", "kept", "plain_text", "sides"]

PAGE_TITLE: Final = "cnn-tui snapshot: what has changed"
"""What the page of `--diff` is called."""
SUITES: Final = 'testsuites name="cnn-tui snapshot"'
"""What a JUnit report begins with."""

_LARGEST_FILE: Final = 1 << 28
_SVG: Final = re.compile(r"<svg [^>]*>\n<title>cnn-tui</title>\n<desc>\n")
_LAYERS: Final = ("▸", "╭")
"""What stands in the line of the layers, or in the edge of a dialog over it."""
_NAMED_SO: Final = 3
_KEYS: Final = {"format", "screen", "size", "theme"}
_PLAIN_CHUNKS: Final = {b"IHDR", b"IDAT", b"IEND"}
_GROUNDS: Final = ((0x11, 0x15, 0x1C), (0xFB, 0xFB, 0xF9))
"""Of the themes in which pictures without the mark were taken."""
_OURS, _BASE, _THEIRS, _END = "<<<<<<<", "|||||||", "=======", ">>>>>>>"
_FOLLOWING: Final = {"": (_OURS,), _OURS: (_BASE, _THEIRS), _BASE: (_THEIRS,), _THEIRS: (_END,)}
"""What can end each part of a file that holds a merge conflict."""


def kept(path: Path) -> bytes | None:
    """Return what a file holds, or None where there is no such file.

    Args:
        path: The file.

    Raises:
        CnnError: It cannot be read, is not an ordinary file, or is larger than any snapshot.
    """
    try:
        if not path.exists():
            return None
        if not path.is_file():
            raise CnnError("this is no ordinary file", where=str(path), remedy="give the name of another")
        if path.stat().st_size > _LARGEST_FILE:
            raise CnnError("this is larger than any snapshot", where=str(path), remedy="give the name of another")
        return path.read_bytes()
    except OSError as error:
        raise os_sentence(error, where=str(path)) from None


def check_replaceable(path: Path) -> None:
    """Refuse to replace a file that we did not write; an empty file holds nothing that could be lost.

    Args:
        path: The file; its name says the format.

    Raises:
        CnnError: Another file is there, or it cannot be read.
    """
    content = kept(path)
    if content and not is_ours(content, path.suffix.lower()):
        raise CnnError(
            "this is no file that cnn-tui snapshot has written, and is not replaced",
            where=str(path),
            remedy="remove it, or choose another name",
        )


def is_ours(content: bytes, suffix: str) -> bool:
    """Tell whether a file was written by `cnn-tui snapshot`, or is a merge conflict of two such files.

    Args:
        content: The file.
        suffix: Its format: one of `SUFFIXES`, `.html`, `.htm` or `.xml`.
    """
    if suffix == ".png":
        return _is_our_png(content)
    text = plain_text(content)
    test = _TESTS[suffix]
    return test(text) or any(test(side) for side in sides(text))


def plain_text(content: bytes) -> str:
    """Return the text of a file as it was written: a line feed behind every line, and no byte order mark."""
    text = content.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    return text if not text or text.endswith("\n") else f"{text}\n"


def sides(text: str) -> tuple[str, ...]:
    """Return the two texts between which a merge conflict has left a file, or nothing where it holds none.

    Args:
        text: The file.
    """
    ours: list[str] = []
    theirs: list[str] = []
    part, found = "", False
    for line in text.splitlines(keepends=True):
        kind = line[:7]
        if kind in _FOLLOWING[part] and line[7:8] in (" ", "\n"):
            part = "" if kind == _END else kind
            found = found or kind == _END
            continue
        if part in ("", _OURS):
            ours.append(line)
        if part in ("", _THEIRS):
            theirs.append(line)
    return ("".join(ours), "".join(theirs)) if found and not part else ()


def _is_our_svg(text: str) -> bool:
    return _SVG.match(text) is not None and "\n</desc>\n" in text


def _is_our_text(text: str) -> bool:
    lines = text.split("\n")[:-1]
    title = lines[0] if lines else ""
    return (
        SMALLEST[1] <= len(lines) <= LARGEST[1]
        and "\ufffd" not in text
        and title[:1] == " " != title[1:2]
        and all(len(line) <= LARGEST[0] and line == line.rstrip() for line in lines)
        and any(mark in line for line in lines[1:_NAMED_SO] for mark in _LAYERS)
    )


def _is_our_ansi(text: str) -> bool:
    lines = text.split("\n")[:-1]
    if not all(COLOURS.match(line) and line.endswith("\x1b[0m") for line in lines):
        return False
    return _is_our_text("".join(f"{COLOURS.sub('', line).rstrip()}\n" for line in lines))


def _is_our_json(text: str) -> bool:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.keys() >= _KEYS and isinstance(found["size"], dict)


def _is_our_page(text: str) -> bool:
    return text.startswith("<!doctype html>\n") and f"<title>{PAGE_TITLE}</title>" in text


def _is_our_report(text: str) -> bool:
    return f"<{SUITES} " in text[:500]


_TESTS: Final = {
    ".svg": _is_our_svg,
    ".txt": _is_our_text,
    ".ansi": _is_our_ansi,
    ".json": _is_our_json,
    ".html": _is_our_page,
    ".htm": _is_our_page,
    ".xml": _is_our_report,
}


def _is_our_png(content: bytes) -> bool:
    kinds = [*chunks(content)]
    if (b"tEXt", MARK) in kinds:
        return True
    picture = pixels(content) if {kind for kind, _ in kinds} == _PLAIN_CHUNKS else None
    if picture is None or picture.shape[0] % CELL_HEIGHT or picture.shape[1] % CELL_WIDTH:
        return False
    colours = picture[:, :, :3]
    corner = colours[0, 0]
    # The title is indented by one, so that nothing stands in the first cell.
    return tuple(corner.tolist()) in _GROUNDS and bool((colours[:CELL_HEIGHT, :CELL_WIDTH] == corner).all())
