"""PV: commands that destroy more than anybody wants to lose."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import msgspec

from trace2skill.lint.pynames import Names
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.shelltexts import is_fenced, shell_statements
from trace2skill.lint.view import View
from trace2skill.records import Severity

_RM = re.compile(r"(?:^|[|&(`{]|\b(?:sudo|then|do|else|exec)\b)[ \t]{0,8}rm[ \t]{1,4}([^\n|;&>]{1,600})")
_RECURSIVE = re.compile(r"(?:^|[ \t])(?:-\w{0,6}[rR]\w{0,6}|--recursive)(?=[ \t]|$)")
_WIDE = re.compile(
    r"(?:/|/\*|~/?|~/\*|\$HOME/?\*?|\$\{HOME\}/?\*?|/(?:etc|usr|var|home|bin|lib|opt|boot|root|Users)/?\*?"
    r"|--no-preserve-root)"
)
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w{0,63})\}?/\*?")
"""Without the slash, an empty variable deletes nothing."""
_DISK = re.compile(
    r"\b(?:mkfs(?:\.\w{2,8})?|wipefs)[ \t][^\n|;]{0,80}/dev/\w"
    r"|\bdd[ \t][^\n|;]{0,200}\bof=/dev/(?:sd|nvme|disk|hd)"
)
_ALL = {
    "deletes all that can be found from the root or home": (
        r"\bfind[ \t]{1,4}[\"']?(?:/|~|\$HOME)[\"']?[ \t][^\n|;]{0,200}(?:-delete\b|-exec[ ]rm\b)"
    ),
    "deletes a drive": (
        r"\bformat[ ][a-z]:|\b(?:del|erase|rd|rmdir)\b[^\n|;]{0,40}/s\b[^\n|;]{0,40}[ \"][a-z]:\\(?:\*"
        r"|[\"\s]|$)"
        r"|\bRemove-Item\b[^\n|;]{0,80}(?:[a-z]:\\(?:\*|[\"\s]|$)|\$env:(?:USERPROFILE"
        r"|SystemDrive)[\"\s\\*]{0,4}$)"
    ),
    "deletes the backups of the system": (
        r"\bvssadmin(?:\.exe)?[ ]delete[ ]shadows\b|\bwbadmin[ ]delete\b"
        r"|\btmutil[ ](?:deletelocalsnapshots|delete)\b"
    ),
    "starts processes without end": r":\(\)[ ]?\{[ ]?:\|:[ ]?&[ ]?\}",
}
_SOME = {
    "deletes files that git does not keep": r"\bgit clean\b[^\n|;]{0,40}-\w{0,4}x",
    "overwrites the history of a branch": (
        r"\bgit push\b(?![^\n|;]{0,80}--force-with-lease)[^\n|;]{0,80}(?:--force\b|[ ]-f\b)"
    ),
    "drops a database": r"\b(?:DROP[ ](?:DATABASE|SCHEMA)\b|dropdb[ ])",
}
_TREES = frozenset(("shutil.rmtree", "rmtree"))
_HOME = re.compile(
    r"(?:pathlib\.)?Path\.home\(\)|(?:os\.path\.)?expanduser\(['\"]~/?['\"]\)|['\"](?:/|~|/home|/etc|/usr"
    r"|/var|C:\\\\)['\"]"
)


def destruction(view: View) -> Iterator[Hit]:
    """Find commands that delete all of a home, a system or a disk, or do when a variable is empty."""
    for script, text, hit in shell_statements(view):
        for what, fix, sure in _destroyed(text, script):
            level: Severity | None = None if sure and not hit.prose else "note"
            if what.startswith("deletes everything from") and is_fenced(view, hit):
                level = "note"  # a piece of a script, whose beginning is elsewhere
            yield msgspec.structs.replace(hit, message=what, fix=fix, level=level)
    for one in view.scripts("python"):
        names = Names(one.nodes)
        for node in one.nodes:
            if isinstance(node, ast.Call) and node.args and names.of(node.func) in _TREES:
                place = ast.unparse(node.args[0])[:200]
                if _HOME.fullmatch(place):
                    said = f"deletes all of {place}"
                    yield Hit(one.path, one.at(node.lineno), said, evidence=place, context=one.context)


def _destroyed(text: str, script: str) -> Iterator[tuple[str, str, bool]]:
    """Yield what a command destroys, what to write instead, and whether it is sure to be too much."""
    if _DISK.search(text):
        yield "overwrites a disk", "", True
    for table, sure in ((_ALL, True), (_SOME, False)):
        for what, pattern in table.items():
            if re.search(pattern, text, re.IGNORECASE):
                yield what, "", sure
    for found in _RM.finditer(text):
        if not _RECURSIVE.search(found[1]):
            continue
        for word in (word.strip("\"'").replace('"', "") for word in found[1].split()):
            if _WIDE.fullmatch(word):
                yield f"deletes all of {word}", "", True
            elif _may_be_empty(word, script):
                said = f"deletes everything from the root if the variable in {word} is empty"
                yield said, "write ${NAME:?}", True


def _may_be_empty(word: str, script: str) -> bool:
    found = _VARIABLE.fullmatch(word)
    if found is None or "nounset" in script or re.search(r"set -\w{0,6}u", script):
        return False
    return re.search(rf"\b{found[1]}=[\"']?[^\s\"']|\bread\b[^\n]{{0,40}}\b{found[1]}\b", script) is None


RULES = (
    Rule(
        id="PV704", name="destructive-wide", class_="risky", level="warning", check=destruction,
        why="What is deleted like that cannot be got back.",
        bad="```sh\nrm -rf ~/\n```\n", good="```sh\nrm -rf build/ dist/ /tmp/work\n```\n",
        hazards=("T1485",),
    ),
)  # fmt: skip
