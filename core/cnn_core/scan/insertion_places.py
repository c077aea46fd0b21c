"""Where a motif is put in an input."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import RegionError, SettingError

__all__ = ["CENTER", "InsertionPlaces"]

CENTER: Final = "center"
"""The place in the middle of the input."""
_RANGE: Final = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?", re.ASCII)


@dataclass(frozen=True)
class InsertionPlaces:
    """Where a motif is put, by the base of the input over which its first letter stands, from 0.

    Attributes:
        first: The first place; None is the middle, or with a step the first base.
        last: The last place that there may be; None is the first, or with a step the last that the motif fits at.
        step: Bases from one place to the next; None is one place, or of a first and a last every base.
    """

    first: int | None = None
    last: int | None = None
    step: int | None = None

    @classmethod
    def parse(cls, text: str = CENTER, step: int | None = None) -> InsertionPlaces:
        """Return the places that a text names.

        Args:
            text: `center`, a base such as `250`, or the first and the last of several, such as `200-300`.
            step: Bases from one place to the next.

        Raises:
            SettingError: It names none.
        """
        if step is not None and step < 1:
            raise SettingError(f"a step of {step} leads nowhere", remedy="give a whole number from 1 on")
        if text == CENTER:
            return cls(step=step)
        found = _RANGE.fullmatch(text)
        if found is None:
            raise SettingError(
                f"'{text}' is no place",
                remedy="write center, a base such as 250, or the first and the last, 200-300",
            )
        first, last = int(found[1]), None if found[2] is None else int(found[2])
        if last is not None and last < first:
            raise SettingError(f"the places {text} end before they begin", remedy=f"write {last}-{first}")
        if last is None and step is not None:
            raise SettingError(
                f"{text} is one place, and a step leads to several",
                remedy=f"name the first and the last, such as {first}-{first + 100}",
            )
        return cls(first, last, step)

    def within(self, length: int, width: int, where: str = "") -> NDArray[np.int64]:
        """Return the places in an input.

        Args:
            length: How many bases the input has.
            width: How many letters the motif has.
            where: What the input is, for the error text.

        Raises:
            RegionError: The motif does not fit there.
        """
        rest = length - width
        if rest < 0:
            raise RegionError(
                f"the motif has {width:,} letters, and the input {length:,}",
                where=where,
                remedy="give a shorter one",
            )
        if self.first is None:
            middle = length // 2 - width // 2
            return np.arange(rest + 1)[:: self.step] if self.step else np.array([middle])
        last = self.first if self.last is None else self.last
        if last > rest:
            raise RegionError(
                f"a motif of {width:,} letters does not fit at base {last:,} of an input of {length:,}",
                where=where,
                remedy=f"it fits at 0 to {rest:,}",
            )
        return np.arange(self.first, last + 1)[:: self.step or 1]
