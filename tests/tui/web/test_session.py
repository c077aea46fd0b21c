"""An explorer in a process of its own, whose terminal is a pair of pipes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pyte import Screen, Stream
from terminals import PACKAGES

from cnn_tui.terminal.conditions import BROWSER_DRIVER, TEXTUAL_DRIVER
from cnn_tui.web.session import Session

COLUMNS, LINES = 100, 30


@pytest.fixture(autouse=True)
def _finds_the_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", PACKAGES)
    monkeypatch.chdir(tmp_path)


class Page:
    """What a page shows of what is drawn."""

    def __init__(self) -> None:
        self.screen = Screen(COLUMNS, LINES)
        self._stream = Stream(self.screen)
        self._drawn = asyncio.Condition()

    async def draw(self, data: bytes) -> None:
        async with self._drawn:
            self._stream.feed(data.decode())
            self._drawn.notify_all()

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(60), self._drawn:
            await self._drawn.wait_for(holds)


async def run(*words: str, do: Callable[[Session, Page], Awaitable[None]]) -> str:
    """Run an explorer, and return why it ended."""
    page = Page()
    session = Session(words, page.draw)
    await session.start(COLUMNS, LINES)
    drawing = asyncio.ensure_future(session.run())
    try:
        await do(session, page)
    finally:
        await session.end()
    return await drawing


async def test_it_draws_takes_keys_presses_and_the_size_of_the_page_and_ends_when_it_is_asked_to(
    tmp_path: Path,
) -> None:
    # A module beside the sequences is not part of the program.
    (tmp_path / "numpy.py").write_text("raise SystemExit('imported')")

    async def do(session: Session, page: Page) -> None:
        await page.until(lambda: "pooled[18] = max" in page.text)
        await session.type("l")
        await page.until(lambda: "pooled[19] = max" in page.text)
        row = next(row for row, line in enumerate(page.screen.display) if line.startswith("letters"))
        await session.type(f"\x1b[<0;60;{row + 1}M\x1b[<0;60;{row + 1}m")
        await page.until(lambda: "its letter picks the weight" in page.text)
        await session.tell("resize", width=40, height=10)
        await page.until(lambda: "too small: cnn-tui needs 60×18" in page.text)
        await session.type("q")

    assert await run(do=do) == ""


async def test_what_cannot_be_opened_is_said() -> None:
    page = Page()
    session = Session(["no.fa"], page.draw)
    await session.start(COLUMNS, LINES)
    said = await session.run()
    await session.end()
    assert said.startswith("cnn-tui: no.fa: there is no such file")


def test_it_ends_where_the_server_is_gone() -> None:
    environment = {**os.environ, TEXTUAL_DRIVER: BROWSER_DRIVER, "PYTHONWARNINGS": "error"}
    with subprocess.Popen(
        [sys.executable, "-m", "cnn_tui"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"__GANGLION__\n"
        drawn = b""
        while b"\x1b[?1049h" not in drawn:
            more = process.stdout.read1()
            assert more, "it ended before it drew"
            drawn += more
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_sequences_do_not_come_in_where_keys_do() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cnn_tui", "-"],
        input=">r\nACGT\n",
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, TEXTUAL_DRIVER: BROWSER_DRIVER},
    )
    assert done.returncode == 1
    assert done.stderr == (
        "cnn-tui: standard input: keys come in there, and so no sequences can; name a file instead\n"
    )
