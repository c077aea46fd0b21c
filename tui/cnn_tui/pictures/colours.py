"""Colours: three themes and those of Textual, two even ramps, four bases. Every ramp is even in OKLab lightness.

Three meanings never share a hue: positive values run to cyan, negative ones to violet, and the bases are green,
blue, amber and red. Where a terminal has no colour to give, a ramp of glyphs carries the heat maps instead.

The bases differ in lightness as well, so that they stay apart for eyes that see no red or no green. With high contrast
all words and letters have 7 to 1. A theme of Textual gives its ground and the colour of its words; ours stand on it,
moved away from it until they can be read.

Source of OKLab: Björn Ottosson, A perceptual color space for image processing (2020). Source of the contrast of
words: W3C, Web Content Accessibility Guidelines 2.2, success criteria 1.4.3 and 1.4.6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.style import Style
from textual.app import App
from textual.theme import BUILTIN_THEMES, Theme

__all__ = [
    "FOREIGN_THEMES",
    "GLYPHS",
    "LEVELS",
    "PALETTES",
    "SIGNED_GLYPHS",
    "Palette",
    "palette_of",
    "style",
]

LEVELS: Final = 31
"""Steps of a ramp on either side of zero."""
_GLYPH_RAMP: Final = " ·░▒▓█"
"""From nothing to the most."""
GLYPHS: Final = "−" * (LEVELS - 1) + "".join(
    _GLYPH_RAMP[-(-level * (len(_GLYPH_RAMP) - 1) // (LEVELS - 1))] for level in range(LEVELS)
)
"""A glyph for each colour of `Palette.ramp`, for terminals without colour."""
_BELOW, _ABOVE, _FAINT = "−=≡", "░▒▓█", 2
SIGNED_GLYPHS: Final = "".join(
    " "
    if abs(level) <= _FAINT
    else (_BELOW if level < 0 else _ABOVE)[
        (abs(level) - _FAINT - 1) * len(_BELOW if level < 0 else _ABOVE) // (LEVELS - 1 - _FAINT)
    ]
    for level in range(1 - LEVELS, LEVELS)
)
"""The same where what is below 0 counts as much as what is above: the faintest of either is blank."""

_READABLE: Final = 4.5
"""The least contrast of words with what is behind them."""
_LESSER: Final = 3.0
"""The same of what is less important, or large."""
_DIMMED: Final = 0.77
"""How much of a colour is left where it is dimmed."""
_PALE: Final = 0.4
"""The same where a whole area of it is pale."""
_PANEL, _WINDOW, _DIM = 0.06, 0.13, 0.62
"""How much of the colour of words is in a panel, behind a window, and in lesser words, in a foreign theme."""
_GOLDEN_ANGLE: Final = 2.399963
_TINT_AWAY, _TINT_CHROMA = 0.24, 0.05
"""How far a tint lies from the ground in lightness, and from grey."""
_MOVED: Final = 0.01
"""Steps of lightness in which a colour is moved away from a ground on which it cannot be read."""
_MOST_MOVES: Final = 100
_LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722])
_TO_LMS: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _linear(colour: str) -> NDArray[np.float64]:
    channels = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _lab(colour: str) -> NDArray[np.float64]:
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ _linear(colour)))


def _hex(lab: NDArray[np.float64]) -> str:
    linear = np.linalg.inv(_TO_LMS) @ (np.linalg.inv(_TO_LAB) @ lab) ** 3
    linear = np.clip(linear, 0, 1)
    channels = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(channel) * 255):02x}" for channel in channels)


@lru_cache(maxsize=256)
def _mixed(colour: str, ground: str, share: float = _DIMMED) -> str:
    return _hex(share * _lab(colour) + (1 - share) * _lab(ground))


@lru_cache(maxsize=1024)
def _tint(ground: str, number: int) -> str:
    angle, lightness = number * _GOLDEN_ANGLE, _lab(ground)[0]
    away = lightness + _TINT_AWAY * (1 if lightness < 0.5 else -1)
    return _hex(np.array([away, _TINT_CHROMA * np.cos(angle), _TINT_CHROMA * np.sin(angle)]))


@lru_cache(maxsize=1024)
def _contrast(colour: str, other: str) -> float:
    darker, lighter = sorted(float(_LUMINANCE @ _linear(each)) for each in (colour, other))
    return (lighter + 0.05) / (darker + 0.05)


def _readable(colours: tuple[str, ...], ground: str, least: float) -> tuple[str, ...]:
    """Return colours, moved away from the ground as far as it takes for all to be read: together they stay apart."""
    away = np.array([_MOVED if _lab(ground)[0] < 0.5 else -_MOVED, 0, 0])
    for _ in range(_MOST_MOVES):
        if min(_contrast(colour, ground) for colour in colours) >= least:
            break
        colours = tuple(_hex(_lab(colour) + away) for colour in colours)
    return colours


def _ramp(*anchors: str) -> tuple[str, ...]:
    """Return `LEVELS` colours through the anchors, spaced evenly in lightness."""
    points = np.array([_lab(anchor) for anchor in anchors])
    lightness = points[:, 0]
    steps = np.linspace(lightness[0], lightness[-1], LEVELS)
    order = np.argsort(lightness)
    return tuple(
        _hex(np.array([np.interp(step, lightness[order], points[order, axis]) for axis in range(3)]))
        for step in steps
    )


@dataclass(frozen=True, eq=False)
class Palette:
    """The colours of one theme.

    Attributes:
        name: The theme's name.
        ground: The colour behind everything.
        panel: The colour behind panels.
        window: The colour behind what the shown window reads.
        text: The colour of words.
        dim: The colour of what is less important.
        accent: The colour of the cursor.
        selected: The colour of what a pool selected.
        above: The colours that the ramp of positive values runs through, from the ground to the most.
        below: Those of negative values.
        bases: The colours of A, C, G, T.
        ambiguous: The colour of any other letter.
    """

    name: str
    ground: str
    panel: str
    window: str
    text: str
    dim: str
    accent: str
    selected: str
    above: tuple[str, str, str]
    below: tuple[str, str, str]
    bases: tuple[str, str, str, str]
    ambiguous: str

    @cached_property
    def positive(self) -> tuple[str, ...]:
        """The ramp of positive values, from nothing to the most."""
        return _ramp(self.ground, *self.above)

    @cached_property
    def negative(self) -> tuple[str, ...]:
        """The ramp of negative values, from nothing to the most."""
        return _ramp(self.ground, *self.below)

    @property
    def up(self) -> str:
        """The colour of what pushes up, or stands above 0."""
        return self.positive[-6]

    @property
    def down(self) -> str:
        """The colour of what pushes down, or hangs below 0."""
        return self.negative[-10]

    @cached_property
    def ramp(self) -> tuple[str, ...]:
        """From the most negative to the most positive, 2 × `LEVELS` − 1 colours, nothing in the middle."""
        return (*reversed(self.negative[1:]), *self.positive)

    def level(self, values: NDArray[np.float32], lowest: float, highest: float) -> NDArray[np.int16]:
        """Return where values lie on `ramp`.

        Args:
            values: Any shape.
            lowest: The value of the negative end, 0 or below.
            highest: The value of the positive end, 0 or above.

        Returns:
            Indices of `ramp`, of the values' shape.
        """
        top = LEVELS - 1
        # The share comes first: its product with the steps cannot overflow, however small the scale.
        share = np.abs(values) / np.where(values > 0, np.float32(highest or 1), np.float32(-lowest or 1))
        # What is not zero is never drawn as zero.
        steps = np.where(values == 0, 0, np.clip(np.ceil(share * top), 1, top))
        return (np.where(values < 0, -steps, steps) + top).astype(np.int16)

    def ink(self, colour: str) -> str:
        """Return the colour of words on a colour, such as that of a number in a box: they can always be read."""
        for ink in (self.text, self.ground):
            if _contrast(ink, colour) >= _READABLE:
                return ink
        return max("#000000", "#ffffff", key=lambda ink: _contrast(ink, colour))

    def dimmed(self, colour: str) -> str:
        """Return a colour nearer to the ground, such as that of a soft-masked letter."""
        return _mixed(colour, self.ground)

    def tint(self, number: int) -> str:
        """Return a pale colour of its own for a number, of which neighbours are far apart: it tells boxes apart."""
        return _tint(self.ground, number)

    def pale(self, colour: str) -> str:
        """Return a colour much nearer to the ground, such as that of a logo's letters where sites are few."""
        return _mixed(colour, self.ground, _PALE)

    @cached_property
    def theme(self) -> Theme:
        """The Textual theme that goes with it."""
        return Theme(
            name=self.name,
            primary=self.accent,
            secondary=self.positive[-8],
            accent=self.accent,
            warning=self.bases[2],
            error=self.bases[3],
            success=self.bases[0],
            foreground=self.text,
            background=self.ground,
            surface=self.ground,
            panel=self.panel,
            dark=bool(_lab(self.ground)[0] < 0.5),
        )


