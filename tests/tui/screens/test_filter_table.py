"""The filters as motifs in the explorer: what the table lists, how it sorts and searches, and where it leads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from explorers import MEDIUM, SMALL, Shown, explorer
from held import Held
from small_networks import deep_model, explained
from textual.widgets import DataTable, Static

from cnn_core import motifs
from cnn_core.layers import Conv1D, Dense, Flatten, Input, Layer, MaxPooling1D
from cnn_core.letters.record_batches import WholeRecords
from cnn_core.network.model import Model
from cnn_core.readers.npz import write_npz
from cnn_tui.options.scan_choices import MotifChoice
from cnn_tui.screens.dialogs.filter_table import FilterTable
from cnn_tui.words import resemblance
from cnn_tui.words.numbers import number, signed


def table(shown: Shown) -> DataTable[object]:
    return shown.app.screen.query_one(DataTable)


def rows(shown: Shown) -> list[dict[str, str]]:
    found = table(shown)
    heads = [str(column.value) for column in found.columns]
    return [dict(zip(heads, map(str, found.get_row_at(index)), strict=True)) for index in range(found.row_count)]


def said(shown: Shown, part: str = "message") -> str:
    return str(shown.app.screen.query_one(f"#{part}", Static).content)


async def test_all_records_are_read_by_a_key_and_the_rows_are_what_the_command_finds(
    subtests: pytest.Subtests,
) -> None:
    async with explorer(MEDIUM, sequences="@planted", filter="GATA1") as shown:
        shown.explorer.background_work.filter_motifs.choice = MotifChoice()
        await shown.press("F")
        assert isinstance(shown.app.screen, FilterTable)
        assert said(shown) == (
            "sim_01:1-500: letters under the windows whose activation exceeds half of the filter's largest "
            "(rule windows); 12 of 12 filters have too few sites for a motif: a reads all 12 records"
        )
        assert table(shown).cursor_row == 1
        assert said(shown, "detail") == "filter 1 has 1 site here, fewer than 10: too few to be compared"
        await shown.press("r", "r", "a", "b")
        assert shown.explorer.sequences is not None
        model, block = shown.reading.model, shown.reading.block
        found = motifs.filter_motifs(
            model, block, WholeRecords(shown.explorer.sequences), "best", motifs.MotifSettings(strands="both")
        )
        matches = motifs.filter_matches(found, motifs.MotifComparison(motifs.known_motifs()))
        likely = {number for number, match in matches.items() if match.is_likely}
        assert likely
        assert said(shown) == (
            "12 records, 6,000 bases: letters under the best window of each sequence, on both strands (rule best); "
            f"2 of 12 filters have too few sites for a motif; {len(likely)} resemble one of "
            "JASPAR 2026 CORE vertebrates"
        )
        with subtests.test("rows"):
            for row, motif in zip(rows(shown), found, strict=True):
                assert (row["filter"], row["name"]) == (str(motif.filter), motif.name)
                assert (row["sites"], row["information"]) == (str(motif.sites), f"{motif.information.sum():.2f}")
                for shown_letter, letter, bits in zip(row["logo"], motif.consensus, motif.information, strict=True):
                    assert shown_letter == (letter if bits >= 1 else letter.lower() if bits >= 0.25 else "·")
                if motif.filter in likely:
                    match = matches[motif.filter]
                    assert row["resembles"].startswith(f"{match.motif.name} {match.motif.matrix_id}")
                else:
                    rest = "–" if motif.is_written else f"{motif.sites} sites: too few"
                    assert (row["resembles"], row["q"]) == (rest, "")
        with subtests.test("the filter under the cursor"):
            assert said(shown, "detail") == f"filter 1 {resemblance(matches[1])}"
        with subtests.test("weights read no sequences"):
            await shown.press("r", "r")
            assert said(shown).startswith("background x 2^weight, shared out to 1 in each column (rule weights); ")
            assert {row["sites"] for row in rows(shown)} == {"–"}


async def test_every_column_sorts_a_search_narrows_and_enter_goes_there(subtests: pytest.Subtests) -> None:
    async with explorer(MEDIUM, sequences="@planted", filter="3") as shown:
        shown.explorer.background_work.filter_motifs.choice = MotifChoice(rule="top:20", all_records=True)
        await shown.press("F")
        unsorted = rows(shown)
        # The network ends with the pool, so that there is no influence.
        for key, column in zip("fncsimq", unsorted[0], strict=True):
            with subtests.test(column):
                # They are sorted by filter already.
                await shown.press(*([key] if column != "filter" else ["n", key]))
                once, mark = rows(shown), str(table(shown).columns[column].label).split()[-1]  # type: ignore[index]
                await shown.press(key)
                twice = rows(shown)
                assert mark == ("▾" if column in ("sites", "information") else "▴")
                assert {row["filter"] for row in once} == {row["filter"] for row in twice} == {*map(str, range(12))}
                # What has no value comes last, either way.
                known = [row[column] for row in once if row["q"] or column not in ("resembles", "q")]
                assert once[len(known) :] == twice[len(known) :]
                assert [row[column] for row in twice[: len(known)]] == known[::-1]
                if column in ("filter", "sites", "information"):
                    numbers = [float(value) for value in known]
                    assert numbers == sorted(numbers, reverse=mark == "▾")
        for width, left_out in ((120, []), (80, ["name", "information"]), (64, ["name", "information", "q"])):
            with subtests.test(str(width)):
                await shown.resize(width, 24 if width < 120 else 40)
                columns = [str(column.value) for column in table(shown).columns]
                assert columns == [column for column in unsorted[0] if column not in left_out]
                assert table(shown).max_scroll_x == 0
        await shown.press("i", "slash")
        await shown.type("gata")
        assert [row["filter"] for row in rows(shown)] == ["1"]
        await shown.press("enter", "enter")
        assert shown.app.screen is shown.explorer
        assert shown.view.filter == 1
        await shown.press("F", "slash")
        await shown.type("zzz")
        assert rows(shown) == []
        assert said(shown, "detail").startswith("no filter has 'zzz'")
        await shown.press("escape")
        assert len(rows(shown)) == 12
        await shown.press("escape")
        assert shown.app.screen is shown.explorer


async def test_escape_stops_reading_all_records_and_the_same_key_reads_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with explorer(SMALL, sequences="@planted") as shown:
        shown.explorer.background_work.filter_motifs.choice = MotifChoice()
        await shown.press("F")
        held = Held.before(monkeypatch, motifs, "filter_motifs")
        await shown.pilot.press("a")
        await held.entered()
        await shown.painted()
        assert "Esc stops it" in said(shown)
        await shown.pilot.press("escape")
        await shown.painted()
        held.let_go()
        await shown.settled()
        assert isinstance(shown.app.screen, FilterTable)
        assert said(shown).startswith("sim_01:1-500: ")
        await shown.press("a")
        assert said(shown).startswith("12 records, 6,000 bases: ")
        assert len(rows(shown)) == 12


async def test_what_filters_add_to_the_output_stands_beside_them(tmp_path: Path) -> None:
    write_npz(explained(), tmp_path / "explained.npz")
    async with explorer(SMALL, model=str(tmp_path / "explained.npz"), sequences="@planted", filter="0") as shown:
        shown.explorer.background_work.filter_motifs.choice = MotifChoice("weights", all_records=True)
        await shown.press("F", "e")
        (found,) = shown.explorer.background_work.filter_motifs._scans._values.values()
        influence = found.influence
        order = np.argsort(-np.abs(influence.mean), kind="stable").tolist()
        assert [row["filter"] for row in rows(shown)] == [*map(str, order)]
        assert [row["influence"] for row in rows(shown)] == [signed(influence.mean[index]) for index in order]
        # 12 records of 500 bases, in each 12 windows of 42; of these so many as are read at the most.
        assert influence.n == 100
        assert said(shown, "detail").endswith(
            f"changes logit of out by {signed(influence.mean[order[0]])} against its mean "
            f"(rms {number(influence.rms[order[0]])}, n 100)"
        )
        assert "Similar filters share credit" in shown.text


async def test_the_smallest_screen_has_rows_and_cuts_no_number(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    kernels, outputs = (random.standard_normal(shape).astype(np.float32) for shape in ((19, 4, 9), (18, 1)))
    layers: list[tuple[str, Layer]] = [
        ("letters", Input(28)),
        ("conv", Conv1D(kernels, activation="relu")),
        ("pool", MaxPooling1D(5)),
        ("flat", Flatten()),
        ("out", Dense(outputs)),
    ]
    write_npz(Model.sequential("wide", layers), tmp_path / "wide.npz")
    async with explorer((60, 18), model=str(tmp_path / "wide.npz"), sequences="@planted", filter="3") as shown:
        await shown.press("F")
        (found,) = shown.explorer.background_work.filter_motifs._scans._values.values()
        (line,) = [line for line in shown.lines if line.lstrip("│ ").startswith("3 ")]
        assert f" {signed(found.influence.mean[3])} " in line
        first = shown.lines
        # A larger screen has no scrollbar beside the table.
        await shown.resize(200, 60)
        await shown.resize(60, 18)
        assert table(shown).max_scroll_x == 0
        assert shown.lines == first


async def test_filters_that_read_feature_maps_are_no_motifs(tmp_path: Path) -> None:
    async with explorer(SMALL, model=deep_model(tmp_path / "deep.npz"), sequences="@iupac") as shown:
        await shown.press("b", "F")
        assert shown.app.screen is shown.explorer
        assert "its kernels read feature maps and no letters" in shown.toasts[-1]
