"""`cnn-tui serve`: what it refuses before it listens."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from cnn_tui.__main__ import main
from cnn_tui.cli.arguments import parse


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_takes_the_options_of_the_explorer() -> None:
    words = ["my.fa", "--model", "seed", "--filter", "17", "--set", "pool_size=4", "--reverse-complement"]
    ours, theirs = vars(parse(["serve", *words])), vars(parse(words))
    # What was looked at last was looked at by whoever serves, and not by whoever looks.
    apart = ("command", "resume")
    assert {name: ours[name] for name in theirs if name not in apart} == {
        name: value for name, value in theirs.items() if name not in apart
    }
    assert (ours["host"], ours["port"]) == ("127.0.0.1", 8000)


@pytest.mark.parametrize("port", ["-1", "65536", "x", "8e3", "٣"])
def test_what_is_no_port_is_wrong_usage(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", f"--port={port}"])
    assert ended.value.code == 2
    assert f"'{port}' is not a port: these are whole numbers, from 0 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["textual_serve", "aiohttp"])
def test_without_the_extra_it_is_named(
    module: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "cnn_tui.web.server", raising=False)
    assert main(["serve"]) == 1
    assert capsys.readouterr().err == (
        "cnn-tui: the explorer in a browser needs the extra web; install it with pip install 'cnn-tui[web]'\n"
    )


class TestWithTheExtra:
    """Where the extra is installed, as it is with what the tests install."""

    @pytest.fixture(autouse=True)
    def _extra(self) -> None:
        pytest.importorskip("textual_serve")

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (["no.fa"], "no.fa: there is no such file"),
            (["no.toml"], "no.toml: there is no such file"),
            (["--model", "sed"], "there is no model 'sed'"),
            (
                ["-"],
                "standard input: every page opens the sequences anew, and a pipe can be read once; name a file",
            ),
        ],
    )
    def test_what_no_page_could_open_is_refused(
        self, words: list[str], sentence: str, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["serve", *words]) == 1
        assert capsys.readouterr().err.startswith(f"cnn-tui: {sentence}")

    def test_a_port_that_is_taken_is_said(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            assert main(["serve", "--port", str(port)]) == 1
        assert capsys.readouterr().err == (
            f"cnn-tui: 127.0.0.1:{port}: another program listens there; give another --port, or 0 for any\n"
        )

    def test_a_host_that_others_reach_is_warned_of(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        # An address of documentation's own (RFC 5737), which no machine has.
        assert main(["serve", "--host", "192.0.2.1"]) == 1
        warning, refusal = capsys.readouterr().err.splitlines()
        assert warning.startswith(
            "cnn-tui: warning: 192.0.2.1: whoever learns the address can look at what is opened"
        )
        assert refusal == (
            "cnn-tui: 192.0.2.1:8000: the server cannot listen there; give a --host that this machine has"
        )
