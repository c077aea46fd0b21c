"""What must hold of the app whatever was done to it: its state, tracks and dialogs, and the words on its screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len
from textual.widget import Widget

from cnn_tui.app import CnnApp
from cnn_tui.screens.dialogs.dialog import Dialog
from cnn_tui.screens.explorer import Explorer
from cnn_tui.screens.network import Network
from cnn_tui.view.track_sizes import SMALLEST
from cnn_tui.widgets.lines import KeptLines
from cnn_tui.widgets.track import Track

__all__ = ["wrong"]

_FORBIDDEN: Final = re.compile(r"Traceback|\b[A-Z]\w*(?:Error|Exception)\b|<[\w.]+ object at 0x")
_CUT_NUMBER: Final = re.compile(r"(?<![\w\]])[−-]?\d[\d.,]*…(?! then|\d|▌)|(?<!\d)…[\d.,]*\d(?![\w\[(])")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def wrong(app: CnnApp, thorough: bool = True) -> Iterator[tuple[str, str]]:
    """Yield what does not hold of an app that has been painted: what kind of thing, and its particulars.

    Args:
        app: The app.
        thorough: Whether to look at every letter on the screen too.
    """
    width, height = app.size
    explorer, screen = app.screen_stack[0], app.screen
    room = width >= SMALLEST[0] and height >= SMALLEST[1]
    if isinstance(explorer, Explorer) and explorer.picture is not None:
        yield from _wrong_view(explorer, room)
    if isinstance(screen, Network):
        yield from _wrong_layer(screen)
    if room and isinstance(screen, Dialog):
        yield from _wrong_hint(screen)
    if not thorough:
        return
    lines = [strip.text for strip in screen._compositor.render_strips()]
    text = "\n".join(lines)
    ours = isinstance(screen, Dialog | Network | Explorer)
    if ours and not room and width >= 40 and "too small" not in text:
        yield "no too-small line", "nothing says that the screen is too small"
    for nth, line in enumerate(lines):
        if cell_len(line) != width:
            yield "line", f"line {nth} has {cell_len(line)} columns of {width}: {line!r}"
    if found := _FORBIDDEN.search(text):
        yield "forbidden words", repr(text[max(0, found.start() - 40) : found.end() + 40])
    if found := _CONTROL.search(text.replace("\n", "")):
        yield "control letters", repr(found.group())
    if room and (found := _CUT_NUMBER.search(text)):
        yield "cut number", repr(text[max(0, found.start() - 60) : found.end() + 30])
    yield from _cut_lines(screen, room)


def _wrong_view(explorer: Explorer, room: bool) -> Iterator[tuple[str, str]]:
    """Yield what does not hold of the view, and of the tracks that share it."""
    picture = explorer.picture
    assert picture is not None
    view, axes = picture.view, picture.view.axes
    for name, index, extent in (
        ("filter", view.filter, axes.filters),
        ("cell", view.cell, axes.cells),
        ("position", view.position, axes.positions),
        ("base", view.base, axes.length),
    ):
        if not 0 <= index < extent:
            yield "cursor", f"{name} {index} of {extent}"
    if view.settled().offset != view.offset:
        yield "offset", f"the tracks stand at {view.offset} and not at {view.settled().offset}"
    if len(view.count) > 9 or not (view.count or "0").isdecimal():
        yield "count", view.count
    app = explorer.app
    is_seen = explorer is app.screen or (app.screen.is_modal and explorer in app._background_screens)
    if room and is_seen and view.columns != explorer.columns:
        yield "columns", f"{view.columns} of {explorer.columns}"
    if picture.run.filters != axes.filters or picture.run.cells != axes.cells:
        yield "axes", "the view has other axes than the block"
    for track in explorer.query(Track):
        # What shows the whole record has a picture of its own.
        if type(track.picture) is type(picture) and track.picture is not picture:
            yield "tracks", f"{type(track).__name__} shows another picture"


def _wrong_layer(screen: Network) -> Iterator[tuple[str, str]]:
    view = screen.view
    if not 0 <= view.position < view.axis.positions:
        yield "cursor", f"position {view.position} of {view.axis.positions}"
    if not 0 <= view.channel < view.axis.channels:
        yield "cursor", f"channel {view.channel} of {view.axis.channels}"
    if view.settled().offset != view.offset:
        yield "offset", f"the tracks stand at {view.offset} and not at {view.settled().offset}"
    for track in screen.query(Track):
        if track.picture is not screen.picture:
            yield "tracks", f"{type(track).__name__} shows another picture"


def _wrong_hint(screen: Dialog[object]) -> Iterator[tuple[str, str]]:
    """Yield a line of keys that is not wholly seen."""
    if not screen.is_mounted or screen.size != screen.app.size or not screen.query("#hint"):
        return
    hint = screen.query_one("#hint")
    if not hint.region.area:
        yield "hint", f"{type(screen).__name__} has no line of keys"
        return
    place = screen._compositor.find_widget(hint)
    seen = place.region.intersection(place.clip).intersection(screen.region)
    if seen != place.region:
        yield "hint", f"{type(screen).__name__} shows {seen} of its line of keys {place.region}"


def _cut_lines(screen: Widget, room: bool) -> Iterator[tuple[str, str]]:
    """Yield lines that are cut within a number."""
    if not room:
        return
    for widget in screen.query(KeptLines):
        size = widget.content_size
        if not widget.region.area or not widget.display:
            continue
        if type(widget).render is Widget.render:
            lines = [widget.render_line(y).text for y in range(size.height)]
        else:
            lines = str(widget.render()).split("\n")[: size.height]
        for text in lines:
            if cell_len(text) > size.width:
                around = text[size.width - 1 : size.width + 1]
                if around and all(letter.isdigit() or letter in ".," for letter in around):
                    yield "cut number", f"{type(widget).__name__} cuts {text[: size.width + 20]!r} at {size.width}"
