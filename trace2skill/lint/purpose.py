"""What a skill says of itself: the hosts and services that its name, description and compatibility name."""

from __future__ import annotations

import re

from trace2skill.lint.hosts import Host
from trace2skill.lint.view import View

_DOMAIN = re.compile(r"(?<![\w@.-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,6}[a-z]{2,24}(?![\w-])", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]{2,40}(?:-[a-z0-9]{1,40}){0,4}")
_SECOND = frozenset("co com org net ac gov edu".split())
_GENERIC = frozenset(
    "data tool tools report reports file files metrics archive records logs cloud online site info example "
    "the"
    " and for use app api web code help support download downloads install setup desk share backup "
    "sync".split()
)
"""Words that make no name."""


def said_of_itself(view: View) -> str:
    """Return the name, description and compatibility of a skill."""
    return f"{view.name} {view.description} {view.front.get('compatibility', '')}"[:8000]


def declares(view: View, host: Host) -> bool:
    """Say whether the description or compatibility names *host*, or the domain that it is under."""
    named = (found[0].lower() for found in _DOMAIN.finditer(said_of_itself(view)))
    return any(host.is_under(name) for name in named)


def speaks_of(view: View, host: Host) -> bool:
    """Say whether the skill speaks of *host*: of its domain, or of the name that was registered for it."""
    if declares(view, host):
        return True
    labels = host.name.split(".")[:-1]
    name = labels.pop() if labels else ""
    if name in _SECOND and labels:
        name = labels.pop()
    words = set(_WORD.findall(said_of_itself(view).lower()))
    words |= {part for word in words for part in word.split("-")} | {word.replace("-", "") for word in words}
    return name not in _GENERIC and len(name) > 2 and (name in words or name.replace("-", "") in words)
