"""Chromium without a window, driven by its own driver over plain HTTP (W3C WebDriver)."""

from __future__ import annotations

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
BROWSER_KEYS: Final = {
    "ctrl": "\ue009",
    "alt": "\ue00a",
    "enter": "\ue007",
    "backspace": "\ue003",
    "escape": "\ue00c",
}
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

    def begin(self, folder: Path, *arguments: str) -> None:
        """Start the browser.

        Args:
            folder: Where it keeps what it keeps.
            arguments: What else it is given.
        """
        options = [
            *("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--disable-gpu"),
            *(f"--user-data-dir={folder}", "--window-size=1200,800", *arguments),
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
        self._connection.close()

    def before_every_page(self, script: str) -> None:
        """Have a script run in every page before its own do."""
        how = {"cmd": "Page.addScriptToEvaluateOnNewDocument", "params": {"source": script}}
        self.ask("goog/cdp/execute", **how)

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

    def picture(self) -> str:
        """Return what the page looks like, as PNG in base64."""
        return str(self._ask("GET", f"{self._session}/screenshot"))

    def faults(self) -> list[str]:
        """Return what has gone wrong in pages since it was asked last."""
        return [entry["message"] for entry in self.ask("se/log", type="browser") if entry["level"] == "SEVERE"]

    def requested(self) -> list[str]:
        """Return all addresses that pages have asked for since it was asked last."""
        events = [json.loads(entry["message"])["message"] for entry in self.ask("se/log", type="performance")]
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
def chromium(folder: Path, *arguments: str) -> Iterator[Browser]:
    """Run the browser.

    Args:
        folder: Where it keeps what it keeps.
        arguments: What else it is given.
    """
    driver = subprocess.Popen(
        ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert driver.stdout is not None
        port = next(found[1] for line in driver.stdout if (found := re.search(r"successfully on port (\d+)", line)))
        browser = Browser(int(port))
        try:
            browser.begin(folder, *arguments)
            yield browser
        finally:
            browser.end()
    finally:
        driver.terminate()
        driver.communicate()
