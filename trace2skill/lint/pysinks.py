"""Where Python runs values: exec and eval, the shell, interpreters, loaders of files."""

from __future__ import annotations

import ast

import msgspec

from trace2skill.lint.flow import Flow, Kind, Origin
from trace2skill.lint.pytables import EVAL, INTERPRETERS, OPENS, PICKLES, PROCESS, SHELL


class Use(msgspec.Struct, frozen=True):
    """A place that runs such a value."""

    kind: Kind
    line: int
    since: int
    """The line that the value comes from."""
    text: str
    source: str = ""


def uses_of(flow: Flow) -> list[Use]:
    """Return the places that run what matters, each once and by line."""
    found = set()
    for node in flow.calls:
        origin = _ran(flow, node)
        if origin is not None:
            found.add(Use(origin.kind, node.lineno, origin.line, ast.unparse(node)[:400], origin.source))
    return sorted(found, key=lambda use: (use.line, use.kind, use.since, use.text))


def _ran(flow: Flow, node: ast.Call) -> Origin | None:
    name = flow.names.of(node.func)
    if not node.args:
        return None
    if name in EVAL:
        return flow.origin(node.args[0])
    if name in PICKLES:
        found = flow.origin(node.args[0])
        return found if found is not None and found.kind == "fetched" else None
    if name in SHELL:
        return _whole(flow, node.args[0])
    if name in PROCESS:
        return _process(flow, node)
    if name in OPENS:
        places = map(flow.place, node.args)
        return next((flow.files[place] for place in places if place in flow.files), None)
    return None


def _process(flow: Flow, node: ast.Call) -> Origin | None:
    first = node.args[0]
    words = first.elts if isinstance(first, (ast.List, ast.Tuple)) else [first]
    program = (flow.names.text(words[0]) or flow.names.of(words[0])) if words else ""
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if program.rsplit("/", 1)[-1] in INTERPRETERS:
        flags = all((flow.names.text(word) or "").startswith("-") for word in words[1:])
        typed = [given["input"]] if "input" in given and flags else []
        found = (_whole(flow, word) for word in (*words[1:], *typed))
        return next((one for one in found if one is not None), None)
    shell = isinstance(given.get("shell"), ast.Constant) and given["shell"].value  # type: ignore[attr-defined]
    if shell and words:
        return _whole(flow, words[0])
    return flow.files.get(flow.place(words[0])) if words else None


def _whole(flow: Flow, node: ast.expr) -> Origin | None:
    """Return where a command comes from, if it is all of it; else that of the file it names."""
    found = flow.origin(node)
    if found is not None and not found.part and found.kind in ("fetched", "decoded", "file"):
        return found
    places = {flow.place(part) for part in _parts(node)}
    words = {word for place in places for word in place.split()}
    return next((origin for name, origin in flow.files.items() if name in places | words), None)


def _parts(node: ast.expr) -> list[ast.expr]:
    """Return an expression and what it is composed of."""
    if isinstance(node, ast.JoinedStr):
        return [node, *(one.value for one in node.values if isinstance(one, ast.FormattedValue))]
    if isinstance(node, ast.BinOp):
        return [node, node.left, node.right]
    return [node]
