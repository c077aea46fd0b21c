"""Keys that change the block while it is looked at, and how it is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from explorers import MEDIUM, SMALL, WIDE, Shown, explorer, fasta

from cnn_core.layers import Padding
from cnn_core.letters.alphabet import reverse_complement
from cnn_core.network.block import BlockSettings
from cnn_tui.widgets.filter_card import FilterCard
from cnn_tui.widgets.heat_map import AllCells, AllMaps
from cnn_tui.widgets.inspector import Inspector

# 500 bases, a kernel of 16, a pool of 8 every 8: 485 responses, 60 cells, unless the setting says otherwise.
CHANGES = [
    ("right_square_bracket", "conv_stride", 2, 243, 30),
    ("4 right_square_bracket", "conv_stride", 5, 97, 12),
    ("right_curly_bracket", "pool_size", 9, 485, 60),
    ("left_curly_bracket", "pool_size", 7, 485, 60),
    ("3 left_curly_bracket", "pool_size", 5, 485, 61),
    ("right_parenthesis", "pool_stride", 9, 485, 54),
    ("left_parenthesis", "pool_stride", 7, 485, 69),
    ("7 left_parenthesis", "pool_stride", 1, 485, 478),
    ("d", "dilation", 2, 470, 58),
    ("2 d", "dilation", 3, 455, 56),
    ("p", "conv_padding", Padding.SAME, 500, 62),
    ("p p", "conv_padding", Padding.CAUSAL, 500, 62),
    ("p p p", "conv_padding", Padding.VALID, 485, 60),
    ("w", "pool_padding", Padding.SAME, 485, 61),
    ("w w", "pool_padding", Padding.VALID, 485, 60),
]
LEVELS = ("cell", "response", "base")


async def test_settings_change_live_and_0_brings_the_model_s_own_back(subtests: pytest.Subtests) -> None:
    async with explorer() as shown:
        own, starts = shown.reading.settings, []
        assert own == shown.explorer.own_settings == BlockSettings(1, Padding.VALID, 1, 8, 8, Padding.VALID)
        for _ in LEVELS:
            starts.append(shown.picture)
            await shown.press("enter")
        # Every setting at one level, and each level with every kind of setting.
        for nth, (keys, setting, value, positions, cells) in enumerate(CHANGES):
            level = LEVELS[nth % len(LEVELS)]
            with subtests.test(keys, level=level):
                shown.explorer.picture = starts[nth % len(LEVELS)]
                await shown.settled()
                assert str(shown.view.level) == level
                first, last = shown.view.cursor_span
                await shown.press(*keys.split())
                assert getattr(shown.reading.settings, setting) == value
                assert (shown.reading.run.positions, shown.reading.run.cells) == (positions, cells)
                assert f"conv1d {positions}×12 ▸ max_pooling1d {cells}×12" in shown.lines[1]
                assert shown.view.axes.positions == positions
                assert shown.view.count == ""
                assert str(shown.view.level) == level
                now = shown.view.cursor_span
                assert now[0] < last + 16
                assert now[1] > first - 16
                await shown.press("0")
                assert shown.reading.settings == own
                assert shown.lines[1].startswith(" letters 500×4 ▸ conv1d 485×12 ▸ max_pooling1d 60×12")


async def test_every_setting_goes_back_by_its_own_key() -> None:
    pairs = [
        ("right_square_bracket", "left_square_bracket"),
        ("right_curly_bracket", "left_curly_bracket"),
        ("right_parenthesis", "left_parenthesis"),
        ("d", "D"),
    ]
    async with explorer() as shown:
        own = shown.reading.settings
        for there, back in pairs:
            await shown.press(there)
            assert shown.reading.settings != own
            await shown.press(back)
            assert shown.reading.settings == own


async def test_a_setting_that_cannot_be_is_refused_with_the_reason(subtests: pytest.Subtests) -> None:
    async with explorer(notifications=True) as shown:
        before = shown.reading, shown.cursor, shown.view.offset
        for keys, said in (
            ("left_square_bracket", "stride 0 is below 1"),
            ("8 left_parenthesis", "stride 0 is below 1"),
            ("8 left_curly_bracket", "size 0 is below 1"),
            ("D", "dilation"),
            ("9 9 9 right_curly_bracket", "too short"),
            ("4 0 d", "too short"),
        ):
            with subtests.test(keys):
                shown.app.clear_notifications()
                await shown.press(*keys.split())
                assert (shown.reading, shown.cursor, shown.view.offset) == before
                assert shown.view.count == ""
                (sentence,) = shown.toasts
                assert said in sentence
                # Folded between words, the sentence is on screen.
                on_screen = " ".join(line.split("▌")[-1].strip() for line in shown.lines if "▌" in line)
                assert sentence in " ".join(on_screen.split())


async def test_the_output_follows_or_says_why_there_is_none_and_0_brings_the_number_back() -> None:
    async with explorer(model="seed") as shown:
        assert shown.lines[1].endswith("▸ output 0.573")
        await shown.press("1", "6", "right_curly_bracket")
        assert shown.reading.run.cells == 58
        assert shown.lines[1].endswith("▸ no output")
        # The settings in force, and the way back.
        assert shown.status.startswith("conv stride 1 · pool size 24 · pool stride 8  press 0 to reset")
        seen = ""
        while "no output: layer dense: Dense reads 7,680 inputs, not 7,424" not in seen:
            await shown.press("i")
            assert shown.explorer.unfolded
            seen = " ".join(shown.text.split())
        assert "0.573" not in shown.text
        await shown.press("0")
        assert shown.lines[1].endswith("▸ output 0.573")
        assert "no output" not in shown.text
        # Where the network still fits, the output follows.
        before = shown.reading.output.values
        await shown.press("right_curly_bracket")
        after = shown.reading.output.values
        assert before is not None
        assert after is not None
        assert before != after
        assert shown.lines[1].endswith(f"▸ output {float(after.item()):.3f}")


async def test_the_reason_why_there_is_no_output_names_the_layer() -> None:
    async with explorer(WIDE, model="seed") as shown:
        await shown.press("p")
        assert "dense" in shown.reading.output.reason
        assert shown.reading.output.reason in shown.text


async def test_a_setting_drops_what_was_said_of_the_one_before() -> None:
    async with explorer(sequences="@seed_20mer") as shown:
        assert "shrunk to 5" in shown.status
        await shown.press("left_curly_bracket")
        assert shown.reading.settings.pool_size == 4
        assert "shrunk" not in shown.status


# The strand and ambiguous letters


async def test_the_other_strand_keeps_the_same_bases_of_the_record_under_the_cursor(tmp_path: Path) -> None:
    path = fasta(tmp_path / "long.fa", long="ACGTTGCAAT" * 130)
    async with explorer(sequences=path, model="seed", region="long:301-900", position=40) as shown:

        def under_cursor() -> tuple[int, int]:
            first, last = shown.view.cursor_span
            ends = shown.reading.record_position(first), shown.reading.record_position(last - 1)
            return min(ends), max(ends)

        for keys in ((), ("enter", "right", "right")):
            await shown.press(*keys)
            before, cursor = under_cursor(), shown.cursor
            await shown.press("v")
            assert shown.reading.reverse
            assert under_cursor() == before
            assert "reverse complement" in shown.lines[0]
            await shown.press("v")
            assert (under_cursor(), shown.cursor) == (before, cursor)
        # Cells of the two strands begin elsewhere: the tail lies at the other end.
        await shown.press("backspace", "backspace")
        before = under_cursor()
        await shown.press("v")
        assert str(shown.view.level) == "cell"
        assert under_cursor()[0] <= before[1]
        assert under_cursor()[1] >= before[0]


async def test_the_other_strand_is_read_in_its_own_direction() -> None:
    async with explorer() as shown:
        forward = shown.reading.codes(0, 500)
        await shown.press("v", "home")
        assert (shown.reading.codes(0, 500) == reverse_complement(forward)).all()
        assert shown.reading.window == (0, 500)


async def test_a_takes_the_other_meaning_of_ambiguous_letters() -> None:
    async with explorer(MEDIUM, sequences="@iupac", record="iupac_03", position=10) as shown:
        assert "ambiguous letters: zero" in shown.lines[0]
        before = shown.picture.conv_step.products.copy()
        await shown.press("a")
        assert str(shown.reading.ambiguity) == "uniform"
        assert "ambiguous letters: uniform" in shown.lines[0]
        assert shown.status == "ambiguous letters: uniform"
        assert (shown.picture.conv_step.products != before).any()
        await shown.press("a")
        assert str(shown.reading.ambiguity) == "zero"
        assert (shown.picture.conv_step.products == before).all()


async def test_a_policy_of_error_becomes_another_and_never_comes_back() -> None:
    async with explorer(ambiguity="error") as shown:
        await shown.press("a", "a", "a")
        assert str(shown.reading.ambiguity) == "uniform"


# How it is looked at


async def test_i_gives_the_lines_of_the_heat_maps_to_the_inspector() -> None:
    async with explorer(MEDIUM) as shown:

        def heights() -> tuple[bool, bool, int]:
            get = shown.explorer.query_one
            return get(AllMaps).display, get(AllCells).display, get(Inspector).size.height

        for size in (MEDIUM, (80, 40), WIDE):
            await shown.resize(*size)
            before = heights()
            assert before[:2] == (True, True)
            await shown.press("i")
            assert shown.explorer.unfolded
            assert heights()[:2] == (False, False)
            assert heights()[2] > before[2]
            while shown.explorer.unfolded:
                await shown.press("i")
            assert heights() == before


async def test_i_turns_to_all_that_the_inspector_has_to_say_and_folds_it_again() -> None:
    async with explorer((60, 18), model="seed") as shown:
        for size in ((60, 18), SMALL, MEDIUM, WIDE):
            await shown.resize(*size)
            folded = seen = shown.text
            for _ in range(30):
                await shown.press("i")
                seen += shown.text
                if "… i" not in shown.text:
                    break
            words = " ".join(seen.split())
            for statement in (
                "left over: conv[480…484], in no cell, so bases 495–499 are never used",
                "each filter is pooled for itself",
            ):
                assert statement in words
            await shown.press("i")
            assert shown.text == folded


async def test_f_puts_the_card_in_the_inspector_s_place_where_there_is_no_room_for_both() -> None:
    async with explorer(SMALL) as shown:

        def displayed() -> tuple[bool, bool]:
            return shown.explorer.query_one(FilterCard).display, shown.explorer.query_one(Inspector).display

        assert displayed() == (False, True)
        await shown.press("f")
        assert displayed() == (True, False)
        assert "worst −34.75" in shown.text
        await shown.press("down")
        assert "filter 1 GATA1" in shown.text
        await shown.press("i")
        assert displayed() == (False, True)
        assert not shown.explorer.unfolded
        await shown.press("f", "f")
        assert displayed() == (False, True)


async def test_the_theme_changes_and_nothing_else_and_the_palette_finds_every_theme() -> None:
    async with explorer() as shown:
        text = shown.text
        for theme in ("light", "high-contrast", "dark"):
            await shown.press("ctrl+t")
            assert shown.app.theme == theme
            assert shown.text == text
        await shown.press("colon")
        await shown.type("theme gruv")
        await shown.press("enter")
        await shown.settled()
        assert shown.app.theme == "gruvbox"


async def test_a_theme_can_be_asked_for_and_the_key_leads_from_a_foreign_one_to_ours() -> None:
    async with explorer(theme="nord") as shown:
        assert shown.app.theme == "nord"
        await shown.press("C")
        assert shown.app.theme == "dark"


# Size

SIZES = [SMALL, MEDIUM, WIDE, (60, 18), (99, 50), (159, 24), (160, 18)]


@pytest.mark.usefixtures("every_frame")
async def test_every_size_fits_and_none_loses_the_cursor() -> None:
    async with explorer(model="seed") as shown:
        await shown.press("3", "0", "right")
        for width, height in [*SIZES, SMALL]:
            await shown.resize(width, height)
            assert shown.cursor == ("cell", 30)
            lines = shown.lines
            assert len(lines) == height
            assert max(len(line) for line in lines) <= width
            assert_nothing_overlaps(shown)
            assert "pooled[30]" in shown.text
            first, last = shown.view.cursor_span
            assert shown.view.offset <= first
            assert last <= shown.view.offset + shown.view.visible_bases


def assert_nothing_overlaps(shown: Shown) -> None:
    widgets = [widget for widget in shown.explorer.walk_children() if widget.display and not widget.children]
    regions = [widget.region for widget in widgets if widget.region.area and widget.is_on_screen]
    for nth, region in enumerate(regions):
        assert shown.app.size.region.contains_region(region)
        assert not any(region.overlaps(other) for other in regions[nth + 1 :]), (region, widgets[nth])


async def test_a_screen_that_is_too_small_says_so_and_comes_back_as_it_was() -> None:
    async with explorer() as shown:
        await shown.press("2", "0", "right", "enter")
        text, view = shown.text, shown.view
        for size in ((20, 5), (59, 24), (80, 17), (1, 1)):
            await shown.resize(*size)
            if size[0] >= 20:
                assert "too small: cnn-tui needs 60×18" in " ".join(shown.text.split())
            assert "pooled" not in shown.text
            await shown.resize(*SMALL)
            assert (shown.text, shown.view) == (text, view)


async def test_the_explorer_follows_the_size_under_a_dialog() -> None:
    async with explorer(MEDIUM) as shown:
        text = shown.text
        await shown.resize(*SMALL)
        for size in ((20, 5), MEDIUM):
            await shown.press("g")
            await shown.resize(*size)
            await shown.press("escape")
        assert shown.text == text


async def test_keys_go_on_while_the_screen_is_too_small() -> None:
    async with explorer((20, 5)) as shown:
        assert shown.cursor == ("cell", 2)
        await shown.press("right", "enter", "backspace", "minus", "equals_sign")
        await shown.resize(*SMALL)
        assert shown.cursor == ("cell", 3)
        first, last = shown.view.cursor_span
        assert shown.view.offset <= first < last <= shown.view.offset + shown.view.visible_bases
        assert "pooled[3]" in shown.text
