"""Letters, codes, complements and one-hot rows, against the published table of the IUPAC letters."""

from __future__ import annotations

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import ModelError, SequenceError
from cnn_core.letters.alphabet import (
    PADDING,
    SOFT_MASK,
    Ambiguity,
    check_ambiguity,
    check_channels,
    complement,
    decode,
    encode,
    illegal_letter,
    is_ambiguous,
    one_hot,
    one_hot_table,
    reverse_complement,
)

# NC-IUB 1984, table 1: what each letter stands for, and its complement.
STANDS_FOR = {
    "A": ("A", "T"), "C": ("C", "G"), "G": ("G", "C"), "T": ("T", "A"),
    "R": ("AG", "Y"), "Y": ("CT", "R"), "S": ("CG", "S"), "W": ("AT", "W"), "K": ("GT", "M"), "M": ("AC", "K"),
    "B": ("CGT", "V"), "D": ("AGT", "H"), "H": ("ACT", "D"), "V": ("ACG", "B"), "N": ("ACGT", "N"),
}  # fmt: skip
LETTERS = "".join(STANDS_FOR) + "".join(STANDS_FOR).lower()
texts = st.text(alphabet=LETTERS, max_size=80)


@given(texts)
def test_decoding_undoes_encoding(letters: str) -> None:
    assert decode(encode(letters)) == letters
    assert encode(letters).tolist() == encode(letters.encode()).tolist()


@given(texts)
def test_the_other_strand_of_the_other_strand_is_the_first(letters: str) -> None:
    codes = encode(letters)
    assert reverse_complement(reverse_complement(codes)).tolist() == codes.tolist()
    assert reverse_complement(codes).tolist() == complement(codes)[::-1].tolist()


@each_case("letter", STANDS_FOR)
def test_a_letter_its_complement_and_its_case(letter: str) -> None:
    _, other = STANDS_FOR[letter]
    assert decode(complement(encode(letter))) == other
    assert decode(complement(encode(letter.lower()))) == other.lower()
    assert encode(letter.lower())[0] == encode(letter)[0] | SOFT_MASK


@each_case("letter", STANDS_FOR)
def test_a_code_is_the_union_of_its_bases(letter: str) -> None:
    bases, _ = STANDS_FOR[letter]
    assert encode(letter)[0] == np.bitwise_or.reduce(encode(bases))
    assert is_ambiguous(encode(letter)).tolist() == [len(bases) > 1]


def test_uracil_is_thymine() -> None:
    assert decode(encode("UuTt")) == "TtTt"


def test_padding_is_no_base_and_not_ambiguous() -> None:
    padding = np.array([PADDING], dtype=np.uint8)
    assert decode(padding) == "·"
    assert complement(padding).tolist() == [PADDING]
    assert is_ambiguous(padding).tolist() == [False]


def test_nothing_is_a_sequence_too() -> None:
    assert encode("").tolist() == []
    assert decode(encode(b"")) == ""
    assert illegal_letter(b"") is None
    assert one_hot(encode("")).shape == (0, 4)


def test_every_other_byte_is_refused() -> None:
    for byte in (byte for byte in range(256) if chr(byte) not in LETTERS + "Uu"):
        assert illegal_letter(b"AC" + bytes([byte]) + b"G") == 2, byte
        # The byte is among the locals that a failure shows.
        with pytest.raises(SequenceError, match="at position 2 is not a nucleotide letter"):
            encode(b"AC" + bytes([byte]))


@each_case(
    ("letters", "named"),
    [("ACQ", "'Q'"), ("AC\x1b", r"'\\x1b'"), ("ACé", "'é'"), (b"AC\xe9", "byte 0xe9"), ("AC→", "'→'")],
)
def test_the_refused_letter_is_named_and_cannot_act(letters: str | bytes, named: str) -> None:
    with pytest.raises(SequenceError, match=named) as caught:
        encode(letters)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("letter", STANDS_FOR)
@each_case("policy", list(Ambiguity))
def test_one_hot_rows(letter: str, policy: Ambiguity) -> None:
    bases, _ = STANDS_FOR[letter]
    if policy == Ambiguity.ERROR and len(bases) > 1:
        with pytest.raises(SequenceError, match=f"'{letter}' at position 1 is ambiguous"):
            one_hot(encode("A" + letter), ambiguity=policy)
        return
    share = 1 / len(bases) if policy == Ambiguity.UNIFORM or len(bases) == 1 else 0
    row = one_hot(encode(letter.lower()), ambiguity=policy)
    assert row.dtype == np.float32
    assert row.tolist() == [[np.float32(share) if base in bases else 0 for base in "ACGT"]]


def test_channels_follow_the_models_order() -> None:
    assert one_hot(encode("ACGT"), "TGCA").tolist() == np.eye(4)[::-1].tolist()


def test_a_channel_for_n_is_set_by_n_alone() -> None:
    rows = one_hot(encode("NRA"), "ACGTN", Ambiguity.UNIFORM)
    assert rows.tolist() == [[0, 0, 0, 0, 1], [0.5, 0, 0.5, 0, 0], [1, 0, 0, 0, 0]]
    check_ambiguity(encode("NN"), "ACGTN", Ambiguity.ERROR)


@given(texts.filter(bool), st.permutations("ACGT"))
def test_shared_rows_sum_to_one(letters: str, channels: list[str]) -> None:
    rows = one_hot(encode(letters), "".join(channels), Ambiguity.UNIFORM)
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-6)


def test_padding_has_no_row_under_any_policy() -> None:
    for policy in Ambiguity:
        assert not one_hot_table("ACGTN", policy)[PADDING].any()


def test_a_channel_that_no_letter_sets_is_zero() -> None:
    assert one_hot(encode("ACN"), "A-CGTN-").tolist() == [
        [1, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 1, 0],
    ]


@each_case("channels", ["", "----", "ACG-", "ACG", "ACGG", "ACGTX", "ACGTNN", "acgt", "ACGU"])
def test_what_is_no_channel_order(channels: str) -> None:
    with pytest.raises(ModelError, match="channel order"):
        check_channels(channels)
