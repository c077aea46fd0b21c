"""Writing to standard output and standard error, whatever characters they can take."""

from __future__ import annotations

import codecs
import errno
import io
import json
import math
import os
import sys
from collections.abc import Iterable
from typing import Final, TextIO, cast

from cnn_core.errors import printable

__all__ = ["ClosedOutput", "closed_output", "make_encodable", "write_json", "write_lines", "write_warnings"]

_STANDARD_ERROR: Final = 2
_HANDLER: Final = "cnn-tui-plain"
_PLAIN: Final = {
    "−": "-",
    "–": "-",
    "…": "...",
    "×": "x",
    "·": ".",
    "Σ": "sum of",
    "≈": "~",
    "∞": "inf",
    "→": "->",
    "⌊": "floor(",
    "⌋": ")",
    "⌈": "ceil(",
    "⌉": ")",
}
"""What stands for a character of ours where the encoding has none."""


class ClosedOutput(io.TextIOBase):
    """Stands for a standard output that is closed: who writes nothing to it does not miss it."""

    def write(self, text: str, /) -> int:
        """Refuse.

        Raises:
            OSError: Always.
        """
        raise OSError(errno.EBADF, "it is closed", "standard output")


def closed_output() -> TextIO:
    """Return what stands for standard output, whose number no file of ours may be opened under."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        pass
    os.close(number)
    return cast(TextIO, ClosedOutput())


def make_encodable(*streams: TextIO) -> None:
    """Let streams of any encoding take any text: what they cannot encode is spelled out.

    Under ASCII a minus sign becomes a hyphen, never a question mark.

    Args:
        streams: Standard output and the like.
    """
    codecs.register_error(_HANDLER, _spelled_out)
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def _spelled_out(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wrong = error.object[error.start : error.end]
    plain = (_PLAIN.get(letter) or letter.encode("unicode_escape").decode("ascii") for letter in wrong)
    return "".join(plain), error.end


def write_lines(lines: Iterable[str], out: TextIO | None = None) -> None:
    """Write lines of text.

    Args:
        lines: Without line ends.
        out: Where to; None is standard output.
    """
    (sys.stdout if out is None else out).writelines(f"{line}\n" for line in lines)


def write_json(value: object, out: TextIO | None = None) -> None:
    """Write one JSON value on one line, in ASCII.

    Args:
        value: Plain JSON types; JSON has no infinity and no NaN, so these become null.
        out: Where to; None is standard output.
    """
    write_lines([json.dumps(_finite(value), allow_nan=False)], out)


def write_warnings(sentences: Iterable[str]) -> None:
    """Write what must be said of a model to standard error, so that standard output stays what was asked for."""
    if sys.stderr is not None:
        write_lines((f"cnn-tui: warning: {printable(each)}" for each in sentences), sys.stderr)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
