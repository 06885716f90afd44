"""LN: what goes wrong when programs write skills."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trace2skill.lint.document import Document, Span
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import MAIN, View
from trace2skill.markdown import open_fence
from trace2skill.records import Severity

_GLUED = re.compile(r"[.!?:;)`*]#{2,4} [A-Z]")
_INNER = re.compile(r"^ {0,3}(?:```|~~~)[A-Za-z][\w+-]{0,30}[ \t]*$", re.MULTILINE)
"""What opens a fence, within one."""
_HEADING = re.compile(r"^#{2,4} [A-Z][^\n]{0,100}$", re.MULTILINE)
_MARKUP = ("", "markdown", "md", "mdx", "text", "txt", "plaintext", "template", "html", "xml", "yaml")
_LISTED = re.compile(r"references/(?![\w.-])")
"""All of them are named at once."""
_ORDER = re.compile(
    r"\b(always|never|do not|don['’]t|must not|must)[ \t]{1,3}([^.;:!?\n]{4,160})", re.IGNORECASE
)
_CLAUSE = re.compile(r"[.;:!?]\s|,\s|\s(?:but|because|so that)\s", re.IGNORECASE)
_WORD = re.compile(r"[\w./-]{2,60}")
_FILLER = frozenset("the an and or to of in on for with it its this that be is are any all by use".split())
_SAME_WORDS = 2


def open_fences(view: View) -> Iterator[Hit]:
    """Find a code fence that is never closed and swallows what follows."""
    for document in view.documents():
        line = open_fence(document.text) if document.whole else None
        if line is not None:
            yield Hit(document.path, line, "code fence never closed", fix="close it where the code ends")


def glued_headings(view: View) -> Iterator[Hit]:
    """Find a heading that stands at the end of a line of text, where it is none."""
    for document, span in view.spans("prose", "item", "heading"):
        bare = re.sub(r"`[^`\n]{0,500}`", lambda code: "`" * len(code[0]), span.text)
        found = _GLUED.search(bare)
        if found is not None:
            line = span.line + span.text.count("\n", 0, found.start())
            yield Hit(document.path, line, "a heading is glued to the end of a sentence",
                      fix="begin a new line, after a blank one",
                      evidence=span.text[found.start() : found.end() + 20])  # fmt: skip


def swallowed_headings(view: View) -> Iterator[Hit]:
    """Find a fence that takes in headings, as the one before was closed too late or never."""
    for document, span in view.spans("fence"):
        mark = _INNER.search(span.text)
        heading = _HEADING.search(span.text, mark.end()) if mark is not None else None
        if mark is not None and heading is not None:
            shown = span.info.split(" ", 1)[0].lower() in _MARKUP
            line = span.line + span.text.count("\n", 0, heading.start())
            yield Hit(document.path, line, "this heading lies in the code block that begins "
                      f"on line {span.line - 1}", level="note" if shown else None, evidence=heading[0],
                      fix="close the block before it, or use four marks around inner ones")  # fmt: skip


def unreached(view: View) -> Iterator[Hit]:
    """Find files of ``references/`` that no other file of the skill names."""
    named = view.mentions
    listed = any(_LISTED.search(file.text) for file in view.texts()) if named.whole else True
    for file in view.files:
        if not file.path.startswith("references/") or file.kind != "markdown" or listed:
            continue
        folders, _, name = file.path.removeprefix("references/").rpartition("/")
        words = (name, name.removesuffix(".md"), *filter(None, folders.split("/")))
        if not any(named.names(word, file.path) for word in words):
            # Whoever writes by hand may have a page in reserve; a program never does.
            level: Severity | None = None if view.provenance is not None else "note"
            what = "nothing in the skill names this file"
            yield Hit(file.path, 1, what, fix=f"link it from {MAIN}", level=level)


def contradictions(view: View) -> Iterator[Hit]:
    """Find one sentence that says always and one that says never about the same words."""
    said: dict[frozenset[str], tuple[bool, Document, Span]] = {}
    for document, span in view.spans("prose", "item"):
        order = _ORDER.search(span.text)
        if order is None or span.context in ("quoted", "example"):
            continue
        told = order[1].lower() in ("always", "must")
        words = _words(order[2])
        if len(words) < _SAME_WORDS:
            continue
        before, where, other = said.setdefault(words, (told, document, span))
        if before != told:
            what = f"contradicts {where.path}:{other.line}, which says the opposite of the same words"
            yield Hit(
                document.path, span.line, what, fix="keep one, or say when each holds", evidence=order[0]
            )


def _words(text: str) -> frozenset[str]:
    """Return the words of an order, without what limits it: a condition makes it another order."""
    if re.search(r"\b(?:unless|except|if|when|before|after|until|without|while)\b", text, re.IGNORECASE):
        return frozenset()
    cut = _CLAUSE.split(text, 1)[0]
    return frozenset(word.strip(".").lower() for word in _WORD.findall(cut)) - _FILLER


RULES = (
    Rule(
        id="LN101", name="open-fence", class_="spec", level="error", check=open_fences,
        why="Everything after it is code to a reader: headings and rules vanish.",
        bad="```sh\nmake test\n\n## Next\n", good="```sh\nmake test\n```\n\n## Next\n",
    ),
    Rule(
        id="LN110", name="glued-heading", class_="quality", level="warning", check=glued_headings,
        why="It is text to a reader, and the section below it belongs to the heading before.",
        bad="Run the tests.## Next steps\n\nCommit.\n", good="Run the tests.\n\n## Next steps\n\nCommit.\n",
    ),
    Rule(
        id="LN111", name="unreached-reference", class_="quality", level="warning", check=unreached,
        why="An agent reads a reference only when something tells it to.",
        bad={"references/rare-cases.md": "Retry twice.\n"},
        good={"SKILL.md": "See [more](references/rare-cases.md).\n", "references/rare-cases.md": "Retry.\n"},
    ),
    Rule(
        id="LN117", name="swallowed-heading", class_="quality", level="warning", check=swallowed_headings,
        why="To a reader the heading and what stands below it are code.",
        bad="```sh\nmake\n\n```sh\nmake test\n\n## Next\n\nCommit.\n```\n",
        good="````markdown\n```sh\nmake\n```\n````\n\n## Next\n",
    ),
    Rule(
        id="LN113", name="contradiction", class_="quality", level="warning", check=contradictions,
        aliases=("QL008",),
        why="Whichever of the two an agent follows, it breaks the other.",
        bad="- Always pin the version of numpy.\n- Never pin the version of numpy.\n",
        good="- Always pin the version of numpy.\n- Never pin the version of pip.\n",
    ),
)  # fmt: skip
