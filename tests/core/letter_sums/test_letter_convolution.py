"""A convolution on letters: tables instead of products, in one fixed order."""

from __future__ import annotations

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import one_letter_kernel, random_kernel, random_letters

from cnn_core.errors import SequenceError
from cnn_core.layers import Conv1D
from cnn_core.letter_sums.convolution import LetterConvolution
from cnn_core.letters.alphabet import PADDING, Ambiguity, encode, one_hot

IUPAC = "ACGTRYSWKMBDHVN"


def responses(conv: Conv1D, letters: str, channels: str = "ACGT", ambiguity: str = "zero") -> list[list[float]]:
    return LetterConvolution(conv, channels, ambiguity).responses(encode(letters)).tolist()


class TestLetters:
    def test_a_filter_of_a_word_counts_the_letters_that_fit(self) -> None:
        conv = Conv1D(one_letter_kernel("GAT", "TTT", size=3))
        assert responses(conv, "GATT") == [[3, 1], [1, 2]]

    def test_case_does_not_matter_and_u_is_t(self) -> None:
        conv = Conv1D(random_kernel(4))
        assert responses(conv, "GAUUACA") == responses(conv, "gattaca") == responses(conv, "GATTACA")

    def test_bias_is_added_once_and_padding_adds_nothing(self) -> None:
        conv = Conv1D(random_kernel(3), np.array([1, -1], dtype=np.float32))
        padding = np.full(3, PADDING, dtype=np.uint8)
        assert LetterConvolution(conv).responses(padding).tolist() == [[1, -1]]

    def test_fewer_letters_than_a_window_give_no_response(self) -> None:
        assert LetterConvolution(Conv1D(random_kernel(3))).responses(encode("AC")).shape == (0, 2)

    def test_products_are_the_weights_under_the_letters(self) -> None:
        kernel = random_kernel(5)
        products = LetterConvolution(Conv1D(kernel)).products(encode("GANTC"), 1)
        assert products.tolist() == [kernel[0, 2, 1], kernel[1, 0, 1], 0, kernel[3, 3, 1], kernel[4, 1, 1]]

    def test_a_grouped_filter_sees_its_own_letters_alone(self) -> None:
        conv = Conv1D(np.ones((1, 2, 2), dtype=np.float32), groups=2)
        assert responses(conv, "ACGT") == [[1, 0], [1, 0], [0, 1], [0, 1]]


class TestChannelOrders:
    @pytest.mark.parametrize("channels", ["ACGT", "ATGC", "TGCA"])
    def test_each_letter_meets_the_weight_of_its_own_channel(self, channels: str) -> None:
        kernel = np.array([1, 2, 3, 4], dtype=np.float32).reshape(1, 4, 1)
        expected = [[channels.index(letter) + 1] for letter in "ACGT"]
        assert responses(Conv1D(kernel), "ACGT", channels) == expected

    def test_atgc_is_the_same_as_acgt_with_its_weights_moved(self) -> None:
        letters, kernel = random_letters(50), random_kernel(5)
        moved = kernel[:, ["ACGT".index(channel) for channel in "ATGC"], :]
        assert responses(Conv1D(moved), letters, "ATGC") == responses(Conv1D(kernel), letters)

    @each_case("ambiguity", Ambiguity)
    def test_acgtn_gives_n_a_weight_of_its_own_whatever_the_policy(self, ambiguity: Ambiguity) -> None:
        kernel = np.array([1, 2, 3, 4, 50], dtype=np.float32).reshape(1, 5, 1)
        assert responses(Conv1D(kernel), "ANT", "ACGTN", ambiguity) == [[1], [50], [4]]

    def test_acgtn_leaves_the_other_ambiguous_letters_to_the_policy(self) -> None:
        kernel = np.array([1, 2, 3, 4, 50], dtype=np.float32).reshape(1, 5, 1)
        assert responses(Conv1D(kernel), "RB", "ACGTN", "zero") == [[0], [0]]
        assert responses(Conv1D(kernel), "RB", "ACGTN", "uniform") == [[2], [3]]
        with pytest.raises(SequenceError, match="'R' at position 0 is ambiguous"):
            responses(Conv1D(kernel), "RB", "ACGTN", "error")


