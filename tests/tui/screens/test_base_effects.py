"""The effect of every base on screen: a key, a value, a track that is computed behind it and dropped when late."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from explorers import MEDIUM, SMALL, WIDE, Shown, explorer, fasta
from held import Held
from small_networks import EXPLAINED_LENGTH, explained, without_block
from textual.widgets import Static

from cnn_core.attribution import SaturationMutagenesis, Target
from cnn_core.letters.alphabet import BASES, encode
from cnn_core.readers.npz import write_npz
from cnn_tui.background import attribution_scans
from cnn_tui.pictures.attribution_picture import AttributionPicture
from cnn_tui.screens.dialogs.choices import Choices
from cnn_tui.screens.dialogs.choose_attribution import ChooseAttribution
from cnn_tui.view.attribution_choice import AttributionChoice, Kind
from cnn_tui.widgets.attribution_track import AttributionTrack
from cnn_tui.widgets.inspector import Inspector
from cnn_tui.words.numbers import number, signed

LETTERS = "".join("ACGT"[code] for code in np.random.default_rng(6).integers(0, 4, EXPLAINED_LENGTH + 30))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Return what is opened: letters that hold more than one input window, and a network."""
    write_npz(explained(), tmp_path / "model.npz")
    return {"sequences": fasta(tmp_path / "short.fa", short=LETTERS), "model": str(tmp_path / "model.npz")}


def drawn(shown: Shown) -> AttributionPicture:
    assert shown.explorer.attributed is not None
    return shown.explorer.attributed


async def hurried(shown: Shown, *keys: str) -> None:
    """Press keys while something is computed."""
    for key in keys:
        await shown.app._press_keys([key])
        await shown.painted()


def logit(shown: Shown, letters: str) -> float:
    """Return the logit of other letters, by a run of the whole network."""
    model = Target.parse("output", shown.reading.model, EXPLAINED_LENGTH).applied(shown.reading.model)
    return float(model.run(encode(letters))["out"][0])


def assert_whole(shown: Shown, letters: str) -> None:
    """Compare what is drawn with runs of the whole network."""
    numbers = drawn(shown).numbers
    assert numbers is not None
    assert numbers.complete
    before = logit(shown, letters)
    for base in (0, 13, 39):
        for letter, name in enumerate(BASES):
            after = logit(shown, letters[:base] + name + letters[base + 1 :])
            assert numbers.letters[base, letter] == pytest.approx(after - before, abs=1e-5)


async def test_the_key_and_enter_show_the_effects_on_the_logit(files: dict[str, str]) -> None:
    async with explorer(SMALL, **files) as shown:
        assert not shown.explorer.query_one(AttributionTrack).display
        await shown.press("asterisk", "enter")
        assert_whole(shown, LETTERS[:EXPLAINED_LENGTH])
        assert shown.status.startswith("strongest: ")
        assert "changes this model's output logit by" in shown.status
        for size in (SMALL, MEDIUM, WIDE):
            await shown.resize(*size)
            track = shown.explorer.query_one(AttributionTrack)
            drawn_lines = shown.lines
            lines = [drawn_lines[track.region.y + y].ljust(size[0]) for y in range(track.size.height)]
            rows = {name: line for name in BASES for line in lines if line[:17].rstrip().endswith(name)}
            for base, letter in enumerate(LETTERS[:40]):
                column = 17 + drawn(shown).view.column_of(base)
                assert [name for name in BASES if rows[name][column] == "·"] == [letter]
            assert f"output logit {number(logit(shown, LETTERS[:42]))} · edited − present" in lines[-1]
            assert [line[:4] for line in lines if line[:4] in ("gain", "loss")] == ["gain", "loss"][
                : 2 * (size != SMALL)
            ]
            inspector = shown.explorer.query_one(Inspector)
            assert inspector.size.height >= 4
            assert len(drawn_lines) == size[1]
            for kept in ("letters", "pooled"):
                assert any(line.startswith(kept) for line in drawn_lines)


