"""The one family of errors: what is wrong, where, and what would be right.

```
CnnError
├── SequenceError     letters, records, FASTA and VCF files
├── RegionError       a region or position that is not in the record
├── ModelError        a model, its weights or its file
│   └── ShapeError    a layer that cannot read what it is given
│       └── TooShortError    an axis along which not a single window fits
├── SettingError      an invalid setting
└── NotFoundError     an unknown name (of a record, filter, layer, sample …)
```

Only deliberate errors belong to the family; anything else is a defect of the program.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "CnnError",
    "ModelError",
    "NotFoundError",
    "RegionError",
    "SequenceError",
    "SettingError",
    "ShapeError",
    "TooShortError",
    "did_you_mean",
    "printable",
    "shorten",
]


def printable(text: str) -> str:
    r"""Return text from a file with every control or unprintable character spelled out.

    A record name is data: `\x1b[2J` in it must reach the screen as six plain characters.

    Args:
        text: Any text, such as a record's name or description.

    Returns:
        The text with each unprintable character replaced by its Python escape.
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )


def shorten(name: str, longest: int = 60) -> str:
    """Return a name that fits a sentence: a header can hold a megabyte."""
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def did_you_mean(name: str, names: Iterable[str], otherwise: str) -> str:
    """Return a remedy for a name that does not exist: the nearest one that does, or something else.

    Args:
        name: The name.
        names: Those that exist.
        otherwise: The remedy where none of them is near.
    """
    close = get_close_matches(name, [*names], n=1)
    return f"did you mean {close[0]}?" if close else otherwise


class CnnError(Exception):
    """Something that the user can put right, in one sentence.

    Args:
        what: What is wrong, without a full stop.
        where: The file, record, line, layer or tensor that it is about.
        remedy: What would be right.

    Attributes:
        what: As given, made printable.
        where: As given, made printable.
        remedy: As given, made printable.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = printable(what)
        self.where = printable(where)
        self.remedy = printable(remedy)
        sentence = f"{self.where}: {self.what}" if where else self.what
        super().__init__(f"{sentence}; {self.remedy}" if remedy else sentence)


class SequenceError(CnnError):
    """Letters that are not a sequence, or a file that is not FASTA or VCF."""


class RegionError(CnnError):
    """A region or a position that the record does not have."""


class ModelError(CnnError):
    """A model, a tensor or a model file that cannot be used."""


class ShapeError(ModelError):
    """A layer that cannot read the shape it is given."""


class TooShortError(ShapeError):
    """An axis along which not a single window fits: a longer input would do."""


class SettingError(CnnError):
    """An invalid stride, size, padding or dilation."""


class NotFoundError(CnnError):
    """A name that does not exist."""
