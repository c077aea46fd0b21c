"""The filter card: the letters over the weights, one scale, and the pointer says the weight that is under it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from drawings import finds, motifs, picture_of, random_kernel, random_letters, reading
from rich.style import Style
from textual import on
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.pilot import Pilot
from textual.strip import Strip

from cnn_core.layers import Conv1D
from cnn_core.presets import preset
from cnn_tui.pictures.block_picture import Picture
from cnn_tui.pictures.colours import GLYPHS, PALETTES
from cnn_tui.widgets.filter_card import FilterCard
from cnn_tui.widgets.track import Track
from cnn_tui.words.numbers import number, signed


class Alone(App[None]):
    """The card by itself, and what its pointer says."""

    def __init__(self, picture: Picture, size: tuple[int, int], monochrome: bool = False) -> None:
        super().__init__()
        for palette in PALETTES.values():
            self.register_theme(palette.theme)
        self.theme = "dark"
        self.monochrome = monochrome
        self.card = FilterCard()
        self.card.styles.width, self.card.styles.height = size
        self.card.set_reactive(FilterCard.picture, picture)
        self.said: str | None = None

    def compose(self) -> ComposeResult:
        yield self.card

    @on(Track.Hovered)
    def keep(self, event: Track.Hovered) -> None:
        self.said = event.words


def lines(card: FilterCard) -> list[Strip]:
    return [card.render_line(y) for y in range(card.size.height)]


def numbers(card: FilterCard) -> set[str]:
    return {*re.findall(r"−?\d+\.\d+", " ".join(strip.text.rstrip() for strip in lines(card)))}


async def resized(pilot: Pilot[None], card: FilterCard, size: tuple[int, int]) -> None:
    card.styles.width, card.styles.height = size
    await pilot.pause()
    assert card.size == Size(*size)


def looks(strip: Strip) -> list[Style]:
    return [segment.style or Style() for segment in strip for _ in segment.text]


class TestCard:
    @pytest.mark.parametrize("monochrome", [False, True])
    async def test_every_line_is_as_wide_as_the_card(self, monochrome: bool, subtests: pytest.Subtests) -> None:
        app = Alone(picture_of(motifs(), cell=3), (80, 30), monochrome)
        async with app.run_test(size=(80, 30)) as pilot:
            for size in ((8, 3), (9, 9), (30, 6), (30, 7), (30, 8), (54, 13), (64, 20)):
                with subtests.test(size=size):
                    await resized(pilot, app.card, size)
                    assert {sum(each.cell_length for each in strip) for strip in lines(app.card)} == {size[0]}

    async def test_it_says_how_many_numbers_a_filter_is_and_which_letters_it_likes_best_and_least(self) -> None:
        picture = picture_of(motifs(), filter=1)
        app = Alone(picture, (54, 13))
        async with app.run_test(size=(80, 30)):
            words = [strip.text.strip() for strip in lines(app.card)]
        conv = picture.run.conv
        weights, bias = conv.full_kernel()[:, :, 1], float(conv.bias[1])
        best, worst = (float(each.sum()) + bias for each in (weights.max(axis=1), weights.min(axis=1)))
        assert words[0] == "filter 1 GATA1: 16 × 4 weights + 1 bias = 65"
        for line, letters in ((1, weights.argmax(axis=1)), (3, weights.argmin(axis=1))):
            assert words[line].split()[1:] == ["ACGT"[at] for at in letters]
        assert words[2].split() == ["here", *picture.conv_step.bases]
        response = picture.conv_step.response
        sums = f"best {number(best)}  here {number(response)}  worst {number(worst)}"
        assert words[9] == f"Σ + bias  {sums}"
        largest = float(np.abs(weights).max())
        assert words[10].startswith(f"{number(-largest)} ")
        assert words[10].endswith(f" {number(largest)}  bias {number(bias)}")
        assert words[11] == "● the weight that the letter here picks"

    async def test_both_signs_share_one_scale(self) -> None:
        kernel = np.zeros((2, 4, 1), dtype=np.float32)
        kernel[0, 0, 0], kernel[1, 1, 0], kernel[1, 2, 0] = -0.301, 0.048, 0.301
        app = Alone(picture_of(reading("ACGTACGT", Conv1D(kernel))), (40, 13))
        async with app.run_test(size=(80, 30)):
            drawn = lines(app.card)
            palette = PALETTES["dark"]
            ground = {(tap, row): looks(drawn[row])[7 + 3 * tap].bgcolor for row in range(5, 9) for tap in (0, 1)}
        shown = {place: str(colour.name) for place, colour in ground.items() if colour is not None}
        assert shown[0, 5] == palette.ramp[0]
        assert shown[1, 7] == palette.ramp[-1]
        level = palette.ramp.index(shown[1, 6])
        assert len(palette.ramp) // 2 < level < len(palette.ramp) * 2 // 3

    async def test_every_row_of_the_kernel_is_there_however_low_it_is(self) -> None:
        app = Alone(picture_of(motifs(), filter=1), (54, 5))
        async with app.run_test(size=(80, 30)):
            words = [strip.text.strip() for strip in lines(app.card)]
        assert words[0].startswith("filter 1 GATA1: 16 × 4")
        assert [line[0] for line in words[1:]] == ["A", "C", "G", "T"]

    async def test_no_number_is_cut(self, subtests: pytest.Subtests) -> None:
        app = Alone(picture_of(motifs(), cell=3), (70, 13))
        async with app.run_test(size=(80, 30)) as pilot:
            whole = numbers(app.card)
            for width in range(12, 60, 3):
                with subtests.test(width=width):
                    await resized(pilot, app.card, (width, 13))
                    assert numbers(app.card) <= whole

    async def test_the_weights_that_the_window_picks_are_marked(self) -> None:
        read = reading("CCCCGATACCCCCCCCCCCC", Conv1D(finds("GATA")))
        app = Alone(picture_of(read, cell=1), (54, 13))
        async with app.run_test(size=(80, 30)):
            kernel = [strip.text[7 : 7 + 3 * 4] for strip in lines(app.card)[5:9]]
        assert app.card.picture is not None
        assert app.card.picture.conv_step.bases == "GATA"
        assert kernel == [" " * 4 + "●" + " " * 5 + "● ", " " * 12, " ●          ", "       ●    "]

    async def test_without_colours_glyphs_carry_the_weights(self) -> None:
        app = Alone(picture_of(reading(random_letters(60), Conv1D(random_kernel(6)))), (54, 13), monochrome=True)
        async with app.run_test(size=(80, 30)):
            rows = lines(app.card)[5:9]
        assert {look.bgcolor for row in rows for look in looks(row)} == {looks(rows[0])[0].bgcolor}
        assert set("".join(row.text[7:] for row in rows)) <= {*GLYPHS, "●", " "}

    async def test_of_a_kernel_that_does_not_fit_it_says_which_taps_show(self) -> None:
        app = Alone(picture_of(reading(random_letters(90), Conv1D(random_kernel(40)))), (30, 13))
        async with app.run_test(size=(80, 30)):
            assert "taps 0–" in lines(app.card)[0].text

    async def test_the_pointer_says_the_weight_under_it(self, subtests: pytest.Subtests) -> None:
        kernel = preset("motifs")["conv1d"].layer.weights()["kernel"][:, :, 0]
        app = Alone(picture_of(motifs()), (54, 13))
        async with app.run_test(size=(80, 30)) as pilot:
            for height in (13, 9, 8, 7):
                with subtests.test(height=height):
                    await resized(pilot, app.card, (54, height))
                    shown = lines(app.card)
                    rows = [y for y, strip in enumerate(shown) if strip.text[:3] in (" A ", " C ", " G ", " T ")][
                        -4:
                    ]
                    for channel, tap, column in ((0, 0, 7), (3, 0, 8), (1, 1, 9), (2, 15, 38)):
                        await pilot.hover(app.card, offset=(column, rows[channel]))
                        weight = signed(float(kernel[tap, channel]))
                        assert app.said == f"tap {tap}, {'ACGT'[channel]}: weight {weight}"
                    await pilot.hover(app.card, offset=(6, rows[0]))
                    assert app.said is None
