"""The server: a page for whoever has the address, and a websocket through which it is drawn in.

Of textual-serve come the terminal in the page, which is a script, and aiohttp. Its own server answers every host and
every origin, starts the program by a shell, and lets its page fetch a font from the web.
"""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any, Final

import textual_serve
from aiohttp import WSMsgType, web

from cnn_core.errors import CnnError

from ..words.faults import WANTS_TRACEBACK, os_sentence
from .session import Session
from .visitors import Visitors, address_of

__all__ = ["serve"]

_OURS: Final = files("cnn_tui")
_THEIRS: Final = files(textual_serve.__name__) / "static"
_FILES: Final = {
    "terminal.js": (_THEIRS / "js" / "textual.js", "text/javascript"),
    "terminal.css": (_THEIRS / "css" / "xterm.css", "text/css"),
    "page.js": (_OURS / "web" / "page.js", "text/javascript"),
    "page.css": (_OURS / "web" / "page.css", "text/css"),
    "mono.ttf": (_OURS / "rendering" / "fonts" / "cnn-tui-mono.ttf", "font/ttf"),
    "mono-bold.ttf": (_OURS / "rendering" / "fonts" / "cnn-tui-mono-bold.ttf", "font/ttf"),
}
"""All that the page asks for."""
_PAGE: Final = _OURS / "web" / "page.html"
_HEADERS: Final = {
    # The terminal writes styles of its own; nothing else comes from elsewhere than here, and no page may frame it.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src data:; "
        "connect-src 'self' {socket}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_MOST_TYPED: Final = 1 << 20
"""Bytes of one message: of a long paste."""
_LARGEST: Final = 1000
"""Columns or lines of a page."""
_PATIENCE: Final = 2.5
"""Seconds in which the explorers may end before the server does."""
_ALIVE: Final = 20.0
"""Seconds after which a page that does not answer is taken to be gone."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def serve(words: Sequence[str], visitors: Visitors, port: int, told: Callable[[str], None]) -> None:
    """Serve the explorer until it is interrupted.

    Args:
        words: What every explorer is given, as typed behind `cnn-tui`.
        visitors: Who is let in, and what is listened on.
        port: The port; 0 is any that is free.
        told: Is given the address of the page, once it is there.

    Raises:
        CnnError: The server cannot listen there.
    """
    asyncio.run(_serve(words, visitors, port, told))


async def _serve(words: Sequence[str], visitors: Visitors, port: int, told: Callable[[str], None]) -> None:
    if not os.environ.get(WANTS_TRACEBACK):
        # What is not HTTP is refused without a word in the log.
        logging.getLogger("aiohttp").addHandler(logging.NullHandler())
        # It warns of an explorer that had ended before it was waited for, which is no fault.
        logging.getLogger("asyncio").setLevel(logging.ERROR)
    runner = web.AppRunner(
        _Server(words, visitors).app, access_log=None, handle_signals=False, shutdown_timeout=_PATIENCE
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, visitors.host, port).start()
        except OSError as error:
            raise _refusal(error, visitors.host, port) from None
        told(address_of(visitors.host, runner.addresses[0][1], visitors.token))
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _refusal(error: OSError, host: str, port: int) -> CnnError:
    where = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return CnnError("another program listens there", where=where, remedy="give another --port, or 0 for any")
    if error.errno == errno.EACCES:
        return CnnError("you may not listen there", where=where, remedy="give a --port from 1024 on")
    return CnnError("the server cannot listen there", where=where, remedy="give a --host that this machine has")


class _Server:
    """Answers what a browser asks."""

    def __init__(self, words: Sequence[str], visitors: Visitors) -> None:
        self._words, self._visitors = words, visitors
        self._open: set[web.WebSocketResponse] = set()

        async def let_in(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._let_in(request, handler)

        self.app = web.Application(middlewares=[web.middleware(let_in)])
        self.app.router.add_get("/{token}/", self._page)
        self.app.router.add_get("/{token}/ws", self._draw)
        self.app.router.add_get("/{token}/{file}", self._file)
        self.app.on_shutdown.append(self._close)

    async def _let_in(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse who is not let in, before anything else is looked at."""
        visitors, origin = self._visitors, request.headers.get("Origin")
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or not visitors.takes_host(hosts[0]):
            return _refused(403, "this is not the address that cnn-tui serve has printed: another host")
        if origin is not None and not visitors.takes_origin(origin, hosts[0]):
            return _refused(403, "another page asks for this one")
        if not visitors.knows(request.match_info.get("token", "")):
            return _refused(404, "the address that cnn-tui serve has printed is needed in full")
        try:
            response = await handler(request)
        except web.HTTPException as error:
            return _refused(error.status, error.reason)
        if not response.prepared:
            _protect(response, hosts[0])
        return response

    async def _page(self, request: web.Request) -> web.StreamResponse:
        socket = f"{'wss' if request.secure else 'ws'}://{request.host}/{self._visitors.token}/ws"
        text = Template(_PAGE.read_text(encoding="utf-8")).substitute(socket=escape(socket))
        return web.Response(text=text, content_type="text/html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["file"]
        if name not in _FILES:
            raise web.HTTPNotFound
        file, kind = _FILES[name]
        return web.Response(body=file.read_bytes(), content_type=kind)

    async def _draw(self, request: web.Request) -> web.StreamResponse:
        """Run an explorer for as long as the page is open."""
        # A browser always names the page that opens a websocket: without an Origin it is not a browser.
        if "Origin" not in request.headers:
            return _refused(403, "a page asks for this, and says which one it is")
        socket = web.WebSocketResponse(heartbeat=_ALIVE, max_msg_size=_MOST_TYPED, compress=False)
        await socket.prepare(request)
        self._open.add(socket)
        session = Session(self._words, socket.send_bytes)
        drawing = None
        try:
            try:
                await session.start(_size(request.query.get("width"), 80), _size(request.query.get("height"), 24))
            except OSError as error:
                await _say(f"cnn-tui: {os_sentence(error)}", socket)
                return socket
            drawing = asyncio.ensure_future(_drawn(session, socket))
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    await _pass_on(message.data, session, socket)
        finally:
            self._open.discard(socket)
            await session.end()
            if drawing is not None:
                await drawing
        return socket

    async def _close(self, _: web.Application) -> None:
        for socket in tuple(self._open):
            await socket.close()


async def _drawn(session: Session, socket: web.WebSocketResponse) -> None:
    """Draw until the explorer ends, and then say why, where there is something to say."""
    try:
        said = await session.run()
        if said:
            await _say(said, socket)
    except ConnectionError:
        # The page is gone.
        return
    finally:
        await socket.close()


async def _say(what: str, socket: web.WebSocketResponse) -> None:
    """Write what is wrong in place of the screen, and to the browser's log."""
    await socket.send_str(json.dumps(["log", what]))
    lines = what.replace("\x1b", "").replace("\n", "\r\n")
    await socket.send_bytes(f"\x1b[?1049l\x1b[?1003l\x1b[H\x1b[2J{lines}\r\n".encode())


async def _pass_on(text: str, session: Session, socket: web.WebSocketResponse) -> None:
    """Do what a message of the page says; an unknown one is ignored."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return
    what, how = message if isinstance(message, list) and len(message) == 2 else (message, None)
    what = what[0] if isinstance(what, list) and len(what) == 1 else what
    if what == "stdin" and isinstance(how, str):
        await session.type(how)
    elif what == "resize" and isinstance(how, dict):
        await session.tell("resize", width=_size(how.get("width"), 80), height=_size(how.get("height"), 24))
    elif what == "ping":
        await socket.send_str(json.dumps(["pong", str(how)]))
    elif what in ("focus", "blur"):
        await session.tell(what)


def _size(given: Any, otherwise: int) -> int:
    """Return a number of columns or lines that an explorer can have."""
    try:
        return min(max(int(given), 1), _LARGEST)
    except (TypeError, ValueError, OverflowError):
        return otherwise


def _refused(status: int, why: str) -> web.Response:
    response = web.Response(status=status, text=f"{why}\n")
    _protect(response, "")
    return response


def _protect(response: web.StreamResponse, host: str) -> None:
    socket = f"ws://{host} wss://{host}" if host else ""
    response.headers.update({name: text.replace("{socket}", socket) for name, text in _HEADERS.items()})