async def test_what_a_base_does_is_said_at_its_level_and_under_the_pointer(files: dict[str, str]) -> None:
    async with explorer(MEDIUM, **files) as shown:
        await shown.press("asterisk", "enter", "enter", "enter")
        base = shown.view.base
        said = str(shown.explorer.query_one(Inspector).render())
        there, before = LETTERS[base], logit(shown, LETTERS[:42])
        assert f"changing base {base} changes this model's output logit {number(before)}:" in said
        for letter in set(BASES) - {there}:
            after = logit(shown, LETTERS[:base] + letter + LETTERS[base + 1 : 42])
            assert f"{there}→{letter} {number(after)} ({signed(after - before)[:5]}" in said
        column = drawn(shown).view.column_of(41)
        await shown.hover(AttributionTrack, column, 1)
        assert shown.status == f"base 41, {LETTERS[41]}: not read by output logit"
        column = drawn(shown).view.column_of(5)
        row = BASES.index(next(each for each in BASES if each != LETTERS[5]))
        await shown.hover(AttributionTrack, column, 1 + row)
        assert shown.status.startswith(f"{LETTERS[5]}→{BASES[row]} at 5: output logit ")


async def test_the_arrows_choose_what_is_shown(files: dict[str, str]) -> None:
    async with explorer(SMALL, **files) as shown:
        for nth, kind in enumerate(Kind):
            # From what is shown to the next one.
            await shown.press("asterisk", *["right"] * (nth > 0), "enter")
            assert drawn(shown).choice == AttributionChoice("output", logit=True, kind=kind)
            assert drawn(shown).complete
            track = shown.explorer.query_one(AttributionTrack)
            assert "output logit" in shown.lines[track.region.bottom - 1]
            if kind in (Kind.INTEGRATED, Kind.DEEPLIFT):
                assert "delta" in shown.lines[track.region.bottom - 1]
            await shown.press("asterisk")
            assert shown.app.screen.query_one("#message", Static).content
            # What is shown is marked, so that Enter keeps it, and goes to its strongest base.
            await shown.press("enter")
            assert drawn(shown).choice.kind is kind


async def test_the_value_under_the_cursor_can_be_taken_and_the_track_taken_away(files: dict[str, str]) -> None:
    async with explorer(SMALL, **files) as shown:
        await shown.press("right", "right", "asterisk", "down", "down", "enter")
        assert drawn(shown).choice == AttributionChoice(f"pool:{shown.view.cell}:0")
        assert f"pooled[{shown.view.cell}] of filter 0" in shown.text
        assert "not read" in shown.line_of(AttributionTrack, 1)
        await shown.press("asterisk")
        dialog = shown.app.screen
        assert isinstance(dialog, ChooseAttribution)
        choices = dialog.query_one(Choices)
        await shown.press(*["down"] * choices._count, "enter")
        assert shown.explorer.attributed is None
        assert not shown.explorer.query_one(AttributionTrack).display


async def test_another_value_is_typed(tmp_path: Path, files: dict[str, str]) -> None:
    write_npz(explained(3), tmp_path / "three.npz")
    async with explorer(SMALL, **{**files, "model": str(tmp_path / "three.npz")}) as shown:
        await shown.press("asterisk")
        await shown.type("7")
        assert "there is no output:7" in str(shown.app.screen.query_one("#message", Static).content)
        await shown.press("enter")
        assert isinstance(shown.app.screen, ChooseAttribution)
        await shown.press("backspace", "2", "enter")
        assert drawn(shown).choice == AttributionChoice("output:2", logit=True)
        assert "output[2] logit" in shown.text


async def test_the_strongest_bases_are_gone_to_one_after_the_other_and_colours_or_signs_carry_the_map(
    files: dict[str, str],
) -> None:
    async with explorer(SMALL, **files) as shown:
        await shown.press("asterisk", "enter")
        numbers = drawn(shown).numbers
        assert numbers is not None
        for nth in range(2):
            await shown.press("asterisk", "enter")
            assert shown.cursor == ("base", int(numbers.strongest[nth]))
            assert shown.status.startswith(f"strongest {nth + 1} of ")
            assert "…" not in shown.status
            assert f"({signed(float(numbers.largest[shown.cursor[1]]))})" in shown.status
        await shown.press("home")
        assert not set("≡=█▓") & set("".join(shown.line_of(AttributionTrack, y) for y in range(4)))
        shown.app.monochrome = True
        shown.explorer.query_one(AttributionTrack).refresh()
        await shown.settled()
        assert set("≡█") & set("".join(shown.line_of(AttributionTrack, y) for y in range(4)))
        assert "≡" in shown.line_of(AttributionTrack, 4)
        assert "█" in shown.line_of(AttributionTrack, 4)


