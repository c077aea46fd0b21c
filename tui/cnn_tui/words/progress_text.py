"""How much of a long piece of work is done, how fast it goes, and how long it will take: in few words."""

from __future__ import annotations

from typing import Final

__all__ = ["amount", "duration", "part", "progress_words", "rate"]

_STEPS: Final = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_AT_FIRST: Final = 1.0
"""Seconds after which a rate means something."""


def amount(count: float, unit: str) -> str:
    """Return a count with three digits, such as `248 Mb` or `1.20 GB`, or of things in full, such as `1,234 filters`.

    Args:
        count: How many; not negative.
        unit: Of what: `b` for bases, `B` for bytes, or a word.
    """
    if len(unit) > 1:
        return f"{count:,.{int(count < 10 and count != int(count))}f} {unit}"
    for size, prefix in _STEPS:
        # What would be rounded up to the next prefix takes it.
        if count >= 0.9995 * size:
            value = count / size
            decimals = 2 if value < 9.995 else 1 if value < 99.95 else 0
            return f"{value:.{decimals}f} {prefix}{unit}"
    return f"{count:.0f} {unit}"


def part(count: float, total: float, unit: str) -> str:
    """Return how much there is of a whole, such as `125 of 248 Mb`; see `amount`."""
    done, whole = amount(count, unit), amount(total, unit)
    number, _, counted = done.rpartition(" ")
    return f"{number if whole.endswith(f' {counted}') else done} of {whole}"


def rate(each_second: float, unit: str) -> str:
    """Return a rate, such as `12.5 Mb/s`; see `amount`."""
    return f"{amount(each_second, unit)}/s"


def duration(seconds: float) -> str:
    """Return a time to come, such as `9 s`, `2 min` or `1 h 20 min`; never 0.

    Args:
        seconds: How long; not negative.
    """
    if seconds < 59.5:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def progress_words(done: int, total: int, seconds: float, unit: str = "B") -> str:
    """Return how far something is, such as `12 % of 250 MB, 310 MB/s, 1 s left`.

    Args:
        done: How much is done.
        total: How much there is; 0 where that is unknown.
        seconds: How long it has taken; in the first second nothing is said of the rate.
        unit: What is counted, see `amount`.
    """
    said = [f"{100 * min(done, total) // total} % of {amount(total, unit)}" if total else amount(done, unit)]
    if seconds >= _AT_FIRST and done:
        said.append(rate(done / seconds, unit))
        if done < total:
            said.append(f"{duration(seconds * (total - done) / done)} left")
    return ", ".join(said)
