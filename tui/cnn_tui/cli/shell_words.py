"""A line as bash has it: the words in it, and completions as bash takes them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .completed_words import Completions

__all__ = ["in_bash", "split_line"]

_SPECIAL: Final = re.compile(r"([^\w@%+=:,./~-])")
_ENDS: Final = "=:"
"""What ends a word in bash that is none of the shell's own."""


def split_line(line: str) -> tuple[list[str], bool]:
    """Return the words of a line, of which the last is unfinished and may be empty, and whether it has an open quote.

    Args:
        line: The line up to the cursor.
    """
    for end in ("", " ", '"', "'"):
        try:
            words = shlex.split(line + end)
        except ValueError:
            continue
        is_between = not end and line[-1:].isspace() and not line.rstrip().endswith("\\")
        return [*words, ""] if is_between or not words else words, end in ("'", '"')
    return [""], False


def in_bash(found: Completions, word: str, ends: str, *, is_quoted: bool) -> Iterator[str]:
    """Yield what bash is told: whether they go on, then each of them as far as bash takes it for one.

    Args:
        found: The completions.
        word: What there is of the word.
        ends: `COMP_WORDBREAKS`: bash completes only what stands behind the last of these.
        is_quoted: Whether the word has an open quote.
    """
    yield "begun" if found.are_begun else "whole"
    cut = 0 if is_quoted else 1 + max((word.rfind(each) for each in _ENDS if each in ends), default=-1)
    for each in found.words:
        yield each[cut:] if is_quoted else _SPECIAL.sub(r"\\\1", each[cut:])
