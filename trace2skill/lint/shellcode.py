"""Where shell code stands in a skill: scripts, fences, inline code, comments, and strings that others run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import msgspec

from trace2skill.lint.document import Context
from trace2skill.lint.scripts import Script
from trace2skill.lint.view import View

_UNNAMED = frozenset(("", "text", "txt", "plaintext", "dockerfile", "docker", "makefile", "make"))
_RUNNERS = frozenset("system popen run call check_call check_output Popen getoutput getstatusoutput".split())
_WORTH = re.compile(r"\b(?:curl|wget|base64|xxd|openssl|eval|rev|iex|irm|iwr)\b|\\x", re.IGNORECASE)
_BEGINNING = re.compile(
    r"\b(?:sudo|curl|wget|echo|printf|bash|sh|eval|iwr|irm|iex|powershell)\s", re.IGNORECASE
)
_JAVASCRIPT = re.compile(
    r"\b(?:exec|execSync|spawn|spawnSync)\(\s{0,9}"
    r"(?:\"([^\"\n]{1,2000})\"|'([^'\n]{1,2000})'|`([^`]{1,2000})`)"
)
_RUN = re.compile(r"^RUN[ \t]", re.MULTILINE)
_READ = frozenset(("python", "shell", "javascript", "markdown", "notebook", "other-script"))


class Code(msgspec.Struct, frozen=True):
    """A piece of shell code, and where it begins."""

    path: str
    text: str
    line: int
    context: Context = "active"
    prose: bool = False


def shell_code(view: View, language: str = "shell") -> Iterator[Code]:
    """Yield all code of the shell, or of ``powershell``, wherever it stands."""
    for script in view.scripts():
        yield from _of_script(script, language)
    for document, span in view.spans("inline", "comment"):
        if _WORTH.search(span.text):
            yield Code(document.path, span.text, span.line, span.context, span.kind == "comment")
    yield from _of_data(view)


def _of_script(script: Script, language: str) -> Iterator[Code]:
    typed = ("shell", "powershell", "ps1", "bat", "cmd") if language == "powershell" else ("shell",)
    if script.language in typed:
        yield Code(script.path, script.text, script.line, script.context)
    elif script.source == "fence" and script.language in _UNNAMED:
        yield Code(script.path, _RUN.sub("", script.text), script.line, script.context)
    elif script.language == "python":
        yield from _of_python(script)
    elif script.language == "javascript":
        yield from _of_javascript(script)


def _of_data(view: View) -> Iterator[Code]:
    """Yield lines of settings and plain files from where a command begins."""
    for file in view.texts():
        if file.kind in _READ:
            continue
        for number, line in enumerate(file.text.split("\n"), start=1):
            found = _BEGINNING.search(line[:4000]) if _WORTH.search(line[:4000]) else None
            if found:
                text = line[found.start() : 4000].rstrip(" \t\r,]}").removesuffix('"').replace('\\"', '"')
                yield Code(file.path, text, number)


def _of_python(script: Script) -> Iterator[Code]:
    for node in ast.walk(script.tree) if script.tree is not None else ():
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        if isinstance(first, ast.List) and first.elts:
            first = first.elts[-1]
        text = first.value if isinstance(first, ast.Constant) else None
        if name in _RUNNERS and isinstance(text, str) and _WORTH.search(text):
            yield Code(script.path, text, script.at(first.lineno), script.context)


def _of_javascript(script: Script) -> Iterator[Code]:
    line, at = script.line, 0
    for found in _JAVASCRIPT.finditer(script.text):
        text = found[1] or found[2] or found[3]
        line, at = line + script.text.count("\n", at, found.start()), found.start()
        if _WORTH.search(text):
            yield Code(script.path, text, line, script.context)
