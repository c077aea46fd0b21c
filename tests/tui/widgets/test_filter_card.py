"""The filter card: the logo adds up to the weights, and the pointer says the weight that is under it."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import finds, motifs, picture_of, random_kernel, random_letters, reading
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style
from textual import on
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.strip import Strip

from cnn_core.layers import Conv1D
from cnn_core.presets import preset
from cnn_tui.pictures.block_picture import Picture
from cnn_tui.pictures.palette import GLYPHS, PALETTES
from cnn_tui.widgets.filter_card import FilterCard
from cnn_tui.widgets.letter_kernel import stacks
from cnn_tui.widgets.track import Track
from cnn_tui.words.numbers import number, signed

ANY = settings(deadline=None, print_blob=True)
weights = st.lists(st.lists(st.integers(-8, 8), min_size=4, max_size=4), min_size=1, max_size=12)


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


def looks(strip: Strip) -> list[Style]:
    return [segment.style or Style() for segment in strip for _ in segment.text]


class TestLogo:
    @given(weights, st.integers(1, 6), st.integers(1, 6))
    @ANY
    def test_letters_of_a_sign_stay_on_their_side(self, kernel: list[list[int]], up: int, down: int) -> None:
        grid = stacks(np.array(kernel, dtype=np.float32), up, down)
        assert len(grid) == up + down
        for row, letters in enumerate(grid):
            for tap, letter in enumerate(letters):
                if letter is not None:
                    assert letter[1] == (row < up) == (kernel[tap][letter[0]] > 0)

    @given(weights, st.integers(1, 6))
    @ANY
    def test_a_stack_stands_on_the_line_without_a_gap(self, kernel: list[list[int]], rows: int) -> None:
        grid = stacks(np.array(kernel, dtype=np.float32), rows, rows)
        for tap in range(len(kernel)):
            above = [grid[row][tap] is not None for row in range(rows)]
            below = [grid[rows + row][tap] is not None for row in range(rows)]
            assert above == sorted(above)
            assert below == sorted(below, reverse=True)

    def test_letters_take_rows_in_proportion_and_the_largest_stands_outside(self) -> None:
        grid = stacks(np.array([[3, 1, -1, -3]], dtype=np.float32), 4, 4)
        assert [row[0] for row in grid] == [(0, True)] * 3 + [(1, True), (2, False)] + [(3, False)] * 3

    def test_a_kernel_of_zeros_has_no_letters(self) -> None:
        assert stacks(np.zeros((5, 4), dtype=np.float32), 3, 3) == [[None] * 5] * 6


class TestCard:
    @pytest.mark.parametrize("size", [(8, 3), (9, 9), (30, 6), (30, 7), (30, 8), (54, 13), (64, 20)])
    @pytest.mark.parametrize("monochrome", [False, True])
    async def test_every_line_is_as_wide_as_the_card(self, size: tuple[int, int], monochrome: bool) -> None:
        app = Alone(picture_of(motifs(), cell=3), size, monochrome)
        async with app.run_test(size=(80, 30)):
            assert app.card.size == Size(*size)
            assert {sum(each.cell_length for each in strip) for strip in lines(app.card)} == {size[0]}

    async def test_it_says_name_shape_bias_and_best(self) -> None:
        picture = picture_of(motifs(), filter=1)
        app = Alone(picture, (54, 13))
        async with app.run_test(size=(80, 30)):
            words = [strip.text.strip() for strip in lines(app.card)]
        bias, best = float(picture.run.conv.bias[1]), float(picture.run.best_match[1])
        numbers = f"bias {number(bias)}  best match {number(best)}"
        assert words[0] == "filter 1 GATA1  16×4"
        weights = np.abs(picture.run.conv.kernel[:, :, 1])
        assert words[-1] == f"{numbers}  weights ±{number(float(weights.max()))}"

    async def test_every_row_of_the_kernel_is_there_however_low_it_is(self) -> None:
        app = Alone(picture_of(motifs(), filter=1), (54, 5))
        async with app.run_test(size=(80, 30)):
            words = [strip.text.strip() for strip in lines(app.card)]
        assert words[0].startswith("filter 1 GATA1  16×4  bias −")
        assert [line[0] for line in words[1:]] == ["A", "C", "G", "T"]

    async def test_the_weights_that_the_window_picks_are_marked(self) -> None:
        read = reading("CCCCGATACCCCCCCCCCCC", Conv1D(finds("GATA")))
        app = Alone(picture_of(read, cell=1), (54, 13))
        async with app.run_test(size=(80, 30)):
            kernel = [strip.text[4 : 4 + 3 * 4] for strip in lines(app.card)[8:12]]
        assert app.card.picture is not None
        assert app.card.picture.conv_step.bases == "GATA"
        assert kernel == ["    ●     ● ", " " * 12, " ●          ", "       ●    "]

    async def test_without_colours_glyphs_carry_the_weights(self) -> None:
        app = Alone(picture_of(reading(random_letters(60), Conv1D(random_kernel(6)))), (54, 13), monochrome=True)
        async with app.run_test(size=(80, 30)):
            rows = lines(app.card)[8:12]
        assert {look.bgcolor for row in rows for look in looks(row)} == {looks(rows[0])[0].bgcolor}
        assert set("".join(row.text[4:] for row in rows)) <= {*GLYPHS, "●", " "}

    async def test_of_a_kernel_that_does_not_fit_it_says_which_taps_show(self) -> None:
        app = Alone(picture_of(reading(random_letters(90), Conv1D(random_kernel(40)))), (30, 13))
        async with app.run_test(size=(80, 30)):
            assert "taps 0–" in lines(app.card)[0].text

    # Too low for a logo, just high enough for one, and with lines for a tall one.
    @pytest.mark.parametrize("height", [7, 8, 9, 13])
    async def test_the_pointer_says_the_weight_under_it(self, height: int) -> None:
        kernel = preset("motifs")["conv1d"].layer.weights()["kernel"][:, :, 0]
        app = Alone(picture_of(motifs()), (54, height))
        async with app.run_test(size=(80, 30)) as pilot:
            shown = lines(app.card)
            rows = [y for y, strip in enumerate(shown) if strip.text[:4] in ("  A ", "  C ", "  G ", "  T ")][-4:]
            for channel, tap, column in ((0, 0, 4), (3, 0, 6), (1, 1, 7), (2, 15, 51)):
                await pilot.hover(app.card, offset=(column, rows[channel]))
                assert app.said == f"tap {tap}, {'ACGT'[channel]}: weight {signed(float(kernel[tap, channel]))}"
            await pilot.hover(app.card, offset=(3, rows[0]))
            assert app.said is None
