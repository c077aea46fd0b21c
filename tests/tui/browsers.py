"""Chromium without a window, driven by its own driver over plain HTTP (W3C WebDriver)."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

__all__ = ["BROWSER_KEYS", "CHROMIUM", "Browser", "chromium"]

CHROMIUM: Final = all(map(shutil.which, ("chromium", "chromedriver")))
"""Whether the browser and its driver are installed."""
BROWSER_KEYS: Final = {"ctrl": "\ue009", "alt": "\ue00a", "enter": "\ue007", "backspace": "\ue003"}
"""What WebDriver calls the keys that are no characters."""
_PATIENCE: Final = 60


class Browser:
    """A session of the driver.

    Args:
        port: Where the driver listens.
    """

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        self._session = ""

    def begin(self, folder: Path, *, columns: int, lines: int) -> None:
        """Start the browser.

        Args:
            folder: Where it keeps what it keeps.
            columns: How wide its window is, in pixels.
            lines: How high.
        """
        options = [
            *("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--disable-gpu"),
            *(f"--user-data-dir={folder}", f"--window-size={columns},{lines}"),
        ]
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": options, "binary": shutil.which("chromium")},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "timeouts": {"script": _PATIENCE * 1000},
        }
        value = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{value['sessionId']}"

    def end(self) -> None:
        """Close the browser."""
        if self._session:
            self._ask("DELETE", self._session)

    def open(self, address: str) -> None:
        """Open a page, and wait until all of it is there."""
        self.ask("url", url=address)

    def run(self, script: str, *arguments: object) -> Any:
        """Run a script in the page; it calls its last argument with the result."""
        return self.ask("execute/async", script=script, args=arguments)

    def wait_for(self, condition: str) -> None:
        """Wait until an expression of the page holds."""
        self.run(
            f"const done = arguments[0]; const look = () => ({condition}) ? done(true) : requestAnimationFrame(look);"
            "look();"
        )

    def press(self, *keys: str) -> None:
        """Press keys, one after another; the last of `ctrl+w` is pressed while the others are held."""
        actions: list[dict[str, str]] = []
        for key in keys:
            held = [BROWSER_KEYS.get(part, part) for part in (key.split("+") if len(key) > 1 else [key])]
            actions += [{"type": "keyDown", "value": each} for each in held]
            actions += [{"type": "keyUp", "value": each} for each in reversed(held)]
        self.ask("actions", actions=[{"type": "key", "id": "keys", "actions": actions}])

    def click(self, x: int, y: int) -> None:
        """Press the mouse at a pixel of the page."""
        actions: list[dict[str, object]] = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self.ask("actions", actions=[{"type": "pointer", "id": "mouse", "actions": actions}])

    def picture(self) -> bytes:
        """Return what the page looks like, as PNG."""
        return base64.b64decode(self._ask("GET", f"{self._session}/screenshot"))

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Return what the browser has noted since it was asked last: `browser`, what went wrong; `performance`."""
        found: list[dict[str, Any]] = self.ask("se/log", type=kind)
        return found

    def requested(self) -> list[str]:
        """Return all addresses that the page has asked for since it was asked last."""
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        sent = [
            event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"
        ]
        opened = [event["params"]["url"] for event in events if event["method"] == "Network.webSocketCreated"]
        return sent + opened

    def ask(self, what: str, **how: object) -> Any:
        """Ask the driver for something about the session."""
        return self._ask("POST", f"{self._session}/{what}", how)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        self._connection.request(method, path, None if body is None else json.dumps(body))
        answer = json.loads(self._connection.getresponse().read())["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise AssertionError(f"{answer['error']}: {answer['message']}")
        return answer


@contextmanager
def chromium(folder: Path, *, columns: int = 1200, lines: int = 800) -> Iterator[Browser]:
    """Run the browser.

    Args:
        folder: Where it keeps what it keeps.
        columns: How wide its window is, in pixels.
        lines: How high.
    """
    driver = subprocess.Popen(
        ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert driver.stdout is not None
        port = next(found[1] for line in driver.stdout if (found := re.search(r"successfully on port (\d+)", line)))
        browser = Browser(int(port))
        try:
            browser.begin(folder, columns=columns, lines=lines)
            yield browser
        finally:
            browser.end()
    finally:
        driver.terminate()
        driver.communicate()
