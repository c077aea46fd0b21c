"""The command `cnn-tui`: what was typed → a subcommand or the explorer → an exit status.

Nothing heavy is imported before the words have been understood.
"""

from __future__ import annotations

import os
import signal
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from types import FrameType
from typing import Final

from cnn_core.errors import CnnError

from .cli.arguments import parse, request_of
from .cli.streams import ClosedOutput, closed_output, make_encodable
from .faults import WANTS_TRACEBACK, defect_sentence, memory_sentence, os_sentence
from .opening import STANDARD_INPUT, OpenRequest, check_request

__all__ = ["main"]

_DONE: Final = 0
_AT_FAULT: Final = 1
_SIGNALLED: Final = 128
"""A shell's convention: the status of a program that a signal ended is this and the signal's number."""
_BROKEN_PIPE: Final = 13
"""SIGPIPE, which Windows does not know."""


class _Terminated(BaseException):
    """A signal asked the program to end; unlike a kill, it lets everything be put back first."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: The words after the program's name; None takes them from the process.

    Returns:
        The exit status: 0 done, 1 the input is at fault.

    Raises:
        SystemExit: 0 after `--help` and `--version`, 2 after a wrong usage.
    """
    make_encodable(*(stream for stream in (sys.stdout, sys.stderr) if stream is not None))
    if sys.stdout is None:
        sys.stdout = closed_output()
    try:
        with _ending_in_order():
            try:
                return _run(sys.argv[1:] if arguments is None else arguments)
            finally:
                # Here, where a reader that has gone away is no surprise.
                sys.stdout.flush()
    except CnnError as error:
        return _refused(str(error))
    except BrokenPipeError:
        # The reader has seen enough, such as `head`.
        _drop_output()
        return _SIGNALLED + _BROKEN_PIPE
    except OSError as error:
        _drop_output()
        return _refused(str(os_sentence(error)))
    except MemoryError:
        return _refused(str(memory_sentence()))
    except KeyboardInterrupt:
        return _SIGNALLED + signal.SIGINT
    except _Terminated as ending:
        return _SIGNALLED + ending.number
    except Exception as defect:
        if os.environ.get(WANTS_TRACEBACK):
            raise
        return _refused(str(defect_sentence(defect)))


def _run(arguments: Sequence[str]) -> int:
    typed = parse(arguments)
    if typed.command is None:
        return _explore(typed)
    command = import_module(f".cli.{typed.command}", __package__)
    status: int = command.main(typed)
    return status


def _explore(typed: Namespace) -> int:
    from .terminal import check_screen, frames_at_once, keys_from_terminal, restored

    request = _with_view(request_of(typed))
    check_request(request)
    check_screen()
    request = _with_standard_input(request)
    keys_from_terminal()
    frames_at_once()

    from .app import CnnApp

    app = CnnApp(request)
    with restored():
        error = app.run()
    if error is not None:
        return _refused(str(error))
    return app.return_code or _DONE


def _with_view(request: OpenRequest) -> OpenRequest:
    """Return the request that a view file stands for, where the sequences may be one."""
    if request.sequences is None or not request.sequences.lower().endswith(".toml"):
        return request
    from .view_file.reading import with_view

    return with_view(request)


def _with_standard_input(request: OpenRequest) -> OpenRequest:
    """Return the request with what is piped in, read to its end, since from then on keys come in there."""
    if request.sequences == STANDARD_INPUT:
        if sys.stdin is None or sys.stdin.isatty():
            raise CnnError(
                "nothing is piped in", where="standard input", remedy="write cat my.fa | cnn-tui -, or name a file"
            )
        return replace(request, stdin=sys.stdin.buffer.read())
    if request.sequences is None and (sys.stdin is None or not sys.stdin.isatty()):
        raise CnnError(
            "this is not the keyboard, and no SEQUENCES are given",
            where="standard input",
            remedy="write cnn-tui - to open what is piped in, or name a file",
        )
    return request


def _refused(sentence: str) -> int:
    if sys.stderr is not None:
        sys.stderr.write(f"cnn-tui: {sentence}\n")
    return _AT_FAULT


def _drop_output() -> None:
    """Let go of what standard output could not take, or Python would fail once more when it flushes at the end."""
    if isinstance(sys.stdout, ClosedOutput):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Turn the signals that would kill the program into an exception, so that every `finally` is run."""

    def end(number: int, _: FrameType | None) -> None:
        raise _Terminated(number)

    before = {}
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", None)):
        # Where it is ignored, as under nohup, it stays ignored.
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
