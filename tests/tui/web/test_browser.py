"""The explorer in Chromium: it draws, takes keys and presses, asks for nothing elsewhere, and lets no other page in."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from browsers import CHROMIUM, Browser, chromium
from serving import Served, serving

pytest.importorskip("textual_serve")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="Chromium and its driver are not installed")

LISTENS = """
window.drawn = "";
const Ordinary = window.WebSocket;
window.WebSocket = class extends Ordinary {
  constructor(address) {
    super(address);
    const asked = new URL(address).searchParams;
    window.size = [asked.get("width"), asked.get("height")].map(Number);
    const decoder = new TextDecoder();
    this.addEventListener("message", (event) => {
      if (typeof event.data !== "string") window.drawn += decoder.decode(event.data, {stream: true});
    });
  }
};
"""
"""Keeps in `drawn` what is drawn on the terminal in a page, which shows it on a canvas."""
OPENS_WEBSOCKET = """
const [address, done] = arguments;
const socket = new WebSocket(address);
socket.onopen = () => done("opened");
socket.onerror = () => done("refused");
"""
FETCHES = """
const [address, done] = arguments;
fetch(address, {mode: "no-cors"}).then((answer) => done("answered"), () => done("refused"));
"""


class Foreign(BaseHTTPRequestHandler):
    """A page of another origin."""

    def do_GET(self) -> None:
        body = b"<!DOCTYPE html><title>foreign</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with serving(folder) as found:
        yield found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    # A name of another site leads to this machine, as after DNS rebinding.
    rebound = "--host-resolver-rules=MAP foreign.example 127.0.0.1"
    with chromium(tmp_path_factory.mktemp("chromium"), rebound) as found:
        found.before_every_page(LISTENS)
        yield found


@pytest.fixture
def page(browser: Browser, served: Served) -> Browser:
    """The page, with the explorer in it."""
    browser.requested()
    browser.open(served.address)
    until(browser, "pooled[18] = max(")
    return browser


@pytest.fixture
def foreign(browser: Browser) -> Iterator[Browser]:
    """A page of another origin on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Foreign)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    browser.open(f"http://127.0.0.1:{server.server_port}/")
    yield browser
    server.shutdown()
    thread.join()
    server.server_close()


def until(page: Browser, text: str) -> None:
    """Wait until something is drawn, and forget what has been."""
    page.wait_for(f"window.drawn.includes({text!r})")
    page.run("window.drawn = ''; requestAnimationFrame(() => requestAnimationFrame(arguments[0]));")


def saved(page: Browser, folder: Path) -> dict[str, Any]:
    """Return the view as `S` saves it."""
    file = folder / "view.toml"
    file.unlink(missing_ok=True)
    page.press("S")
    until(page, "Save this view")
    page.press("enter")
    until(page, "is written")
    return tomllib.loads(file.read_text())


def colours(page: Browser) -> int:
    """Return how many colours the picture of the page has, at every third pixel."""
    count = """
    const [picture, done] = arguments, image = new Image();
    image.onload = () => {
      const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
      done(new Set(pixels.filter((_, at) => at % 3 === 0)).size);
    };
    image.src = "data:image/png;base64," + picture;
    """
    return int(page.run(count, page.picture()))


def test_it_is_drawn_alone_takes_keys_and_the_mouse_and_opens_again(
    page: Browser, served: Served, folder: Path, subtests: pytest.Subtests
) -> None:
    with subtests.test("it is drawn and asks for nothing elsewhere"):
        assert colours(page) > 100
        asked = [urlsplit(address) for address in page.requested()]
        web = [address for address in asked if address.scheme in ("http", "https", "ws", "wss")]
        assert {address.netloc for address in web} == {served.host}
        assert {address.path.rpartition("/")[2] for address in web} == {
            "", "page.css", "page.js", "terminal.css", "terminal.js", "mono.ttf", "mono-bold.ttf", "ws"
        }  # fmt: skip
        assert page.faults() == []
        assert page.run("arguments[0](document.fonts.check('16px \"Roboto Mono\"'))")
    with subtests.test("keys reach it at once"):
        page.press("j", "l", "l")
        cursor = saved(page, folder)["cursor"]
        assert (cursor["filter"], cursor["cell"]) == (56, 20)
    with subtests.test("a press of the mouse reaches it"):
        left, top, width, height = page.run(
            "const screen = document.querySelector('.xterm-screen').getBoundingClientRect();"
            "arguments[0]([screen.left, screen.top, screen.width / window.size[0], screen.height / window.size[1]]);"
        )
        # Among the bases, which stand in the sixth line.
        page.click(round(left + 60.5 * width), round(top + 5.5 * height))
        until(page, "under tap")
        assert saved(page, folder)["cursor"]["level"] == "base"
    for key in (":", "ctrl+p"):
        with subtests.test("the palette has a key that no browser keeps", key=key):
            page.press(key)
            until(page, "Search for commands")
            page.press("escape")
            # The scale of the bases was under it.
            until(page, "0…")
    with subtests.test("the theme has a key that no browser keeps"):
        page.press("C")
        assert saved(page, folder)["theme"] == "light"
    with subtests.test("what has ended can be opened again"):
        page.press("q")
        page.wait_for("getComputedStyle(document.querySelector('#ended')).display === 'block'")
        page.run("document.querySelector('#again').click(); arguments[0]();")
        until(page, "pooled[18] = max(")


def test_a_foreign_page_gets_nothing_even_with_the_address(foreign: Browser, served: Served) -> None:
    assert foreign.run(OPENS_WEBSOCKET, f"ws://{served.host}{urlsplit(served.address).path}ws") == "refused"
    assert foreign.run(FETCHES, served.address) == "refused"
    assert foreign.run(FETCHES, f"{served.address}page.js") == "refused"


def test_a_name_that_was_made_to_lead_here_gets_nothing(browser: Browser, served: Served) -> None:
    address = served.address.replace("127.0.0.1", "foreign.example")
    browser.open(address)
    assert "another host" in browser.run("arguments[0](document.body.innerText)")
    assert browser.run(OPENS_WEBSOCKET, f"{address.replace('http', 'ws')}ws") == "refused"