_DARK: Final = Palette(
    name="dark",
    ground="#11151c",
    panel="#1a202a",
    window="#2b3442",
    text="#dde3ea",
    dim="#7d8a99",
    accent="#ffffff",
    selected="#ffffff",
    above=("#14474f", "#1f9a98", "#a6f4e9"),
    below=("#43276b", "#8a55cc", "#dcc4ff"),
    bases=("#99d185", "#6f9bff", "#f6b017", "#f17079"),
    ambiguous="#a9b2bd",
)
_LIGHT: Final = Palette(
    name="light",
    ground="#fbfbf9",
    panel="#eeefec",
    window="#dde3e6",
    text="#1d242c",
    dim="#6a7480",
    accent="#000000",
    selected="#000000",
    above=("#9fdcd6", "#12908f", "#063b40"),
    below=("#d7c0f5", "#8149c4", "#35124f"),
    bases=("#205d00", "#2a5fd0", "#a36500", "#ac3c4e"),
    ambiguous="#5d6772",
)

_HIGH_CONTRAST: Final = Palette(
    name="high-contrast",
    ground="#0a0c0f",
    panel="#10141a",
    window="#18212b",
    text="#ffffff",
    dim="#b9c4cf",
    accent="#ffffff",
    selected="#ffffff",
    above=("#164246", "#0e9d8f", "#acedc7"),
    below=("#543194", "#bb8fee", "#ebe8ff"),
    bases=("#bef793", "#76b1f6", "#fbbd07", "#ff9692"),
    ambiguous="#cfd6dd",
)

