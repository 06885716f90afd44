"""Which function of a Python file a name belongs to: two functions may mean two things by it."""

from __future__ import annotations

import ast
from collections.abc import Mapping

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
Scope = tuple[str, frozenset[str]]


def keys_of(tree: ast.Module) -> Mapping[int, str]:
    """Return, by the identity of its node, the key of each name that is local to a function."""
    keys: dict[int, str] = {}
    waiting: list[tuple[ast.AST, tuple[Scope, ...]]] = [(tree, ())]
    while waiting:
        node, scopes = waiting.pop()
        if isinstance(node, _FUNCTIONS):
            # Decorators and defaults are seen as of the function: no harm, as names there are rarely its own.
            scopes = (*scopes, (f"{node.lineno}.{node.col_offset}:", _locals(node)))
        name = node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.arg) else ""
        mark = next((mark for mark, names in reversed(scopes) if name in names), "") if name else ""
        if mark:
            keys[id(node)] = mark + name
        waiting.extend((inner, scopes) for inner in ast.iter_child_nodes(node))
    return keys


def _locals(function: ast.AST) -> frozenset[str]:
    """Return the names that a function gives a value, its parameters among them."""
    found: set[str] = set()
    shared: set[str] = set()
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            shared.update(node.names)
        if not isinstance(node, _FUNCTIONS):
            waiting.extend(ast.iter_child_nodes(node))
    return frozenset(found - shared)
