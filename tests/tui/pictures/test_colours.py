"""The colours: even, readable, and apart for eyes that see no red, no green or no blue.

Distances are Euclidean in OKLab (B. Ottosson, 2020), where about 0.02 is the least that is told apart side by
side. Colour blindness is simulated with the matrices for complete dichromacy (severity 1.0) of G. M. Machado,
M. M. Oliveira and L. A. F. Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency,
IEEE Transactions on Visualization and Computer Graphics 15(6):1291-1298 (2009), doi:10.1109/TVCG.2009.113, which
work on linear RGB. Contrast is that of the W3C's Web Content Accessibility Guidelines 2.2. All of it is computed
here anew, and not with what the palette uses itself.
"""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from textual.app import App

from cnn_tui.pictures.colours import FOREIGN_THEMES, GLYPHS, LEVELS, PALETTES, Palette, palette_of, style

TOP = LEVELS - 1
ANY = settings(deadline=None, print_blob=True)
EYES = {
    "all colours": np.eye(3),
    "no red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
BASES_APART = 0.07
ENDS_APART = 0.07
WORDS = 4.5
LESSER_WORDS = 3.0

Lab = NDArray[np.float64]


def linear(colour: str) -> Lab:
    channels = np.array([*bytes.fromhex(colour.removeprefix("#"))]) / 255
    return np.where(channels > 0.04045, ((channels + 0.055) / 1.055) ** 2.4, channels / 12.92)


def seen(colour: str, eyes: str = "all colours") -> Lab:
    """Return a colour in OKLab, as it is seen."""
    red, green, blue = np.clip(EYES[eyes] @ linear(colour), 0, 1)
    long = np.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = np.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = np.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return np.array(
        [
            0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
            1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
            0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
        ]
    )


def apart(one: str, other: str, eyes: str = "all colours") -> float:
    return float(np.linalg.norm(seen(one, eyes) - seen(other, eyes)))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(params=[*PALETTES])
def palette(request: pytest.FixtureRequest) -> Palette:
    return PALETTES[request.param]


class TestRamps:
    @pytest.fixture(params=["positive", "negative"])
    def ramp(self, palette: Palette, request: pytest.FixtureRequest) -> tuple[str, ...]:
        colours: tuple[str, ...] = getattr(palette, request.param)
        return colours

    def test_a_ramp_begins_at_the_ground(self, palette: Palette, ramp: tuple[str, ...]) -> None:
        assert ramp[0] == palette.ground
        assert len(ramp) == LEVELS

    def test_every_step_goes_the_same_way_in_lightness(self, ramp: tuple[str, ...]) -> None:
        steps = np.diff([seen(colour)[0] for colour in ramp])
        assert (steps > 0).all() or (steps < 0).all()

    def test_the_steps_are_even_in_lightness(self, ramp: tuple[str, ...]) -> None:
        steps = np.abs(np.diff([seen(colour)[0] for colour in ramp]))
        assert steps.max() / steps.min() < 1.4

    @pytest.mark.parametrize("eyes", EYES)
    def test_every_step_leads_further_from_the_ground(
        self, palette: Palette, ramp: tuple[str, ...], eyes: str
    ) -> None:
        away = [apart(colour, palette.ground, eyes) for colour in ramp]
        assert all(after > before for before, after in pairwise(away))

    def test_the_strongest_is_far_from_the_ground(self, palette: Palette, ramp: tuple[str, ...]) -> None:
        assert contrast(ramp[-1], palette.ground) > 7

    @pytest.mark.parametrize("eyes", EYES)
    def test_the_strongest_of_both_signs_stay_apart(self, palette: Palette, eyes: str) -> None:
        assert apart(palette.positive[-1], palette.negative[-1], eyes) >= ENDS_APART

    @pytest.mark.parametrize("eyes", EYES)
    def test_both_signs_stay_apart_from_a_quarter_up(self, palette: Palette, eyes: str) -> None:
        for level in range(LEVELS // 4, LEVELS):
            assert apart(palette.positive[level], palette.negative[level], eyes) >= 0.05

    def test_both_signs_in_one_run_from_the_most_negative_to_the_most_positive(self, palette: Palette) -> None:
        assert len(palette.ramp) == 2 * LEVELS - 1
        assert palette.ramp[0] == palette.negative[-1]
        assert palette.ramp[TOP] == palette.ground
        assert palette.ramp[-1] == palette.positive[-1]


class TestLevels:
    @staticmethod
    def level(value: float, lowest: float = -2.0, highest: float = 4.0) -> int:
        return int(PALETTES["dark"].level(np.array([value], dtype=np.float32), lowest, highest)[0])

    def test_zero_is_in_the_middle_and_the_extremes_are_at_the_ends(self) -> None:
        assert [self.level(value) for value in (-2, 0, 4)] == [0, TOP, 2 * TOP]

    def test_each_sign_has_its_own_scale(self) -> None:
        assert [self.level(value) for value in (-1, 2)] == [TOP // 2, TOP + TOP // 2]

    @given(
        st.floats(width=32, allow_nan=False, allow_infinity=False), st.floats(width=32, min_value=0, max_value=1e9)
    )
    @example(1e-45, 1e9)
    @example(1e-45, 1e-45)
    @ANY
    def test_what_is_not_zero_is_never_drawn_as_zero(self, value: float, further: float) -> None:
        lowest, highest = min(value, 0.0) * 1.0, max(value, 0.0) + further
        level = self.level(value, lowest, highest)
        assert (level == TOP) == (value == 0)
        assert (level > TOP) == (value > 0)
        assert 0 <= level <= 2 * TOP

    @given(st.lists(st.floats(-100, 100, width=32), min_size=2))
    @ANY
    def test_a_larger_value_never_has_a_lower_level(self, values: list[float]) -> None:
        ordered = np.array(sorted(values), dtype=np.float32)
        levels = PALETTES["dark"].level(ordered, float(min(ordered[0], 0)), float(max(ordered[-1], 0)))
        assert (np.diff(levels) >= 0).all()

    @pytest.mark.parametrize("value", [0.0, 1.0, -1.0])
    def test_a_scale_without_any_width_is_no_accident(self, value: float) -> None:
        assert np.sign(self.level(value, 0.0, 0.0) - TOP) == np.sign(value)

    def test_what_lies_beyond_the_scale_has_the_strongest_colour(self) -> None:
        assert [self.level(value) for value in (-50, 50)] == [0, 2 * TOP]

    def test_the_shape_is_kept(self) -> None:
        assert PALETTES["dark"].level(np.zeros((3, 4), dtype=np.float32), -1, 1).shape == (3, 4)


class TestBases:
    @pytest.mark.parametrize("eyes", EYES)
    def test_the_four_bases_stay_apart(self, palette: Palette, eyes: str) -> None:
        for one, other in combinations(palette.bases, 2):
            assert apart(one, other, eyes) >= BASES_APART

    def test_the_letters_can_be_read(self, palette: Palette) -> None:
        for colour in (*palette.bases, palette.ambiguous):
            assert contrast(colour, palette.ground) >= WORDS

    def test_the_letters_can_be_read_in_the_window(self, palette: Palette) -> None:
        for colour in (*palette.bases, palette.ambiguous):
            assert contrast(colour, palette.window) >= LESSER_WORDS

    def test_soft_masked_letters_are_dimmer_and_can_be_read(self, palette: Palette) -> None:
        for colour in (*palette.bases, palette.ambiguous):
            dimmed = palette.dimmed(colour)
            assert contrast(dimmed, palette.ground) >= LESSER_WORDS
            assert contrast(dimmed, palette.ground) < 0.8 * contrast(colour, palette.ground)
            assert apart(dimmed, colour) > 0.05

    def test_no_base_has_the_colour_of_a_sign(self, palette: Palette) -> None:
        for colour in palette.bases:
            assert min(apart(colour, each) for each in palette.ramp) > BASES_APART


class TestWords:
    @pytest.mark.parametrize("behind", ["ground", "panel", "window"])
    def test_text_can_be_read(self, palette: Palette, behind: str) -> None:
        assert contrast(palette.text, getattr(palette, behind)) >= WORDS

    @pytest.mark.parametrize("behind", ["ground", "panel", "window"])
    def test_what_is_less_important_can_be_read_too(self, palette: Palette, behind: str) -> None:
        assert contrast(palette.dim, getattr(palette, behind)) >= LESSER_WORDS

    def test_what_is_less_important_is_dimmer_than_text(self, palette: Palette) -> None:
        assert contrast(palette.dim, palette.ground) < contrast(palette.text, palette.ground)

    def test_a_number_on_any_colour_of_the_ramps_can_be_read(self, palette: Palette) -> None:
        for colour in palette.ramp:
            assert contrast(palette.ink(colour), colour) >= WORDS

    def test_on_the_ground_a_number_has_the_colour_of_text(self, palette: Palette) -> None:
        assert palette.ink(palette.ground) == palette.text

    @pytest.mark.parametrize("mark", ["selected", "accent"])
    def test_marks_stand_out(self, palette: Palette, mark: str) -> None:
        assert contrast(getattr(palette, mark), palette.ground) >= 7
        assert contrast(getattr(palette, mark), palette.window) >= 7

    def test_the_window_shows_on_the_ground(self, palette: Palette) -> None:
        assert apart(palette.window, palette.ground) > 0.05


class TestThemes:
    def test_every_palette_has_a_theme_of_its_name(self, palette: Palette) -> None:
        assert palette.theme.name == palette.name
        assert palette.theme.dark == (palette.name != "light")
        assert palette.theme.background == palette.ground

    def test_with_high_contrast_all_words_and_letters_have_seven_to_one(self) -> None:
        palette = PALETTES["high-contrast"]
        for behind in (palette.ground, palette.panel, palette.window):
            for colour in (
                palette.text,
                palette.dim,
                palette.accent,
                palette.selected,
                *palette.bases,
                palette.ambiguous,
            ):
                assert contrast(colour, behind) >= 7
        for colour in (palette.up, palette.down):
            assert contrast(colour, palette.ground) >= 7
        for colour in palette.bases:
            assert contrast(palette.dimmed(colour), palette.ground) >= WORDS

    def test_a_theme_of_textual_has_our_colours_on_its_ground(self, subtests: pytest.Subtests) -> None:
        app: App[None] = App()
        for name in FOREIGN_THEMES:
            with subtests.test(name):
                app.theme = name
                palette = palette_of(app)
                assert palette.name == name
                assert palette.ground == app.get_css_variables()["background"].lower()
                for behind in (palette.ground, palette.panel, palette.window):
                    assert contrast(palette.text, behind) >= WORDS
                    assert contrast(palette.dim, behind) >= LESSER_WORDS
                for colour in (*palette.bases, palette.ambiguous):
                    assert contrast(colour, palette.ground) >= WORDS
                    assert contrast(colour, palette.window) >= LESSER_WORDS
                for eyes in EYES:
                    for one, other in combinations(palette.bases, 2):
                        assert apart(one, other, eyes) >= 0.06
                for ramp in (palette.positive, palette.negative):
                    steps = np.abs(np.diff([seen(colour)[0] for colour in ramp]))
                    assert steps.max() / steps.min() < 1.4
                    assert contrast(ramp[-1], palette.ground) > 7
                assert min(contrast(palette.ink(colour), colour) for colour in palette.ramp) >= WORDS

    @pytest.mark.parametrize(("theme", "expected"), [("ansi-dark", "dark"), ("ansi-light", "light")])
    def test_a_theme_without_colours_has_the_palette_that_is_as_dark(self, theme: str, expected: str) -> None:
        app: App[None] = App()
        app.theme = theme
        assert palette_of(app).name == expected

    def test_the_glyphs_go_from_nothing_to_the_most(self) -> None:
        below, zero, above = GLYPHS[: LEVELS - 1], GLYPHS[LEVELS - 1], GLYPHS[LEVELS:]
        assert (zero, set(below)) == (" ", {"−"})
        assert list(dict.fromkeys(above)) == [*"·░▒▓█"]
        assert [*above] == sorted(above, key="·░▒▓█".index)
        assert len(GLYPHS) == len(PALETTES["dark"].ramp)

    def test_equal_looks_are_one_style(self) -> None:
        assert style("#ffffff", "#000000", bold=True) is style("#ffffff", "#000000", bold=True)
        assert style("#ffffff", bold=True) != style("#ffffff")
