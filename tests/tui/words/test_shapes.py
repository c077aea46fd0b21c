"""The axes of a reading in words: sums that can be checked, what is left over, and what is read."""

from __future__ import annotations

import numpy as np
import pytest
from hand_worked import Letters, finds_acg, of_500, reading

from cnn_core.blocks.reading import Reading
from cnn_core.layers import AveragePooling1D, Embedding, IndexInput, MaxPooling1D
from cnn_core.network.model import Model
from cnn_tui.words.shapes import block_sentences, explain_input, explain_left_over, explain_place, explain_shapes

# Shapes and what is left over


@pytest.mark.parametrize(
    ("settings", "windows"),
    [
        ({}, "conv: 500 − 16 + 1 = 485 windows of 16 bases, stride 1"),
        ({"conv_stride": 4}, "conv: ⌊(500 − 16) / 4⌋ + 1 = 122 windows of 16 bases, stride 4"),
        ({"conv_padding": "same"}, "conv: ⌈500 / 1⌉ = 500 windows of 16 bases, stride 1"),
        (
            {"conv_padding": "same", "conv_stride": 4},
            "conv: ⌈500 / 4⌉ = 125 windows of 16 bases, stride 4",
        ),
        ({"conv_padding": "causal"}, "conv: 500 + 15 − 16 + 1 = 500 windows of 16 bases, stride 1"),
        ({"conv_padding": (3, 2)}, "conv: 500 + 3 + 2 − 16 + 1 = 490 windows of 16 bases, stride 1"),
        (
            {"dilation": 2},
            "conv: 500 − 31 + 1 = 470 windows of 16 taps, 2 apart, over 2 × 15 + 1 = 31 bases, stride 1",
        ),
    ],
)
def test_the_number_of_windows_is_a_sum_that_can_be_checked(settings: dict[str, object], windows: str) -> None:
    assert explain_shapes(of_500(**settings))[0] == windows


@pytest.mark.parametrize(
    ("settings", "cells"),
    [
        ({}, "pool: ⌊(485 − 8) / 8⌋ + 1 = 60 cells of 8 positions, stride 8"),
        ({"pool_stride": 1}, "pool: 485 − 8 + 1 = 478 cells of 8 positions, stride 1"),
        ({"pool_padding": "same"}, "pool: ⌈485 / 8⌉ = 61 cells of 8 positions, stride 8"),
        (
            {"pool_size": 485, "pool_stride": 485},
            "pool: ⌊(485 − 485) / 485⌋ + 1 = 1 cell of 485 positions, stride 485",
        ),
    ],
)
def test_the_number_of_cells_is_a_sum_that_can_be_checked(settings: dict[str, object], cells: str) -> None:
    assert cells in explain_shapes(of_500(**settings))


def test_the_shapes_say_how_the_padding_is_split_and_that_filters_stay_apart() -> None:
    lines = explain_shapes(of_500(conv_padding="same", pool_padding="same"))
    assert "same padding of the conv: 7 left, 8 right" in lines
    assert "same padding of the pool: 2 left, 2 right" in lines
    assert "each filter gives one number a window: 12 feature maps of 500 positions" in lines
    assert "each filter is pooled for itself, never with another: 63 × 12 cells" in lines


def test_a_padding_in_numbers_and_what_hangs_over_the_end_are_said() -> None:
    lines = explain_shapes(of_500(conv_padding=(3, 2)))
    assert "padding of the conv: 3 left, 2 right" in lines
    read = reading("ACGTA" * 4, pool=MaxPooling1D(5, 4, ceil=True))
    assert "pool: ⌈(18 − 5) / 4⌉ + 1 = 5 cells of 5 positions, stride 4" in explain_shapes(read)
    assert "the last window of the pool hangs over the end by 3 positions" in explain_shapes(read)
    assert explain_left_over(read)[0] == "nothing is left over: the last of 5 cells takes what is left"
    apart = reading("ACGTA" * 4, pool=MaxPooling1D(3, 4, (1, 0), dilation=3))
    assert "pool: ⌊(18 + 1 − 7) / 4⌋ + 1 = 4 cells of 3 positions, 3 apart, stride 4" in explain_shapes(apart)


def test_overlapping_pool_windows_and_gaps_are_named() -> None:
    assert "neighbouring pool windows share 7 activations" in explain_shapes(of_500(pool_stride=1))
    assert "no cell reads the 2 activations between neighbouring pool windows" in explain_shapes(
        of_500(pool_stride=10)
    )


