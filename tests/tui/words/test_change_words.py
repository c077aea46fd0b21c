"""What edits change, in words: every case of a cell, of an activation, and of a base."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import Letters

from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import pool_step
from cnn_core.layers import AveragePooling1D, Conv1D, Input, MaxPooling1D
from cnn_core.network.model import Model
from cnn_tui.words.change_words import (
    before_and_now,
    explain_base_change,
    explain_cell_change,
    explain_edits,
    explain_value_change,
    listed_edits,
)

_KERNEL = np.array([[[1], [2], [3], [-1]]], dtype=np.float32)
"""A is 1, C is 2, G is 3, and T is below 0, which relu makes 0."""


def _reading(letters: str, pool: MaxPooling1D | AveragePooling1D | None = None) -> Reading:
    layers = [("letters", Input()), ("conv", Conv1D(_KERNEL, activation="relu")), ("pool", pool or MaxPooling1D(4))]
    return Reading.of(Model.sequential("hand", layers), Letters(letters)).into()


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("ACAA", "ATAG", "2.000 → 3.000, another position is selected now (conv[3])"),
        ("ACAA", "AGAA", "2.000 → 3.000, conv[1] is selected as before"),
        ("ACAA", "CTAA", "unchanged, another position is selected now (conv[0])"),
        ("ACAA", "TCAA", "unchanged"),
        ("ACTT", "TTTT", "2.000 → 0, all 0 now: nothing is selected"),
        ("TTTT", "TTCT", "0 → 2.000, conv[2] is selected now; all were 0"),
        ("TTTT", "TTTT", "unchanged, all 0"),
    ],
)
def test_a_cell(before: str, now: str, said: str) -> None:
    steps = (pool_step(_reading(letters).run, 0, 0) for letters in (before, now))
    assert explain_cell_change("pooled[0]", "conv", *steps) == (
        f"pooled[0]: {said}" if "changed" in said or said[0].isdigit() else said
    )


def test_an_average_selects_nothing() -> None:
    steps = (pool_step(_reading(letters, AveragePooling1D(4)).run, 0, 0) for letters in ("AAAA", "CAAA"))
    assert explain_cell_change("pooled[0]", "conv", *steps) == "pooled[0]: 1.000 → 1.250"


def test_an_activation() -> None:
    assert explain_value_change("conv[3]", (1.0, 1.0), (2.5, 2.5)) == "conv[3]: 1.000 → 2.500"
    assert explain_value_change("conv[3]", (0, -1), (0, -2)) == "conv[3]: unchanged, its response −1.000 → −2.000"
    assert explain_value_change("conv[3]", (0, -1), (0, -1)) == "conv[3]: unchanged"


def test_numbers_that_are_written_alike_say_what_lies_between() -> None:
    assert before_and_now(1.0, 1.0001) == "1.000 → 1.000 (+1.0e−4)"
    assert before_and_now(1.0, 1.0) == "1.000 → 1.000"


def test_a_base() -> None:
    original = _reading("ACGTACGT")
    assert explain_base_change(1, original, original.changed(1, 2, "G")) == "base 1: C → G"
    assert explain_base_change(2, original, original.changed(1, 2, "G")) == ""
    assert explain_base_change(7, original, original.changed(1, 2, "")) == ""


def test_what_is_edited_and_how_many_cells_of_the_filter_differ() -> None:
    edited = _reading("ACGTACGT").changed(1, 2, "G")
    assert explain_edits(edited, [0], "pooled", whole=True) == (
        "edited: record:2C>G",
        "1 cell of this filter changed: pooled[0]",
    )
    assert (
        explain_edits(edited, [0, 1, 2], "pooled", whole=True)[1] == "3 cells of this filter changed: pooled[0…2]"
    )
    assert explain_edits(edited, [], "pooled", whole=False)[1] == "no cells of this filter on the screen changed"
    shifted = edited.changed(4, 4, "A")
    assert "compared with other letters" in explain_edits(shifted, [1], "pooled", whole=True)[2]


def test_many_edits_are_counted() -> None:
    assert listed_edits(["a:1A>C", "a:2A>C", "a:3A>C", "a:4A>C", "a:5A>C"]) == "a:1A>C, a:2A>C, a:3A>C and 2 more"
