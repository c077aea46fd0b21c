"""Work shared among the cores."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from cnn_core.layers import Conv1D
from cnn_core.layers.tap_sums import sum_over_taps
from cnn_core.work.cores import cores, share


@pytest.fixture
def three_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")


@pytest.mark.usefixtures("three_cores")
def test_threads_beside_the_caller_take_what_is_left() -> None:
    everyone = threading.Barrier(3)
    done: list[int] = []

    def compute(piece: int) -> None:
        everyone.wait(10)
        done.append(piece)

    share(compute, range(6))
    assert sorted(done) == [0, 1, 2, 3, 4, 5]


@pytest.mark.usefixtures("three_cores")
def test_what_a_piece_raises_reaches_the_caller() -> None:
    def compute(piece: int) -> None:
        if piece == 2:
            raise ValueError("piece 2")

    for _ in range(20):
        with pytest.raises(ValueError, match="piece 2"):
            share(compute, range(5))


@pytest.mark.usefixtures("three_cores")
def test_behind_an_error_nothing_is_begun_and_nothing_goes_on() -> None:
    everyone = threading.Barrier(3)
    begun: list[int] = []
    ended: list[int] = []

    def compute(piece: int) -> None:
        begun.append(piece)
        everyone.wait(10)
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        # Others are at it when the caller is stopped.
        threading.Event().wait(0.05)
        ended.append(piece)

    with pytest.raises(KeyboardInterrupt):
        share(compute, range(100))
    assert len(begun) == 3
    assert len(ended) == 2


@pytest.mark.usefixtures("three_cores")
def test_infinite_products_warn_on_no_thread() -> None:
    read = np.ones((8, 4096, 32), dtype=np.float32)
    read[0], read[7] = np.inf, -np.inf
    assert np.isnan(sum_over_taps(read, np.ones((8, 32, 32), dtype=np.float32), 1)).all()


def test_as_many_cores_as_products_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    for allowed, expected in (("1", 1), ("2", 2), ("64", 4)):
        monkeypatch.setenv("OMP_NUM_THREADS", allowed)
        assert cores() == expected
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert 1 <= cores() <= 4


def test_a_convolution_is_the_same_on_one_core_and_on_three(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(3001, 24)).astype(np.float32)
    for settings in ({"dilation": 5, "padding": "same"}, {"stride": 2}):
        conv = Conv1D(random.normal(size=(17, 24, 40)).astype(np.float32), **settings)
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
        alone = conv.forward(x)
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
        np.testing.assert_array_equal(conv.forward(x), alone)
        position = 1000
        window = conv.sliding.window(position, len(x))
        read = x[[window.first + tap * conv.dilation for tap in range(17)]].astype(np.float64)
        np.testing.assert_allclose(alone[position], np.einsum("tc,tcf->f", read, conv.kernel), atol=1e-4)
