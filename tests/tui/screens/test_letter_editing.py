"""Letters typed into the explorer: every key while they are typed, what is shown of the change, and undo."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from explorers import MEDIUM, SMALL, Shown, explorer, fasta
from small_networks import deep_model

from cnn_core.blocks.reading import Reading
from cnn_core.letters.alphabet import decode
from cnn_tui.options.request import OpenRequest
from cnn_tui.screens.dialogs.edits import Edits
from cnn_tui.screens.dialogs.help import Help
from cnn_tui.view.track_sizes import GUTTER
from cnn_tui.view.view_state import EditsShown, Level
from cnn_tui.view_file.form import with_view
from cnn_tui.widgets.bases import Bases
from cnn_tui.widgets.feature_map import Selected
from cnn_tui.widgets.pooled_cells import Pooled
from cnn_tui.widgets.ruler import Ruler

LETTERS = "ACGTTGCAGT" * 6
CASE = {"model": "trained", "sequences": "@lesson", "record": "sim_02_C", "filter": "135", "cell": 7}
"""The lesson's: base 68, C → G, takes the motif of filter 135 out of pooled[7]."""


def letters(shown: Shown, start: int = 0, stop: int | None = None) -> str:
    return decode(shown.reading.codes(start, shown.reading.length if stop is None else stop)).upper()


def typing(shown: Shown) -> tuple[int, bool]:
    at = shown.view.typing
    assert at is not None
    return at.base, at.inserting


def label(shown: Shown) -> str:
    """What the line of the letters is called."""
    return shown.lines[shown.explorer.query_one(Bases).region.y][:GUTTER].rstrip()


async def goes_to(shown: Shown, base: int) -> None:
    """Put the cursor on a base, and begin to type."""
    shown.explorer.show_view(shown.view.on(Level.BASE, base))
    await shown.press("e")
    assert typing(shown) == (base, False)


@pytest.fixture
def short(tmp_path: Path) -> dict[str, str]:
    """A record of 60 letters, all of which a model of any length reads."""
    return {"sequences": fasta(tmp_path / "own.fa", chr1=LETTERS, chr2=LETTERS[::-1]), "record": "chr1"}


# Where typing begins, and how it ends


async def test_e_goes_down_to_the_first_base_of_what_it_is_pressed_on() -> None:
    async with explorer(**CASE) as shown:
        for down in ((), ("enter",)):
            shown.explorer.show_view(shown.view.on(Level.CELL, 7))
            await shown.press(*down, "e")
            assert shown.view.level is Level.BASE
            assert typing(shown) == (63, False)
            assert "typing at base 63, the first that conv[63] reads" in shown.status
            await shown.press("escape")


async def test_e_at_a_base_types_there_and_esc_ends_it(short: dict[str, str]) -> None:
    async with explorer(**short) as shown:
        await goes_to(shown, 20)
        assert "A C G T N type over base 20" in shown.status
        await shown.press("escape")
        assert shown.view.typing is None
        assert shown.cursor == ("base", 20)
        # Keys are commands again.
        await shown.press("c", "t")
        assert letters(shown) == LETTERS


# Letters


async def test_a_letter_is_typed_over_and_the_cursor_steps_on(short: dict[str, str]) -> None:
    async with explorer(**short) as shown:
        await goes_to(shown, 20)
        expected = LETTERS
        for at, key in enumerate("aAcCgGtTnN", 20):
            await shown.press(key)
            expected = expected[:at] + key.upper() + expected[at + 1 :]
            assert letters(shown) == expected
            assert typing(shown) == (at + 1, False)


async def test_an_insertion_moves_the_letters_right_and_delete_takes_them_out(short: dict[str, str]) -> None:
    async with explorer(**short) as shown:
        await goes_to(shown, 20)
        await shown.press("insert")
        assert "go in before base 20" in shown.status
        await shown.press("t", "t")
        assert letters(shown) == LETTERS[:20] + "TT" + LETTERS[20:]
        assert typing(shown) == (22, True)
        assert shown.reading.edit_names == ("chr1:20_21insTT",)
        await shown.press("insert", "g")
        assert letters(shown) == LETTERS[:20] + "TTG" + LETTERS[21:]
        await shown.press("u", "u", "u", "escape")
        await goes_to(shown, 20)
        await shown.press("delete", "delete")
        assert letters(shown) == LETTERS[:20] + LETTERS[22:]
        assert typing(shown) == (20, False)
        assert shown.reading.edit_names == ("chr1:21_22del",)


