"""Small readings, and tracks that draw without an app."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import numpy as np
from rich.style import Style
from small_models import Letters, random_letters
from textual.geometry import Size
from textual.strip import Strip

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Array, AveragePooling1D, Conv1D, Input, MaxPooling1D, Pooling1D
from cnn_core.letters.alphabet import Ambiguity
from cnn_core.network.model import Model
from cnn_core.presets import preset
from cnn_tui.pictures.block_picture import Picture
from cnn_tui.pictures.colours import PALETTES
from cnn_tui.view.track_sizes import GUTTER, MARGIN
from cnn_tui.view.view_state import ZOOMS, Axes, ViewState
from cnn_tui.widgets.track import Track

SomeTrack = TypeVar("SomeTrack", bound=Track)


def random_kernel(size: int, filters: int = 3, seed: int = 0) -> Array:
    return np.random.RandomState(seed).randn(size, 4, filters).astype(np.float32)


def finds(*words: str) -> Array:
    """One filter a word, which adds 1 for each of its letters in place."""
    kernel = np.zeros((max(map(len, words)), 4, len(words)), dtype=np.float32)
    for index, word in enumerate(words):
        for tap, letter in enumerate(word):
            kernel[tap, "ACGT".index(letter), index] = 1
    return kernel


def reading(
    letters: str,
    conv: Conv1D,
    pool: Pooling1D | None = None,
    *,
    ambiguity: Ambiguity = Ambiguity.ZERO,
    length: int | None = None,
) -> Reading:
    """Return a reading of a model of nothing but a block."""
    layers = [("letters", Input(length)), ("conv", conv), ("pool", pool or MaxPooling1D(4))]
    return Reading.of(Model.sequential("small", layers), Letters(letters), ambiguity=ambiguity).into()


def motifs(letters: str | None = None) -> Reading:
    return Reading.of(preset("motifs"), Letters(letters or random_letters(500, seed=1))).into()


def seed() -> Reading:
    return Reading.of(preset("seed"), Letters(random_letters(500, seed=2))).into()


def view_of(read: Reading, *, columns: int = 64, zoom: int = 1, **state: object) -> ViewState:
    """Return the view of a reading at a zoom, in columns a base or, below 0, bases a column."""
    view = ViewState(Axes.of(read.run), columns=columns, zoom=ZOOMS.index(zoom))
    return replace(view, **state).settled()


def picture_of(read: Reading, *, columns: int = 64, zoom: int = 1, **state: object) -> Picture:
    return Picture.of(read, view_of(read, columns=columns, zoom=zoom, **state))


def track(
    kind: type[SomeTrack], picture: Picture, *, height: int = 1, theme: str = "dark", monochrome: bool = False
) -> SomeTrack:
    """Return a track of a height that shows a picture and has no app around it."""
    alone = _alone(kind)
    widget = alone.__new__(alone)
    widget.around = {
        "app": SimpleNamespace(theme=theme, current_theme=PALETTES[theme].theme, monochrome=monochrome),
        "size": Size(GUTTER + picture.view.columns + MARGIN, height),
    }
    widget.__init__()
    widget.set_reactive(kind.picture, picture)
    return cast(SomeTrack, widget)


@cache
def _alone(kind: type[Track]) -> Any:
    """Return the class of tracks that look for nothing around them but in what they are given."""
    given = {name: property(lambda self, name=name: self.around[name]) for name in ("app", "size")}
    return type(kind.__name__, (kind,), given)


def looks(strip: Strip) -> list[Style]:
    """Return the style of every column of a line whose characters are one column wide."""
    return [segment.style or Style() for segment in strip for _ in segment.text]


def colour(look: Style) -> str:
    return "" if look.color is None else look.color.name


def ground(look: Style) -> str:
    return "" if look.bgcolor is None else look.bgcolor.name


def line(widget: Track, y: int = 0) -> str:
    """Return the characters of a line, without the gutter and the margin."""
    assert widget.picture is not None
    return widget.line(y, widget.picture).text


def line_looks(widget: Track, y: int = 0) -> list[Style]:
    assert widget.picture is not None
    return looks(widget.line(y, widget.picture))


def plain(letters: str, *, pool: int = 8, **settings: object) -> Reading:
    """Return a reading of three random filters of width 7."""
    return reading(letters, Conv1D(random_kernel(7), **settings), MaxPooling1D(pool))


def finds_a(letters: str, pool: MaxPooling1D | None = None) -> Reading:
    """Return a reading whose one filter gives 1 for an A and 0 for any other letter."""
    return reading(letters, Conv1D(finds("A"), activation="relu"), pool or MaxPooling1D(8))


def columns_with(glyph: str, text: str) -> list[int]:
    return [column for column, each in enumerate(text) if each == glyph]


LETTERS = random_letters(180, seed=3)
"""The record of every small reading."""
READINGS = {
    "plain": reading(LETTERS, Conv1D(random_kernel(7)), MaxPooling1D(8)),
    "strides": reading(LETTERS, Conv1D(random_kernel(7), stride=2), MaxPooling1D(4)),
    "padded": reading(LETTERS, Conv1D(random_kernel(8), padding="same")),
    "both padded": reading(LETTERS, Conv1D(random_kernel(8), padding="same"), MaxPooling1D(8, padding="same")),
    "causal, dilated": reading(
        LETTERS, Conv1D(random_kernel(4), padding="causal", dilation=3, activation="relu"), MaxPooling1D(5)
    ),
    "overlap": reading(LETTERS, Conv1D(random_kernel(7)), MaxPooling1D(8, 3)),
    "gaps": reading(LETTERS, Conv1D(random_kernel(7), activation="relu"), MaxPooling1D(3, 8)),
    "average": reading(LETTERS, Conv1D(random_kernel(7)), AveragePooling1D(6)),
    "motifs": motifs(),
    "seed": seed(),
}
"""Blocks of every kind."""
