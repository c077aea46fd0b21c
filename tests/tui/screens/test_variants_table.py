"""The table of variants in the explorer: what it lists, how it sorts, and where it leads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from explorers import MEDIUM, SMALL, Shown, explorer, fasta
from held import Held
from small_networks import narrow
from textual.widgets import DataTable, Static

from cnn_core.attribution import VariantScoring
from cnn_core.letters.alphabet import decode
from cnn_core.letters.variants import Status
from cnn_core.letters.vcf import open_calls
from cnn_tui.background import pacing, variant_table
from cnn_tui.background.variant_table import VariantTable
from cnn_tui.screens.dialogs.open_variants import OpenVariants
from cnn_tui.screens.dialogs.variants import Variants
from cnn_tui.words.numbers import number, signed

LETTERS = "".join("ACGT"[code] for code in np.random.default_rng(11).integers(0, 4, 1_500))
OTHER = LETTERS[::-1]


def substitution(chrom: str, pos: int, name: str = ".") -> str:
    ref = (LETTERS if chrom.endswith("1") else OTHER)[pos - 1]
    return f"{chrom}\t{pos}\t{name}\t{ref}\t{'A' if ref != 'A' else 'C'}\t.\t.\t."


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A reference of two records, and calls: substitutions, an insertion, a deletion, one refused, one skipped."""
    reference = fasta(tmp_path / "ref.fa", chr1=LETTERS, chr2=OTHER)
    lines = [substitution("1", pos, f"rs{pos}") for pos in range(300, 1_200, 90)]
    lines += [substitution("chr2", 700), substitution("1", 20)]
    lines += [f"1\t800\tins\t{LETTERS[799]}\t{LETTERS[799]}TTGA\t.\t.\t."]
    lines += [f"1\t820\tdel\t{LETTERS[819:826]}\t{LETTERS[819]}\t.\t.\t."]
    lines += [
        f"1\t900\t.\t{'A' if LETTERS[899] != 'A' else 'C'}\tG\t.\t.\t.",
        f"1\t901\t.\t{LETTERS[900]}\t<DEL>\t.\t.\t.",
    ]
    (tmp_path / "calls.vcf").write_text("\n".join(["##fileformat=VCFv4.2", *lines, ""]))
    return reference, str(tmp_path / "calls.vcf")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The trained network with 16 of its filters."""
    return narrow("trained", tmp_path_factory.mktemp("networks") / "narrow.npz")


def table(shown: Shown) -> DataTable[object]:
    return shown.app.screen.query_one(DataTable)


def rows(shown: Shown) -> list[dict[str, str]]:
    found = table(shown)
    heads = [str(column.value) for column in found.columns]
    return [dict(zip(heads, map(str, found.get_row_at(index)), strict=True)) for index in range(found.row_count)]


def said(shown: Shown) -> str:
    return str(shown.app.screen.query_one("#message", Static).content)


def go_to(shown: Shown, place: str) -> dict[str, str]:
    at, row = next((at, row) for at, row in enumerate(rows(shown)) if row["place"] == place)
    table(shown).move_cursor(row=at)
    return row


async def test_it_opens_with_the_variants_sorted_by_effect(files: tuple[str, str], model: str) -> None:
    reference, calls = files
    async with explorer(MEDIUM, model=model, sequences=reference, variants=calls) as shown:
        assert isinstance(shown.app.screen, Variants)
        assert shown.explorer.sequences is not None
        scoring = VariantScoring(shown.reading.model, shown.explorer.sequences)
        with open_calls(calls) as lines:
            scores = [score for score in scoring.scores(lines) if score.difference is not None]
        scores.sort(key=lambda score: -abs(float(np.ravel(score.logit_difference)[0])))
        listed = rows(shown)
        assert len(listed) == 14
        assert [row["rank"] for row in listed] == [str(rank) for rank in range(1, 15)]
        for row, score in zip(listed, scores, strict=True):
            assert row["place"].endswith(f":{score.variant.line.pos}")
            assert row["logit"] == signed(float(np.ravel(score.logit_difference)[0]))
            assert row["difference"] == signed(float(np.ravel(score.difference)[0]))
            assert row["reference"] == number(float(np.ravel(score.reference)[0]))
        words = said(shown)
        assert words.startswith(
            "calls.vcf: 14 of 16 alternatives scored; 1 refused (REF differs); 1 skipped (symbolic"
        )
        assert "strand +" in words
        assert "1 name was matched" in words


async def test_enter_leads_to_the_window_with_the_alternative_beside_the_reference(
    files: tuple[str, str], model: str, subtests: pytest.Subtests
) -> None:
    reference, calls = files
    async with explorer(SMALL, model=model, sequences=reference, variants=calls) as shown:
        for place, edit, first in (
            ("chr1:480", None, 230),
            ("chr1:800", "chr1:800_801insTTGA", 550),
            ("chr1:820", None, 570),
        ):
            with subtests.test(place):
                if shown.app.screen is shown.explorer:
                    await shown.press("A")
                row = go_to(shown, place)
                await shown.press("enter")
                assert shown.app.screen is shown.explorer
                reading, at = shown.reading, int(place.partition(":")[2])
                assert reading.window == (first, first + 500)
                ref, alt = row["change"].split(">")
                edited = LETTERS[: at - 1] + alt + LETTERS[at - 1 + len(ref) :]
                assert decode(reading.codes(0, 500)) == edited[first : first + 500]
                assert edit is None or reading.edit_names == (edit,)
                assert len(reading.edit_names) == 1
                assert reading.output.values is not None
                assert number(float(reading.output.values[0])) == row["alternative"]
                assert f"changes activation:0 by {row['difference']}" in shown.status
                # Beside it stands the reference, so that A − B is what the variant changes.
                assert shown.explorer.split is not None
                beside = shown.explorer.split.b.shown
                assert decode(beside.codes(0, 500)) == LETTERS[first : first + 500]
                assert beside.output.values is not None
                assert number(float(beside.output.values[0])) == row["reference"]


async def test_enter_leads_into_another_record_back_and_to_an_edge(files: tuple[str, str], model: str) -> None:
    reference, calls = files
    async with explorer(MEDIUM, model=model, sequences=reference, variants=calls) as shown:
        row = go_to(shown, "chr2:700")
        await shown.press("enter")
        assert shown.reading.record.name == "chr2"
        assert shown.reading.window == (450, 950)
        assert len(shown.reading.edit_names) == 1
        assert shown.reading.output.values is not None
        assert number(float(shown.reading.output.values[0])) == row["alternative"]
        await shown.press("A")
        go_to(shown, "chr1:570")
        await shown.press("enter")
        assert (shown.reading.record.name, shown.reading.window) == ("chr1", (320, 820))
        (name,) = shown.reading.edit_names
        assert name.startswith("chr1:570")
        # At an edge the status says what is not read.
        await shown.press("A")
        go_to(shown, "chr1:20")
        await shown.press("enter")
        assert shown.reading.window == (0, 500)
        assert "not read here: N beyond the record (230 left)" in shown.status


async def test_it_sorts_by_position_and_the_other_way_round(files: tuple[str, str], model: str) -> None:
    reference, calls = files
    async with explorer(SMALL, model=model, sequences=reference, variants=calls) as shown:
        first = [row["place"] for row in rows(shown)]
        await shown.press("p")
        places = [row["place"] for row in rows(shown)]
        in_order = sorted(first, key=lambda place: (place[:4], int(place[5:])))
        assert places == in_order
        await shown.press("p")
        assert [row["place"] for row in rows(shown)] == in_order[::-1]
        await shown.press("v", "v")
        assert [row["place"] for row in rows(shown)] == first[::-1]
        found = table(shown)
        assert found.virtual_size.width <= found.size.width


async def test_the_other_strand_has_a_table_of_its_own(files: tuple[str, str], model: str) -> None:
    reference, calls = files
    async with explorer(MEDIUM, model=model, sequences=reference, variants=calls) as shown:
        forward = rows(shown)
        await shown.press("escape", "v", "A")
        assert "strand -" in said(shown)
        assert rows(shown) != forward
        row = go_to(shown, "chr1:480")
        await shown.press("enter")
        assert shown.reading.reverse
        assert shown.reading.output.values is not None
        assert number(float(shown.reading.output.values[0])) == row["alternative"]


async def test_v_asks_for_a_file_where_none_is_known(
    files: tuple[str, str], model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference, calls = files
    monkeypatch.chdir(Path(calls).parent)
    async with explorer(MEDIUM, model=model, sequences=reference) as shown:
        await shown.press("A")
        assert isinstance(shown.app.screen, OpenVariants)
        await shown.type("calls.vcf")
        await shown.press("enter")
        assert isinstance(shown.app.screen, Variants)
        assert len(rows(shown)) == 14


async def test_a_file_that_cannot_be_read_is_said_in_the_table(
    files: tuple[str, str], model: str, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    path = tmp_path / "bad.vcf"
    async with explorer(model=model, sequences=files[0], variants=str(path)) as shown:
        for text, sentence in (
            (None, "there is no such file"),
            ("chr1\t1\n", "bad.vcf, line 1: it has 2 columns"),
            (">x\n", "this looks like FASTA"),
        ):
            with subtests.test(sentence):
                if text is not None:
                    path.write_text(text)
                    await shown.press("A")
                assert isinstance(shown.app.screen, Variants)
                assert sentence in said(shown)
                await shown.press("enter", "p", "escape")
                assert shown.app.screen is shown.explorer


async def test_it_fills_while_it_is_scored_and_is_closed_at_any_time(
    files: tuple[str, str], model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference, calls = files
    monkeypatch.setattr(pacing, "_EVERY", 0)
    async with explorer(MEDIUM, model=model, sequences=reference) as shown:
        shown.explorer.request = replace(shown.explorer.request, variants=calls)
        held = Held.before(monkeypatch, VariantTable, "take", first=6)
        try:
            await shown.pilot.press("A")
            await held.entered()
            await shown.painted()
            assert said(shown).startswith("calls.vcf: ")
            assert said(shown).endswith("Esc stops it")
            assert 0 < len(rows(shown)) <= 6
            await shown.pilot.press("p", "j", "escape")
            await shown.painted()
            assert shown.app.screen is shown.explorer
        finally:
            held.let_go()
        await shown.settled()
        # What was stopped is begun again, and what was completed is kept.
        await shown.press("A")
        assert len(rows(shown)) == 14
        await shown.press("escape", "A")
        assert len(rows(shown)) == 14
        assert len(held.calls) <= 7 + 16


def test_a_table_keeps_the_largest_effects_in_bounded_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variant_table, "TOP", 3)
    table = VariantTable("of this")
    effects = [0.5, -2.0, float("nan"), 1.0, -1.0, 0.1, 2.0]
    for at, effect in enumerate(effects):
        row = variant_table.ScoredRow(at, ".", "A", "C", "chr1", 0, 4, "", "out:0", 0.0, effect, effect, None)
        table.take(row, Status("scored"))
    # Of equals the earlier one is kept.
    assert [(row.pos, row.difference) for row in table.rows] == [(1, -2.0), (6, 2.0), (3, 1.0)]
    assert (table.taken, table.counts) == (7, {Status("scored"): 7})
