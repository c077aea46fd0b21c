"""Pictures of the screen for snapshots: the same on every machine, and no larger than they need to be."""

from __future__ import annotations

from explorers import Shown
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from cnn_tui.pictures.colours import palette_of
from cnn_tui.rendering.screen_cells import Drawing
from cnn_tui.rendering.svg import svg_of as svg_of_drawing
from cnn_tui.rendering.text import text_of as text_of_drawing


class Svg(SingleFileSnapshotExtension):
    """One SVG file a snapshot."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT


class Text(SingleFileSnapshotExtension):
    """One text file a snapshot."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


def svg_of(shown: Shown) -> str:
    """Return the screen as a picture, as `cnn-tui snapshot` writes it."""
    return svg_of_drawing(_drawing(shown))


def text_of(shown: Shown) -> str:
    """Return the characters of the screen."""
    return text_of_drawing(_drawing(shown))


def _drawing(shown: Shown) -> Drawing:
    app = shown.app.screen.app
    palette = palette_of(app)
    return Drawing.of(app, palette.text, palette.ground)
