"""Writing to standard output and standard error, whatever characters they can take."""

from __future__ import annotations

import codecs
import errno
import io
import json
import math
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import BinaryIO, Final, Literal, NoReturn, TextIO, cast

from cnn_core.errors import printable

__all__ = [
    "Said",
    "drop",
    "make_encodable",
    "open_streams",
    "saying",
    "shows_progress",
    "write_error",
    "write_json",
    "write_lines",
    "write_note",
    "write_warnings",
]

_STANDARD_ERROR: Final = 2
_HANDLER: Final = "cnn-tui-plain"
_PLAIN: Final = {
    "−": "-",
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
    "±": "+-",
    "√": "sqrt",
    "▸": ">",
    "–": "-",
    "—": "-",
}
"""What stands for a character of ours where the encoding has none."""
_LINES_OF_TABLES: Final = range(0x2500, 0x2580)
_LINES: Final = {**dict.fromkeys("─━┄┅┈┉╌╍═", "-"), **dict.fromkeys("│┃┆┇┊┋╎╏║", "|")}
"""Straight lines of tables; where lines meet there is a plus sign."""


Said = Literal["usual", "quiet", "verbose"]
"""How much is said beside what was asked for."""
_said: Final = ContextVar[Said]("said", default="usual")


class _ClosedBytes(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> NoReturn:
        raise OSError(errno.EBADF, "it is closed", "standard output")


class _ClosedOutput(io.TextIOBase):
    """Stands for a standard output that is closed: what writes nothing to it does not miss it."""

    @property
    def buffer(self) -> BinaryIO:
        """What stands for its bytes."""
        return cast(BinaryIO, _ClosedBytes())

    def write(self, text: str, /) -> NoReturn:
        """Refuse.

        Raises:
            OSError: Always.
        """
        self.buffer.write(b"")
        raise AssertionError


def open_streams() -> None:
    """Let standard output and standard error be something in any case, and take any text; see `make_encodable`."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        # No file of ours may be opened under the number of one of them.
        while (number := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
            pass
        os.close(number)
    make_encodable(*(stream for stream in (sys.stdout, sys.stderr) if stream is not None))
    if sys.stdout is None:
        sys.stdout = cast(TextIO, _ClosedOutput())


def drop(stream: TextIO) -> None:
    """Let go of what a stream could not take, or Python would fail once more when it flushes it at the end.

    Args:
        stream: Standard output or standard error.
    """
    if isinstance(stream, _ClosedOutput):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


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
    return "".join(map(_plain, wrong)), error.end


def _plain(letter: str) -> str:
    if ord(letter) in _LINES_OF_TABLES:
        return _LINES.get(letter, "+")
    return _PLAIN.get(letter) or letter.encode("unicode_escape").decode("ascii")


def write_lines(lines: Iterable[str]) -> None:
    """Write lines of text.

    Args:
        lines: Without line ends.
    """
    sys.stdout.writelines(f"{line}\n" for line in lines)


def write_json(value: object) -> None:
    """Write one JSON value on one line, in ASCII.

    Args:
        value: Plain JSON types; JSON has no infinity and no NaN, so these become null.
    """
    write_lines([json.dumps(_finite(value), allow_nan=False)])


def write_warnings(sentences: Iterable[str]) -> None:
    """Write what must be said to standard error, each sentence once, so that standard output stays what was asked for.

    Args:
        sentences: The sentences; where there is nothing to say, one is empty.
    """
    for each in dict.fromkeys(filter(None, sentences)):
        write_note(f"warning: {each}")


def write_note(sentence: str) -> None:
    """Write what is to be known beside what was asked for to standard error, unless only errors are to be said.

    Args:
        sentence: The sentence.
    """
    if _said.get() != "quiet":
        write_error(f"cnn-tui: {printable(sentence)}\n")


@contextmanager
def saying(said: Said) -> Iterator[None]:
    """Have more or less said meanwhile.

    Args:
        said: `quiet` is errors alone; `verbose` has lines in the place of bars.
    """
    before = _said.set(said)
    try:
        yield
    finally:
        _said.reset(before)


def shows_progress() -> bool:
    """Tell whether bars may be drawn."""
    return _said.get() == "usual"


def write_error(text: str) -> None:
    """Write to standard error, where it can be written to: what is done and its status are the same without.

    Args:
        text: Whole lines.
    """
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        with suppress(OSError):
            drop(sys.stderr)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
