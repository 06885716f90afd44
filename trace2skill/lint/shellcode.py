"""Where shell code stands in a skill: scripts, fences, inline code, comments, and strings that others run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import msgspec

from trace2skill.lint.announced import is_about_wrong
from trace2skill.lint.document import Context, Document, Span
from trace2skill.lint.otherflow import commands_of
from trace2skill.lint.polarity import is_negated
from trace2skill.lint.scripts import Script, of_fence
from trace2skill.lint.view import View

_SHELL = frozenset(("shell",))
_UNNAMED = frozenset(("", "text", "txt", "plaintext", "dockerfile", "docker", "makefile", "make"))
WINDOWS = frozenset(("powershell", "ps1", "bat", "cmd", "batch", "dos"))
_RUNNERS = frozenset("system popen run call check_call check_output Popen getoutput getstatusoutput".split())
_WORTH = re.compile(
    r"\b(?:curl|wget|base64|xxd|openssl|eval|rev|iex|irm|iwr|nc|ncat|socat|mkfifo|xmrig|minerd|certutil|mshta"
    r"|bitsadmin|powershell|pwsh|start-process|bash|sh|chmod|python3?|node|aria2c)\b|\\x|/dev/tcp|stratum\+",
    re.IGNORECASE,
)
_BEGINNING = re.compile(
    r"\b(?:sudo|curl|wget|echo|printf|bash|sh|eval|iwr|irm|iex|powershell|nc|python3?|node)\s", re.IGNORECASE
)
_JAVASCRIPT = re.compile(
    r"\b(?:exec|execSync|spawn|spawnSync)\(\s{0,9}"
    r"(?:\"([^\"\n]{1,2000})\"|'([^'\n]{1,2000})'|`([^`]{1,2000})`)"
)
_INSISTS = re.compile(
    r"\b(?:do not|don['’]t|never|must not|cannot be|not be|without)[ \t]{1,4}(?:skip|forget|omit|miss|ignor"
    r"|proceed|continue)\w{0,4}\b",
    re.IGNORECASE,
)
_TICKS = re.compile(r"`[^`]{1,2000}`")
_PIPED = re.compile(
    r"\b(?:curl|wget)[ \t][^|\n]{3,400}\|[ \t]{0,4}(?:sudo[ \t]{1,4})?(?:ba|z|da)?sh\b"
    r"|\biwr[ \t][^|\n]{3,400}\|[ \t]{0,4}iex\b"
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
    windows: bool = False
    """Whether it is for PowerShell or the command prompt, as far as one can tell."""
    file: bool = False
    """Whether it stands in a script rather than in a document."""


def sessions(view: View) -> Iterator[list[Code]]:
    """Yield the shell code of a skill; pieces that know of each other's files and variables go together."""
    for document in view.documents():
        pieces = [code for span in document.spans for code in _of_span(document, span)]
        if pieces:
            yield pieces
    for script in view.scripts():
        if script.source != "fence":
            yield from ([code] for code in _of_script(script))
    for code in _of_data(view):
        yield [code]


def _of_span(document: Document, span: Span) -> Iterator[Code]:
    if span.kind == "fence":
        script = of_fence(document.path, span)
        script.context = _context(span)
        yield from _of_script(script)
    elif span.kind in ("prose", "item") and "|" in span.text:
        # What stands between backticks comes by itself.
        text = _TICKS.sub(lambda found: " " * len(found[0]), span.text)
        for found in _PIPED.finditer(text):
            line = span.line + text.count("\n", 0, found.start())
            yield Code(document.path, found[0], line, span.context, prose=True)
    elif span.kind in ("inline", "comment") and _WORTH.search(span.text):
        yield Code(document.path, span.text, span.line, span.context, span.kind == "comment")


def _context(span: Span) -> Context:
    """Return who says a fence; to tell not to skip it is to tell to run it."""
    if span.context != "example" or not any(map(_INSISTS.search, (*span.headings, span.lead))):
        return span.context
    headings = [_INSISTS.sub("", title) for title in span.headings]
    lead = _INSISTS.sub("", span.lead)
    wrong = any(map(is_about_wrong, (*headings, lead))) or is_negated(lead)
    return span.context if wrong else "active"


def _of_script(script: Script) -> Iterator[Code]:
    file = script.source != "fence"
    if script.language in _SHELL or script.language in WINDOWS:
        windows = script.language in WINDOWS
        yield Code(script.path, script.text, script.line, script.context, windows=windows, file=file)
    elif not file and script.language in _UNNAMED:
        yield Code(script.path, _RUN.sub("", script.text), script.line, script.context)
    elif script.language == "python":
        yield from _of_python(script, file)
    elif script.language == "javascript":
        yield from _of_javascript(script, file)
    elif file:
        for number, text in commands_of(script.text) if _WORTH.search(script.text) else ():
            if _WORTH.search(text):
                yield Code(script.path, text, script.at(number), script.context, file=True)


def _of_data(view: View) -> Iterator[Code]:
    """Yield lines of settings and plain files from where a command begins."""
    for file in view.texts():
        if file.kind in _READ:
            continue
        for number, line in enumerate(file.text.split("\n"), start=1):
            row = line[:4000]
            found = _BEGINNING.search(row) if _WORTH.search(row) else None
            if found:
                text = row[found.start() :].rstrip(" \t\r,]}").removesuffix('"').replace('\\"', '"')
                yield Code(file.path, text, number, file=True)


def _of_python(script: Script, file: bool) -> Iterator[Code]:
    if not any(name in script.text for name in _RUNNERS):
        return
    for node in script.nodes:
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in _RUNNERS:
            continue
        text = _command(node.args[0])
        if text and _WORTH.search(text):
            yield Code(script.path, text, script.at(node.lineno), script.context, file=file)


def _command(node: ast.expr) -> str:
    """Return the command that an argument is: a text, a text with holes, or a list of words."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_command(part) if isinstance(part, ast.Constant) else "$HOLE" for part in node.values)
    if isinstance(node, ast.List):
        words = [_command(part) or "$HOLE" for part in node.elts]
        return " ".join(f"'{word}'" if re.search(r"[\s|&;<>()$]", word) else word for word in words)
    return ""


def _of_javascript(script: Script, file: bool) -> Iterator[Code]:
    line, at = script.line, 0
    for found in _JAVASCRIPT.finditer(script.text):
        text = found[1] or found[2] or found[3]
        line, at = line + script.text.count("\n", at, found.start()), found.start()
        if _WORTH.search(text):
            yield Code(script.path, text, line, script.context, file=file)
