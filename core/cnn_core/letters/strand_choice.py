"""Which strands of letters are read."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from ..errors import SettingError

__all__ = ["Strands"]


class Strands(StrEnum):
    """Which strands of letters are read."""

    FORWARD = "+"
    REVERSE = "-"
    BOTH = "both"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise SettingError(f"there is no strand '{value}'", remedy="it is +, - or both")

    @property
    def signs(self) -> tuple[str, ...]:
        """Each strand that is read, `+` or `-`."""
        return ("+", "-") if self is Strands.BOTH else (self.value,)

    @property
    def reversed(self) -> tuple[bool, ...]:
        """Of each strand that is read, whether it is the other one."""
        return tuple(sign == "-" for sign in self.signs)
