"""Where secrets go in Python: a small flow of values by names, calls and returns.

Names hold within their function; order is not looked at, so a value counts from its assignment on and
before. A variable of the environment is a source under its name: most go where they belong.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trace2skill.lint.pipes import printed_by
from trace2skill.lint.pycalls import (
    CARRIES,
    COPIES,
    DROPS,
    FILLS,
    NETWORK,
    OPENS,
    PROGRAM,
    READS,
    SENDS,
)
from trace2skill.lint.troves import PATHS, SETTINGS, Source, is_secret_name

_DEPTH = 60
_PASSES = 6


class Flow:
    """Where secrets are in one file: by names, calls, returns and files."""

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
        self.places: dict[str, Source] = {}
        """Files that hold a copy of a secret, by path."""
        self.handles: dict[str, str] = {}
        """Open files and archives: the path of each name."""
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
            self._bind(scope, _names(target), value)
        if isinstance(node, ast.Return) and node.value is not None and scope:
            found = self.source(node.value, scope)
            if found is not None:
                self.returns.setdefault(scope, found)
        if isinstance(node, ast.Call):
            self._call(scope, node)

    def _bind(self, scope: str, names: list[str], value: ast.AST) -> None:
        if isinstance(value, ast.Call) and value.args and OPENS.search(self.dotted(value.func)):
            self.handles.update(dict.fromkeys(names, self.text(value.args[0])))
        if isinstance(value, ast.Call) and NETWORK.search(self.dotted(value.func)):
            self.clients.update(names)
        found = self.source(value, scope)
        if found is not None:
            for name in names:
                self.names.setdefault(("" if "." in name else scope, name), found)
                if name in self.handles and found.kind != "variable":
                    self.places.setdefault(self.handles[name], found._replace(kind="path"))

    def _call(self, scope: str, node: ast.Call) -> None:
        """Carry secrets into a function, or into a copy of a file."""
        if isinstance(node.func, ast.Name):
            self._enter(node, node.func.id, scope)
        if len(node.args) > 1 and COPIES.search(self.dotted(node.func)):
            found = self.source(node.args[0], scope)
            if found is not None:
                self.places.setdefault(self.text(node.args[1]), found)

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

    def calls(self) -> list[tuple[str, ast.Call]]:
        """Return all calls with the functions that they stand in."""
        return [(scope, node) for scope, node in self.nodes if isinstance(node, ast.Call)]

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
        if isinstance(node, ast.Constant):
            copied = self.places.get(node.value) if isinstance(node.value, str) else None
            return copied or (Source("path", node.lineno) if _is_trove(node.value) else None)
        known = self._known(node, scope) if isinstance(node, (ast.Attribute, ast.Name)) else None
        if known is not None or isinstance(node, ast.Name):
            return known
        if isinstance(node, ast.Subscript):
            found = self.source(node.value, scope, depth + 1)
            return self._variable(node, node.slice) if found and found.kind == "environment" else found
        if isinstance(node, (ast.Compare, ast.Lambda)):
            return None  # the first tells only whether, the second is not run here
        if isinstance(node, ast.Call):
            return self._called(node, scope, depth)
        found = self.first(ast.iter_child_nodes(node), scope, depth)
        if isinstance(node, _LOOPS) and found is not None and found.kind == "variable" and not found.name:
            return Source("environment", found.line)  # one after the other
        return found

    def _known(self, node: ast.Attribute | ast.Name, scope: str) -> Source | None:
        """Return the secret that a name or an attribute holds."""
        name = self.dotted(node)
        if name in ("os.environ", "os.environ._data"):
            return Source("environment", node.lineno)
        held = node.id if isinstance(node, ast.Name) else name
        return self.names.get((scope, held)) or self.names.get(("", held))

    def first(self, nodes: Iterator[ast.AST], scope: str, depth: int) -> Source | None:
        """Return the worst secret that one of *nodes* holds."""
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
        if name.startswith("browser_cookie3."):
            return Source("file", node.lineno)
        if name.startswith(("subprocess.", "os.popen")):
            return self._printed(node)
        if name == "os.getenv" and node.args:
            return self._variable(node, node.args[0])
        sends = NETWORK.search(name) and SENDS.search(name) and not name.endswith(".Request")
        if DROPS.search(name) or sends:
            return None
        found = self.first(ast.iter_child_nodes(node), scope, depth)
        last = name.rpartition(".")[2]
        if found is None or (found.kind == "variable" and last not in CARRIES):
            return None
        if found.kind == "environment" and last in ("get", "pop", "setdefault"):
            return self._variable(node, node.args[0]) if node.args else None
        return found._replace(kind="file") if found.kind == "path" and last in READS else found

    def _printed(self, node: ast.Call) -> Source | None:
        """Return the secret that a program prints."""
        told = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
        text = " ".join(one for one in told if isinstance(one, str))[:2000]
        origin = printed_by(text)
        return (
            Source(origin.kind, node.lineno)
            if origin is not None and not self.is_shell_out(node, "subprocess.")
            else None
        )

    def _variable(self, node: ast.expr, name: ast.expr) -> Source | None:
        """Return the variable of the environment that *node* reads, if it may hold a secret."""
        if isinstance(name, ast.Name):
            return self.lists.get(name.id, Source("variable", node.lineno))
        told = name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else ""
        return Source("variable", node.lineno, told) if is_secret_name(told) else None

    def text(self, node: ast.AST) -> str:
        """Return the text that *node* is known to be, or nothing."""
        if isinstance(node, ast.Name):
            return self.texts.get(node.id, "")
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""

    def is_shell_out(self, node: ast.Call, name: str) -> bool:
        """Say whether a call runs a program that sends."""
        if name not in ("os.system", "os.popen") and not name.startswith("subprocess."):
            return False
        texts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
        return any(isinstance(text, str) and PROGRAM.match(text) for text in texts)


_LOOPS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_ORDER = {"variable": 1, "path": 2}
"""What tells least of the sources that an expression holds."""


def _is_trove(value: object) -> bool:
    if not isinstance(value, str) or len(value) > 300:
        return False
    return (PATHS.search(value) or SETTINGS.search(value)) is not None


def _names(target: ast.AST) -> list[str]:
    """Return the names that are bound; those of attributes with what they belong to."""
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        return [f"{target.value.id}.{target.attr}"]
    return [one.id for one in ast.walk(target) if isinstance(one, ast.Name)]


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
