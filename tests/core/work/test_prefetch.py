"""Results come in order, whoever computes them; not more is computed than somebody is about to use."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Event, get_ident

import pytest

from cnn_core.work.prefetch import prefetch

TIMEOUT = 20


@pytest.mark.parametrize("threads", [0, 1, 2, 3, 8])
@pytest.mark.parametrize("pieces", [0, 1, 5, 40])
def test_results_come_in_the_order_of_the_pieces(threads: int, pieces: int) -> None:
    assert [*prefetch(lambda piece: piece * piece, range(pieces), threads)] == [
        piece * piece for piece in range(pieces)
    ]


def test_a_piece_that_is_done_first_waits_for_the_one_before_it() -> None:
    second = Event()

    def compute(piece: int) -> int:
        if piece == 0:
            assert second.wait(TIMEOUT)
        elif piece == 1:
            second.set()
        return piece

    assert [*prefetch(compute, range(4), 2)] == [0, 1, 2, 3]


def test_pieces_are_computed_at_the_same_time() -> None:
    together = Barrier(3, timeout=TIMEOUT)

    def compute(piece: int) -> int:
        together.wait()
        return get_ident()

    assert get_ident() not in {*prefetch(compute, range(6), 3)}


def test_one_thread_is_the_caller_s_and_computes_what_is_asked_for() -> None:
    computed: list[int] = []
    results = prefetch(lambda piece: computed.append(piece) or get_ident(), range(5), 1)
    assert next(results) == get_ident()
    assert computed == [0]


@pytest.mark.parametrize("threads", [2, 3])
def test_no_more_pieces_are_taken_than_two_a_thread(threads: int) -> None:
    taken: list[int] = []

    def pieces() -> Iterator[int]:
        for piece in range(20):
            taken.append(piece)
            yield piece

    for nth, result in enumerate(prefetch(lambda piece: piece, pieces(), threads)):
        assert result == nth
        assert len(taken) <= nth + 2 * threads


@pytest.mark.parametrize("threads", [1, 2])
def test_what_a_piece_raises_comes_in_its_turn(threads: int) -> None:
    def compute(piece: int) -> int:
        if piece >= 3:
            raise ValueError(f"piece {piece}")
        return piece

    results = prefetch(compute, range(9), threads)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="piece 3"):
        next(results)


def test_whoever_has_enough_waits_for_what_is_being_computed_and_for_no_more() -> None:
    computed: list[int] = []
    results = prefetch(lambda piece: computed.append(piece), range(1000), 2)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(computed) <= 4