def test_what_is_left_over_names_its_positions_and_the_bases_that_are_never_used() -> None:
    assert explain_left_over(of_500()) == ("left over: conv[480…484], in no cell, so bases 495–499 are never used",)
    assert explain_left_over(of_500(pool_stride=10)) == (
        "left over: conv[478…484], in no cell, so bases 493–499 are never used",
    )
    assert explain_left_over(reading(pool=MaxPooling1D(7))) == (
        "left over: conv[7], in no cell, so base 9 is never used",
    )


def test_where_nothing_is_left_over_it_says_so() -> None:
    assert explain_left_over(of_500(pool_padding="same")) == (
        "nothing is left over: same padding of the pool, 61 cells",
    )
    assert explain_left_over(reading()) == ("nothing is left over: 8 = 4 × 2",)


def test_bases_behind_the_last_window_are_never_used_even_with_nothing_left_over() -> None:
    assert (
        explain_left_over(reading(conv=finds_acg(stride=4)))[1]
        == "bases 7–9 are never used: no conv window reads so far"
    )


def test_what_is_left_over_costs_no_bases_that_other_windows_read() -> None:
    whole = reading("ACGTACGTA", conv=finds_acg(padding="same"))
    assert explain_left_over(whole) == ("left over: conv[8], in no cell, but other windows read its bases",)


@pytest.mark.parametrize(
    ("settings", "sentences"),
    [
        (
            {},
            (
                ("conv", "16 bases → 1 number for each filter; stride 1 base", "500 − 16 + 1 = 485"),
                ("pool", "8 of these, same filter → the largest; stride 8", "485 → 60, 5 left"),
            ),
        ),
        (
            {"conv_stride": 4, "dilation": 1, "pool_size": 11, "pool_stride": 11},
            (
                ("conv", "16 bases → 1 number for each filter; stride 4 bases", "⌊(500 − 16) / 4⌋ + 1 = 122"),
                ("pool", "11 of these, same filter → the largest; stride 11", "122 → 11, 1 left"),
            ),
        ),
        (
            {"dilation": 2, "pool_size": 470, "pool_stride": 470},
            (
                ("conv", "16 of 31 bases → 1 number for each filter; stride 1 base", "500 − 31 + 1 = 470"),
                ("pool", "470 of these, same filter → the largest", "470 → 1"),
            ),
        ),
    ],
)
def test_two_sentences_say_how_the_convolution_feeds_the_pool(
    settings: dict[str, object], sentences: tuple[tuple[str, str, str], ...]
) -> None:
    assert block_sentences(of_500(**settings)) == sentences


def test_of_an_average_the_sentence_says_mean() -> None:
    whole = reading(pool=AveragePooling1D(2))
    assert block_sentences(whole)[1] == ("pool", "2 of these, same filter → their mean; stride 2", "8 → 4")


# What is read


def test_the_input_names_the_record_the_window_and_the_strand() -> None:
    whole = reading(interval=(1, 8), reverse=True)
    assert explain_input(whole) == (
        "record rec, 10 bases",
        "input rec:2-8, 7 bases",
        "the other strand: base 0 is the complement of the input's last letter",
    )


def test_the_input_says_how_many_all_zero_rows_are_added_and_what_ambiguous_letters_are() -> None:
    assert explain_input(reading("ACGTN", length=8))[2:] == (
        "hand reads 8 bases: 3 all-zero rows stand right of the letters",
        "ambiguous letters are all-zero rows and add nothing (zero)",
    )


def test_a_place_in_the_record_is_1_based_and_inclusive() -> None:
    assert explain_place(reading(interval=(2, 10)), 0, 3) == ("in the record, as samtools counts: rec:3-5",)
    assert explain_place(reading(reverse=True), 0, 3) == (
        "in the record, as samtools counts: rec:8-10, the other strand",
    )
    assert explain_place(reading("ACGTA", length=10), 3, 9) == ("in the record, as samtools counts: rec:4-5",)
    assert explain_place(reading("ACGTA", length=10), 6, 9) == ()


def test_letters_that_are_numbers_say_which() -> None:
    table = np.zeros((6, 2), dtype=np.float32)
    model = Model.sequential("m", [("letters", IndexInput(None, "-ACGTN", 0, 5)), ("table", Embedding(table))])
    assert explain_input(Reading.of(model, Letters("ACGTN", "rec")))[2:] == (
        "letters as numbers: A 1, C 2, G 3, T 4, N 5, any other letter 5",
    )
