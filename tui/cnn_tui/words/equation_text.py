"""Sums in numbers: written with the digits with which they add up as they stand on screen."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .numbers import number

__all__ = ["added_up"]

_MOST_DECIMALS = 6
_SHARE_OF_TOTAL = Decimal("0.02")


def added_up(terms: Sequence[float], total: float) -> tuple[str, str, str]:
    """Return a sum such as `14.75 − 5.250`, what stands between it and the total, and the total.

    Rounded each for itself, 1.0004 + 1.0004 = 2.0008 would read 1.000 + 1.000 = 2.001. Where that happens the
    terms get the decimals with which they add up as printed; `≈` stands between where no decimals do. The total is
    written as everywhere else.

    Args:
        terms: What is added, at least one number.
        total: What comes out.
    """
    written, last = [number(each) for each in terms], number(total)
    if not _adds_up((*written, last)):
        for decimals in range(4, _MOST_DECIMALS + 1):
            longer = [f"{each:.{decimals}f}".replace("-", "−") for each in terms]
            if _adds_up((*longer, last)):
                written = longer
                break
    relation = "=" if _adds_up((*written, last)) else "≈"
    first, *others = written
    signs = [f" − {each[1:]}" if each.startswith("−") else f" + {each}" for each in others]
    return first + "".join(signs), relation, last


def _adds_up(written: Sequence[str]) -> bool:
    """Tell whether a sum is right to half a unit of its coarsest term; a zero is exact and no term.

    Where large terms nearly cancel, that unit may be more than the total, which has to be right too.
    """
    *terms, total = numbers = [Decimal(text.replace("−", "-").replace("∞", "Infinity")) for text in written]
    if not all(each.is_finite() for each in numbers):
        return True
    exponents = {int(each.as_tuple().exponent) for each in numbers if each}
    difference = abs(sum(terms, start=Decimal(0)) - total)
    if difference > abs(total) * _SHARE_OF_TOTAL:
        return False
    return 2 * difference <= (Decimal(1).scaleb(max(exponents)) if len(exponents) > 1 else 0)
