"""`cnn-tui serve` as a process on this machine, and plain clients of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from terminals import PACKAGES

__all__ = ["Answer", "Served", "serving"]


@dataclass(frozen=True)
class Answer:
    """What was answered.

    Attributes:
        status: The status.
        headers: The headers, their names in lower case.
        body: The text.
    """

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Served:
    """A server that runs.

    Attributes:
        process: Its process.
        address: What it has printed.
    """

    process: subprocess.Popen[str]
    address: str

    @property
    def host(self) -> str:
        """Its host and port."""
        return urlsplit(self.address).netloc

    @property
    def origin(self) -> str:
        """Its origin."""
        return f"http://{self.host}"

    def get(self, path: str = "", /, **headers: str) -> Answer:
        """Ask for something.

        Args:
            path: What follows the address; from the root where it begins with a slash.
            headers: The headers, by their names with `_` for `-`; an empty Host sends none.
        """
        connection = HTTPConnection(self.host, timeout=30)
        try:
            whole = path if path.startswith("/") else urlsplit(self.address).path + path
            connection.putrequest("GET", whole, skip_host="Host" in headers)
            for name, value in headers.items():
                if value:
                    connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read().decode("utf-8", "replace"))
        finally:
            connection.close()

    def opens_websocket(self, path: str = "ws", /, **headers: str) -> int:
        """Ask for the websocket, and return the status: 101 where it is opened."""
        asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
        return self.get(path, **asked, Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAA==", **headers).status


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[Served]:
    """Run the server in a folder, at a port that is free.

    Args:
        folder: Where it is started.
        words: What else is typed.
    """
    environment = {**os.environ, "PYTHONPATH": PACKAGES, "PYTHONWARNINGS": "error"}
    with subprocess.Popen(
        [sys.executable, "-m", "cnn_tui", "serve", "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        cwd=folder,
        env=environment,
    ) as process:
        assert process.stdout is not None
        try:
            yield Served(process, process.stdout.readline().strip())
        finally:
            process.terminate()
            _, said = process.communicate(timeout=30)
            assert said == "", said