async def test_of_a_fixed_input_the_record_s_next_letters_come_in() -> None:
    async with explorer(**CASE) as shown:
        before = letters(shown)
        await goes_to(shown, 100)
        await shown.press("delete")
        assert letters(shown) == before[:100] + before[101:] + "N"
        await shown.press("insert", "a", "a")
        assert letters(shown) == before[:100] + "AA" + before[101:499]


async def test_the_other_strand_is_edited_as_it_reads(short: dict[str, str], subtests: pytest.Subtests) -> None:
    async with explorer(**short, reverse=True) as shown:
        unedited = shown.picture
        for keys in (("g",), ("insert", "g", "g"), ("delete",), ("delete", "insert", "a", "insert", "c")):
            with subtests.test(" ".join(keys)):
                shown.explorer.picture = unedited
                before = letters(shown)
                await goes_to(shown, 20)
                await shown.press(*keys)
                expected, at, inserting = before, 20, False
                for key in keys:
                    if key == "insert":
                        inserting = not inserting
                    elif key == "delete":
                        expected = expected[:at] + expected[at + 1 :]
                    else:
                        expected, at = expected[:at] + key.upper() + expected[at + (not inserting) :], at + 1
                assert letters(shown) == expected
                assert typing(shown) == (at, inserting)


async def test_backspace_takes_back_what_was_typed_here_and_no_more(short: dict[str, str]) -> None:
    async with explorer(**short) as shown:
        await goes_to(shown, 20)
        await shown.press("g", "g", "escape", "e", "t", "right", "right")
        await shown.press("backspace")
        assert letters(shown) == LETTERS[:20] + "GG" + LETTERS[22:]
        assert typing(shown) == (22, False)
        await shown.press("backspace")
        assert "u undoes what was edited before" in shown.status
        assert letters(shown, 20, 22) == "GG"


async def test_a_letter_that_is_there_already_edits_nothing_but_steps_on_and_back_as_arrows_do(
    short: dict[str, str],
) -> None:
    async with explorer(**short) as shown:
        await goes_to(shown, 20)
        await shown.press("a", "c")
        assert shown.reading.edits == ()
        assert typing(shown) == (22, False)
        await shown.press("backspace", "backspace")
        assert typing(shown) == (20, False)
        for key, base in (("right", 21), ("left", 20), ("home", 0), ("left", 0), ("end", 59), ("right", 59)):
            await shown.press(key)
            assert typing(shown) == (base, False), key
        await shown.press("down")
        assert shown.view.filter == 1


async def test_other_keys_do_nothing_but_say_how_typing_ends_and_help_and_the_palette_open(
    short: dict[str, str], subtests: pytest.Subtests
) -> None:
    async with explorer(**short) as shown:
        await goes_to(shown, 20)
        view = shown.view
        for key in (*"qheExS", "tab", "enter", "space", *"50", "right_square_bracket", "m", "slash"):
            with subtests.test(key):
                shown.explorer.forget_words()
                assert "Esc ends typing" not in shown.status
                await shown.press(key)
                assert shown.view == view
                assert shown.app.screen is shown.explorer
                assert "Esc ends typing" in shown.status
        await shown.press("question_mark")
        assert isinstance(shown.app.screen, Help)
        await shown.press("escape", "ctrl+p")
        assert shown.app.screen is not shown.explorer
        await shown.press("escape")
        assert typing(shown) == (20, False)


async def test_a_press_on_a_letter_types_there_and_one_on_a_cell_ends_typing(short: dict[str, str]) -> None:
    async with explorer(**short) as shown:
        await goes_to(shown, 20)
        await shown.click(Bases, shown.view.column_of(25))
        assert typing(shown) == (25, False)
        await shown.click(Pooled, shown.view.column_of(25))
        assert shown.view.typing is None
        assert shown.view.level is Level.CELL


async def test_what_cannot_be_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    path = fasta(tmp_path / "short.fa", chr1="ACGTACGTACGTACGTACGTACG")
    async with explorer(notifications=True, sequences=path, ambiguity="error") as shown:
        await goes_to(shown, 3)
        await shown.press("n")
        assert "is ambiguous" in shown.toasts[-1]
        assert shown.reading.edits == ()
        await shown.press(*["delete"] * 23)
        assert "the shortest input that works" in shown.toasts[-1]
        assert len(letters(shown)) >= 8


# Undo and redo


