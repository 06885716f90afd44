"""SP: what the Agent Skills specification says about the body, its size and its links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath
from urllib.parse import unquote

from trace2skill.lint.document import Document, Span
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import MAIN, View
from trace2skill.records import Severity

BODY_LINES = 500
BODY_TOKENS = 5_000
CODEX_BYTES = 8_000
_CHARS_PER_TOKEN = 4
_MOST_LINKS = 5_000
_SHARED_UP = 3
"""So far up a link may lead to what the skills of one repository share."""
_OWN_FOLDERS = ("references", "scripts", "assets")
_PLACEHOLDER = re.compile(
    r"path/to|\byour[-_]|\bexample|\bfoo\b|\bbar\b|\bxxx|\bsome[-_]|\bmy[-_]|[<>{}$*…\[\]|]|\.\.\.|\bNNN|YYYY",
    re.IGNORECASE,
)
_OK = "---\nname: demo\ndescription: Use when a test fails.\n---\n\nRun it.\n"


def empty_body(view: View) -> Iterator[Hit]:
    """Find a skill that says nothing below its frontmatter."""
    main = view.main
    if main is not None and main.front_raw and not main.text[len(main.front_raw) :].strip():
        yield Hit(MAIN, 1, "nothing below the frontmatter", fix="say what to do")


def long_body(view: View) -> Iterator[Hit]:
    """Find a ``SKILL.md`` of too many lines."""
    if view.main is not None:
        lines = view.main.text.count("\n") + 1
        if lines > BODY_LINES:
            what = f"{lines} lines; {BODY_LINES} is the recommended limit"
            yield Hit(MAIN, BODY_LINES, what, fix="move details into references/")


def heavy_body(view: View) -> Iterator[Hit]:
    """Find a ``SKILL.md`` of too many tokens."""
    main = view.main
    tokens = (len(main.text) - len(main.front_raw)) // _CHARS_PER_TOKEN if main is not None else 0
    if tokens > BODY_TOKENS:
        what = f"about {tokens} tokens below the frontmatter; {BODY_TOKENS} is the recommended limit"
        yield Hit(MAIN, 1, what, fix="move details into references/")


def codex_size(view: View) -> Iterator[Hit]:
    """Find a ``SKILL.md`` that Codex would cut."""
    file = view.file(MAIN)
    if file is not None and file.size > CODEX_BYTES:
        what = f"{file.size} bytes; of a skill in a plugin Codex reads {CODEX_BYTES}"
        yield Hit(MAIN, 1, what, fix="move details into references/")


def broken_links(view: View) -> Iterator[Hit]:
    """Find relative links that lead to no file of the skill."""
    known = _places(view)
    unread = {entry.path for entry in view.unread}
    spelt = {path.lower(): path for path in sorted(known)}
    for document, span, target in _relative(view):
        place = _resolved(document.path, target)
        if place is None or any(_is_there(one, known, unread) for one in (place, target)):
            continue
        other = spelt.get(place.lower(), "")
        fix = f"the file is called {other}" if other else f"add {place}, or remove the link"
        yield Hit(document.path, span.line, f"the link {target[:200]} leads nowhere", fix=fix,
                  evidence=target, level=_weight(document, target))  # fmt: skip


def _weight(document: Document, target: str) -> Severity:
    """Return how bad a broken link is: pages copied from elsewhere keep links to their neighbours."""
    named = next((part for part in target.split("/") if part.strip(".")), "") in _OWN_FOLDERS
    if document.path == MAIN:
        return "error" if named else "warning"
    return "warning" if named else "note"


def links_out(view: View) -> Iterator[Hit]:
    """Find relative links that lead out of the skill."""
    for document, span, target in _relative(view):
        if _resolved(document.path, target) is None:
            up = target.split("/").count("..") - len(PurePosixPath(document.path).parent.parts)
            level: Severity = "note" if up <= _SHARED_UP else "warning"
            yield Hit(document.path, span.line, f"the link {target[:200]} leads out of the skill folder",
                      fix="put a copy of the file into the skill", evidence=target, level=level)  # fmt: skip


def deep_chains(view: View) -> Iterator[Hit]:
    """Find references that only another reference leads to."""
    main = view.main.text if view.main is not None else ""
    seen = set()
    for document, span, target in _relative(view):
        place = _resolved(document.path, target)
        file = view.file(place) if place else None
        if document.path == MAIN or file is None or file.kind != "markdown" or file.path in seen:
            continue
        name = PurePosixPath(file.path).name
        if name != MAIN and name.removesuffix(".md") not in main:
            seen.add(file.path)
            yield Hit(document.path, span.line, f"only this page leads to {file.path}",
                      fix=f"link it from {MAIN} as well", evidence=target)  # fmt: skip


def _places(view: View) -> set[str]:
    files = {file.path for file in view.files} | {unread.path for unread in view.unread}
    return files | {str(parent) for path in files for parent in PurePosixPath(path).parents}


def _is_there(place: str, known: set[str], unread: set[str]) -> bool:
    path = PurePosixPath(place)
    return str(path) in known or any(str(parent) in unread for parent in path.parents)


def _relative(view: View) -> Iterator[tuple[Document, Span, str]]:
    """Yield links and images that name a file beside the page; what only shows how to write one is left."""
    for document, span in islice(view.spans("link", "image"), _MOST_LINKS):
        target = unquote(span.target.partition("#")[0].partition("?")[0])
        named = re.search(r"\.\w{1,5}$", target) is not None and not target.startswith(("/", "~"))
        shown = span.context in ("example", "quoted") or span.info or _PLACEHOLDER.search(target)
        if named and ":" not in target and not shown:
            yield document, span, target


def _resolved(path: str, target: str) -> str | None:
    parts: list[str] = []
    for part in (*PurePosixPath(path).parent.parts, *PurePosixPath(target).parts):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


RULES = (
    Rule(
        id="SP050", name="empty-body", class_="spec", level="warning", check=empty_body,
        why="There is nothing to load.",
        bad={MAIN: "---\nname: demo\ndescription: d\n---\n"}, good={MAIN: _OK},
    ),
    Rule(
        id="SP051", name="long-body", class_="quality", level="note", check=long_body, aliases=("SP104",),
        why="All of SKILL.md is loaded each time; what is rarely needed belongs into references.",
        bad={MAIN: _OK + "Line.\n" * 500}, good={MAIN: _OK + "Line.\n" * 400},
    ),
    Rule(
        id="SP052", name="heavy-body", class_="quality", level="note", check=heavy_body,
        why="All of SKILL.md is loaded each time, and takes room from the task.",
        bad={MAIN: _OK + "Some words of prose. " * 1000}, good={MAIN: _OK + "Some words of prose. " * 900},
    ),
    Rule(
        id="SP053", name="broken-link", class_="spec", level="error", check=broken_links, aliases=("LN102",),
        why="An agent that follows the link finds nothing.",
        bad="See [more](references/more.md).\n",
        good={MAIN: _OK + "See [more](references/more.md).\n", "references/more.md": "More.\n"},
    ),
    Rule(
        id="SP054", name="link-out", class_="spec", level="warning", check=links_out,
        why="What lies outside of the folder is not there once the skill is installed.",
        bad="See [more](../../../../notes/more.md).\n",
        good={"references/a.md": "See [b](../assets/b.md).\n", "assets/b.md": "B.\n"},
    ),
    Rule(
        id="SP055", name="deep-chain", class_="quality", level="note", check=deep_chains,
        why="Agents often read only the pages that SKILL.md names.",
        bad={MAIN: _OK + "See [a](references/a.md).\n", "references/a.md": "See [b](page.md).\n",
             "references/page.md": "B.\n"},
        good={MAIN: _OK + "See [a](references/a.md), [b](references/page.md).\n",
              "references/a.md": "See [b](page.md).\n", "references/page.md": "B.\n"},
    ),
    Rule(
        id="SP060", name="codex-size", class_="quality", level="note", check=codex_size,
        targets=("codex",), asked=True,
        why="What is cut off is not followed.",
        bad={MAIN: _OK + "Some words of prose. " * 400}, good={MAIN: _OK + "Some words of prose. " * 300},
    ),
)  # fmt: skip
