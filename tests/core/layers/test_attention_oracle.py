"""Attention, sums of products, normalisations by groups, transposed convolutions and resizing, against PyTorch and
Keras: stored answers and gradients (see `oracle.make_attention_layer_fixtures`) and, where installed, live ones."""

from __future__ import annotations

import os
import warnings
from types import ModuleType
from typing import Final

import numpy as np
import pytest
from oracle.attention_cases import ATTENTION_CASES, AttentionCase
from oracle.layer_case import Array
from oracle.stored_layers import STORED, read_numbers
from recomputed import recomputed

from cnn_core import layers
from cnn_core.layers import Layer, LayerRun

TOLERANCE: Final = 1e-5
"""Of an array's largest value."""


@pytest.fixture(scope="module")
def stored() -> dict[str, Array]:
    return read_numbers(STORED.with_name("attention_layers.npz"))


def our_layer(case: AttentionCase) -> Layer:
    return getattr(layers, case.kind)(**case.settings, **case.drawn_weights)


def run_of(case: AttentionCase, what: str = "inputs") -> LayerRun:
    inputs = case.inputs(what)
    return LayerRun(inputs, our_layer(case).forward(*inputs), [None] * len(inputs))


def check(ours: Array | None, theirs: Array) -> None:
    assert ours is not None
    assert ours.dtype == np.float32
    assert ours.shape == theirs.shape
    # Of a value that is the same everywhere, such as a sum of shares, rounding alone is left of the gradient.
    assert np.abs(ours - theirs).max() <= TOLERANCE * max(float(np.abs(theirs).max()), 1e-2)


def test_outputs(stored: dict[str, Array], subtests: pytest.Subtests) -> None:
    for case in ATTENTION_CASES:
        with subtests.test(case.name):
            check(run_of(case).output, stored[f"{case.name}: output"])
            assert our_layer(case).output_shape(*case.shapes) == run_of(case).output.shape
            assert our_layer(case).parameter_count == sum(each.size for each in case.drawn_weights.values())


def test_gradients(stored: dict[str, Array], subtests: pytest.Subtests) -> None:
    for case in ATTENTION_CASES:
        with subtests.test(case.name):
            run = run_of(case)
            for number, ours in enumerate(our_layer(case).gradient(case.upstream(run.output.shape), run)):
                check(ours, stored[f"{case.name}: gradient {number}"])


def test_multipliers_sum_to_the_change(subtests: pytest.Subtests) -> None:
    without_rule = set()
    for case in ATTENTION_CASES:
        with subtests.test(case.name):
            run, reference = run_of(case), run_of(case, "reference")
            if not case.settings.get("mask_adds", True):
                # What is masked has to be the same in both.
                reference.inputs[3][:] = run.inputs[3]
                reference = LayerRun(reference.inputs, our_layer(case).forward(*reference.inputs), reference.masks)
            upstream = case.upstream(run.output.shape)
            found = our_layer(case).multipliers(upstream, run, reference)
            if found is None:
                without_rule.add(case.name)
                continue
            parts = [
                at.astype(np.float64) * (x.astype(np.float64) - other)
                for at, x, other in zip(found, run.inputs, reference.inputs, strict=True)
            ]
            change = (upstream * (run.output.astype(np.float64) - reference.output)).sum()
            size = sum(np.abs(part).sum() for part in parts) + np.abs(upstream * run.output).sum()
            assert sum(part.sum() for part in parts) == pytest.approx(change, abs=1e-5 * size)
    assert [name.split("(")[1].split(";")[0] for name in without_rule] == ["equation=ij,jk,kl->il"]


def test_values_are_what_they_are_composed_of(subtests: pytest.Subtests) -> None:
    for case in ATTENTION_CASES:
        with subtests.test(case.name):
            run, layer = run_of(case), our_layer(case)
            scale = float(np.abs(run.output).max())
            for flat in range(0, run.output.size, max(1, run.output.size // 5)):
                index = tuple(int(place) for place in np.unravel_index(flat, run.output.shape))
                value = recomputed(layer, run.inputs, run.masks, run.output, index)
                assert value == pytest.approx(float(run.output[index]), abs=TOLERANCE * scale)


def test_an_output_depends_on_the_positions_that_it_says(subtests: pytest.Subtests) -> None:
    for case in ATTENTION_CASES:
        with subtests.test(case.name):
            run, layer, other = run_of(case), our_layer(case), case.inputs("other")
            for position in range(len(run.output)):
                wanted = np.arange(len(run.output)) == position
                read = layer.positions_read(wanted, *case.shapes)
                changed = [
                    np.where(mask.reshape(-1, *[1] * (x.ndim - 1)), x, else_)
                    for mask, x, else_ in zip(read, run.inputs, other, strict=True)
                ]
                np.testing.assert_allclose(layer.forward(*changed)[position], run.output[position], atol=2e-6)


@pytest.fixture(scope="module")
def frameworks() -> ModuleType:
    """The installed frameworks. Their own warnings are their own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.environ.setdefault("KERAS_BACKEND", "torch")
        pytest.importorskip("torch")
        pytest.importorskip("keras")
        from oracle import attention_frameworks
    return attention_frameworks


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_the_frameworks_still_say_what_is_stored(
    frameworks: ModuleType, stored: dict[str, Array], subtests: pytest.Subtests
) -> None:
    for case in ATTENTION_CASES:
        with subtests.test(case.name):
            output, gradients = frameworks.answers(case)
            check(output.astype(np.float32), stored[f"{case.name}: output"])
            for number, each in enumerate(gradients):
                check(each.astype(np.float32), stored[f"{case.name}: gradient {number}"])