class TestAmbiguity:
    KERNEL = np.array([1, 2, 3, 6], dtype=np.float32).reshape(1, 4, 1)

    def test_zero_adds_nothing(self) -> None:
        assert responses(Conv1D(self.KERNEL), "ARN") == [[1], [0], [0]]

    def test_uniform_adds_the_mean_of_the_letters_it_stands_for(self) -> None:
        expected = {"R": 2, "Y": 4, "S": 2.5, "W": 3.5, "K": 4.5, "M": 1.5, "N": 3}
        for letter, response in expected.items():
            assert responses(Conv1D(self.KERNEL), letter, ambiguity="uniform") == [[response]]
        assert responses(Conv1D(self.KERNEL), "B", ambiguity="uniform") == [[pytest.approx(11 / 3)]]

    def test_error_names_the_letter_and_its_position(self) -> None:
        with pytest.raises(
            SequenceError, match=r"^'n' at position 3 is ambiguous; choose the policy zero or uniform"
        ):
            responses(Conv1D(self.KERNEL), "ACGnRT", ambiguity="error")

    def test_error_counts_from_the_first_letter_of_the_input_window_and_not_of_the_padding(self) -> None:
        for padding in ("valid", "same", "causal"):
            scan = LetterConvolution(Conv1D(random_kernel(16), padding=padding), ambiguity="error")
            with pytest.raises(SequenceError, match="'N' at position 30 is ambiguous"):
                scan.forward(encode("A" * 30 + "N" + "A" * 30))

    def test_error_counts_from_where_a_stretch_begins(self) -> None:
        scan = LetterConvolution(Conv1D(random_kernel(3)), ambiguity="error")
        with pytest.raises(SequenceError, match="at position 1003 is ambiguous"):
            scan.responses(encode("ACGN"), 1000)

    def test_error_accepts_padding_and_plain_letters(self) -> None:
        scan = LetterConvolution(Conv1D(random_kernel(3), padding="same"), ambiguity="error")
        plain = LetterConvolution(Conv1D(random_kernel(3), padding="same"))
        np.testing.assert_array_equal(scan.forward(encode("ACGTU")), plain.forward(encode("ACGTU")))


convolutions = st.fixed_dictionaries(
    {
        "stride": st.integers(1, 4),
        "padding": st.sampled_from(["valid", "same", "causal"]),
        "dilation": st.integers(1, 3),
        "groups": st.sampled_from([1, 2, 4]),
    }
)


@given(
    st.text(IUPAC, min_size=13, max_size=60),
    st.integers(1, 5),
    convolutions,
    st.permutations("ACGT").map("".join),
    st.sampled_from(["zero", "uniform"]),
    st.integers(0, 99),
)
@settings(max_examples=150)
def test_tables_say_what_products_with_one_hot_rows_say(
    letters: str, size: int, settings_: dict[str, object], channels: str, ambiguity: str, seed: int
) -> None:
    width = 4 // int(str(settings_["groups"]))
    conv = Conv1D(random_kernel(size, 4, seed, width), np.arange(4, dtype=np.float32), **settings_)
    codes = encode(letters)
    by_letters = LetterConvolution(conv, channels, ambiguity).forward(codes)
    by_products = conv.forward(one_hot(codes, channels, ambiguity))
    if ambiguity == "zero":
        np.testing.assert_array_equal(by_letters, by_products)
    else:
        np.testing.assert_allclose(by_letters, by_products, rtol=0, atol=1e-5)


@given(st.text("ACGT", min_size=1, max_size=12), st.integers(1, 4), st.integers(0, 99), st.integers(1, 3))
@settings(max_examples=100)
def test_equal_windows_give_equal_bits_anywhere(word: str, copies: int, seed: int, dilation: int) -> None:
    conv = Conv1D(random_kernel(min(4, len(word)), 3, seed), dilation=dilation)
    spacer = random_letters(conv.sliding.span, seed)
    one = (word + spacer) * (copies + 1)
    given_responses = LetterConvolution(conv).responses(encode(one))
    period = len(word) + len(spacer)
    for copy in range(1, copies + 1):
        later = given_responses[copy * period :]
        np.testing.assert_array_equal(later.view(np.uint32), given_responses[: len(later)].view(np.uint32))
