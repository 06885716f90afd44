"""Secrets that reach the network in Python: a small flow of values by names, calls and returns.

Names hold within their function; order is not looked at, so a value counts from its assignment on and
before. A variable of the environment is a source under its name: most go where they belong.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from trace2skill.lint.pycalls import BY_PATH, CARRIES, DROPS, FILLS, NETWORK, PROGRAM, READS, SENDS, WRITES
from trace2skill.lint.troves import PATHS, SETTINGS, WHAT, Kind, is_secret_name

_DEPTH = 60
_PASSES = 6


class Source(NamedTuple):
    """Where a secret comes from."""

    kind: Kind
    line: int
    name: str = ""
    """Of the variable, where it is known."""

    @property
    def what(self) -> str:
        """Say in words what it is."""
        return self.name or WHAT[self.kind]


class Leak(NamedTuple):
    """A secret that a call sends; lines count from 1 in the script."""

    source: Source
    line: int
    call: str
    urls: tuple[str, ...]
    """That stand in the call, or in the names that it uses."""
    header: bool
    """Whether only headers or credentials of the request hold it."""


def leaks_of(tree: ast.Module) -> Iterator[Leak]:
    """Yield the calls by which a secret leaves."""
    yield from _Flow(tree).leaks()


def reads_of(tree: ast.Module) -> list[int]:
    """Return the lines where files of credentials are read."""
    return sorted(set(_Flow(tree).reads()))


def dumps_of(tree: ast.Module) -> list[int]:
    """Return the lines where the whole environment is printed, logged or written to a file."""
    return sorted(set(_Flow(tree).dumps()))


class _Flow:
    def __init__(self, tree: ast.Module) -> None:
        self.aliases: dict[str, str] = {}
        self.names: dict[tuple[str, str], Source] = {}
        self.texts: dict[str, str] = {}
        self.clients: set[str] = set()
        self.functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self.returns: dict[str, Source] = {}
        self.nodes: list[tuple[str, ast.AST]] = []
        waiting: list[tuple[str, ast.AST]] = [("", tree)]
        while waiting:
            scope, node = waiting.pop()
            self.nodes.append((scope, node))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.functions[node.name] = node
                scope = node.name
            waiting.extend((scope, child) for child in ast.iter_child_nodes(node))
        self.lists: dict[str, Source] = {}
        """Names that stand for one after the other of several secret variables."""
        for _, node in self.nodes:
            self._declare(node)
        for _ in range(_PASSES):
            before = len(self.names) + len(self.returns)
            for scope, node in self.nodes:
                self._pass(scope, node)
            if len(self.names) + len(self.returns) == before:
                break

    def _declare(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    self.aliases[alias.asname] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                self.aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                    self.texts[target.id] = node.value.value

        elif isinstance(node, (ast.For, ast.comprehension)):
            self._list(node)

    def _list(self, node: ast.For | ast.comprehension) -> None:
        if isinstance(node.target, ast.Name):
            listed = [one.value for one in ast.walk(node.iter) if isinstance(one, ast.Constant)]
            secret = [name for name in listed if isinstance(name, str) and is_secret_name(name)]
            if secret:
                self.lists[node.target.id] = Source("variable", node.iter.lineno, secret[0])

    def _pass(self, scope: str, node: ast.AST) -> None:
        """Carry secrets over one statement or call."""
        for target, value in _bindings(node):
            names = [one.id for one in ast.walk(target) if isinstance(one, ast.Name)]
            if isinstance(value, ast.Call) and NETWORK.search(self.dotted(value.func)):
                self.clients.update(names)
            found = self.source(value, scope)
            if found is not None:
                for name in names:
                    self.names.setdefault((scope, name), found)
        if isinstance(node, ast.Return) and node.value is not None and scope:
            found = self.source(node.value, scope)
            if found is not None:
                self.returns.setdefault(scope, found)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            self._enter(node, node.func.id, scope)

    def _enter(self, call: ast.Call, name: str, scope: str) -> None:
        function = self.functions.get(name)
        if function is None:
            return
        taken = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        given = [*zip(taken, call.args, strict=False)]
        given += [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg]
        for parameter, value in given:
            found = self.source(value, scope)
            if found is not None:
                self.names.setdefault((name, parameter), found)

    def dotted(self, node: ast.AST) -> str:
        """Return the name of what is called, imports resolved; ``?`` stands for what has none."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        first = self.aliases.get(node.id, node.id) if isinstance(node, ast.Name) else "?"
        return ".".join((first, *reversed(parts)))

    def source(self, node: ast.AST, scope: str, depth: int = 0) -> Source | None:
        """Return the secret that an expression holds."""
        if depth > _DEPTH:
            return None
        if isinstance(node, ast.Name):
            return self.names.get((scope, node.id)) or self.names.get(("", node.id))
        if isinstance(node, ast.Constant):
            return Source("path", node.lineno) if _is_trove(node.value) else None
        if isinstance(node, ast.Attribute) and self.dotted(node) == "os.environ":
            return Source("environment", node.lineno)
        if isinstance(node, ast.Subscript):
            found = self.source(node.value, scope, depth + 1)
            return self._variable(node, node.slice) if found and found.kind == "environment" else found
        if isinstance(node, (ast.Compare, ast.Lambda)):
            return None  # the first tells only whether, the second is not run here
        if isinstance(node, ast.Call):
            return self._called(node, scope, depth)
        found = self._first(ast.iter_child_nodes(node), scope, depth)
        if isinstance(node, _LOOPS) and found is not None and found.kind == "variable" and not found.name:
            return Source("environment", found.line)  # one after the other
        return found

    def _first(self, nodes: Iterator[ast.AST], scope: str, depth: int) -> Source | None:
        found = [one for one in (self.source(node, scope, depth + 1) for node in nodes) if one is not None]
        return min(found, key=lambda one: _ORDER.get(one.kind, 0), default=None)

    def _called(self, node: ast.Call, scope: str, depth: int) -> Source | None:
        name = self.dotted(node.func)
        if name in self.functions:
            return self.returns.get(name)
        if name.endswith("clipboard.paste") or name == "pyperclip.paste":
            return Source("clipboard", node.lineno)
        if name == "keyring.get_password":
            return Source("keychain", node.lineno)
        if name == "os.getenv" and node.args:
            return self._variable(node, node.args[0])
        sends = NETWORK.search(name) and SENDS.search(name) and not name.endswith(".Request")
        if DROPS.search(name) or sends:
            return None
        found = self._first(ast.iter_child_nodes(node), scope, depth)
        last = name.rpartition(".")[2]
        if found is None or (found.kind == "variable" and last not in CARRIES):
            return None
        if found.kind == "environment" and last in ("get", "pop", "setdefault"):
            return self._variable(node, node.args[0]) if node.args else None
        return found._replace(kind="file") if found.kind == "path" and last in READS else found

    def _variable(self, node: ast.expr, name: ast.expr) -> Source | None:
        """Return the variable of the environment that *node* reads, if it may hold a secret."""
        if isinstance(name, ast.Name):
            return self.lists.get(name.id, Source("variable", node.lineno))
        told = name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else ""
        return Source("variable", node.lineno, told) if is_secret_name(told) else None

    def leaks(self) -> Iterator[Leak]:
        """Yield what leaves, by place."""
        calls = [(scope, node) for scope, node in self.nodes if isinstance(node, ast.Call)]
        found = [leak for scope, node in calls for leak in self._sent(node, scope)]
        yield from sorted(found, key=lambda leak: (leak.line, leak.source))

    def reads(self) -> Iterator[int]:
        """Yield the lines of calls that read a file of credentials."""
        for scope, node in self.nodes:
            if isinstance(node, ast.Call):
                found = self.source(node, scope)
                last = self.dotted(node.func).rpartition(".")[2]
                opens = last in ("open", "read_text", "read_bytes") and not _reads_settings(node)
                if found is not None and found.kind == "file" and opens:
                    yield node.lineno

    def dumps(self) -> Iterator[int]:
        """Yield the lines of calls that write the whole environment down."""
        for scope, node in self.nodes:
            if isinstance(node, ast.Call) and WRITES.search(self.dotted(node.func)):
                found = self._first(iter(node.args), scope, 0)
                if found is not None and found.kind == "environment":
                    yield node.lineno

    def _sent(self, node: ast.Call, scope: str) -> Iterator[Leak]:
        name = self.dotted(node.func)
        client = name.partition(".")[0] in self.clients or name.startswith("?.")
        known = NETWORK.search(name) is not None
        if not ((known or client) and SENDS.search(name)) and not self._is_shell_out(node, name):
            return
        given = [(one.arg, one.value) for one in node.keywords if one.arg != "env"]
        plain = [*node.args, *(value for key, value in given if key not in ("headers", "auth"))]
        inside = self._first(iter(plain), scope, 0)
        header = self._first((value for key, value in given if key in ("headers", "auth")), scope, 0)
        if inside is not None and inside.kind == "path" and BY_PATH.search(name):
            inside = inside._replace(kind="file")
        source = inside if inside is not None and inside.kind != "path" else header
        if source is None or source.kind == "path":
            return
        urls = [self._text(one) for one in ast.walk(node)]
        yield Leak(source, node.lineno, name.lstrip("?."), tuple(filter(None, urls)), source is not inside)

    def _text(self, node: ast.AST) -> str:
        if isinstance(node, ast.Name):
            return self.texts.get(node.id, "")
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""

    def _is_shell_out(self, node: ast.Call, name: str) -> bool:
        if name not in ("os.system", "os.popen") and not name.startswith("subprocess."):
            return False
        texts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
        return any(isinstance(text, str) and PROGRAM.match(text) for text in texts)


_LOOPS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_ORDER = {"variable": 1, "path": 2}
"""What tells least of the sources that an expression holds."""


def _reads_settings(node: ast.Call) -> bool:
    texts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return any(isinstance(text, str) and SETTINGS.search(text[:300]) for text in texts)


def _is_trove(value: object) -> bool:
    if not isinstance(value, str) or len(value) > 300:
        return False
    return (PATHS.search(value) or SETTINGS.search(value)) is not None


def _bindings(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield what is bound to what in one statement."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        yield node.target, node.iter
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, node.context_expr
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FILLS:
        yield from ((node.func.value, argument) for argument in node.args)
