"""Kernels as arrays, as a table and as motifs; a MEME file is read back by our own reader."""

from __future__ import annotations

import io
from collections import Counter

import numpy as np
import pytest
from small_models import Letters, block_model, one_letter_kernel, random_kernel, random_letters

from cnn_core.blocks.reading import Reading
from cnn_core.errors import ModelError, SettingError
from cnn_core.layers import Conv1D, MaxPooling1D
from cnn_core.motifs import Motif, log_odds
from cnn_core.presets import motifs, preset
from cnn_core.readers.motifs.meme import read_meme
from cnn_core.writers import meme
from cnn_core.writers.kernels import kernel_arrays, write_kernel_table
from cnn_core.writers.meme import motifs_of_weights, motifs_of_windows, write_meme

LETTERS = random_letters(400, seed=4, letters="ACGTN")


def reading_of(conv: Conv1D, letters: str = LETTERS, channels: str = "ACGT", *, reverse: bool = False) -> Reading:
    model = block_model(conv, MaxPooling1D(2), channels=channels)
    return Reading.of(model, Letters(letters, "chr1"), reverse=reverse).into()


def read_back(found: tuple[Motif, ...], rule: str) -> dict[str, np.ndarray]:
    file = io.BytesIO()
    write_meme(found, file, rule)
    return {motif.matrix_id: motif.counts for motif in read_meme(file.getvalue(), "x.meme").motifs}


def test_arrays_are_the_kernels() -> None:
    conv = Conv1D(random_kernel(5, filters=3), np.arange(3, dtype=np.float32), filter_names=("x", "y", "z"))
    found = kernel_arrays(reading_of(conv, channels="ATGC"), (2, 0))
    np.testing.assert_array_equal(found["kernel"], conv.kernel[:, :, [2, 0]])
    assert found["bias"].tolist() == [2, 0]
    assert found["filter_names"].tolist() == ["z", "x"]
    assert str(found["channels"]) == "ATGC"


def test_a_table_has_a_line_a_tap_and_one_for_the_bias() -> None:
    conv = Conv1D(one_letter_kernel("AC", size=2), np.array([0.5], dtype=np.float32))
    file = io.BytesIO()
    write_kernel_table(reading_of(conv), (0,), file)
    assert file.getvalue().decode() == (
        "filter\ttap\tA\tC\tG\tT\nfilter0\t0\t1\t0\t0\t0\nfilter0\t1\t0\t1\t0\t0\nfilter0\tbias\t0.5\t\t\t\n"
    )


def test_a_filter_s_name_in_a_table_is_no_formula() -> None:
    conv = Conv1D(one_letter_kernel("A"), filter_names=("=1+1",))
    file = io.BytesIO()
    write_kernel_table(reading_of(conv), (0,), file)
    assert [line.split(b"\t")[0] for line in file.getvalue().splitlines()] == [b"filter", b"'=1+1", b"'=1+1"]


class TestWeights:
    def test_log_odds_become_the_probabilities_that_they_were_made_of(self) -> None:
        (motif,) = [each for each in motifs.matrices() if each.name == "GATA1" or each.matrix_id == "MA0035.3"]
        weights = log_odds(motif, np.full(4, 0.25), 0.1)
        conv = Conv1D(weights[:, :, None].astype(np.float32), filter_names=("GATA1",))
        found = read_back(motifs_of_weights(reading_of(conv), (0,)), "weights")["GATA1"]
        shares = motif.counts / motif.counts.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(found, (shares + 0.1 / 4) / 1.1, atol=2e-6)

    def test_against_a_background(self) -> None:
        background = (0.3, 0.2, 0.2, 0.3)
        shares = np.array([[0.7, 0.1, 0.1, 0.1], [0.25, 0.25, 0.25, 0.25]])
        weights = np.log2(shares / background).astype(np.float32)
        found = motifs_of_weights(reading_of(Conv1D(weights[:, :, None])), (0,), background)
        np.testing.assert_allclose(found[0].probabilities, shares, atol=1e-6)

    def test_any_channel_order_comes_out_as_acgt(self) -> None:
        kernel = random_kernel(4, filters=1)
        plain = motifs_of_weights(reading_of(Conv1D(kernel)), (0,))[0]
        moved = motifs_of_weights(reading_of(Conv1D(kernel[:, [0, 3, 2, 1]]), channels="ATGC"), (0,))[0]
        np.testing.assert_array_equal(plain.probabilities, moved.probabilities)

    def test_between_the_taps_of_a_dilated_kernel_stands_the_background(self) -> None:
        (found,) = motifs_of_weights(reading_of(Conv1D(random_kernel(3, filters=1), dilation=2)), (0,))
        assert len(found.probabilities) == 5
        np.testing.assert_allclose(found.probabilities[1::2], 0.25)


