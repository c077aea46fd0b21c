"""The preset models against hand-worked and published numbers."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
from each_case import each_case

from cnn_core.errors import NotFoundError
from cnn_core.layers import Conv1D, Dense, MaxPooling1D, SimpleRNN
from cnn_core.letters.alphabet import encode
from cnn_core.motifs import Motif, log_odds
from cnn_core.network.model import Model
from cnn_core.presets import PRESETS, motifs, preset

NAMES = ["TBP", "GATA1", "CTCF", "SP1", "NFYA", "CREB1", "FOS::JUN", "USF1", "GABPA", "NFKB1", "FOXA1", "TP53"]
MATRICES = {motif.name.upper(): motif for motif in motifs.matrices()}


def weights_sha256(model: Model) -> str:
    digest = hashlib.sha256()
    for node in model.nodes:
        for name, weight in node.layer.weights().items():
            assert weight.dtype == np.float32
            digest.update(f"{node.name}/{name} {weight.shape}\n".encode())
            digest.update(weight.astype("<f4").tobytes())
    return digest.hexdigest()


def one_motif(*columns: tuple[float, float, float, float]) -> Motif:
    return Motif("X", "X", np.array(columns, dtype=np.float64))


@each_case("name", PRESETS)
def test_a_preset_is_called_by_its_name(name: str) -> None:
    assert preset(name).name == name


@pytest.mark.parametrize(
    ("wrong", "remedy"), [("motif", "did you mean motifs?"), ("x", "the presets are motifs and seed")]
)
def test_an_unknown_preset_names_what_there_is(wrong: str, remedy: str) -> None:
    with pytest.raises(NotFoundError, match=f"'{wrong}'") as refused:
        preset(wrong)
    assert refused.value.remedy == remedy


class TestSeed:
    model = preset("seed")

    def test_summary_is_the_one_in_the_question(self) -> None:
        rows = [(row.name, row.output_shape, row.params) for row in self.model.summary()]
        assert rows == [
            ("input", (None, 500, 4), 0),
            ("conv1d", (None, 485, 320), 20_800),
            ("max_pooling1d", (None, 60, 320), 0),
            ("simple_rnn", (None, 60, 128), 57_472),
            ("flatten", (None, 7680), 0),
            ("dense", (None, 1), 7_681),
            ("activation", (None, 1), 0),
        ]
        assert self.model.parameter_count == 85_953

    def test_weights_are_the_same_everywhere(self) -> None:
        assert weights_sha256(self.model) == "ff04bb81132113b0c8ec1e4d0db185a0f2978971f6e262efcfaf23128dfd321f"

    def test_kernels_fill_the_glorot_range(self) -> None:
        conv, rnn, dense = (self.model[name].layer for name in ("conv1d", "simple_rnn", "dense"))
        assert isinstance(conv, Conv1D)
        assert isinstance(rnn, SimpleRNN)
        assert isinstance(dense, Dense)
        for kernel, fans in ((conv.kernel, 16 * 4 + 16 * 320), (rnn.kernel, 320 + 128), (dense.kernel, 7680 + 1)):
            limit = math.sqrt(6 / fans)
            assert 0.999 * limit < np.abs(kernel).max() <= np.float32(limit)
            assert abs(kernel.mean()) < 0.02 * limit
            # The standard deviation of a uniform distribution is its half-width / √3.
            assert kernel.std() == pytest.approx(limit / math.sqrt(3), rel=0.02)

    def test_recurrent_kernel_is_orthogonal(self) -> None:
        rnn = self.model["simple_rnn"].layer
        assert isinstance(rnn, SimpleRNN)
        kernel = rnn.recurrent_kernel.astype(np.float64)
        np.testing.assert_allclose(kernel @ kernel.T, np.eye(128), atol=1e-6)
        np.testing.assert_allclose(kernel.T @ kernel, np.eye(128), atol=1e-6)
        # Rows and columns of a random rotation have no favourite direction: variance 1/128, both signs alike.
        assert kernel.std() == pytest.approx(128**-0.5, rel=1e-3)
        assert 0.47 < (kernel > 0).mean() < 0.53

    def test_biases_are_zero(self) -> None:
        biases = [node.layer.weights().get("bias") for node in self.model.nodes]
        assert [bias.size for bias in biases if bias is not None] == [320, 128, 1]
        assert not any(bias.any() for bias in biases if bias is not None)

    def test_it_predicts(self) -> None:
        output = self.model.run(encode("ACGTTGCA" * 62 + "ACGT"))["activation"]
        assert output.shape == (1,)
        assert 0 < output[0] < 1


class TestPlacing:
    def test_weights_are_rounded_to_quarters_of_a_bit(self) -> None:
        assert motifs.kernel(MATRICES["TBP"])[3].tolist() == [-3.0, -2.5, -3.25, 1.75]

    @each_case(("width", "left", "right"), [(1, 7, 8), (10, 3, 3), (11, 2, 3), (15, 0, 1), (16, 0, 0)])
    def test_a_narrow_matrix_is_centred_and_the_odd_column_is_on_the_right(
        self, width: int, left: int, right: int
    ) -> None:
        motif = one_motif(*[(1, 0, 0, 0)] * width)
        assert motifs.first_column(motif) == -left
        empty = ~motifs.kernel(motif).any(axis=1)
        assert empty.tolist() == [True] * left + [False] * width + [True] * right

    def test_a_wide_matrix_gives_its_most_informative_columns(self) -> None:
        silent, weak, strong = (1, 1, 1, 1), (1, 1, 1, 2), (9, 1, 0, 0)
        assert motifs.first_column(one_motif(*[silent] * 3, *[strong] * 15, weak, silent)) == 3
        assert motifs.first_column(one_motif(*[silent] * 2, weak, *[strong] * 15, *[silent] * 2)) == 2
        assert motifs.first_column(one_motif(*[strong] * 20)) == 0

    def test_the_two_wide_matrices_lose_the_columns_that_the_module_says(self) -> None:
        wide = {name: motifs.first_column(motif) for name, motif in MATRICES.items() if motif.width > 16}
        assert wide == {"CTCF": 2, "TP53": 1}
        assert motifs.kernel(MATRICES["CTCF"])[0, 2] == np.rint(log_odds(MATRICES["CTCF"])[2, 2] * 4) / 4


class TestMotifs:
    model = preset("motifs")
    conv = model["conv1d"].layer

    def test_summary(self) -> None:
        rows = [(row.name, row.output_shape, row.params) for row in self.model.summary(500)]
        assert rows == [
            ("input", (None, 500, 4), 0),
            ("conv1d", (None, 485, 12), 780),
            ("max_pooling1d", (None, 60, 12), 0),
        ]
        assert self.model.input.length is None
        assert isinstance(self.model["max_pooling1d"].layer, MaxPooling1D)

    def test_weights_are_the_same_everywhere(self) -> None:
        assert weights_sha256(self.model) == "18867d39baf8ab2ecff7ace1ad4ed55e149251e3aab270353451255aa2e81024"

    def test_no_weight_hangs_on_the_last_bit_of_a_logarithm(self) -> None:
        for motif in motifs.matrices():
            quarters = log_odds(motif) * 4
            assert np.abs(np.abs(quarters - np.floor(quarters)) - 0.5).min() > 1e-4

    def test_filters_and_their_matrices(self) -> None:
        assert isinstance(self.conv, Conv1D)
        assert list(self.conv.filter_names) == NAMES
        assert tuple(motif.matrix_id for motif in motifs.matrices()) == motifs.MATRIX_IDS
        assert len(set(motifs.MATRIX_IDS)) == len(NAMES)

    @each_case(
        ("name", "consensus"),
        [
            ("TBP", "GTATAAAAGGCGGGG"),
            ("GATA1", "TTCTTATCTGT"),
            ("CTCF", "TGGCCACCAGGGGGCGCTA"),
            ("SP1", "GCCCCGCCCCC"),
            ("NFYA", "AACCAATCAGA"),
            ("CREB1", "GGTGACGTCACC"),
            ("FOS::JUN", "ATGAGTCATC"),
            ("USF1", "GCCACGTGACC"),
            ("GABPA", "CCGGAAGTGGC"),
            ("NFKB1", "AGGGGAATCCCCT"),
            ("FOXA1", "TCCATGTTTACTTTG"),
            ("TP53", "AACATGCCCGGGCATGTC"),
        ],
    )
    def test_most_frequent_letters(self, name: str, consensus: str) -> None:
        assert "".join("ACGT"[base] for base in MATRICES[name].counts.argmax(axis=1)) == consensus

    @each_case(
        ("name", "sites"),
        [
            ("TBP", 389),
            ("GATA1", 17_955),
            ("SP1", 8_734),
            ("NFYA", 4_825),
            ("CREB1", 8_874),
            ("FOS::JUN", 1_000),
            ("USF1", 16_842),
            ("FOXA1", 22_008),
        ],
    )
    def test_columns_of_one_total(self, name: str, sites: int) -> None:
        assert set(MATRICES[name].counts.sum(axis=1)) == {sites}

    def test_creb1_reads_the_same_on_both_strands(self) -> None:
        counts = MATRICES["CREB1"].counts
        np.testing.assert_array_equal(counts, counts[::-1, ::-1])

    def test_weights_are_quarters_of_a_bit_and_thresholds_lie_above_zero(self) -> None:
        assert isinstance(self.conv, Conv1D)
        assert self.conv.bias is not None
        for weights in (self.conv.kernel, self.conv.bias):
            np.testing.assert_array_equal(weights * 4, np.rint(weights * 4))
        assert (self.conv.bias < 0).all()

    def test_two_cells_in_a_hundred_are_not_silent_on_random_letters(self) -> None:
        letters = np.random.RandomState(7).randint(0, 4, 200_015)
        values = self.model.run((1 << letters).astype(np.uint8))
        windows = (values["conv1d"] > 0).mean(axis=0)
        cells = (values["max_pooling1d"] > 0).mean(axis=0)
        # 200,000 windows: a share of 1/400 is known to within 0.0004 at three standard deviations and more.
        assert (windows < 1 / 400 + 4e-4).all()
        assert (windows > 1 / 500 - 4e-4).all()
        assert ((cells > 0.013) & (cells < 0.023)).all()
