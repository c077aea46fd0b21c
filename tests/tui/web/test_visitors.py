"""Who is let in: by host, by origin, by token."""

from __future__ import annotations

import socket

import pytest

from cnn_tui.web.visitors import Visitors, address_of, is_loopback


def test_this_machine_is_asked_by_its_own_names_alone(subtests: pytest.Subtests) -> None:
    visitors = Visitors("127.0.0.1")
    for host in ("127.0.0.1:8000", "localhost:8000", "LOCALHOST", "127.0.0.1", "[::1]:8000", "127.1.2.3:9"):
        with subtests.test(host):
            assert visitors.takes_host(host)
    foreign = (
        "evil.example",
        "evil.example:8000",
        "192.168.1.5:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
    )
    broken = (
        "",
        ":8000",
        "localhost:x",
        "localhost:99999",
        "a@localhost",
        "localhost/x",
        "[::1",
        "localhost?",
        "0x7f.1",
    )
    for host in (*foreign, *broken):
        with subtests.test(host or "nothing"):
            assert not visitors.takes_host(host)


def test_a_machine_that_listens_to_others_is_asked_by_addresses_and_its_own_name(subtests: pytest.Subtests) -> None:
    own = socket.gethostname()
    for listens in ("0.0.0.0", "192.168.1.5", "lab.example", "::"):
        visitors = Visitors(listens)
        for host in (own, f"{own}:8000", "192.168.1.5:8000", "[fe80::1]:8000", "localhost:8000"):
            with subtests.test(f"{listens} as {host}"):
                assert visitors.takes_host(host)
        with subtests.test(f"{listens} as another"):
            assert not visitors.takes_host("evil.example:8000")
    assert Visitors("lab.example").takes_host("LAB.example:80")


def test_only_the_page_of_the_same_host_and_port_draws(subtests: pytest.Subtests) -> None:
    visitors = Visitors("127.0.0.1")
    for origin, host in (
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://localhost:9000", "localhost:9000"),
        ("https://localhost", "localhost"),
    ):
        with subtests.test(origin):
            assert visitors.takes_origin(origin, host)
    for origin in (
        *("http://evil.example", "http://127.0.0.1:8001", "http://127.0.0.1", "http://localhost:8000", "null", ""),
        *("file://", "file://127.0.0.1:8000", "chrome-extension://127.0.0.1:8000", "http://127.0.0.1:8000/"),
        *("http://127.0.0.1:8000@evil.example", "http://127.0.0.1:8000.evil.example", "http://[::1"),
    ):
        with subtests.test(origin or "nothing"):
            assert not visitors.takes_origin(origin, "127.0.0.1:8000")


def test_every_server_has_a_token_of_its_own_that_cannot_be_guessed() -> None:
    tokens = {Visitors("127.0.0.1").token for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 32
    visitors = Visitors("127.0.0.1")
    assert visitors.knows(visitors.token)
    assert not any(map(visitors.knows, ("", visitors.token[:-1], f"{visitors.token}x", "ü")))
    assert visitors.token not in repr(visitors)


def test_the_address_can_be_opened() -> None:
    assert address_of("127.0.0.1", 8000, "t") == "http://127.0.0.1:8000/t/"
    assert address_of("::1", 8000, "t") == "http://[::1]:8000/t/"
    for everywhere in ("0.0.0.0", "::"):
        assert address_of(everywhere, 1, "t") == f"http://{socket.gethostname()}:1/t/"


def test_what_only_this_machine_reaches_is_known(subtests: pytest.Subtests) -> None:
    for host, loopback in (
        *(("127.0.0.1", True), ("::1", True), ("localhost", True), ("LocalHost", True), ("127.0.0.2", True)),
        *(("0.0.0.0", False), ("::", False), ("192.168.1.5", False), ("lab.example", False), ("", False)),
    ):
        with subtests.test(host or "nothing"):
            assert is_loopback(host) is loopback
