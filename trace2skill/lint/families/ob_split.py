"""OB: names that are spelled in pieces, and programs that lie in data or in a packer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from trace2skill.lint.bounds import bounded
from trace2skill.lint.families.ex import flow_hit
from trace2skill.lint.places import line_of
from trace2skill.lint.pynames import Names
from trace2skill.lint.pytables import EVAL, PROCESS, SHELL
from trace2skill.lint.pytexts import is_built
from trace2skill.lint.ran import Python, all_of
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import View

_SINKS = frozenset("exec eval compile system popen Popen run call check_output __import__ spawn".split())
_MODULES = frozenset(
    "os subprocess builtins base64 socket ctypes marshal importlib urllib.request requests".split()
)
_COMMAND = re.compile(r"\b(?:curl|wget|bash|sh|nc|powershell|rm|python3?)\b|https?://|/dev/tcp")
_PACKED = re.compile(
    r"\beval\(\s{0,4}function\(p,\s?a,\s?c,\s?k,\s?e,|\b_0x[0-9a-f]{3,8}\b"
    r"|\[(?:\s{0,4}[\"'](?:\\x[0-9a-f]{2}){3,400}[\"'],){3}",
    re.IGNORECASE,
)
_MEMBER = re.compile(
    r"\b\w{1,20}\[[\"'](?:\\x[0-9a-f]{2}){3,60}[\"']\]|\b_0x[0-9a-f]{3,8}\[?\(?0x[0-9a-f]{1,4}", re.I
)
_JS_SPLIT = re.compile(
    r"(?:require|globalThis|global|window|this|process|import)[\[(]\s{0,4}"
    r"(?:[\"'`][^\"'`\n]{1,30}[\"'`]\s{0,4}\+\s{0,4}){1,8}[\"'`][^\"'`\n]{1,30}[\"'`]\s{0,4}[\])]"
)


@bounded
def split_literals(view: View) -> Iterator[Hit]:
    """Find names of what runs, and commands, that are put together from pieces."""
    for code, trick in all_of(view).tricks:
        message = f"spells a program in pieces: {trick.name}"
        yield Hit(code.path, trick.line, message, evidence=trick.text, context=code.context, prose=code.prose)
    for one in all_of(view).python:
        yield from _of_python(one)
    for script in view.scripts("javascript"):
        for number, line in script.lines():
            found = _JS_SPLIT.search(line[:4000]) if "+" in line else None
            if found is not None:
                message = "names what it loads in pieces"
                yield Hit(script.path, number, message, evidence=found[0], context=script.context)


def _of_python(one: Python) -> Iterator[Hit]:
    names = one.flow.names
    for node in one.flow.every:
        said = _split_name(names, node) if isinstance(node, (ast.Call, ast.Subscript)) else ""
        if said:
            place = one.script.path, one.script.at(node.lineno)  # type: ignore[attr-defined]
            message = f"spells a name in pieces: {said[:60]}"
            yield Hit(*place, message, evidence=ast.unparse(node)[:200], context=one.script.context)


def _split_name(names: Names, node: ast.Call | ast.Subscript) -> str:
    """Return the name or command that is spelled in pieces; nothing if none is."""
    if isinstance(node, ast.Subscript):
        word = names.text(node.slice) if _is_pieced(names, node.slice) else None
        return word if word in _SINKS else ""
    name = names.of(node.func)
    if name == "getattr" and len(node.args) > 1 and _is_pieced(names, node.args[1]):
        word = names.text(node.args[1]) or ""
        return word if word in _SINKS else ""
    if name in ("__import__", "importlib.import_module") and node.args and _is_pieced(names, node.args[0]):
        word = names.text(node.args[0]) or ""
        return word if word in _MODULES else ""
    if (name in SHELL or name in PROCESS or name in EVAL) and node.args and _is_pieced(names, node.args[0]):
        word = names.text(node.args[0]) or ""
        return word if _COMMAND.search(word) and not _is_shown(names, node.args[0]) else ""
    return ""


def _is_pieced(names: Names, node: ast.expr) -> bool:
    """Say whether a text is put together where it is used, or in a variable that is."""
    if isinstance(node, ast.Name):
        return node.id in names.built
    return is_built(node) and names.text(node) is not None


def _is_shown(names: Names, node: ast.expr) -> bool:
    """Say whether one of the pieces is a command for itself: then nothing is hidden."""
    words = [
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    words += [names.texts.get(one.id, "") for one in ast.walk(node) if isinstance(one, ast.Name)]
    return any(_COMMAND.search(word) for word in words)


@bounded
def payload_from_data(view: View) -> Iterator[Hit]:
    """Find a file that passes for data and is run."""
    for one in all_of(view).ran:
        if one.kind == "file":
            yield flow_hit(one, f"runs what lies in the data file {one.source[-60:]}", "read here")


def packed_javascript(view: View) -> Iterator[Hit]:
    """Find JavaScript that went through a packer made to hide it."""
    for script in view.scripts("javascript"):
        found = (
            _PACKED.search(script.text[:1_000_000])
            if "_0x" in script.text or "\\x" in script.text or "p,a,c" in script.text
            else None
        )
        if found is not None and ("eval(" in found[0] or len(_MEMBER.findall(script.text[:200_000])) > 3):
            line = script.at(line_of(script.text, found.start()))
            yield Hit(
                script.path,
                line,
                "is packed so that nobody can read it",
                evidence=found[0][:120],
                context=script.context,
            )


RULES = (
    Rule(
        id="OB204", name="split-literal-sink", class_="risky", level="warning", check=split_literals,
        why="Nobody writes the name of a program in pieces but to keep it from being found.",
        bad={"scripts/a.py": "import os\ngetattr(os, 'sys' + 'tem')('id')\n"},
        good={"scripts/a.py": "import os\nprint(getattr(os, 'name'), 'sys' + 'tem')\n"},
        hazards=("CWE-506",),
    ),
    Rule(
        id="OB206", name="payload-from-data-file", class_="malicious", level="error", check=payload_from_data,
        why="A reader of the code does not see it, and a reader of the data does not expect it.",
        bad={"scripts/a.py": "exec(open('assets/logo.dat').read())\n", "assets/logo.dat": "print(1)\n"},
        good={"scripts/a.py": "print(open('assets/logo.dat').read())\n", "assets/logo.dat": "print(1)\n"},
        hazards=("CWE-506",),
    ),
    Rule(
        id="OB207", name="js-packer", class_="risky", level="warning", check=packed_javascript,
        why="It cannot be reviewed, and it was made so on purpose.",
        bad={
            "a.js": "var _0x4f2a=['\\x6c\\x6f\\x67','\\x72\\x75\\x6e','\\x67\\x6f\\x6f'];"
            "_0x4f2a[0x1]+_0x4f2a[0x2]+_0x4f2a[0x0]+_0x4f2a[0x1];\n",
        },
        good={"a.js": "!function(e,t){t.exports=e}(0,module);\n"},
        hazards=("CWE-506",),
    ),
)  # fmt: skip
