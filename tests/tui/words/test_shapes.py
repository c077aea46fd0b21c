"""The axes of a reading in words: sums that can be checked, the tail, and what is read."""

from __future__ import annotations

import numpy as np
import pytest
from hand_worked import Letters, finds_acg, of_500, reading

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Embedding, IndexInput, MaxPooling1D
from cnn_core.network.model import Model
from cnn_tui.words.shapes import explain_input, explain_place, explain_shapes, explain_tail

# Shapes and the tail


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
    assert "each filter answers once a window: 500 × 12 feature maps" in lines
    assert "each filter is pooled for itself, never with another: 63 × 12 cells" in lines


def test_overlapping_pool_windows_and_gaps_are_named() -> None:
    assert "neighbouring pool windows share 7 responses" in explain_shapes(of_500(pool_stride=1))
    assert "no cell reads the 2 responses between neighbouring pool windows" in explain_shapes(
        of_500(pool_stride=10)
    )


def test_the_tail_says_how_many_responses_and_which_bases_it_costs() -> None:
    assert explain_tail(of_500()) == (
        "485 = 60 × 8 + 5: conv[480…484] are the tail",
        "no cell reads the tail, so bases 495–499 never count",
    )
    assert explain_tail(of_500(pool_stride=10)) == (
        "485 = 47 × 10 + 8 + 7: conv[478…484] are the tail",
        "no cell reads the tail, so bases 493–499 never count",
    )
    assert explain_tail(reading(pool=MaxPooling1D(7))) == (
        "8 = 1 × 7 + 1: conv[7] is the tail",
        "no cell reads the tail, so base 9 never counts",
    )


def test_where_there_is_no_tail_it_says_so() -> None:
    assert explain_tail(of_500(pool_padding="same")) == (
        "same padding, 61 cells: no tail, the last cell ends with the last response",
    )
    assert explain_tail(reading()) == ("8 = 4 × 2: no tail, the last cell ends with the last response",)


def test_bases_behind_the_last_window_never_count_even_without_a_tail() -> None:
    assert (
        explain_tail(reading(conv=finds_acg(stride=4)))[1] == "bases 7–9 never count: no conv window reads so far"
    )


def test_a_tail_whose_bases_count_elsewhere_costs_none() -> None:
    whole = reading("ACGTACGTA", conv=finds_acg(padding="same"))
    assert explain_tail(whole) == (
        "9 = 4 × 2 + 1: conv[8] is the tail",
        "no cell reads the tail, but its bases count in other windows",
    )


# What is read


def test_the_input_names_the_record_the_window_and_the_strand() -> None:
    whole = reading(interval=(1, 8), reverse=True)
    assert explain_input(whole) == (
        "record rec, 10 bases",
        "input window rec:2-8, 7 bases",
        "the other strand: base 0 is the complement of the window's last letter",
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
