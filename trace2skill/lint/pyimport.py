"""What a Python file does as soon as it is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trace2skill.lint.flow import Flow
from trace2skill.lint.pytables import EVAL, FETCH, PROCESS, SHELL

_EFFECTS = FETCH | PROCESS | SHELL | EVAL | frozenset(
    "socket.create_connection urllib.request.urlretrieve os.remove os.unlink os.execv os.execvp "
    "shutil.rmtree os.putenv os.kill".split()
)  # fmt: skip
_NAMES = (
    "requests.",
    "httpx.",
    "urllib.request.",
    "subprocess.",
    "socket.",
    "smtplib.",
    "ftplib.",
    "http.client.",
)
_HARMLESS = frozenset(
    "socket.gethostname socket.setdefaulttimeout subprocess.list2cmdline urllib.request.Request "
    "requests.Session httpx.Client subprocess.STARTUPINFO httpx.Timeout requests.adapters.HTTPAdapter".split()
)


def effects_of(flow: Flow) -> Iterator[tuple[int, str]]:
    """Yield what a file does at import that reaches beyond it: the line and the name of the call."""
    told: set[str] = set()
    waiting = list(at_import(flow.tree.body))
    while waiting:
        node = waiting.pop(0)
        for call in _calls(node):
            name = flow.names.of(call.func)
            if name in _EFFECTS or (name.startswith(_NAMES) and name not in _HARMLESS):
                yield call.lineno, name
            elif name in flow.functions and name not in told:
                told.add(name)
                waiting.extend(flow.functions[name].body)


def at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that an import runs; not those under ``if __name__ == "__main__"``."""
    for node in body:
        main = isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
        if not main and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls of a statement, those in functions that it only defines left out."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Call):
            yield one
        if not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(one))
