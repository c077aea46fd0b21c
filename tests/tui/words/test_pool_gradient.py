"""Where the gradient of a cell goes is said as PyTorch and Keras send it."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import Letters, block_model, one_letter_kernel

from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import trace_cell
from cnn_core.layers import AveragePooling1D, Conv1D, MaxPooling1D, Pooling1D
from cnn_tui.words.pool_gradient import explain_pool_gradient


def _said(letters: str, pool: Pooling1D, cell: int, *, bias: float = 0.0, activation: str = "relu") -> list[str]:
    """Return what is said where a response is 1 at A, 2 at C and 0 elsewhere, each with the bias."""
    kernel = one_letter_kernel("A") + 2 * one_letter_kernel("C")
    conv = Conv1D(kernel, np.array([bias], dtype=np.float32), activation=activation)
    reading = Reading.of(block_model(conv, pool), Letters(letters)).into()
    return [*explain_pool_gradient(reading, trace_cell(reading, cell, 0))]


def test_a_maximum_sends_all_of_it_to_the_selection() -> None:
    assert _said("TTACTTTT", MaxPooling1D(8), 0) == [
        "the gradient of pooled[0] goes to conv[3] alone; the other seven positions receive 0"
    ]


def test_of_a_tie_the_first_receives_it() -> None:
    assert _said("TCTCTTTT", MaxPooling1D(8), 0) == [
        "the gradient of pooled[0] goes to conv[1] alone, the first of the two that share the maximum; "
        "the other seven positions receive 0"
    ]


def test_relu_lets_none_through_where_all_are_zero() -> None:
    assert _said("TTTT", MaxPooling1D(4), 0, bias=-1) == [
        "the gradient of pooled[0] ends at conv[0], the first of four alike: relu lets none through there"
    ]


def test_without_relu_zeros_are_a_tie_like_any_other() -> None:
    (said,) = _said("TTTT", MaxPooling1D(4), 0, activation="linear")
    assert "goes to conv[0] alone, the first of the four that share the maximum" in said


def test_overlapping_windows_add() -> None:
    said = _said("TTCTTT", MaxPooling1D(3, stride=1), 1)
    assert said[1] == "pooled[0, 2] selected conv[2] too: what each sends back is added there"
    assert len(_said("ATCTTT", MaxPooling1D(3, stride=2), 0)) == 2
    assert len(_said("CTATTT", MaxPooling1D(3, stride=2), 0)) == 1


@pytest.mark.parametrize(("size", "share"), [(8, "an eighth each"), (2, "a half each"), (7, "1/7 each")])
def test_an_average_shares_it(size: int, share: str) -> None:
    (said,) = _said("A" * size, AveragePooling1D(size), 0)
    assert said == f"the gradient of pooled[0] is shared: {share} to conv[0…{size - 1}]"


def test_padding_receives_none() -> None:
    (said,) = _said("TTCTTTACTT", MaxPooling1D(8, padding="same"), 1)
    assert said.endswith(", padding receives none")
