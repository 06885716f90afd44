"""DX: the hosts that the files of code in a skill speak to, as an inventory."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trace2skill.lint.pipes import LONGEST, statements
from trace2skill.lint.purpose import declares
from trace2skill.lint.reputation import Address, addresses_in
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.scripts import Script
from trace2skill.lint.view import View

_SHELL = re.compile(
    r"(?:^|[|;&({`])[ \t]{0,8}(?:sudo )?(?:curl|wget|http|xh|websocat|git clone|aria2c|iwr|irm)\b"
)
_JAVASCRIPT = re.compile(r"\b(?:fetch|axios|got|https?\.(?:get|request)|new WebSocket|ky|undici)\b")
_PYTHON = re.compile(
    r"^\s{0,40}(?:import|from)[ ](requests|httpx|aiohttp|urllib|http\.client|websockets?)\b", re.MULTILINE
)
_NAMED = 5
"""So many hosts are named in a message."""
_NAMES_ONLY = ("w3.org", "schema.org", "schemas.microsoft.com", "schemas.openxmlformats.org", "purl.org")
"""Whose addresses are names, which nobody fetches."""


def egress(view: View) -> Iterator[Hit]:
    """Find code that speaks to the network, with the hosts that it names, once for each file."""
    for path, (line, hosts) in sorted(_contacts(view).items()):
        names = sorted(hosts)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        said = f"speaks to {', '.join(names[:_NAMED])}{more}" if names else "speaks to the network"
        yield Hit(path, line, said, evidence=", ".join(names[:50]))


def undeclared(view: View) -> Iterator[Hit]:
    """Find hosts that code speaks to and no page of the skill names."""
    told = "\n".join(document.text for document in view.documents())
    for path, (line, hosts) in sorted(_contacts(view).items()):
        for name, address in sorted(hosts.items()):
            if name not in told and not declares(view, address.host):
                yield Hit(path, line, f"speaks to {name}, which no page names", evidence=address.url)


def _contacts(view: View) -> dict[str, tuple[int, dict[str, Address]]]:
    """Return the hosts that the code in each file speaks to, with the first line that does."""
    found: dict[str, tuple[int, dict[str, Address]]] = {}
    for script in view.scripts():
        # What a page shows is there for all to read.
        for line, text in _lines(script) if script.source != "fence" else ():
            hosts = found.setdefault(script.path, (script.at(line), {}))[1]
            for address in addresses_in(text):
                public = address.standing not in ("not-public", "stand-in")
                if public and not address.host.is_under(*_NAMES_ONLY):
                    hosts.setdefault(address.host.name, address)
    return found


def _lines(script: Script) -> Iterator[tuple[int, str]]:
    """Yield the statements that may speak to the network, each with its line."""
    if script.language == "shell":
        yield from ((line, text) for line, text in statements(script.text) if _SHELL.search(text[:LONGEST]))
    elif script.language == "javascript" or script.language == "python":
        pattern = _PYTHON if script.language == "python" else _JAVASCRIPT
        if pattern.search(script.text[:200_000]):
            rows = enumerate(script.text.split("\n"), start=1)
            yield from (
                (number, row[:LONGEST])
                for number, row in rows
                if "://" in row or pattern.search(row[:LONGEST])
            )


RULES = (
    Rule(
        id="DX511", name="undeclared-host", class_="capability", level="note", check=undeclared,
        why="A reader of the skill cannot know that its code speaks to this host.",
        bad={"scripts/a.sh": "curl https://files.zz-not-a-host.xyz/list\n"},
        good={"scripts/a.sh": "curl http://localhost:8000/list\n"},
        hazards=("AST06",),
    ),
    Rule(
        id="DX512", name="network-egress", class_="capability", level="note", check=egress,
        why="What speaks to the network can also send.",
        bad={"scripts/a.py": 'import requests\nrequests.get("https://files.zz-not-a-host.xyz")\n'},
        good={"scripts/a.py": 'SCHEMA = "https://files.zz-not-a-host.xyz/schema"\n'},
        hazards=("AST06",),
    ),
)  # fmt: skip
