"""What the track of effects draws, and what is said of it: numbers laid over columns, before any widget."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hand_worked import Letters
from numpy.typing import NDArray
from small_networks import EXPLAINED_LENGTH, explained

from cnn_core.attribution import ExplainedValue, SaturationMutagenesis, Target, attribute
from cnn_core.blocks.reading import Reading
from cnn_core.letters.alphabet import BASES, encode
from cnn_tui.pictures.attribution_narration import (
    definition,
    explain_bases,
    nothing_words,
    number_words,
    strongest_words,
    target_words,
)
from cnn_tui.pictures.attribution_picture import SMALLEST_SCALE, AttributionPicture, BaseNumbers, State
from cnn_tui.pictures.colours import LEVELS, SIGNED_GLYPHS
from cnn_tui.view.attribution_choice import AttributionChoice, Kind
from cnn_tui.view.frame import ZOOMS
from cnn_tui.view.view_state import Axes, ViewState
from cnn_tui.words.numbers import number, signed

LETTERS = "".join("ACGT"[code] for code in np.random.default_rng(6).integers(0, 4, EXPLAINED_LENGTH))
READING = Reading.of(explained(), Letters(LETTERS)).into()
CHOICE = AttributionChoice("output", logit=True)


def numbers_of(choice: AttributionChoice, reading: Reading = READING) -> BaseNumbers:
    target = Target.parse(choice.target, reading.model, reading.length, logit=choice.logit)
    codes = reading.codes(0, reading.length)
    found = SaturationMutagenesis(reading.model, target, codes, reading.ambiguity)
    if choice.kind is Kind.EFFECTS:
        return BaseNumbers.of_effects(choice, found.effects())
    begun = BaseNumbers.of_effects(choice, found.nothing_yet)
    return begun.with_attribution(attribute(ExplainedValue(reading.model, target), codes, str(choice.kind)))


def picture_of(
    numbers: BaseNumbers, *, offset: int = 0, zoom: int = 1, columns: int = EXPLAINED_LENGTH
) -> AttributionPicture:
    view = ViewState(axes=Axes.of(READING.run), offset=offset, zoom=ZOOMS.index(zoom), columns=columns)
    return AttributionPicture(view, READING, numbers.choice, numbers)


def by_hand(base: int, letter: str) -> float:
    """Return the logit behind a substitution, by a run of the whole network."""
    model = Target.parse("output", READING.model, READING.length).applied(READING.model)
    edited = LETTERS[:base] + letter + LETTERS[base + 1 :]
    return float(model.run(encode(edited))["out"][0])


class TestLaid:
    def test_a_base_a_column_shows_what_every_substitution_changes(self) -> None:
        numbers = numbers_of(CHOICE)
        laid = picture_of(numbers, offset=3, columns=20).laid
        for column, base in enumerate(range(3, 23)):
            for letter, name in enumerate(BASES):
                change = by_hand(base, name) - by_hand(base, LETTERS[base])
                assert laid.letters[column, letter] == pytest.approx(change, abs=1e-5)
        assert laid.up == pytest.approx(np.maximum(laid.letters.max(axis=1), 0))
        assert laid.down == pytest.approx(np.maximum(-laid.letters.min(axis=1), 0))

    def test_what_is_not_read_is_not_what_has_no_effect(self) -> None:
        laid = picture_of(numbers_of(CHOICE), columns=50).laid
        assert set(laid.states[:40].tolist()) == {State.KNOWN}
        assert laid.states[40:42].tolist() == [State.NOT_READ] * 2
        assert set(laid.states[42:].tolist()) == {State.OUTSIDE}
        # A cell reads eight bases of the forty.
        cell = picture_of(numbers_of(AttributionChoice("pool:2:1"))).laid
        assert np.flatnonzero(cell.states == State.KNOWN).tolist() == [*range(8, 16)]

    def test_several_bases_a_column_show_the_one_furthest_from_zero(self) -> None:
        numbers = numbers_of(CHOICE)
        laid = picture_of(numbers, zoom=-8, columns=6).laid
        for column in range(5):
            bases = np.arange(8 * column, 8 * column + 8)
            for letter in range(4):
                best = bases[np.abs(numbers.letters[bases, letter]).argmax()]
                assert laid.bases[column, letter] == best
                assert laid.letters[column, letter] == numbers.letters[best, letter]

    def test_several_columns_a_base_show_it_once(self) -> None:
        laid = picture_of(numbers_of(CHOICE), offset=2, zoom=4, columns=9).laid
        assert laid.starts.tolist() == [True, False, False, False, True, False, False, False, True]
        assert laid.base.tolist() == [2] * 4 + [3] * 4 + [4]

    def test_before_the_first_piece_everything_that_is_read_is_pending(self) -> None:
        found = SaturationMutagenesis(READING.model, Target("out", (0,), True), READING.codes(0, READING.length))
        numbers = BaseNumbers.of_effects(CHOICE, found.nothing_yet)
        assert (numbers.done, numbers.total, numbers.complete) == (0, 40, False)
        piece = next(found.pieces(near=20, size=8))
        numbers = numbers.with_piece(piece)
        assert 20 in piece.positions
        laid = picture_of(numbers).laid
        assert np.flatnonzero(laid.states == State.KNOWN).tolist() == piece.positions.tolist()
        assert set(numbers.strongest.tolist()) <= set(piece.positions.tolist())


def test_noise_does_not_glow() -> None:
    numbers = numbers_of(CHOICE)
    faint = replace(numbers, letters=numbers.letters * np.float32(1e-6))
    assert faint.limit == SMALLEST_SCALE
    assert numbers.limit == pytest.approx(float(np.abs(numbers.letters).max()))
    assert len(SIGNED_GLYPHS) == 2 * LEVELS - 1
    # Without colour the faintest is blank, and both signs grow alike.
    assert SIGNED_GLYPHS[LEVELS - 3 : LEVELS + 2] == " " * 5
    assert SIGNED_GLYPHS[0] == "≡"
    assert SIGNED_GLYPHS[-1] == "█"


@pytest.mark.parametrize("kind", [Kind.GRADIENT_X_INPUT, Kind.INTEGRATED, Kind.DEEPLIFT])
def test_a_contribution_is_that_of_the_letter_that_is_there(kind: Kind) -> None:
    numbers = numbers_of(replace(CHOICE, kind=kind))
    assert numbers.contributions is not None
    assert numbers.contributions[:40] == pytest.approx(
        numbers.letters[np.arange(40), numbers.present[:40]], abs=1e-5
    )
    laid = picture_of(numbers).laid
    assert laid.up - laid.down == pytest.approx(laid.contributions)


def test_contributions_name_baseline_references_and_delta() -> None:
    integrated, deep = (numbers_of(replace(CHOICE, kind=kind)) for kind in (Kind.INTEGRATED, Kind.DEEPLIFT))
    assert integrated.delta is not None
    assert deep.delta is not None
    assert all("delta" in each for each in (*definition(integrated), *definition(deep)))
    assert f"delta {number(float(integrated.delta[0]))}" in definition(integrated)[-1]
    assert "all zeros" in definition(integrated)[0]
    assert "20 dinucleotide shuffles, seed 0" in definition(deep)[0]


class TestWords:
    def test_a_substitution_is_named_with_both_values(self) -> None:
        numbers = numbers_of(CHOICE)
        there, before = LETTERS[7], by_hand(7, LETTERS[7])
        for letter, name in enumerate(BASES):
            if name != there:
                after = by_hand(7, name)
                change = f"{number(before)} → {number(after)} ({signed(float(numbers.letters[7, letter]))})"
                assert number_words(numbers, READING, 7, letter) == f"{there}→{name} at 7: output logit {change}"
        own = number_words(numbers, READING, 7, BASES.index(there))
        assert own == f"{there} at 7 is there: output logit {number(before)}"
        heading, changes = explain_bases(picture_of(numbers), range(7, 8))
        assert heading == f"changing base 7 changes this model's output logit {number(before)}:"
        assert changes.count("→") == 3

    def test_a_base_that_is_not_read_is_called_so(self) -> None:
        numbers = numbers_of(CHOICE)
        assert number_words(numbers, READING, 41, 0) == f"base 41, {LETTERS[41]}: not read by output logit"
        said = explain_bases(picture_of(numbers), range(41, 42))
        assert said == ("output logit does not read base 41: not read is not the same as no effect",)

    def test_an_n_has_four_substitutions(self) -> None:
        reading = Reading.of(explained(), Letters(LETTERS[:9] + "N" + LETTERS[10:])).into()
        numbers = numbers_of(CHOICE, reading)
        assert numbers.present[9] == -1
        picture = replace(picture_of(numbers), reading=reading)
        assert explain_bases(picture, range(9, 10))[1].count("N→") == 4

    def test_the_value_is_named_as_on_screen(self) -> None:
        assert target_words(CHOICE, READING) == "output logit"
        assert target_words(AttributionChoice(), READING) == "output probability"
        assert target_words(AttributionChoice("pool:3:1"), READING) == "pooled[3] of filter 1"
        assert target_words(AttributionChoice("conv:12:1"), READING) == "conv[12] of filter 1"
        several = Reading.of(explained(3), Letters(LETTERS)).into()
        assert target_words(AttributionChoice("output:2", logit=True), several) == "output[2] logit"

    def test_the_strongest_is_a_change_of_this_models_output(self) -> None:
        numbers = numbers_of(CHOICE)
        base = int(numbers.strongest[0])
        changes: NDArray[np.float32] = np.abs(numbers.letters).max(axis=1)
        assert changes[base] == changes.max()
        letter = BASES[int(np.abs(numbers.letters[base]).argmax())]
        by = signed(float(numbers.largest[base]))
        edit = f"{LETTERS[base]}→{letter} ({base + 1}{LETTERS[base]}>{letter})"
        expected = f"base {base}, {edit}, changes this model's output logit by {by}"
        assert strongest_words(numbers, READING, base) == expected
        nothing = replace(numbers, letters=np.zeros_like(numbers.letters))
        assert not len(nothing.strongest)
        assert "without function" in nothing_words(nothing, READING)
