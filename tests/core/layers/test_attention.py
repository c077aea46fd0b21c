"""What attention and its like refuse, mask and lie over, beyond the numbers of `test_attention_oracle`."""

from __future__ import annotations

import numpy as np
import pytest
from each_case import each_case

from cnn_core.errors import CnnError, ModelError, SettingError, ShapeError
from cnn_core.layers import (
    Alignment,
    Attention,
    Conv1DTranspose,
    Einsum,
    EinsumDense,
    GroupNormalization,
    Layer,
    LayerRun,
    MatMul,
    MultiHeadAttention,
    Resize1D,
    RMSNormalization,
    ScaledDotProductAttention,
)


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def heads(**other: np.ndarray) -> MultiHeadAttention:
    kernels = {f"{part}_kernel": ones(6, 2, 3) for part in ("query", "key", "value")}
    return MultiHeadAttention(**{**kernels, "output_kernel": ones(2, 3, 5), **other})


@each_case(
    ("layer", "shapes", "sentence"),
    [
        (Einsum("ij,jk->ik"), ((3, 4), (5, 6)), r"the axes that are multiplied differ: \(3, 4\) and \(5, 6\)"),
        (Einsum("ij,jk->ik"), ((3, 4),), "reads 2 inputs, not 1"),
        (Einsum("ij->i"), ((3, 4, 5),), "reads an input whose axes are ij, not one with 3 axes"),
        (MatMul(), ((3, 4),), "reads two matrices, not 1 inputs"),
        (EinsumDense("...x,xy->...y", ones(4, 5)), ((3, 6),), "the axes that are multiplied differ"),
        (ScaledDotProductAttention(), ((5, 4), (6, 4)), "queries, keys, values and perhaps a mask, not 2 inputs"),
        (ScaledDotProductAttention(), ((5, 4), (6, 3), (6, 4)), r"cannot read \(5, 4\), \(6, 3\), \(6, 4\)"),
        (ScaledDotProductAttention(), ((5, 4), (6, 4), (6, 4), (5, 7)), "cannot read"),
        (Attention(), ((5, 4), (6, 3)), r"cannot read \(5, 4\), \(6, 3\)"),
        (heads(), ((5, 6), (7, 4)), "reads a value of 6 channels, not 4"),
        (heads(), ((99_999, 6), (99_999, 6)), "attention of 99,999 positions to 99,999 takes more than 1 GiB"),
        (GroupNormalization(4), ((7, 6),), "reads 4 groups of channels, not 6 channels"),
        (RMSNormalization(ones(5)), ((7, 6),), r"normalises axes of \(5,\), not \(6,\)"),
        (Conv1DTranspose(ones(3, 2, 4)), ((7, 6),), "reads 4 channels, not 6"),
        (Conv1DTranspose(ones(3, 2, 4), padding=(9, 9)), ((7, 4),), "too short to lose 18 positions"),
        (Resize1D(scale=0.1), ((7, 4),), "too short to shrink so far"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(
    layer: Layer, shapes: tuple[tuple[int, ...], ...], sentence: str
) -> None:
    with pytest.raises(ShapeError, match=sentence):
        layer.output_shape(*shapes)


@each_case("equation", ["ij,jk->iz", "ij->ii", "i1->i", "...i......->i", "...i->i", "ij,jk=>ik"])
def test_an_equation_that_is_none_is_refused(equation: str) -> None:
    with pytest.raises(SettingError, match="there is no equation"):
        Einsum(equation)


def test_weights_and_settings_that_do_not_fit_are_refused() -> None:
    for make, error in [
        (lambda: heads(key_kernel=ones(6, 2, 4)), ModelError),
        (lambda: heads(output_bias=ones(4)), ModelError),
        (lambda: GroupNormalization(4, ones(6)), ModelError),
        (lambda: Attention(ones(3)), ModelError),
        (lambda: EinsumDense("ab,bc->ac", ones(3)), ModelError),
        (lambda: Conv1DTranspose(ones(3, 4)), ModelError),
        (lambda: Conv1DTranspose(ones(3, 4, 3), groups=2), ModelError),
        (lambda: Conv1DTranspose(ones(3, 4, 4), padding="causal"), SettingError),
        (lambda: Resize1D(), SettingError),
        (lambda: Resize1D(4, interpolation="cubic"), SettingError),
    ]:
        with pytest.raises(error) as raised:
            make()
        assert isinstance(raised.value, CnnError)


class TestMasks:
    def test_positions_without_data_are_not_attended_to(self) -> None:
        random = np.random.RandomState(0)
        query, value = random.randn(2, 4).astype(np.float32), random.randn(5, 4).astype(np.float32)
        held = np.array([True, True, False, True, False])
        for layer in (
            Attention(),
            heads(**{f"{p}_kernel": random.randn(4, 2, 3) for p in ("query", "key", "value")}),
        ):
            masked = layer.forward_masked([None, held], query, value)
            np.testing.assert_allclose(masked, layer.forward(query, value[held]), rtol=1e-5)

    def test_a_query_that_may_attend_to_nothing_gets_0_as_in_pytorch(self) -> None:
        mask = np.array([[0, 0], [1, 0]], np.float32)
        found = ScaledDotProductAttention(mask_adds=False).forward(ones(2, 3), ones(2, 3), ones(2, 3), mask)
        assert found.tolist() == [[0, 0, 0], [1, 1, 1]]

    def test_runs_that_are_masked_unlike_have_no_multipliers(self) -> None:
        inputs = [ones(2, 3), ones(2, 3)]
        held = LayerRun(inputs, ones(2, 3), [None, np.array([True, False])])
        assert Attention().multipliers(ones(2, 3), held, LayerRun(inputs, ones(2, 3), [None, None])) is None


@pytest.mark.parametrize(
    ("stride", "size", "padding"), [(1, 4, "valid"), (2, 5, "same"), (3, 3, "valid"), (4, 4, "same")]
)
def test_windows_that_are_added_lie_over_the_bases_that_they_come_from(
    stride: int, size: int, padding: str
) -> None:
    """Of positions of 12 bases each, one of the output stands no more than one from what it is computed from."""
    layer, coarse, length = (
        Conv1DTranspose(ones(size, 1, 1), stride=stride, padding=padding),
        Alignment(0, 12, 12),
        20,
    )
    found = layer.aligned([coarse], (length, 1))
    assert found is not None
    assert found.stride == 12 // stride
    positions = layer.output_shape((length, 1))[0]
    assert positions is not None
    for position in range(positions // 3, 2 * positions // 3):
        (read,) = layer.positions_read(np.arange(positions) == position, (length, 1))
        first, last = np.flatnonzero(read)[[0, -1]]
        start, stop = found.bases(position)
        assert start < coarse.bases(int(last))[1]
        assert stop > coarse.bases(int(first))[0]
        assert coarse.bases(int(first))[0] - 12 <= start
        assert stop <= coarse.bases(int(last))[1] + 12


def test_finer_steps_than_a_base_lie_over_none() -> None:
    assert Conv1DTranspose(ones(2, 1, 1), stride=2).aligned([Alignment(0)], (9, 1)) is None
    assert Resize1D(scale=2.0).aligned([Alignment(0)], (9, 1)) is None
    assert Resize1D(scale=2.0).aligned([Alignment(4, 6, 8)], (9, 1)) == Alignment(4, 3, 8)