PALETTES: Final = {palette.name: palette for palette in (_DARK, _LIGHT, _HIGH_CONTRAST)}
"""Every palette of ours by its name, in the order in which the key goes through them."""
FOREIGN_THEMES: Final = tuple(name for name in BUILTIN_THEMES if not name.startswith("ansi"))
"""Textual's own themes; those that leave every colour to the terminal say nothing that could be drawn with."""


def palette_of(app: App[object]) -> Palette:
    """Return the palette of an app's theme: of a foreign theme, ours on its ground."""
    return PALETTES.get(app.theme) or _foreign(app.theme) or (_DARK if app.current_theme.dark else _LIGHT)


@lru_cache(maxsize=64)
def _foreign(name: str) -> Palette | None:
    """Return the palette of a theme of Textual, or None where it has no such theme, or one without colours."""
    if name not in FOREIGN_THEMES:
        return None
    theme = BUILTIN_THEMES[name]
    ours, colours = _DARK if theme.dark else _LIGHT, theme.to_color_system().generate()
    ground, words = colours["background"].lower(), colours["foreground"]
    window = _mixed(words, ground, _WINDOW)

    def moved(*colours: str, least: float = _READABLE) -> tuple[str, ...]:
        return _readable(_readable(colours, ground, least), window, _LESSER)

    (text,) = _readable((words,), window, _READABLE)
    a, c, g, t, ambiguous = moved(*ours.bases, ours.ambiguous)
    return replace(
        ours,
        name=name,
        ground=ground,
        panel=_mixed(words, ground, _PANEL),
        window=window,
        text=text,
        dim=moved(_mixed(text, ground, _DIM), least=_LESSER)[0],
        bases=(a, c, g, t),
        ambiguous=ambiguous,
    )


@lru_cache(maxsize=4096)
def style(
    colour: str | None = None, ground: str | None = None, *, bold: bool = False, underline: bool = False
) -> Style:
    """Return a style of a colour on a ground."""
    return Style(
        color=Color.parse(colour) if colour else None,
        bgcolor=Color.parse(ground) if ground else None,
        bold=bold or None,
        underline=underline or None,
    )
