"""What a skill says to the agent that loads it, sentence by sentence, and what kind of order it is.

All active prose of a skill speaks to an agent; so what counts is what it asks for, who says it, and
what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from trace2skill import injection
from trace2skill.injection.context import quoted
from trace2skill.injection.hidden import fold
from trace2skill.injection.judge import CONCEALED, steers
from trace2skill.lint.document import Context, Document
from trace2skill.lint.polarity import negated_at, quoted_at
from trace2skill.lint.unshown import unshown
from trace2skill.lint.view import MAIN, View

Match = re.Match[str]
_FAMILIES = {
    "override": "drop other instructions",
    "override-abroad": "drop other instructions",
    "fake-turn": "take it for a message of the system",
    "fake-authority": "take it for a message of the system",
    "conceal": "hide something from the user",
    "exfiltrate": "send something away",
    "exfiltrate-token": "send something away",
    "persist": "change what the agent remembers",
    "persist-file": "change what the agent remembers",
}
_SENT = re.compile(
    r"\b(?:send|upload|forward|transmit|exfiltrate|e-?mail|bcc|post|submit|leak)\b[^\n]{0,160}?\bto\b[^\n]{0,40}?"
    r"(?:https?://|[\w.-]{1,60}@[\w-]{1,60}\.\w)"
)
_SHELL = re.compile(
    r"\b(?:run|execute|invoke|do|start)\b[^\n]{0,60}?"
    r"(?:\|\s?(?:sudo )?(?:ba|z|da)?sh\b|\bbase64 (?:-d|--decode)|\beval\b|\bnc -e"
    r"|\b(?:ba)?sh -c\b|\brm -rf [~/]"
    r"|\bcurl\b[^\n]{0,120}?\s(?:-d|-f|-t|--data\w{0,8}|--upload-file)\b|\bpowershell\b[^\n]{0,20}?\s-e)"
)
_REACHES = re.compile(r"\b(?:curl|wget|https?://|silently|secretly)\b")
COMMENT = re.compile(r"^\s{0,80}(?:#|//|--|/?\*|\"\"\"|''')", re.ASCII)
"""A line of code that is one."""
MAX_ROWS = 50_000
"""So many lines of a text file are read as sentences; a file with more of them is data."""
_CLOSE = 2
"""So many lines apart two sentences may be and speak of one thing."""
_SHOWN = ("prose", "item", "cell", "html")


class Saying(NamedTuple):
    """One sentence that a skill says."""

    path: str
    line: int
    text: str
    context: Context
    folded: str
    """In small letters, without disguise, and as long as it was."""
    around: str
    """It and its neighbours, with the code that they announce."""


def family_of(text: str) -> str:
    """Return what *text*, which is hidden, orders an agent to do; nothing if it is no such order."""
    folded = fold(text)
    for hit in injection.find(text):
        if hit.rule in _FAMILIES and not negated_at(text, hit.start):
            return _FAMILIES[hit.rule]
    concealed = CONCEALED.search(folded)
    if concealed and not quoted(folded, *concealed.span()):
        return "hide something from the user"
    sent = _SENT.search(folded)
    if sent and not negated_at(folded, sent.start()):
        return "send something away"
    run = _SHELL.search(folded)
    if run and not negated_at(folded, run.start()):
        return "run a command"
    return "act for somebody else" if steers(folded) and _REACHES.search(folded) else ""


@lru_cache(maxsize=1)
def sayings(view: View) -> tuple[Saying, ...]:
    """Return the description, and all shown sentences of all documents and text files."""
    return tuple(_sayings(view))


def _saying(path: str, line: int, text: str, context: Context = "active", around: str = "") -> Saying:
    return Saying(path, line, text, context, fold(text), around or text)


def _sayings(view: View) -> Iterator[Saying]:
    if view.description and view.main is not None:
        before = view.main.front_raw.partition("description:")[0]
        line = before.count("\n") + 1
        yield _saying(MAIN, line, view.description)
    for document in view.documents():
        spans = [span for span in document.spans if span.kind in (*_SHOWN, "fence")]
        for place, span in enumerate(spans):
            if span.kind == "fence":
                continue
            near = [
                other.text
                for other in spans[max(0, place - 2) : place + 3]
                if other.headings == span.headings
                and other.line - span.end_line <= _CLOSE
                and span.line - other.end_line <= _CLOSE
            ]
            yield _saying(document.path, span.line, span.text, span.context, "\n".join(near))
    for file in view.files:
        if file.kind == "text" and file.text:
            for number, row in enumerate(file.text.split("\n")[:MAX_ROWS], start=1):
                if row.strip():
                    yield _saying(file.path, number, row)


def context_at(saying: Saying, place: int) -> Context | None:
    """Return who says what stands at *place*; ``None`` for what is told not to be done."""
    if negated_at(saying.text, place):
        return None
    # A sentence that begins with "do not" is negated as a whole; what is asked for here may be just that.
    context: Context = "active" if saying.context == "negated" else saying.context
    within = quoted_at(saying.text, place) or (place > 0 and saying.text[place - 1] in "`'")
    return "quoted" if within and context == "active" else context


def met(saying: Saying, pattern: re.Pattern[str]) -> Iterator[tuple[Match, Context]]:
    """Yield where *pattern*, in small letters, is said and who says it, without what is forbidden."""
    for found in pattern.finditer(saying.folded):
        context = context_at(saying, found.start())
        if context is not None:
            yield found, context


def context_on(document: Document, line: int) -> Context:
    """Return who says what stands on *line*; a message in code is an example of one."""
    context: Context = "active"
    for span in document.spans:
        if span.line <= line <= span.end_line and span.context != "negated":
            context = "example" if span.kind == "fence" else span.context
            if context != "active":
                break
    return context


def comments(view: View) -> Iterator[Saying]:
    """Yield what markup does not show, and the comments of code, line by line."""
    for path, line, text in unshown(view):
        yield _saying(path, line, text, "comment")
    for script in view.scripts():
        for number, row in script.lines():
            if script.source != "fence" and COMMENT.match(row):
                yield _saying(script.path, number, row.strip(" \t#/*"), "comment", row)
