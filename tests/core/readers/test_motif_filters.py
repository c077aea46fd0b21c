"""Motifs as filters: weights, widths and thresholds against hand-worked numbers and listings of every window."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case

from cnn_core.errors import CnnError, ModelError, NotFoundError, SettingError
from cnn_core.layers import Conv1D
from cnn_core.letters.alphabet import encode
from cnn_core.motifs import log_odds
from cnn_core.presets import motifs as preset
from cnn_core.readers.formats import Format
from cnn_core.readers.motifs import matrices, meme, motif_file
from cnn_core.readers.motifs.motif_file import MotifFilters
from cnn_core.readers.report import ModelFile

JASPAR = b">M1 one\nA [8 0 1 3]\nC [0 8 1 1]\nG [0 0 1 3]\nT [0 0 1 1]\n>M2 two\nA [1]\nC [2]\nG [3]\nT [4]\n"
MEME = b"""MEME version 4
ALPHABET= ACGT
Background letter frequencies
A 0.3 C 0.2 G 0.2 T 0.3
MOTIF X1 same
letter-probability matrix: alength= 4 w= 6
1.000 0.000 0.000 0.000
0.500 0.500 0.000 0.000
0.000 0.000 1.000 0.000
0.333 0.333 0.333 0.000
0.000 0.000 0.000 1.000
0.000 1.000 0.000 0.000
MOTIF X2 same
letter-probability matrix: alength= 4 w= 5
1.000 0.000 0.000 0.000
0.000 1.000 0.000 0.000
0.000 0.000 1.000 0.000
0.000 0.000 0.000 1.000
0.000 1.000 0.000 0.000
"""


def conv_of(file: ModelFile) -> Conv1D:
    conv = file.model["conv1d"].layer
    assert isinstance(conv, Conv1D)
    return conv


def of_jaspar(settings: MotifFilters | None = None) -> ModelFile:
    return read_motifs(JASPAR, "m.jaspar", matrices.FORMAT, settings)


def read_motifs(data: bytes, source: str, form: Format, settings: MotifFilters | None = None) -> ModelFile:
    return form.open(data, source, asdict(settings or MotifFilters()), None)


class TestLogOdds:
    def test_one_column_worked_by_hand(self) -> None:
        # A was seen in 8 of 8 sites: (1 + 0.1 · 0.25) / 1.1 / 0.25 = 4.1/1.1; the others 0.1 · 0.25 / 1.1 / 0.25.
        kernel = conv_of(of_jaspar()).kernel
        assert kernel[0, :, 0] == pytest.approx([math.log2(4.1 / 1.1)] + [-math.log2(11)] * 3)
        assert kernel[2, :, 0].tolist() == [0, 0, 0, 0]
        # 3 of 8: (0.375 + 0.025) / 1.1 · 4.
        assert kernel[3, 0, 0] == pytest.approx(math.log2(1.6 / 1.1))

    def test_a_pseudocount_of_its_own(self) -> None:
        kernel = conv_of(of_jaspar(MotifFilters(pseudocount=1.0))).kernel
        assert kernel[0, :, 0] == pytest.approx([math.log2(5 / 2)] + [-1] * 3)

    def test_the_file_s_background_is_used_and_another_can_be_given(self) -> None:
        by_file = read_motifs(MEME, "m", meme.FORMAT)
        # A in every site: (1 + 0.1 · 0.3) / 1.1 / 0.3.
        assert conv_of(by_file).kernel[0, 0, 0] == pytest.approx(math.log2(1.03 / 1.1 / 0.3))
        assert "against A 0.3, C 0.2, G 0.2, T 0.3, with a pseudocount of 0.1" in by_file.warnings[0]
        uniform = read_motifs(MEME, "m", meme.FORMAT, MotifFilters(background=(0.25, 0.25, 0.25, 0.25)))
        assert conv_of(uniform).kernel[0, 0, 0] == pytest.approx(math.log2(4.1 / 1.1))


class TestProbabilities:
    def test_shares_are_the_file_s_but_for_rounding_and_there_is_no_bias(self) -> None:
        file = read_motifs(MEME, "m", meme.FORMAT, MotifFilters(motif_score="probability"))
        assert conv_of(file).kernel[1, :, 0].tolist() == [0.5, 0.5, 0, 0]
        assert conv_of(file).kernel[3, :, 0].tolist() == np.array([1 / 3, 1 / 3, 1 / 3, 0], np.float32).tolist()
        assert (
            "the shares of 1 of 2 motifs add up to 1 only but for rounding (off by at most 0.001)"
            in file.warnings[-1]
        )
        assert conv_of(file).bias is not None
        assert not conv_of(file).bias.any()
        assert file.warnings[0] == "weights are probabilities, and there is no bias"

    def test_counts_become_shares(self) -> None:
        kernel = conv_of(of_jaspar(MotifFilters(motif_score="probability"))).kernel
        assert kernel[3, :, 0].tolist() == [0.375, 0.125, 0.375, 0.125]


class TestModel:
    def test_names_order_width_and_place(self) -> None:
        file = of_jaspar()
        conv = conv_of(file)
        assert conv.kernel.shape == (4, 4, 2)
        assert conv.filter_names == ("one", "two")
        # One column in four: one of zeros on the left, two on the right.
        assert conv.kernel[[0, 2, 3], :, 1].tolist() == [[0] * 4] * 3
        assert conv.kernel[1, :, 1].any()
        assert (
            file.warnings[1]
            == "motifs narrower than 4 stand in the middle of their kernel, between columns of zero"
        )
        assert [(each.name, each.shape) for each in file.tensors] == [("M1", (4, 4)), ("M2", (1, 4))]
        assert (file.format, file.model.name) == ("JASPAR motif file", "m.jaspar")
        assert [(node.name, node.layer.type) for node in file.model.nodes] == [
            ("input", "InputLayer"),
            ("conv1d", "Conv1D"),
            ("max_pooling1d", "MaxPooling1D"),
        ]

    def test_motifs_of_one_name_are_told_apart(self) -> None:
        assert conv_of(read_motifs(MEME, "m", meme.FORMAT)).filter_names == ("same X1", "same X2")

    def test_motifs_that_cannot_respond_are_named(self) -> None:
        assert of_jaspar().warnings[2].startswith("one, two cannot respond: more than one random window in 400")
        file = read_motifs(MEME, "m", meme.FORMAT)
        assert not any("cannot respond" in each for each in file.warnings)
        best = file.model.run(encode("AAAAAAAAAACGTCAAAAAAAAAAAAAAA"))
        assert best["max_pooling1d"][:, 1].max() > 0

    def test_activation_and_pool_are_what_was_asked_for(self) -> None:
        file = of_jaspar(MotifFilters(activation="linear", pool_size=3, pool_stride=2))
        assert conv_of(file).activation == "linear"
        assert file.model["max_pooling1d"].layer.sliding.stride == 2

    def test_jaspar_s_own_matrices(self) -> None:
        path = Path(preset.__file__).with_name("motifs.jaspar")
        conv = conv_of(read_motifs(path.read_bytes(), path.name, matrices.FORMAT))
        assert conv.kernel.shape == (19, 4, 12)
        ctcf = conv.filter_names.index("CTCF")
        by_id = {motif.matrix_id: motif for motif in preset.matrices()}
        expected = log_odds(by_id["MA0139.1"]).astype(np.float32)
        np.testing.assert_allclose(conv.kernel[:, :, ctcf], expected, rtol=1e-6)

    @each_case(
        ("settings", "error", "message"),
        [
            (
                MotifFilters(motif_score="logodds"),
                NotFoundError,
                "there is no motif score 'logodds'; it is log-odds or prob",
            ),
            (MotifFilters(pseudocount=0), SettingError, "pseudocount 0 is not a share of a column"),
            (MotifFilters(pseudocount=math.nan), SettingError, "pseudocount nan is not"),
            (
                MotifFilters(background=(0.5, 0.5, 0.5, 0.5)),
                SettingError,
                "is not a share for each of A, C, G and T",
            ),
            (MotifFilters(background=(0.5, 0.5)), SettingError, "is not a share for each"),
            (MotifFilters(background=(1.0, 0, 0, 0)), ModelError, "C has the background frequency 0, too rare for"),
            (MotifFilters(background=(1.5, -0.5, 0, 0)), SettingError, "is not a share for each"),
            (MotifFilters(activation="rleu"), NotFoundError, "did you mean relu"),
            (MotifFilters(pool_size=0), SettingError, "size 0 is below 1"),
        ],
    )
    def test_settings_that_cannot_be(self, settings: MotifFilters, error: type[CnnError], message: str) -> None:
        with pytest.raises(error, match=message):
            of_jaspar(settings)

    def test_a_background_too_rare_for_log_odds_is_still_inspected(self) -> None:
        rare = MEME.replace(b"A 0.3 C 0.2 G 0.2 T 0.3", b"A 0.0001 C 0.4999 G 0.25 T 0.25")
        with pytest.raises(ModelError, match=r"m: A has the background frequency 0\.0001, too rare for log-odds"):
            read_motifs(rare, "m", meme.FORMAT)
        assert [each.name for each in meme.FORMAT.inspect(rare, "m").tensors] == ["X1", "X2"]

    def test_a_file_too_large_to_be_filters(self) -> None:
        many = "".join(f">N{number} n\n1\n1\n1\n1\n" for number in range(20_001))
        with pytest.raises(ModelError, match="here begins motif 20,001; the most is 20,000"):
            read_motifs(many.encode(), "m", matrices.FORMAT)

    def test_kernels_too_large_to_stand_side_by_side(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(motif_file, "_MOST_WEIGHTS", 31)
        with pytest.raises(ModelError, match="holds 2 motifs of which the widest has 4 columns; split the file"):
            of_jaspar()


class TestThreshold:
    def test_one_window_in_400_passes_on_random_letters(self) -> None:
        path = Path(preset.__file__).with_name("motifs.jaspar")
        file = read_motifs(path.read_bytes(), path.name, matrices.FORMAT)
        letters = np.random.RandomState(11).randint(0, 4, 200_018)
        passing = (file.model.run((1 << letters).astype(np.uint8))["conv1d"] > 0).mean(axis=0)
        # A share of 1/400 is known to within 0.0004 at three standard deviations and more.
        assert (passing < 1 / 400 + 4e-4).all()
        assert (passing > 1 / 430 - 4e-4).all()
