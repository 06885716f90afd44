"""Hosts of addresses, parsed: what a text merely resembles is no host."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal
from urllib.parse import urlsplit

import msgspec

Reach = Literal["public", "local", "private", "example", "metadata"]
URL = re.compile(r"\b(?:https?|s?ftps?|wss?|git|ssh)://[^\s<>\"'`|)\]}]{1,2000}", re.IGNORECASE)
_EXAMPLES = re.compile(
    r"(?:(?:www|api|docs?|app|my|your|dev|staging|test|example|auth|blog|shop|mail)\d?\.)?"
    r"example\.(?:com|net|org)"
)
"""The names that documentation uses; what else stands below them, or below ``.example``, is no excuse."""
_LOCALS = ("localhost", "local", "internal", "lan", "home.arpa", "test", "invalid")
_METADATA = frozenset(("169.254.169.254", "metadata.google.internal", "100.100.100.200", "fd00:ec2::254"))


class Host(msgspec.Struct, frozen=True):
    """The host of one address."""

    name: str
    """In lower case, without user, port and final dot."""
    scheme: str
    reach: Reach
    address: bool = False
    """Whether it is an IP address, in whatever notation."""
    user: bool = False
    """Whether a user goes before it, as in ``https://github.com@host/``."""

    def is_under(self, *domains: str) -> bool:
        """Say whether it is one of *domains*, or a name below one."""
        return any(self.name == domain or self.name.endswith(f".{domain}") for domain in domains)


def host_of(url: str) -> Host | None:
    """Return the host of *url*; ``None`` if it has none or cannot be parsed."""
    try:
        parts = urlsplit(url)
        name = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if not name:
        return None
    number = _number(name)
    return Host(name, parts.scheme.lower(), _reach(name, number), number is not None, "@" in parts.netloc)


def hosts_in(text: str) -> list[tuple[Host, int]]:
    """Return the hosts of all addresses in *text*, each with its place."""
    found = []
    for match in URL.finditer(text) if "://" in text else ():
        host = host_of(match[0])
        if host is not None:
            found.append((host, match.start()))
    return found


def _number(name: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that *name* is: dotted, one number, or in hexadecimal."""
    try:
        return ip_address(name.partition("%")[0])
    except ValueError:
        pass
    if re.fullmatch(r"\d{8,10}|0x[0-9a-f]{1,8}", name):
        value = int(name, 0) if name.startswith("0x") else int(name)
        return IPv4Address(value) if value < 2**32 else None
    return None


def _reach(name: str, number: IPv4Address | IPv6Address | None) -> Reach:
    if name in _METADATA or (number is not None and str(number) in _METADATA):
        return "metadata"
    if number is not None:
        if number.is_loopback or number.is_unspecified:
            return "local"
        # Documentation ranges count as private to the library, so they are asked for first.
        if str(number).startswith(("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:")):
            return "example"
        return "public" if number.is_global else "private"
    if _EXAMPLES.fullmatch(name):
        return "example"
    return "local" if any(name == end or name.endswith(f".{end}") for end in _LOCALS) else "public"
