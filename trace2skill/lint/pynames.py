"""What names mean in one Python file: imports with their aliases, and texts known beforehand."""

from __future__ import annotations

import ast

LONGEST = 2_000


class Names:
    """Resolves names of one file."""

    def __init__(self, tree: ast.Module) -> None:
        self.aliases: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.handles: dict[str, str] = {}
        """Open files by the name that holds them."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    self.aliases[alias.asname or top] = alias.name if alias.asname else top
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    self.aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            elif isinstance(node, ast.Assign) and len(node.targets) == 1:
                self._assign(node.targets[0], node.value)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        text = self.text(value)
        if text is not None:
            self.texts.setdefault(target.id, text)
        elif isinstance(value, (ast.Name, ast.Attribute, ast.Call)):
            name = self.of(value)
            if name and not (isinstance(value, ast.Call) and not _is_reflective(value)):
                self.aliases.setdefault(target.id, name)

    def of(self, node: ast.AST) -> str:
        """Return the dotted name that *node* stands for, imports resolved; nothing if it is none."""
        if isinstance(node, ast.Name):
            return self.aliases.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            inner = self.of(node.value)
            return f"{inner}.{node.attr}" if inner else ""
        if isinstance(node, ast.Call):
            name = self.of(node.func)
            words = [self.text(value) for value in node.args]
            if name in ("__import__", "importlib.import_module") and words and words[0]:
                return words[0]
            if name == "getattr" and len(words) > 1 and words[1]:
                return f"{self.of(node.args[0])}.{words[1]}"
            if name in ("requests.Session", "pathlib.Path"):
                return name
        return ""

    def text(self, node: ast.AST) -> str | None:
        """Return the text that *node* is known to be, literals joined."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.Name):
            return self.texts.get(node.id)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.text(node.left), self.text(node.right)
            known = left is not None and right is not None and len(left) + len(right) < LONGEST
            return f"{left}{right}" if known else None
        return None


def _is_reflective(node: ast.Call) -> bool:
    return isinstance(node.func, (ast.Name, ast.Attribute)) and ast.unparse(node.func) in (
        "getattr", "__import__", "importlib.import_module", "requests.Session",
    )  # fmt: skip
