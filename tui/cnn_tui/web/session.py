"""One explorer for one page: a process of its own, what it draws, and what is typed into it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

from ..terminal.conditions import BROWSER_DRIVER, TEXTUAL_DRIVER

__all__ = ["Session"]

_READY: Final = b"__GANGLION__\n"
"""The line with which Textual's driver for a server begins."""
_DRAWN, _TOLD = b"D", b"M"
_PATIENCE: Final = 2.0
"""Seconds in which an explorer may end by itself."""
_MOST_SAID: Final = 1 << 16

Send = Callable[[bytes], Awaitable[None]]
"""Takes what is drawn, as a terminal takes it."""


class Session:
    """An explorer whose keys come from a page and which draws in it.

    Args:
        words: What the explorer is given, as typed behind `cnn-tui`.
        send: Draws.
    """

    def __init__(self, words: Sequence[str], send: Send) -> None:
        self._words, self._send = words, send
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, columns: int, lines: int) -> None:
        """Start the process.

        Args:
            columns: How wide the page is, in characters.
            lines: How high.
        """
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            # A module in the folder that it is started in must not be taken for one of the program.
            *(sys.executable, "-P", "-m", __package__.partition(".")[0], *self._words),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            # Ctrl-C in the terminal is for the server, which ends what it has started.
            start_new_session=True,
            env={
                **os.environ,
                TEXTUAL_DRIVER: BROWSER_DRIVER,
                "TEXTUAL_COLOR_SYSTEM": "truecolor",
                "COLUMNS": str(columns),
                "ROWS": str(lines),
            },
        )

    async def run(self) -> str:
        """Draw until the explorer ends.

        Returns:
            Why it ended, where it did not because it was asked to: what it said on standard error.
        """
        process = self._process
        assert process is not None
        assert process.stdout is not None
        assert process.stderr is not None
        said = asyncio.ensure_future(_kept(process.stderr))
        try:
            with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await process.stdout.readuntil(_READY)
                while True:
                    kind = await process.stdout.readexactly(1)
                    size = int.from_bytes(await process.stdout.readexactly(4), "big")
                    payload = await process.stdout.readexactly(size)
                    if kind == _DRAWN:
                        await self._send(payload)
            return (await said).decode("utf-8", "replace").strip()
        finally:
            said.cancel()

    async def type(self, text: str) -> None:
        """Type something, as a terminal sends keys and presses of the mouse."""
        await self._write(_DRAWN, text.encode("utf-8", "replace"))

    async def tell(self, what: str, **how: int) -> None:
        """Tell of what is no key: `resize` with a `width` and a `height`, `focus`, or `blur`."""
        await self._write(_TOLD, json.dumps({"type": what, **how}).encode())

    async def end(self) -> None:
        """End the process, whatever it does."""
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        # It takes that for its end.
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE)
        except (TimeoutError, asyncio.CancelledError):
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _write(self, kind: bytes, payload: bytes) -> None:
        assert self._process is not None
        stdin = self._process.stdin
        assert stdin is not None
        # Where it has ended, the page is told by `run`.
        with suppress(ConnectionError, RuntimeError):
            stdin.write(kind + len(payload).to_bytes(4, "big") + payload)
            await stdin.drain()


async def _kept(stream: asyncio.StreamReader) -> bytes:
    """Read a stream to its end, so that what writes there never waits, and keep the end of it."""
    kept = b""
    while part := await stream.read(_MOST_SAID):
        kept = (kept + part)[-_MOST_SAID:]
    return kept