async def test_undo_and_redo_while_typing_and_after_it(short: dict[str, str]) -> None:
    async with explorer(**short) as shown:
        await goes_to(shown, 20)
        await shown.press("g", "g")
        typed = letters(shown)
        await shown.press("u")
        assert letters(shown) == LETTERS[:20] + "G" + LETTERS[21:]
        assert typing(shown) == (21, False)
        await shown.press("escape", "u")
        assert letters(shown) == LETTERS
        assert "no edits are left" in shown.status
        assert shown.picture.original is None
        await shown.press("u")
        assert "nothing to undo" in shown.status
        await shown.press("U")
        assert "done again: chr1:21A>G" in shown.status
        await shown.press("U")
        assert letters(shown) == typed
        await shown.press("U")
        assert "nothing to redo" in shown.status


async def test_undo_brings_the_input_back_to_an_edit_that_it_has_left(tmp_path: Path) -> None:
    path = fasta(tmp_path / "long.fa", chr1=LETTERS * 50)
    async with explorer(sequences=path, model="trained") as shown:
        await goes_to(shown, 20)
        await shown.press("g", "escape", *"2000", "full_stop")
        assert shown.reading.start == 2000
        assert len(shown.reading.edits) == 1
        await shown.press("u")
        assert shown.reading.edits == ()
        assert shown.reading.start <= 20 < shown.reading.stop


# What changes


async def test_every_track_and_the_header_show_what_the_lesson_s_letter_changes() -> None:
    async with explorer(MEDIUM, **CASE) as shown:
        await goes_to(shown, 68)
        await shown.press("g", "escape")
        shown.explorer.show_view(shown.view.on(Level.CELL, 7))
        await shown.press("i")
        assert "output 0.512 → 0.103" in shown.lines[1]
        assert "sim_02_C, 500 bp · 69C>G" in shown.lines[0]
        column = shown.view.column_of(68)
        assert shown.line_of(Ruler)[column] == "≠"
        assert shown.line_of(Bases)[column] == "G"
        assert label(shown) == "edited"
        begin = shown.view.column_of(56)
        assert shown.line_of(Pooled)[begin : begin + 8].split() == ["≠", "0", "▕"]
        assert shown.line_of(Selected)[shown.view.column_of(63)] == "▽"
        assert "pooled[7] of filter 135: 0.185 → 0, all 0 now: nothing is selected" in shown.text
        assert "1 cell of this filter changed: pooled[7]" in shown.text
        assert "the edit changes this model's output by −0.409" in shown.text


async def test_only_what_differs_is_marked_and_the_rest_is_the_fresh_run_s() -> None:
    async with explorer(**CASE) as shown:
        await goes_to(shown, 68)
        await shown.press("g")
        comparison, reading = shown.picture.comparison, shown.reading
        assert comparison is not None
        fresh = Reading.of(reading.model, reading.record).into()
        original = Reading.of(reading.model, reading.record.original).into()  # type: ignore[attr-defined]
        expected = fresh.run.activations(0, 485) - original.run.activations(0, 485)
        np.testing.assert_array_equal(comparison.positions(0, 485), expected)
        np.testing.assert_array_equal(
            comparison.values(0, 60), fresh.run.values(0, 60) - original.run.values(0, 60)
        )
        changed = np.flatnonzero(expected[:, 135])
        assert comparison.changed_positions(135).tolist() == changed.tolist()
        assert set(changed) <= set(range(53, 69))
        assert comparison.changed_cells(135).tolist() == [7]
        # The lesson says so: 28 of 320 × 3 cells move.
        assert np.count_nonzero(comparison.values(0, 60)) == 28
        # The last undo shows plain values again.
        await shown.press("escape", "E", "E", "u")
        assert shown.view.edits is EditsShown.EDITED
        assert shown.picture.comparison is None


async def test_e_capital_shows_edited_original_and_difference_in_turn() -> None:
    async with explorer(MEDIUM, **CASE) as shown:
        await shown.press("E")
        assert "no edits: e types letters" in shown.status
        await goes_to(shown, 68)
        await shown.press("g", "escape", "E")
        assert shown.view.edits is EditsShown.ORIGINAL
        assert label(shown) == "original"
        assert shown.line_of(Bases)[shown.view.column_of(68)] == "C"
        assert shown.line_of(Ruler)[shown.view.column_of(68)] == "≠"
        assert "0.185" in shown.line_of(Pooled)
        # What is saved, exported and written as code is edited all the same.
        assert shown.explorer.reading is shown.picture.reading
        assert shown.picture.reading.edit_names == ("sim_02_C:69C>G",)
        await shown.press("E")
        assert label(shown) == "difference"
        assert "−0.185" in shown.line_of(Pooled)
        assert "edited − original" in shown.text
        lowest, highest = shown.picture.scale(135)
        assert -lowest == highest == pytest.approx(0.185, abs=5e-4)
        await shown.press("E")
        assert shown.view.edits is EditsShown.EDITED


