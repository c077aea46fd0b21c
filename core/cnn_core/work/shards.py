"""One of several equal shares of a piece of work, so that it can be spread over machines.

What is shared out stands in a row: letters, alternatives of variants, filters. A shard is a run of neighbours, so that
all shards one behind the other are the whole, in its order, and no two have anything in common.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from ..errors import SettingError

__all__ = ["Shard"]

_FORM: Final = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


@dataclass(frozen=True)
class Shard:
    """A share of a piece of work.

    Attributes:
        number: Which of the shares, from 1.
        count: How many shares there are.

    Raises:
        SettingError: There is no such share.
    """

    number: int
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.count:
            raise SettingError(
                f"there is no shard {self.number} of {self.count}", remedy="shards are counted from 1, such as 1/8"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the share that is written `I/N`.

        Raises:
            SettingError: It is not written so, or there is no such share.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise SettingError(f"'{text}' is no shard", remedy="write I/N, such as 1/8 for the first of eight")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def span(self, total: int) -> tuple[int, int]:
        """Return where the share begins in a row, and one past its end.

        Args:
            total: How many there are in all, such as letters. What consists of several of them belongs to the shard
                that has its first.
        """
        return (self.number - 1) * total // self.count, self.number * total // self.count
