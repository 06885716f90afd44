"""What a skill says of itself: the hosts and services that its name, description and compatibility name."""

from __future__ import annotations

import re

from trace2skill.lint.hosts import Host
from trace2skill.lint.view import View

_DOMAIN = re.compile(r"(?<![\w@.-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,6}[a-z]{2,24}(?![\w-])", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]{4,40}")
_SUFFIXES = frozenset("com net org dev app cloud site online example info www api docs github".split())


def said_of_itself(view: View) -> str:
    """Return the name, description and compatibility of a skill."""
    return f"{view.name} {view.description} {view.front.get('compatibility', '')}"[:8000]


def declares(view: View, host: Host) -> bool:
    """Say whether the description or compatibility names *host*, or the domain that it is under."""
    named = (found[0].lower() for found in _DOMAIN.finditer(said_of_itself(view)))
    return any(host.is_under(name) for name in named)


def speaks_of(view: View, host: Host) -> bool:
    """Say whether the skill speaks of *host* by its domain or by the name in it."""
    words = set(_WORD.findall(said_of_itself(view).lower())) - _SUFFIXES
    labels = host.name.split(".")[:-1]
    return declares(view, host) or any(
        word in words for label in labels for word in (label, label.replace("-", ""))
    )
