"""What names mean in one Python file: imports with their aliases, and texts known beforehand."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from trace2skill.lint.pytexts import LONGEST, is_built, text_of

CLIENTS = frozenset(
    "requests.Session requests.session httpx.Client httpx.AsyncClient aiohttp.ClientSession "
    "urllib3.PoolManager http.client.HTTPSConnection http.client.HTTPConnection socket.socket pathlib.Path "
    "socket.create_connection".split()
)
"""Calls that make something whose methods matter."""
_IMPORTS = ("__import__", "importlib.import_module", "builtins.__import__")
_SCOPES = (
    "globals",
    "vars",
    "locals",
    "__builtins__",
    "builtins",
    "__builtins__.__dict__",
    "builtins.__dict__",
)


class Names:
    """Resolves names of one file."""

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        self.aliases: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.built: set[str] = set()
        """Which of them are put together from pieces."""
        self.handles: dict[str, str] = {}
        """Open files by the name that holds them."""
        for node in nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    self.aliases[alias.asname or top] = alias.name if alias.asname else top
            elif isinstance(node, ast.ImportFrom) and (node.module or node.level):
                for alias in node.names:
                    self.aliases[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}".lstrip(".")
            elif isinstance(node, ast.Assign) and len(node.targets) == 1:
                self._assign(node.targets[0], node.value)
            elif isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
                name = self.of(node.context_expr)
                if name in CLIENTS:
                    self.aliases.setdefault(node.optional_vars.id, name)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        text = self.text(value)
        if text is not None:
            self.texts.setdefault(target.id, text)
            if is_built(value):
                self.built.add(target.id)
        elif isinstance(value, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
            name = self.of(value)
            if name:
                self.aliases.setdefault(target.id, name)

    def learn(self, texts: Mapping[str, str]) -> None:
        """Take the texts that other files of the skill hold, by the names that they are imported as."""
        for name, dotted in self.aliases.items():
            text = texts.get(".".join(dotted.split(".")[-2:]))
            if text is not None:
                self.texts.setdefault(name, text)

    def of(self, node: ast.AST) -> str:
        """Return the dotted name that *node* stands for, imports resolved; nothing if it is none."""
        if isinstance(node, ast.Name):
            return self.aliases.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            inner = self.of(node.value)
            return f"{inner}.{node.attr}" if inner else ""
        if isinstance(node, ast.Call):
            return self._of_call(node)
        if isinstance(node, ast.Subscript):
            holder = node.value.func if isinstance(node.value, ast.Call) else node.value
            if self.of(holder) in _SCOPES:
                return self.text(node.slice) or ""
        return ""

    def _of_call(self, node: ast.Call) -> str:
        name = self.of(node.func)
        if name in CLIENTS:
            return name
        if name in _IMPORTS and node.args:
            return self.text(node.args[0]) or ""
        if name == "getattr" and len(node.args) > 1:
            word = self.text(node.args[1])
            return f"{self.of(node.args[0])}.{word}" if word else ""
        if name.endswith("__dict__.get") and node.args:
            return self.text(node.args[0]) or ""
        return ""

    def text(self, node: ast.AST) -> str | None:
        """Return the text that *node* is known to be, as far as it is built from literals."""
        found = text_of(node, self.texts, self.of)
        return found if found is None or len(found) <= LONGEST else None


def dotted(node: ast.expr) -> str:
    """Return a short dotted name as it is written; nothing for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < 5:
        parts.append(node.attr)
        node = node.value
    return ".".join((node.id, *reversed(parts))) if isinstance(node, ast.Name) else ""
