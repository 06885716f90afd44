"""Secrets that Python sends, reads and writes down."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from trace2skill.lint.pycalls import BY_PATH, NETWORK, SENDS, WRITES
from trace2skill.lint.pyflow import Flow
from trace2skill.lint.troves import SETTINGS, Source


class Leak(NamedTuple):
    """A secret that a call sends; lines count from 1 in the script."""

    source: Source
    line: int
    call: str
    urls: tuple[str, ...]
    """That stand in the call, or in the names that it uses."""
    header: bool
    """Whether only headers or credentials of the request hold it."""


def leaks_of(tree: ast.Module) -> list[Leak]:
    """Return the calls by which a secret leaves, by place."""
    flow = Flow(tree)
    found = [leak for scope, call in flow.calls() for leak in _sent(flow, call, scope)]
    return sorted(found, key=lambda leak: (leak.line, leak.source))


def reads_of(tree: ast.Module) -> list[int]:
    """Return the lines where files of credentials are read."""
    flow = Flow(tree)
    lines = set()
    for scope, call in flow.calls():
        last = flow.dotted(call.func).rpartition(".")[2]
        if last in ("open", "read_text", "read_bytes") and not _reads_settings(call):
            found = flow.source(call, scope)
            if found is not None and found.kind == "file":
                lines.add(call.lineno)
    return sorted(lines)


def dumps_of(tree: ast.Module) -> list[int]:
    """Return the lines where the whole environment is printed, logged or written to a file."""
    flow = Flow(tree)
    lines = set()
    for scope, call in flow.calls():
        found = flow.first(iter(call.args), scope, 0) if WRITES.search(flow.dotted(call.func)) else None
        if found is not None and found.kind == "environment":
            lines.add(call.lineno)
    return sorted(lines)


def _sent(flow: Flow, node: ast.Call, scope: str) -> Iterator[Leak]:
    name = flow.dotted(node.func)
    client = name.partition(".")[0] in flow.clients or name.startswith("?.")
    network = (NETWORK.search(name) is not None or client) and SENDS.search(name) is not None
    if not network and not flow.is_shell_out(node, name):
        return
    given = [(one.arg, one.value) for one in node.keywords if one.arg != "env"]
    plain = [*node.args, *(value for key, value in given if key not in ("headers", "auth"))]
    inside = flow.first(iter(plain), scope, 0)
    header = flow.first((value for key, value in given if key in ("headers", "auth")), scope, 0)
    if inside is not None and inside.kind == "path" and (not network or BY_PATH.search(name)):
        inside = inside._replace(kind="file")
    source = inside if inside is not None and inside.kind != "path" else header
    if source is None or source.kind == "path":
        return
    urls = [flow.text(one) for one in ast.walk(node)]
    yield Leak(source, node.lineno, name.lstrip("?."), tuple(filter(None, urls)), source is not inside)


def _reads_settings(node: ast.Call) -> bool:
    texts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return any(isinstance(text, str) and SETTINGS.search(text[:300]) for text in texts)
