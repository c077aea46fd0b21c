"""Who is let in: by which host a browser asks, from which page, and with which token. No network.

A page of another site can have the browser ask a server on this machine. By `Host` it gives itself away where it has
its own name lead here (DNS rebinding), by `Origin` wherever it opens a websocket, and it cannot know the token.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

__all__ = ["Visitors", "address_of", "is_loopback"]

_SCHEMES = ("http", "https")


def is_loopback(host: str) -> bool:
    """Tell whether a name or an address can be reached from this machine alone.

    Args:
        host: A host name, or an IP address without brackets.
    """
    address = _ip(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def address_of(host: str, port: int, token: str) -> str:
    """Return the address of the page.

    Args:
        host: What is listened on; where that is every address, this machine's name stands in the address.
        port: The port.
        token: What the address ends in.
    """
    ip = _ip(host)
    name = socket.gethostname() if ip is not None and ip.is_unspecified else host
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/{token}/"


@dataclass(frozen=True, slots=True)
class Visitors:
    """Tells who is let in.

    Attributes:
        host: What is listened on: a name or an IP address.
        token: The part of the address that only those know who were given it.
    """

    host: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    def knows(self, token: str) -> bool:
        """Tell whether a token is the right one, in a time that says nothing of it."""
        return secrets.compare_digest(token.encode(), self.token.encode())

    def takes_host(self, host: str) -> bool:
        """Tell whether a `Host` names this machine as those do who were given the address.

        An IP address is nothing that another site could have made lead here; a name may be.

        Args:
            host: The header; empty where there was none.
        """
        parts = _split(f"//{host}")
        name = None if parts is None or parts.netloc != host or "@" in host else parts.hostname
        if not name:
            return False
        if is_loopback(name):
            return True
        if is_loopback(self.host):
            return False
        return _ip(name) is not None or name in (self.host.lower(), socket.gethostname().lower())

    def takes_origin(self, origin: str, host: str) -> bool:
        """Tell whether an `Origin` is the page that this server gave out.

        Args:
            origin: The header.
            host: The `Host` of the same request.
        """
        parts = _split(origin)
        return (
            parts is not None
            and parts.scheme in _SCHEMES
            and origin == f"{parts.scheme}://{parts.netloc}"
            and parts.netloc.lower() == host.lower()
        )


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
