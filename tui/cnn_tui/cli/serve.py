"""`cnn-tui serve`: the explorer in a browser."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from importlib import import_module
from typing import Any

from cnn_core.errors import CnnError

from .. import view_file
from ..opening.names import check_request, is_view_name
from ..options.arguments import request_of
from ..options.request import STANDARD_INPUT, OpenRequest
from ..web.visitors import Visitors, is_loopback
from .streams import write_warnings

__all__ = ["main"]


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    request = request_of(typed)
    server = _server()
    _check(request)
    visitors = Visitors(typed.host)
    if not is_loopback(typed.host):
        write_warnings(
            (
                f"{typed.host}: whoever learns the address can look at what is opened, and open and write files in "
                "this folder; what is sent is not encrypted",
            )
        )
    asyncio.run(server.serve(request.typed, visitors, typed.port, _tell))
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
    if is_view_name(request.sequences):
        request = view_file.with_view(request)
    check_request(request)


def _tell(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
