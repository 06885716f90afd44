"""QL: what makes a skill hard to find or hard to follow; notes only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from trace2skill.lint.examples import front
from trace2skill.lint.fields import is_readable, on_field
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.scripts import Script
from trace2skill.lint.view import MAIN, View

_CUE = re.compile(
    r"\b(?:when|whenever|if|while|before|after|for|during|use[ds]? (?:this|it|to|in|on|with|by)|triggers?|"
    r"invoke[ds]?|asks?|asked|wants?|needs?|mentions?|on (?:errors?|failures?)|where)\b|[\u3040-\u9fff]"
    r"|\b(?:wenn|falls|bei|quand|lorsque|cuando|para|quando|когда|для)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“«][^\"”»\n]{0,300}[\"”»]|(?<!\w)'[^'\n]{1,300}'(?!\w)|`[^`\n]{0,300}`")
_FIRST_PERSON = re.compile(r"\b(?:I|I['’](?:m|ll|ve|d)|[Ww]e(?:['’](?:ll|ve|re))?|[Mm]y|[Oo]ur)\b(?![/-])")
_VAGUE = frozenset(
    "helper helpers util utils utility utilities tool tools skill skills my-skill new-skill test test-skill "
    "example example-skill demo-skill sample misc stuff general common assistant data files documents code "
    "work task tasks agent untitled temp tmp foo template".split()
)
_TODO = re.compile(r"\b(?:TODO|FIXME|TBD)\b(?=[:(]|\s{0,3}$)|\[(?:TODO|TBD|FIXME)\b[^\]\n]{0,200}\]|^TODO\b")
_PLACEHOLDER = re.compile(
    r"\blorem ipsum\b|\[(?:your|insert|add|describe|placeholder|skill name)\b[^\]\n]{0,100}\](?!\()"
    r"|\b(?:replace|insert|add|put|write) (?:this|the|your)(?: (?:actual|own|real))?"
    r" (?:description|instructions?|content|text)(?: (?:of the skill|for the skill))? here\b"
    r"|\breplace (?:this|with) (?:placeholder|description of the skill)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?:^|[;&|]\s{0,5}|\bdo\s|\bthen\s)\s{0,40}(?:read\s+(?:-\w+\s+)*-\w*p\b|select\s+\w{1,40}\s+in\b)"
    r"|^(?!\s{0,40}#).{0,200}\bRead-Host\b"
)
_ASKS_JS = re.compile(r"\breadline\.createInterface\(|\b(?:inquirer|prompts)\.prompt\(|(?<![\w.])prompt\(")
_PIPED = re.compile(r"isatty|argparse|--yes|--no-input|non.?interactive|sys\.argv|--force", re.IGNORECASE)
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATED = re.compile(
    rf"\b(?:as of|before|after|until|since|by|starting|from)\s(?:early |mid-?|late |the end of )?"
    rf"(?:{_MONTH}\.?(?:\s\d{{1,2}},?)?\s)?20[12]\d\b(?![-/.\w])"
    rf"|\b(?:currently|still) in (?:beta|preview|alpha)\b|\brecently (?:released|added|changed|announced)\b",
    re.IGNORECASE,
)


def no_cue(view: View) -> Iterator[Hit]:
    """Find a description that does not say when to use the skill."""
    if is_readable(view) and view.description.strip() and not _CUE.search(view.description[:4000]):
        fix = "add when to use it, as in: Use when …"
        yield on_field(view, "description", "the description does not say when to use the skill", fix)


def first_person(view: View) -> Iterator[Hit]:
    """Find a description that speaks of itself as I or we."""
    found = _FIRST_PERSON.search(_QUOTED.sub("", view.description[:4000])) if is_readable(view) else None
    if found is not None:
        fix = "say what the skill does: Extracts … Use when …"
        yield on_field(view, "description", f"the description says {found[0]}", fix)


def vague_name(view: View) -> Iterator[Hit]:
    """Find a name that could be that of any skill."""
    name = view.front.get("name")
    if isinstance(name, str) and name.strip().lower() in _VAGUE and is_readable(view):
        fix = "name what it is about, such as pdf-forms"
        yield on_field(view, "name", "the name says nothing about the skill", fix)


def todo(view: View) -> Iterator[Hit]:
    """Find work that the author left undone."""
    yield from _in_prose(view, _TODO, "something is left to do", "do it, or remove the line")


def placeholders(view: View) -> Iterator[Hit]:
    """Find text of a template that was never replaced."""
    yield from _in_prose(view, _PLACEHOLDER, "text of a template was left in place", "replace it")


def dated(view: View) -> Iterator[Hit]:
    """Find what is true for a time only."""
    what = "this is true for a time only"
    yield from _in_prose(view, _DATED, what, "say what holds now, or name the version that it is about")


def _in_prose(view: View, pattern: re.Pattern[str], what: str, fix: str) -> Iterator[Hit]:
    for document, span in view.spans("prose", "item", "heading"):
        if document.path != MAIN or span.context in ("quoted", "example", "negated"):
            continue
        bare = re.sub(r"`[^`\n]{0,500}`", lambda code: "`" * len(code[0]), span.text)
        found = pattern.search(bare)
        if found is not None:
            line = span.line + span.text.count("\n", 0, found.start())
            yield Hit(MAIN, line, what, fix=fix, evidence=found[0], prose=True)


def asks(view: View) -> Iterator[Hit]:
    """Find scripts that wait for somebody to type."""
    for script in view.scripts():
        if script.source != "file" or script.path.startswith(("tests/", "examples/")):
            continue
        line = _asks_at(script)
        if line and not _PIPED.search(script.text):
            yield Hit(script.path, script.at(line), "the script waits for somebody to type",
                      fix="take the answer as an argument", evidence=_line_of(script, line))  # fmt: skip


def _asks_at(script: Script) -> int:
    if script.tree is not None:
        for node in ast.walk(script.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "input":
                return node.lineno
        return 0
    pattern = _ASKS_JS if script.language == "javascript" else _ASKS
    if script.language not in ("shell", "powershell", "javascript"):
        return 0
    lines = script.text.split("\n")
    return next((at for at, line in enumerate(lines, 1) if pattern.search(line[:1000])), 0)


def _line_of(script: Script, line: int) -> str:
    return script.text.split("\n")[line - 1].strip()


def _front(name: str, description: str) -> dict[str, str]:
    return front(f"name: {name}\ndescription: {description}\n")


RULES = (
    Rule(
        id="QL001", name="no-cue", class_="quality", level="note", check=no_cue,
        why="An agent reads descriptions to decide which skill to load, and has nothing to go by.",
        bad=_front("demo", "PDF forms."), good=_front("demo", "Fills PDF forms. Use when a form is given."),
    ),
    Rule(
        id="QL002", name="first-person", class_="quality", level="note", check=first_person,
        why="The description stands among those of others in the prompt, where I is the agent.",
        bad=_front("demo", "I fill forms when asked."), good=_front("demo", "Use for words like 'my form'."),
    ),
    Rule(
        id="QL003", name="vague-name", class_="quality", level="note", check=vague_name,
        why="Neither users nor agents can tell it from others.",
        bad=_front("utils", "Use when needed."), good=_front("pdf-utils", "Use when a form is given."),
    ),
    Rule(
        id="QL004", name="left-to-do", class_="quality", level="note", check=todo,
        why="An agent takes it for an instruction, or for a hole in the skill.",
        bad="TODO: describe the second step.\n", good="Leave `TODO: …` where a case is not covered yet.\n",
    ),
    Rule(
        id="QL005", name="placeholder", class_="quality", level="note", check=placeholders,
        why="An agent takes the words of the template for instructions.",
        bad="[Your instructions go here]\n", good="Read [your notes](https://example.com/notes).\n",
    ),
    Rule(
        id="QL006", name="waits-for-input", class_="quality", level="note", check=asks,
        why="An agent cannot type, so the call hangs until it times out.",
        bad={"scripts/a.py": "name = input('Name: ')\n"},
        good={"scripts/a.py": "import sys\nname = sys.stdin.readline()\n"},
    ),
    Rule(
        id="QL007", name="dated", class_="quality", level="note", check=dated,
        why="Nobody tells the agent when it stops to be true.",
        bad="Before August 2025, use the old endpoint.\n", good="Use the endpoint of version 2025-08-01.\n",
    ),
)  # fmt: skip