async def test_letters_taken_out_are_said_to_move_what_is_compared(short: dict[str, str]) -> None:
    async with explorer(MEDIUM, **short) as shown:
        await goes_to(shown, 20)
        await shown.press("delete", "escape", "i")
        assert "positions are compared with other letters" in " ".join(shown.text.split())
        assert shown.line_of(Ruler)[shown.view.column_of(20)] == "≠"


# What stays


async def test_edits_stay_while_what_reads_them_changes(tmp_path: Path, subtests: pytest.Subtests) -> None:
    path = fasta(tmp_path / "long.fa", chr1=LETTERS * 50)
    async with explorer(sequences=path, model="trained", region="chr1:101-600") as shown:
        await goes_to(shown, 20)
        await shown.press("g", "escape")
        edits = shown.reading.edits
        for key in ("v", "a", "right_square_bracket", "full_stop", "comma"):
            with subtests.test(key):
                before = shown.reading
                await shown.press(key)
                assert shown.reading is not before
                assert shown.reading.edits == edits
                assert shown.picture.original is not None
                assert not shown.picture.original.edits
                assert shown.picture.original.window == shown.reading.window


async def test_edits_stay_with_another_model_and_go_with_the_record(short: dict[str, str]) -> None:
    async with explorer(**short) as shown:
        await goes_to(shown, 20)
        await shown.press("g", "escape")
        shown.explorer.opener.open_model("motifs", shown.explorer.request.model_options)
        await shown.settled()
        assert shown.reading.edit_names == ("chr1:21A>G",)
        shown.explorer.opener.open_record("chr2")
        await shown.settled()
        assert shown.reading.edits == ()
        assert "1 edit of chr1 gone with it" in shown.status
        await shown.press("u")
        assert shown.reading.record.name == "chr2"
        assert "nothing to undo" in shown.status


async def test_edits_are_listed_by_name(short: dict[str, str]) -> None:
    async with explorer(**short) as shown:
        await shown.press("ctrl+e")
        assert "no edits" in shown.status
        await goes_to(shown, 20)
        await shown.press("g", "right", "delete", "escape", "ctrl+e")
        assert isinstance(shown.app.screen, Edits)
        assert "chr1:21A>G" in shown.text
        assert "chr1:23del" in shown.text


async def test_a_deep_block_is_edited_at_its_bases(short: dict[str, str], tmp_path: Path) -> None:
    async with explorer(SMALL, **short | {"model": deep_model(tmp_path / "deep.npz")}) as shown:
        await shown.press("b", "e")
        assert shown.picture.words.deep
        base, _ = typing(shown)
        await shown.press("t", "g", "a")
        assert letters(shown, base, base + 3) == "TGA"
        assert typing(shown) == (base + 3, False)
        fresh = Reading.of(shown.reading.model, shown.reading.record).into(shown.reading.block)
        np.testing.assert_array_equal(shown.reading.run.values(0, 5), fresh.run.values(0, 5))
        assert shown.picture.comparison is not None
        reads = [cell for cell in range(13) if base < fresh.run.receptive_field(cell)[1]]
        for number in range(4):
            changed = shown.picture.comparison.changed_cells(number)
            assert set(changed) <= set(reads[:4])


async def test_a_view_keeps_edits_and_what_is_shown_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with explorer(**CASE) as shown:
        await goes_to(shown, 68)
        await shown.press("g", "escape", "E", "E", "S", "enter")
        view, written = shown.view, next(tmp_path.glob("*.toml"))
        assert 'edits = ["69C>G"]' in written.read_text()
    async with explorer(**with_paths_of(written)) as shown:
        assert shown.view.edits is EditsShown.DIFFERENCE
        assert shown.view == view
        assert shown.reading.edit_names == ("sim_02_C:69C>G",)
        assert "difference" in label(shown)


def with_paths_of(written: Path) -> dict[str, object]:
    """Return what opens a view file."""
    request = with_view(OpenRequest(sequences=str(written)))
    return {each.name: getattr(request, each.name) for each in fields(request)}
