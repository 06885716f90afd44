"""What Python code uses of the machine that it runs on, by its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import partial

from trace2skill.lint.hosts import host_of
from trace2skill.lint.pynames import Names
from trace2skill.lint.pytables import PROCESS
from trace2skill.lint.scripts import Script
from trace2skill.lint.uses import Use, is_told, outside, uses_of_shell

_MAX_NODES = 60_000
_DEPTH = 20
_CHARS = 200
_SHELL = frozenset(("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"))
_ENVIRON = ("os.environ.get", "os.getenv", "os.environ.pop", "os.environ.setdefault")
_CONNECTS = frozenset("connect create_connection HTTPConnection HTTPSConnection SMTP SMTP_SSL FTP".split())
_WRITES = frozenset("write_text write_bytes mkdir touch unlink rmdir rmtree remove makedirs rename".split())
_READS = frozenset(
    "read_text read_bytes iterdir glob rglob listdir walk scandir exists is_file is_dir".split()
)
_COPIES = frozenset("copy copy2 copyfile copytree move".split())
_HOME = frozenset(("pathlib.Path.home", "Path.home"))
_PATHS = frozenset(("pathlib.Path", "Path", "os.path.expanduser", "os.path.expandvars", "str"))


def uses_of_python(script: Script) -> list[Use]:
    """Return what a Python script uses; nothing if it cannot be parsed, or is nested too deeply."""
    if len(script.nodes) > _MAX_NODES:
        return []
    try:
        reader = _Reader(script.nodes)
        return [use for node in script.nodes for use in reader.uses(node)]
    except RecursionError:
        return []


class _Reader:
    def __init__(self, nodes: Sequence[ast.AST]) -> None:
        self.names = Names(nodes)
        self.places: dict[str, str] = {}
        """Paths that names hold."""
        for node in nodes:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                place = self.place(node.value)
                if place:
                    self.places.setdefault(node.targets[0].id, place)

    def uses(self, node: ast.AST) -> Iterator[Use]:
        if isinstance(node, ast.Subscript) and self.names.of(node.value) == "os.environ":
            yield from _variable(self.names.text(node.slice))
        elif isinstance(node, ast.Call):
            name = self.names.of(node.func)
            if name in _ENVIRON:
                yield from _variable(self.names.text(node.args[0]) if node.args else None)
            elif name in _SHELL or name in PROCESS:
                yield from self._command(node)
            else:
                yield from self._file(node, name)
                yield from self._connection(node)

    def _command(self, node: ast.Call) -> Iterator[Use]:
        first = node.args[0] if node.args else None
        if isinstance(first, (ast.List, ast.Tuple)):
            words = [self.names.text(one) for one in first.elts]
            yield from uses_of_shell(
                " ".join(f"'{word}'" if word and " " in word else word or "_" for word in words), 1
            )
        elif isinstance(first, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "_" for part in first.values)
            yield from uses_of_shell("".join(map(str, parts)), 1)
        elif first is not None:
            yield from uses_of_shell(self.names.text(first) or "", 1)

    def _file(self, node: ast.Call, name: str) -> Iterator[Use]:
        method = node.func.attr if isinstance(node.func, ast.Attribute) else name
        holder = node.func.value if isinstance(node.func, ast.Attribute) else None
        if method == "open" or name == "open":
            is_path = holder is not None and self.place(holder)
            modes = [self.names.text(one) for one in (node.args if is_path else node.args[1:])]
            modes += [self.names.text(one.value) for one in node.keywords if one.arg == "mode"]
            kind = partial(
                Use, "write" if any(set(mode or "") & set("wax+") for mode in modes[:2]) else "read"
            )
            yield from (kind(place) for place in self._places(holder, node.args[:1]))
        elif method in _COPIES and len(node.args) > 1:
            yield from (Use("read", place) for place in self._places(None, node.args[:1]))
            yield from (Use("write", place) for place in self._places(None, node.args[1:2]))
        elif method in _WRITES:
            yield from (Use("write", place) for place in self._places(holder, node.args[:1]))
        elif method in _READS:
            yield from (Use("read", place) for place in self._places(holder, node.args[:1]))

    def _places(self, holder: ast.expr | None, values: list[ast.expr]) -> Iterator[str]:
        for value in [holder] if holder is not None and self.place(holder) else values:
            place = outside(self.place(value))
            if place:
                yield place

    def place(self, node: ast.AST, depth: int = 0) -> str:
        """Return the path that an expression stands for, as far as it is known; bounded in length."""
        return self._place(node, depth + 1)[:_CHARS] if depth <= _DEPTH else ""

    def _place(self, node: ast.AST, depth: int) -> str:
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.Add)):
            mark = "/" if isinstance(node.op, ast.Div) else ""
            left = self.place(node.left, depth)
            return f"{left}{mark}{self.place(node.right, depth) or '…'}" if left else ""
        if isinstance(node, ast.Call):
            name = self.names.of(node.func)
            if name in _HOME:
                return "~"
            parts = [self.place(one, depth) for one in node.args]
            if name in _PATHS or name == "os.path.join":
                return "/".join(part or "…" for part in parts) if parts and parts[0] else ""
        if isinstance(node, ast.JoinedStr) and node.values:
            return "".join(self.place(part, depth) or "…" for part in node.values)
        if isinstance(node, ast.FormattedValue):
            return self.place(node.value, depth)
        if isinstance(node, ast.Name) and node.id in self.places:
            return self.places[node.id]
        return self.names.text(node) or ""

    def _connection(self, node: ast.Call) -> Iterator[Use]:
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in _CONNECTS or not node.args:
            return
        first = node.args[0]
        text = self.names.text(first.elts[0] if isinstance(first, ast.Tuple) and first.elts else first)
        host = host_of(f"http://{text}") if text and "." in text and "/" not in text else None
        if host is not None and is_told(host):
            yield Use("host", host.name)


def _variable(name: str | None) -> Iterator[Use]:
    if name:
        yield Use("variable", name[:64])