async def test_it_is_computed_again_for_another_window_strand_and_setting(files: dict[str, str]) -> None:
    async with explorer(SMALL, **files) as shown:
        await shown.press("asterisk", "enter", "1", "0", "full_stop")
        assert shown.reading.start == 10
        assert_whole(shown, LETTERS[10 : 10 + EXPLAINED_LENGTH])
        await shown.press("v")
        turned = LETTERS.translate(str.maketrans("ACGT", "TGCA"))[::-1]
        first = len(LETTERS) - 10 - EXPLAINED_LENGTH
        assert_whole(shown, turned[first : first + EXPLAINED_LENGTH])
        before = drawn(shown).numbers
        await shown.press("v", "v")
        assert drawn(shown).numbers is before
        # With another pool the dense layer no longer fits: that is said once, and the rest goes on.
        await shown.press("right_parenthesis")
        assert drawn(shown).refusal
        await shown.press("0")
        assert_whole(shown, turned[first : first + EXPLAINED_LENGTH])


async def test_partial_effects_are_drawn_the_nearest_first_and_escape_keeps_them(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attribution_scans, "_PIECE", 8)
    held = Held.before(monkeypatch, SaturationMutagenesis, "_of", first=1)
    async with explorer(SMALL, **files) as shown:
        await shown.press("end")
        await hurried(shown, "asterisk", "enter")
        await held.entered()
        # Keys go on while it is computed, and show what is known by then.
        await hurried(shown, "left")
        numbers = drawn(shown).numbers
        assert numbers is not None
        first = np.flatnonzero(numbers.known & numbers.read)
        assert (len(first), int(first[-1])) == (8, 39)
        assert "computing 8 of 40 bases" in shown.text
        await hurried(shown, "escape")
        held.let_go()
        await shown.settled()
        assert drawn(shown).numbers is numbers
        assert "stopped at 8 of 40 bases" in shown.text


async def test_a_late_result_is_dropped(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held.before(monkeypatch, SaturationMutagenesis, "_of")
    async with explorer(SMALL, **files) as shown:
        await hurried(shown, "asterisk", "enter")
        await held.entered()
        await hurried(shown, "1", "0", "full_stop")
        held.let_go()
        await shown.settled()
        assert_whole(shown, LETTERS[10 : 10 + EXPLAINED_LENGTH])


async def test_the_whole_network_offers_the_value_under_its_cursor(files: dict[str, str]) -> None:
    async with explorer(SMALL, **files) as shown:
        await shown.press("tab", "a", "asterisk", "enter")
        assert shown.app.screen is shown.explorer
        assert drawn(shown).choice == AttributionChoice("flat:0")
        assert "flat unit 0" in shown.text
        await shown.press("tab", "asterisk", "enter")
        assert drawn(shown).choice.target == "flat:0"


async def test_without_a_block_it_says_where_effects_are(tmp_path: Path) -> None:
    file = fasta(tmp_path / "a.fa", a=LETTERS[:20])
    async with explorer(SMALL, sequences=file, model=without_block(tmp_path / "m.npz"), filter=None) as shown:
        await shown.press("asterisk")
        assert "cnn-tui effects lists them" in shown.text


async def test_what_cannot_be_computed_is_said(files: dict[str, str], tmp_path: Path) -> None:
    letters = LETTERS[:20] + "N" + LETTERS[21:]
    async with explorer(SMALL, **{**files, "sequences": fasta(tmp_path / "n.fa", n=letters)}) as shown:
        await shown.press("asterisk", "left", "enter")
        assert drawn(shown).choice.kind is Kind.DEEPLIFT
        assert "is not A, C, G or T" in drawn(shown).refusal
        assert any("is not A, C, G or T" in toast for toast in shown.toasts)
        await shown.press("asterisk", "right", "enter")
        assert drawn(shown).complete
