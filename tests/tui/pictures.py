"""Pictures of the screen for snapshots: the same on every machine, and no larger than they need to be."""

from __future__ import annotations

import re

from explorers import Shown
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

_FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_CRISP = ' shape-rendering="crispEdges"'
_NAME = re.compile(r"terminal-\d+")


class Svg(SingleFileSnapshotExtension):
    """One SVG file a snapshot."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT


class Text(SingleFileSnapshotExtension):
    """One text file a snapshot."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


def svg_of(shown: Shown) -> str:
    """Return the screen as a picture that asks for nothing from the web.

    Textual names every line after a checksum of the whole; a plain name leaves what has not changed as it was.
    """
    svg = shown.app.export_screenshot(title="cnn-tui", simplify=True)
    svg = _NAME.sub("t", _FONT_FACE.sub("", svg))
    # Said once instead of in every rectangle, this makes a picture an eighth smaller.
    return svg.replace(_CRISP, "").replace("<style>", "<style>\n    rect { shape-rendering: crispEdges }", 1)


def text_of(shown: Shown) -> str:
    """Return the characters of the screen."""
    return shown.text + "\n"
