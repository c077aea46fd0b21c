"""A value computed once, by one thread, with nobody else in its way."""

from __future__ import annotations

from dataclasses import replace
from threading import Event, Thread

import numpy as np
import pytest
from small_models import Letters, block_model, random_kernel, random_letters

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Conv1D, MaxPooling1D
from cnn_core.work.lazy_value import LazyValue

PATIENCE = 10


def test_it_is_computed_when_asked_for_and_then_held() -> None:
    once: LazyValue[list[int]] = LazyValue()
    assert not once.is_there
    first = once.get(lambda: [1])
    assert once.is_there
    assert once.get(lambda: [2]) is first


def test_nothing_at_all_is_a_value_too() -> None:
    once: LazyValue[None] = LazyValue()
    assert once.get(lambda: None) is None
    assert once.is_there


def test_what_is_known_already_is_put_in_once() -> None:
    once: LazyValue[int] = LazyValue()
    once.put(1)
    once.put(2)
    assert once.get(lambda: 3) == 1


def test_after_an_error_nothing_is_held() -> None:
    once: LazyValue[int] = LazyValue()
    with pytest.raises(ZeroDivisionError):
        once.get(lambda: 1 // 0)
    assert not once.is_there
    assert once.get(lambda: 4) == 4


def test_whoever_asks_meanwhile_waits_for_that_value() -> None:
    once: LazyValue[object] = LazyValue()
    entered, let_go = Event(), Event()
    computed: list[object] = []
    found: list[object] = []

    def compute() -> object:
        entered.set()
        assert let_go.wait(PATIENCE)
        computed.append(object())
        return computed[-1]

    threads = [Thread(target=lambda: found.append(once.get(compute))) for _ in range(4)]
    threads[0].start()
    assert entered.wait(PATIENCE)
    for thread in threads[1:]:
        thread.start()
    let_go.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert found == computed * 4


def reading() -> Reading:
    model = block_model(Conv1D(random_kernel(5), activation="relu"), MaxPooling1D(4), length=None)
    return Reading.of(model, Letters(random_letters(60, seed=1), "chr"))


def test_a_reading_that_takes_long_holds_no_other_up() -> None:
    entered, let_go = Event(), Event()

    class Slow(Letters):
        def codes(self, start: int, stop: int) -> np.ndarray:
            entered.set()
            assert let_go.wait(PATIENCE)
            return super().codes(start, stop)

    other = reading()
    slow = replace(other, record=Slow(random_letters(60, seed=2), "slow"))
    thread = Thread(target=lambda: slow.values, daemon=True)
    thread.start()
    assert entered.wait(PATIENCE)
    quick = Thread(target=lambda: other.output, daemon=True)
    quick.start()
    quick.join(PATIENCE / 2)
    assert other.is_computed
    assert not slow.is_computed
    let_go.set()
    thread.join(PATIENCE)
    assert slow.is_computed


def test_a_reading_afresh_has_nothing_computed() -> None:
    known = reading()
    assert known.values
    again = known.afresh()
    assert not again.is_computed
    np.testing.assert_array_equal(again.values["pool"], known.values["pool"])
