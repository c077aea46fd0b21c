"""A cache with bounds."""

from __future__ import annotations

from cnn_core.work.lru_cache import LruCache


def test_the_values_asked_for_last_are_kept() -> None:
    cache: LruCache[str, int] = LruCache(2)
    for number, key in enumerate("ab"):
        cache.put(key, number)
    assert cache.get("a") == 0
    cache.put("c", 2)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (0, None, 2)
    assert len(cache) == 2


def test_a_value_is_made_once() -> None:
    cache: LruCache[str, list[int] | None] = LruCache(4)
    assert cache.at("a", lambda: None) is None
    assert cache.at("a", lambda: [1]) is None
    first = cache.at("b", lambda: [1])
    assert cache.at("b", lambda: [2]) is first
    cache.clear()
    assert len(cache) == 0


def test_large_values_go_sooner_and_the_latest_stays_however_large() -> None:
    cache: LruCache[str, bytes] = LruCache(10, room=100, bytes_of=len)
    for key in "abc":
        cache.put(key, bytes(40))
    assert len(cache) == 2
    cache.put("d", bytes(1000))
    assert len(cache) == 1
    assert cache.get("d") is not None
