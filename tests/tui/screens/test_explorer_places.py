"""Keys that look for a place: the strongest cells, matches of letters, what is typed, and another input window."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from dialog_host import said as said_in_dialog
from dialog_host import type_text
from explorers import Shown, explorer, fasta

from cnn_tui.background.strongest_cells import TOP
from cnn_tui.view.view_state import Level
from cnn_tui.widgets.ruler import Ruler
from cnn_tui.words.numbers import number

# The strongest cells


def hits_of(shown: Shown, filter_index: int) -> list[tuple[float, int, bool, int]]:
    """Return all cells of a filter on both strands that are not silent, in the order that t walks them.

    Each is its negative value, the first base of what it chose in the record, the strand, and the cell.
    """
    found = []
    for reverse in (False, True):
        run = replace(shown.reading, reverse=reverse).run
        values, chosen = run.values(0, run.cells), run.selections(0, run.cells)
        assert chosen is not None
        for cell in np.flatnonzero(values[:, filter_index] > 0).tolist():
            position = int(chosen[cell, filter_index])
            first = run.length - position - 16 if reverse else position
            found.append((-float(values[cell, filter_index]), first, reverse, cell))
    return sorted(found)


async def test_t_walks_the_cells_of_the_filter_from_the_strongest_down_on_both_strands_and_round_again() -> None:
    async with explorer(model="seed") as shown:
        ranked = hits_of(shown, 0)[:TOP]
        assert {reverse for _, _, reverse, _ in ranked[:6]} == {False, True}
        await shown.press("enter")
        for rank, (value, first, reverse, cell) in enumerate(ranked[:6]):
            await shown.press("t")
            assert (shown.cursor, shown.reading.reverse) == (("cell", cell), reverse)
            assert shown.status == (
                f"{number(-value)} at sim_01:{first + 1}-{first + 16} {'−' if reverse else '+'}, "
                f"{rank + 1} of the {len(ranked)} strongest of this filter"
            )
        await shown.press("T")
        assert shown.cursor == ("cell", ranked[4][3])
        await shown.press("T", "T", "T", "T", "T")
        assert (shown.cursor, shown.reading.reverse) == (("cell", ranked[-1][3]), ranked[-1][2])
        await shown.press("t")
        assert (shown.cursor, shown.reading.reverse) == (("cell", ranked[0][3]), ranked[0][2])


async def test_t_goes_on_from_a_cell_that_was_gone_to_in_another_way() -> None:
    async with explorer(model="seed") as shown:
        ranked = hits_of(shown, 0)
        third = next(rank for rank, hit in enumerate(ranked) if rank > 1 and not hit[2])
        shown.explorer.show_view(shown.view.on(Level.CELL, ranked[third][3]))
        await shown.press("t")
        assert (shown.cursor[1], shown.reading.reverse) == (ranked[third + 1][3], ranked[third + 1][2])


async def test_capital_t_begins_at_the_weakest_where_the_cursor_is_on_no_cell() -> None:
    async with explorer() as shown:
        weakest = hits_of(shown, 0)[-1]
        await shown.press("enter", "T")
        assert (shown.cursor, shown.reading.reverse) == (("cell", weakest[3]), weakest[2])


async def test_the_ranking_follows_the_filter_and_says_when_all_are_silent(tmp_path: Path) -> None:
    path = fasta(tmp_path / "silent.fa", tata="GTATAAAAGGCGGGGC" + "A" * 40)
    async with explorer(sequences=path) as shown:
        hits = [hits_of(shown, index) for index in range(12)]
        heard = [index for index in range(12) if hits[index]]
        mute = [index for index in range(12) if not hits[index]]
        for filter_index in (heard[0], mute[0]):
            shown.explorer.show_view(shown.view.to_filter(filter_index).on(Level.RESPONSE, 0))
            await shown.press("t")
            if filter_index in heard:
                assert shown.cursor == ("cell", hits[filter_index][0][3])
            else:
                assert shown.status == "every cell of this filter is all 0, on both strands"
                assert shown.cursor == ("response", 0)


async def test_t_moves_the_input_window_of_a_fixed_network_to_the_strongest_cell_of_the_record(
    tmp_path: Path,
) -> None:
    letters = "".join("ACGT"[code] for code in np.random.default_rng(5).integers(0, 4, 5_003))
    path = fasta(tmp_path / "long.fa", long=letters)
    async with explorer(model="seed", sequences=path, filter="7") as shown:
        free = replace(shown.reading, model=shown.reading.model.of_any_length(), start=0, stop=5_003)
        highest = [
            replace(free, reverse=reverse).run.values(0, free.run.cells)[:, 7].max() for reverse in (False, True)
        ]
        await shown.press("t")
        assert shown.reading.length == 500
        assert shown.reading.reverse == (highest[1] > highest[0])
        value = shown.reading.run.values(shown.view.cell, shown.view.cell + 1)[0, 7]
        assert value == max(highest)


# Searching

COMPLEMENT = str.maketrans("ACGT", "TGCA")


def places_of(letters: str, word: str) -> list[int]:
    """Return where a word stands on either strand."""
    both = {word, word.translate(COMPLEMENT)[::-1]}
    return sorted({found.start() for each in both for found in re.finditer(f"(?={each})", letters)})


def letters_of(name: str) -> str:
    text = (Path(__file__).parents[3] / "samples/cnn_samples/planted.fa").read_text()
    return next("".join(part.split("\n")[1:]) for part in text.split(">") if part.startswith(f"{name} "))


async def test_n_and_capital_n_walk_the_matches_on_both_strands_and_go_round() -> None:
    places = places_of(letters_of("sim_01"), "GATA")
    assert len(places) > 3
    async with explorer(position=0) as shown:
        await shown.press("enter", "slash")
        await shown.type("gata")
        await shown.press("enter")
        following = [place for place in places if place > 0]
        assert shown.cursor == ("base", following[0])
        where = f"sim_01:{following[0] + 1}-{following[0] + 4}, on the "
        assert shown.status.startswith(f"{places.index(following[0]) + 1} of {len(places)}: {where}")
        for place in [*following[1:], places[0]]:
            await shown.press("n")
            assert shown.cursor == ("base", place)
        await shown.press("N")
        assert shown.cursor == ("base", places[-1])
        await shown.press("N")
        assert shown.cursor == ("base", places[-2])


async def test_a_match_is_gone_to_base_by_base_from_any_level() -> None:
    place = letters_of("sim_01").index("TATAAAAGG")
    async with explorer() as shown:
        for keys in (("home",), ("backspace", "home"), ("backspace", "backspace")):
            await shown.press(*keys, "slash")
            await shown.type("TATAAAAGG")
            await shown.press("enter")
            assert shown.cursor == ("base", place)
            assert shown.view.pattern == "TATAAAAGG"


async def test_n_without_a_search_and_letters_that_stand_nowhere_leave_the_cursor_where_it_was() -> None:
    async with explorer() as shown:
        for key in ("n", "N"):
            await shown.press(key)
            assert shown.status == "nothing is searched for yet: / begins a search"
            assert shown.cursor == ("cell", 2)
        await shown.press("slash")
        await shown.type("GGGGGGGGGGGG")
        await shown.press("enter")
        assert shown.status == "GGGGGGGGGGGG stands nowhere in the record, on neither strand"
        assert shown.cursor == ("cell", 2)
        await shown.press("n")
        assert "stands nowhere" in shown.status
        # Escape forgets the search.
        await shown.press("escape")
        assert shown.view.pattern == ""
        await shown.press("n")
        assert shown.status.startswith("nothing is searched for yet")


async def test_a_match_outside_the_input_window_moves_it(tmp_path: Path) -> None:
    letters = "ACGT" * 200 + "GGGGGGGG" + "ACGT" * 123
    async with explorer(sequences=fasta(tmp_path / "long.fa", long=letters), model="seed", position=0) as shown:
        await shown.press("enter", "slash")
        await shown.type("GGGGGGGG")
        await shown.press("enter")
        assert len(letters) == 1300
        assert shown.reading.record_position(shown.view.base) == 800
        assert shown.reading.start <= 800 < shown.reading.stop
        assert shown.reading.start > 0


# Going to a place


async def test_g_goes_where_it_is_told_and_chooses_a_filter(subtests: pytest.Subtests) -> None:
    async with explorer() as shown:
        start = shown.view
        for typed, cursor, filter_index in (
            ("cell 7", ("cell", 7), 0),
            ("pooled[7]", ("cell", 7), 0),
            ("conv 45", ("response", 45), 0),
            ("base 100", ("base", 100), 0),
            ("9", ("cell", 9), 0),
            # A region's first base, 1-based, under a cursor that stays a cell.
            ("41-60", ("cell", 5), 0),
            ("sim_01:41-60", ("cell", 5), 0),
            ("CTCF", ("cell", 2), 2),
            ("filter 2", ("cell", 2), 2),
            ("f2", ("cell", 2), 2),
            ("ctcf", ("cell", 2), 2),
        ):
            with subtests.test(typed):
                shown.explorer.show_view(start)
                await shown.press("g")
                await type_text(shown.pilot, typed)
                await shown.press("enter")
                assert shown.cursor == cursor
                assert shown.view.filter == filter_index


async def test_g_refuses_what_is_nowhere_and_stays_open_and_goes_to_another_record() -> None:
    async with explorer() as shown:
        await shown.press("g")
        for typed, said in (("cell 60", "there is no cell 60"), ("sim_01:501-600", "sim_01")):
            await shown.type(typed)
            await shown.press("enter")
            assert said in shown.text
            assert len(shown.app.screen_stack) == 2
            await shown.press("ctrl+u")
        await shown.press("escape")
        assert len(shown.app.screen_stack) == 1
        assert shown.cursor == ("cell", 2)
        await shown.press("g")
        await shown.type("sim_02:195-210")
        await shown.press("enter")
        assert shown.reading.record.name == "sim_02"
        first, last = shown.view.cursor_span
        assert first <= 194 < last
        # A region is cut off at the record's end, of this record and of another.
        for record in ("sim_02", "sim_01"):
            await shown.press("g")
            await type_text(shown.pilot, f"{record}:490-600")
            await shown.press("enter")
            assert shown.reading.record.name == record
            assert f"{record}:490-600 reaches past the record's end" in shown.text


async def test_g_asks_which_of_two_stretches_is_meant(tmp_path: Path) -> None:
    (tmp_path / "my.fa").write_text(f">chr1\n{'ACGTT' * 60}\n>chr1:101-200\n{'GATTACA' * 10}\n")
    async with explorer(sequences=str(tmp_path / "my.fa"), model="motifs") as shown:
        await shown.press("g")
        for typed, said in (
            ("chr1:101-200", "'chr1:101-200' can be read in two ways; write {chr1:101-200} or {chr1}:101-200"),
            ("chr1 100 200", "'chr1 100 200' is in columns as in BED, which counts from 0; write {chr1}:101-200"),
            ("chr1:201-210:+", "'chr1:201-210:+' has a strand at its end; write chr1:201-210"),
        ):
            await type_text(shown.pilot, typed)
            await shown.press("enter")
            assert said in said_in_dialog(shown.app)
            await shown.press("ctrl+u")
        await shown.type("{chr1:101-200}")
        await shown.press("enter")
        assert shown.reading.record.name == "chr1:101-200"
        await shown.press("g")
        await shown.type("{chr1}:101-200")
        await shown.press("enter")
        assert shown.reading.record.name == "chr1"
        first, last = shown.view.cursor_span
        assert first <= 100 < last


# The input window of a network of fixed length


async def test_comma_and_full_stop_move_the_input_window_along_a_long_record(tmp_path: Path) -> None:
    async with explorer(sequences=fasta(tmp_path / "long.fa", long="ACGTT" * 260), model="seed") as shown:
        moves = [
            (".", 50, ""),
            (".", 100, ""),
            (",", 50, ""),
            ("2 0 .", 70, ""),
            ("7 ,", 63, ""),
            (", ,", 0, ""),
            (",", 0, "the record ends here"),
            ("9 9 9 .", 800, ""),
            (".", 800, "the record ends here"),
            ("1 ,", 799, ""),
        ]
        names = {",": "comma", ".": "full_stop"}
        for keys, start, said in moves:
            before = shown.cursor
            await shown.press(*(names.get(key, key) for key in keys.split()))
            assert shown.reading.window == (start, start + 500), keys
            assert f"long:{start + 1}-{start + 500}, 500 of " in shown.text
            assert shown.cursor == before
            assert shown.view.count == ""
            assert said in shown.status
            assert len(shown.reading.codes(0, 500)) == 500


async def test_the_input_window_of_a_network_that_reads_any_length_is_the_whole_record() -> None:
    async with explorer() as shown:
        for key in ("comma", "full_stop"):
            await shown.press(key)
            assert shown.status == "the input is the whole record"
            assert shown.reading.window == (0, 500)


async def test_what_was_gone_to_is_marked_on_the_ruler_until_escape_or_another_input(tmp_path: Path) -> None:
    path = fasta(tmp_path / "long.fa", long="ACGTTGCAAC" * 150)
    async with explorer(model="seed", sequences=path) as shown:

        def marked() -> list[int]:
            return [shown.view.base_at(at) for at, glyph in enumerate(shown.line_of(Ruler)) if glyph == "▼"]

        assert marked() == []
        for text, base in (("base 45", 45), ("cell 7", 56), ("conv 31", 31), ("long:90-99", 89)):
            await shown.press("g")
            await type_text(shown.pilot, text)
            await shown.press("enter")
            assert marked() == [base]
        await shown.press("right", "down", "enter")
        assert marked() == [89]
        await shown.press("escape")
        assert marked() == []
        await shown.press("g")
        await shown.type("long:1001-1010")
        await shown.press("enter")
        assert marked() == [1000 - shown.reading.start]
        await shown.press("comma")
        assert marked() == []