class TestWindows:
    @pytest.mark.parametrize("at_once", [1, 50, 1 << 20])
    @pytest.mark.parametrize(
        "settings", [{}, {"stride": 3}, {"dilation": 2}, {"padding": "same"}], ids=lambda each: str(each)
    )
    @pytest.mark.parametrize("reverse", [False, True])
    def test_are_counted_as_by_hand(
        self, settings: dict[str, int], at_once: int, reverse: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(meme, "_VALUES_AT_ONCE", at_once)
        conv = Conv1D(random_kernel(4, seed=6), activation="relu", **settings)
        reading = reading_of(conv, reverse=reverse)
        run = reading.run
        letters = "".join(
            {"A": "T", "C": "G", "G": "C", "T": "A", "N": "N"}[letter] for letter in reversed(LETTERS)
        )
        letters = letters if reverse else LETTERS
        activations = run.activations(0, run.positions)
        found = motifs_of_windows(lambda: [reading], (0, 1))
        for index, motif in enumerate(found):
            strong = np.flatnonzero(activations[:, index] > activations[:, index].max() / 2)
            windows = []
            for position in strong:
                window = conv.sliding.window(int(position), len(letters))
                first = window.first
                stretch = letters[first : first + conv.sliding.span] if first >= 0 else ""
                if len(stretch) == conv.sliding.span and "N" not in stretch:
                    windows.append(stretch)
            assert motif.sites == len(windows) > 3
            for column, row in enumerate(motif.probabilities):
                counted = Counter(window[column] for window in windows)
                np.testing.assert_allclose(row, [counted[base] / len(windows) for base in "ACGT"])

    def test_the_largest_is_that_of_all_records(self) -> None:
        conv = Conv1D(one_letter_kernel("AAAA", size=4))
        readings = [reading_of(conv, "AAAACCCC"), reading_of(conv, "AACCCCCC")]
        (found,) = motifs_of_windows(lambda: readings, (0,))
        # 4 and 3 exceed half of 4; the second record's best, 2, does not.
        assert found.sites == 2

    def test_a_silent_filter_has_no_motif(self) -> None:
        conv = Conv1D(one_letter_kernel("A", "G"), np.array([0, -9], dtype=np.float32), activation="relu")
        found = motifs_of_windows(lambda: [reading_of(conv)], (0, 1))
        assert [motif.name for motif in found] == ["filter0"]
        with pytest.raises(ModelError, match="no filter has a window"):
            write_meme((), io.BytesIO(), "windows")


def test_meme_is_read_back_with_its_names_and_sites() -> None:
    model = preset("motifs")
    reading = Reading.of(model, Letters(random_letters(30_000, seed=1), "chr1")).into()
    found = motifs_of_windows(lambda: [reading], tuple(range(12)))
    back = read_back(found, "windows")
    assert [*back] == [*model["conv1d"].layer.filter_names]  # type: ignore[attr-defined]
    for motif in found:
        np.testing.assert_allclose(back[motif.name], motif.probabilities, atol=1e-6)
    file = io.BytesIO()
    write_meme(found, file, "windows")
    assert (
        f"MOTIF TBP\nletter-probability matrix: alength= 4 w= 16 nsites= {found[0].sites}\n"
        in file.getvalue().decode()
    )


def test_motifs_of_one_name_are_told_apart() -> None:
    rows = np.full((2, 4), 0.25)
    back = read_back((Motif("x", "x", rows), Motif("x", "x", rows)), "weights")
    assert [*back] == ["x", "x_2"]


@pytest.mark.parametrize("background", [(0.5, 0.5), (0.5, 0.5, 0, 0), (1, 1, 1, 1)])
def test_a_background_is_four_shares(background: tuple[float, ...]) -> None:
    with pytest.raises(SettingError, match="its shares add up to 1"):
        write_meme((Motif("x", "x", np.full((2, 4), 0.25)),), io.BytesIO(), "weights", background)
