"""Files of Python that import each other, read as one: a secret may be read in one and sent in another."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trace2skill.lint.leaks import Leak, leaks_of
from trace2skill.lint.scripts import Script
from trace2skill.lint.view import View

_STEP = 10_000_000
"""Lines of the second file begin here, those of the third at twice of it."""
_MOST = 20
_MAX_CHARS = 300_000


def leaks_across(view: View) -> Iterator[tuple[Script, Script, Leak]]:
    """Yield the file that reads a secret, the file that sends it, and the leak, its lines within them."""
    files = [one for one in view.python_files() if one.source == "file" and one.tree is not None][:_MOST]
    names = {_module(one): one for one in files}
    if len(files) < 2 or sum(len(one.text) for one in files) > _MAX_CHARS:
        return
    if not any(names.keys() & _imported(one.tree) for one in files if one.tree is not None):
        return
    whole = ast.Module(body=[], type_ignores=[])
    for place, one in enumerate(files):
        tree = _without_imports(ast.parse(one.text), frozenset(names))
        whole.body.extend(ast.increment_lineno(tree, place * _STEP).body)
    for leak in leaks_of(whole):
        source, sink = files[leak.source.line // _STEP], files[leak.line // _STEP]
        if source is not sink:
            read = leak.source._replace(line=leak.source.line % _STEP)
            yield source, sink, leak._replace(source=read, line=leak.line % _STEP)


def _module(script: Script) -> str:
    return script.path.rsplit("/", 1)[-1].removesuffix(".py")


def _imported(tree: ast.Module) -> set[str]:
    """Return the last parts of the names of all modules that are imported."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found.add((node.module or "").rpartition(".")[2])
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name.rpartition(".")[2] for alias in node.names)
    return found


class _Plain(ast.NodeTransformer):
    """Takes the names of own modules away, so that what they define is found by its bare name."""

    def __init__(self, own: frozenset[str]) -> None:
        self.own = own
        self.renamed: dict[str, str] = {}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        """Drop an import of an own module, and note other names that it gives."""
        if (node.module or "").rpartition(".")[2] not in self.own:
            return node
        self.renamed.update({alias.asname: alias.name for alias in node.names if alias.asname})
        return ast.copy_location(ast.Pass(), node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Return the bare name of what an own module defines."""
        if isinstance(node.value, ast.Name) and node.value.id in self.own:
            return ast.copy_location(ast.Name(node.attr, node.ctx), node)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Return the name that an own module knows it by."""
        known = self.renamed.get(node.id)
        return ast.copy_location(ast.Name(known, node.ctx), node) if known else node


def _without_imports(tree: ast.Module, own: frozenset[str]) -> ast.Module:
    changed = _Plain(own).visit(tree)
    return changed if isinstance(changed, ast.Module) else tree
