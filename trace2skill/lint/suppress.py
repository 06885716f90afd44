"""Comments in a skill by which its owner accepts a finding, each with a reason.

In Markdown ``<!-- t2s-ignore EX101: reason -->`` is about the block that follows, or that it stands in;
in code ``# t2s: ignore[EX101] reason`` is about its line, or about the next one if it stands alone.
Either may say ``until=2027-01-31``. No comment silences an error of class malicious.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

import msgspec

from trace2skill.lint.document import Document, Span
from trace2skill.lint.folder import File
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import SCRIPT_KINDS, View
from trace2skill.records import Finding, Suppression

MOST = 500
"""Comments of a skill that are listened to; findings below the others count."""
_MARK = "t2s"
_LONGEST = 1_000
_CODE_KINDS = (*SCRIPT_KINDS, "yaml", "toml")
_MARKDOWN = re.compile(r"t2s-ignore\b[ ]?([^:=]{0,200}?)(\buntil=[^ :]{0,20})?(?::(.{0,800}))?")
_CODE = re.compile(r"(?:#|//|--|;)[ \t]{0,9}t2s:[ \t]{0,9}ignore(?:\[([^\]\n]{0,200})\])?([^\n]{0,800})")
_UNTIL = re.compile(r"\buntil=([^\s:]{0,20})")
_WORDY = 3
"""Letters or digits that a reason has at least."""


class Comment(msgspec.Struct, frozen=True):
    """One comment that asks for findings not to count."""

    path: str
    line: int
    first: int
    """First line that it is about."""
    last: int
    names: tuple[str, ...]
    """Ids or names of rules."""
    reason: str
    until: str = ""


def comments_of(view: View) -> tuple[Comment, ...]:
    """Return the comments of a skill that name findings, by place."""
    found: list[Comment] = []
    for file in view.texts():
        if _MARK not in file.text:
            continue
        document = view.document(file.path)
        if document is not None:
            found += islice(_in_document(document), MOST)
        elif file.kind in _CODE_KINDS:
            found += islice(_in_code(file), MOST)
    return tuple(sorted(found, key=lambda one: (one.path, one.line, one.names))[:MOST])


def _in_document(document: Document) -> Iterator[Comment]:
    lines = document.text.split("\n")
    front = document.front_raw.count("\n")
    for number, line in enumerate(lines[:front], start=1):
        yield from _on_line(document.path, number, line, (1, front))
    for span in document.spans:
        if span.kind == "comment":
            found = _MARKDOWN.fullmatch(" ".join(span.text[:_LONGEST].split()))
            if found is not None:
                said = f"{found[2] or ''} {found[3] or ''}"
                yield _made(document.path, span.line, _block(lines, span), found[1], said)
        elif span.kind == "fence":
            for number in range(span.line, min(span.end_line, len(lines)) + 1):
                yield from _on_line(document.path, number, lines[number - 1], _about(lines, number))


def _in_code(file: File) -> Iterator[Comment]:
    lines = file.text.split("\n")
    for number, line in enumerate(lines, start=1):
        if _MARK in line:
            yield from _on_line(file.path, number, line, _about(lines, number))


def _on_line(path: str, number: int, line: str, about: tuple[int, int]) -> Iterator[Comment]:
    found = _CODE.search(line) if len(line) <= 10 * _LONGEST else None
    if found is not None:
        yield _made(path, number, about, found[1] or "", found[2])


def _made(path: str, line: int, about: tuple[int, int], names: str, said: str) -> Comment:
    until = _UNTIL.search(said)
    return Comment(
        path, line, *about,
        names=tuple(name.strip() for name in _UNTIL.sub("", names).split(",") if name.strip()),
        reason=_UNTIL.sub("", " ".join(said.split())).strip(" :.-—*/"),
        until=until[1] if until else "",
    )  # fmt: skip


def _about(lines: Sequence[str], number: int) -> tuple[int, int]:
    """Return the line of a comment in code, or the next with anything on it if there is nothing else."""
    if not lines[number - 1].lstrip().startswith(("#", "//", "--", ";")):
        return number, number
    after = next((at for at in range(number, len(lines)) if lines[at].strip()), number - 1)
    return after + 1, after + 1


def _block(lines: Sequence[str], comment: Span) -> tuple[int, int]:
    """Return the block after a comment that stands alone; else what is left of the block that it is in."""
    first, last = comment.line, comment.end_line
    alone = lines[first - 1].lstrip().startswith("<!--") and lines[last - 1].rstrip().endswith("-->")
    at = last if alone else first - 1
    while at < len(lines) and not lines[at].strip():
        at += 1
    begin = at
    fence = re.match(r"[ \t]{0,99}(`{3,}|~{3,})", lines[at]) if at < len(lines) else None
    mark = fence[1] if fence is not None else ""
    at += 1
    while at < len(lines) and not (lines[at].strip().startswith(mark) if mark else not lines[at].strip()):
        at += 1
    return begin + 1, at + bool(mark)


class Quieting:
    """What the comments of one skill do to its findings on one day."""

    def __init__(self, comments: Sequence[Comment], rules: Sequence[Rule], today: date) -> None:
        self.comments = comments
        self.known = {name: rule for rule in rules for name in (rule.id, rule.name, *rule.aliases)}
        self.today = today
        self.used: set[tuple[Comment, str]] = set()
        self.refused: set[Comment] = set()
        self._holding = [(one, self._named(one)) for one in comments if self._holds(one)]

    def apply(self, finding: Finding) -> Finding:
        """Return *finding*, suppressed if a comment that holds is about it."""
        for comment, rules in self._holding:
            here = comment.first <= finding.line <= comment.last and comment.path == finding.path
            if not here or finding.rule not in rules:
                continue
            if finding.class_ == "malicious" and finding.severity == "error":
                self.refused.add(comment)
                continue
            self.used.add((comment, finding.rule))
            return msgspec.structs.replace(finding, suppressed=Suppression("inline", comment.reason))
        return finding

    def complaints(self, ran: Sequence[Rule]) -> Iterator[tuple[str, Hit]]:
        """Yield what is wrong with the comments themselves, each with its rule; *ran* are all that ran."""
        ran_ids = {rule.id for rule in ran}
        for comment in self.comments:
            named = self._named(comment)
            for name in comment.names:
                if name not in self.known:
                    what = f"the comment names {name!r}, which is no rule"
                    yield "LN006", self._hit(comment, what, "write the whole id, as EX101")
            if not comment.names or not _is_reason(comment.reason):
                what = "no reason is given" if comment.names else "no rule is named"
                yield "LN001", self._hit(comment, f"{what}, so the comment does nothing", _FORM)
            elif not self._holds(comment):
                what = f"it was to hold until {comment.until}, which is past or no date"
                yield "LN003", self._hit(comment, what, "look at the finding again")
            elif comment in self.refused:
                what = "no comment silences an error of class malicious"
                yield "LN002", self._hit(comment, what, "accept it in the settings or the baseline")
            else:
                for rule in named:
                    if rule in ran_ids and (comment, rule) not in self.used:
                        what = f"there is no {rule} here that it would silence"
                        yield "LN002", self._hit(comment, what, "remove it")

    def _named(self, comment: Comment) -> list[str]:
        return [self.known[name].id for name in comment.names if name in self.known]

    def _holds(self, comment: Comment) -> bool:
        return _is_reason(comment.reason) and (not comment.until or _day(comment.until) >= self.today)

    @staticmethod
    def _hit(comment: Comment, message: str, fix: str) -> Hit:
        return Hit(comment.path, comment.line, message, fix=fix, evidence=" ".join(comment.names))


_FORM = "write <!-- t2s-ignore RULE: reason -->, or # t2s: ignore[RULE] reason"


def _is_reason(text: str) -> bool:
    return sum(char.isalnum() for char in text) >= _WORDY


def _day(text: str) -> date:
    """Return the day that *text* names; one that is none is long past."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min
