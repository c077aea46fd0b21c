"""The server: who is answered, with what, and what becomes of an explorer whose page is closed."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from serving import Served, serving

# The extra `web` is among what the tests install.
aiohttp = pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")

TEXTS = ("terminal.js", "terminal.css", "page.js", "page.css")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as found:
        yield found


def test_the_address_is_of_this_machine_alone_with_a_secret_in_it(served: Served) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{32,}/", served.address)


def test_the_page_and_all_that_it_asks_for_is_there(served: Served, subtests: pytest.Subtests) -> None:
    page = served.get()
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    asked = re.findall(r'(?:src|href)="([^"]*)"', page.body)
    assert {*asked} == {*TEXTS, "data:,"}
    fonts = re.findall(r'url\("([^"]*)"\)', served.get("page.css").body)
    assert fonts == ["mono.ttf", "mono-bold.ttf"]
    for name in (*TEXTS, *fonts):
        with subtests.test(name):
            assert served.get(name).status == 200


def test_nothing_may_come_from_elsewhere(served: Served) -> None:
    assert not re.findall(r"@import|url\(", served.get("terminal.css").body)
    policy = served.get().headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert {word for word in policy.replace(";", " ").split() if "://" in word} == {
        f"ws://{served.host}", f"wss://{served.host}"
    }  # fmt: skip


def test_without_the_token_nothing_is_told(served: Served, subtests: pytest.Subtests) -> None:
    token = served.address.split("/")[3]
    wrong = "".join("b" if letter == "a" else "a" for letter in token)
    for path in ("/", "/ws", "/page.js", f"/{wrong}/", f"/{wrong}/ws", f"/{wrong}/page.js", f"/{token[:-1]}/"):
        with subtests.test(path.replace(wrong, "wrong")):
            answer = served.get(path)
            assert answer.status == 404
            assert token not in answer.body + str(answer.headers)
            assert served.opens_websocket(path, Origin=served.origin) == 404


def test_only_the_page_s_own_files_are_given_out(served: Served, subtests: pytest.Subtests) -> None:
    for path in ("server.py", "..%2f..%2fpyproject.toml", "%2e%2e/", "static/", "js/textual.js", "download/x"):
        with subtests.test(path):
            assert served.get(path).status == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "10.0.0.1", ""]
)
def test_another_host_is_refused_everywhere(served: Served, host: str) -> None:
    given = host.format(port=served.host.split(":")[1])
    statuses = {served.get(path, Host=given).status for path in ("", "page.js", "ws", "/")}
    # Without any, the request itself is malformed to some.
    assert statuses <= {400, 403}
    assert served.opens_websocket(Host=given, Origin=f"http://{given}") in (400, 403)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "file://", "https://{host}.evil"]
)
def test_a_foreign_origin_is_refused_everywhere(served: Served, origin: str) -> None:
    given = origin.format(host=served.host)
    for path in ("", "page.js"):
        answer = served.get(path, Origin=given)
        assert (answer.status, answer.body) == (403, "another page asks for this one\n")
    assert served.opens_websocket(Origin=given) == 403


def test_a_websocket_wants_its_page_to_be_named(served: Served) -> None:
    assert served.opens_websocket() == 403
    assert served.opens_websocket(Origin=served.origin) == 101


def test_a_tunnel_under_another_port_is_let_in(served: Served) -> None:
    assert served.get(Host="localhost:9000").status == 200
    assert 'data-session-websocket-url="ws://localhost:9000/' in served.get(Host="localhost:9000").body
    assert served.opens_websocket(Host="localhost:9000", Origin="http://localhost:9000") == 101
    assert served.opens_websocket(Host="localhost:9000", Origin=served.origin) == 403


# The websocket


@asynccontextmanager
async def page(served: Served, query: str = "?width=100&height=30") -> AsyncIterator[Any]:
    async with aiohttp.ClientSession() as client:
        opened = client.ws_connect(f"{served.address}ws{query}", headers={"Origin": served.origin})
        async with asyncio.timeout(60), opened as socket:
            yield socket


async def until(socket: Any, wanted: bytes) -> None:
    """Read until something is drawn."""
    drawn = b""
    while wanted not in drawn:
        message = await socket.receive()
        assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), message
        drawn += message.data if isinstance(message.data, bytes) else b""


async def ended(socket: Any) -> list[str]:
    """Read to the end, and return what was said in words."""
    said = []
    async for message in socket:
        if message.type == aiohttp.WSMsgType.TEXT:
            said.append(message.data)
    return said


async def test_every_page_has_an_explorer_of_its_own_that_takes_keys_and_ends_with_q(served: Served) -> None:
    async with page(served) as one, page(served) as other:
        await until(one, b"pooled[18]")
        await until(other, b"pooled[18]")
        await one.send_json(["stdin", "l"])
        await until(one, b"19]")
        await one.send_json(["stdin", "q"])
        assert await ended(one) == []
        assert one.close_code == 1000
        await other.send_json(["stdin", "l"])
        await until(other, b"19]")


MEANINGLESS = (
    *("", "x", "[", "[" * 5000, "1", "null", "{}", "[]", "[[]]", '["stdin"]', '["stdin", 1]', '["resize"]'),
    *('["resize", 5]', '["resize", {"width": "x"}]', '["resize", {"width": 1e999, "height": -1}]'),
    *('["exit"]', '["quit", {}]', '["deliver_chunk_request", {"key": 1}]', '["stdin", "\\ud800"]', '[{}, 1]'),
)  # fmt: skip


async def test_what_means_nothing_is_passed_over(served: Served, subtests: pytest.Subtests) -> None:
    async with page(served, "?width=x&height=-5") as socket:
        for nth, message in enumerate(MEANINGLESS):
            with subtests.test(message[:30]):
                await socket.send_str(message)
                await socket.send_str(json.dumps(["ping", str(nth)]))
                while (found := await socket.receive()).type != aiohttp.WSMsgType.TEXT:
                    assert found.type == aiohttp.WSMsgType.BINARY, found
                assert json.loads(found.data) == ["pong", str(nth)]


async def test_a_file_that_has_gone_meanwhile_is_named_and_the_server_ends_at_once_with_its_explorers(
    tmp_path: Path,
) -> None:
    file = tmp_path / "my.fa"
    file.write_text(f">r\n{'ACGT' * 200}\n")
    with serving(tmp_path, "my.fa", "--model", "motifs", "--filter", "2") as served:
        async with page(served) as one:
            await until(one, b"my.fa")
            file.unlink()
            async with page(served) as other:
                (said,) = await ended(other)
                assert json.loads(said)[1].startswith("cnn-tui: my.fa: there is no such file")
            served.process.terminate()
            assert await ended(one) == []
        assert await asyncio.to_thread(served.process.wait, 30) == 128 + 15


async def test_why_no_explorer_can_be_started_is_said_in_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    with serving(folder) as served:
        folder.rmdir()
        async with page(served) as socket:
            (said,) = await ended(socket)
            assert json.loads(said)[1].startswith("cnn-tui: ")
            assert "Traceback" not in said
