"""`cnn-tui serve`: the explorer in a browser."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from importlib import import_module
from typing import Any, Final

from cnn_core.errors import CnnError

from .. import opening, view_file, web
from ..options.arguments import add_group, add_model_options, request_of
from ..options.request import STANDARD_INPUT, OpenRequest
from .parser import Parser, add_sequences
from .streams import write_warnings

__all__ = ["main", "parser"]

_DESCRIPTION: Final = """\
The explorer in a browser. Prints an address with a secret token in it, which
opens the explorer in every page that has it, until Ctrl+C. Only this machine is
listened to, unless --host says otherwise. Takes the options of the explorer.
Needs the extra web: pip install 'cnn-tui[web]'."""
_END: Final = """\
example:
  cnn-tui serve my.fa --model motifs --port 8001"""
_HOST: Final = "127.0.0.1"
_PORT: Final = 8000
_PORTS: Final = 1 << 16


def parser() -> Parser:
    """Return the parser of `cnn-tui serve`."""
    made = Parser("cnn-tui serve", "cnn-tui serve [SEQUENCES] [options]", _DESCRIPTION, _END)
    add_sequences(made, optional=True)
    made.add_argument(
        "--host",
        metavar="HOST",
        default=_HOST,
        help=f"listen at this name or address of the machine, so that others reach it too (default: {_HOST}, which "
        "only this machine reaches)",
    )
    made.add_argument(
        "--port", metavar="N", type=_port, default=_PORT, help=f"listen at this port; 0 is any (default: {_PORT})"
    )
    add_group(made, "reading", "window", "start")
    add_model_options(made)
    return made


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < _PORTS):
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: these are whole numbers, from 0 to {_PORTS - 1}")
    return int(text)


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    request = request_of(typed)
    server = _server()
    _check(request)
    visitors = web.Visitors(typed.host)
    if not web.is_loopback(typed.host):
        write_warnings(
            (
                f"{typed.host}: whoever learns the address can look at what is opened, and open and write files in "
                "this folder; what is sent is not encrypted",
            )
        )
    server.serve(request.typed, visitors, typed.port, _tell)
    return 0


def _server() -> Any:
    """Return the module of the server, which needs the extra."""
    try:
        return import_module("cnn_tui.web.server")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("cnn_tui"):
            raise
        raise CnnError(
            "the explorer in a browser needs the extra web", remedy="install it with pip install 'cnn-tui[web]'"
        ) from None


def _check(request: OpenRequest) -> None:
    """Refuse what no page could open."""
    if request.sequences == STANDARD_INPUT:
        raise CnnError(
            "every page opens the sequences anew, and a pipe can be read once",
            where="standard input",
            remedy="name a file",
        )
    if opening.is_view_name(request.sequences):
        request = view_file.with_view(request)
    opening.check_request(request)


def _tell(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
