"""SP: what the Agent Skills specification asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import MAIN, View
from trace2skill.skill import DESCRIPTION_CHARS, NAME, NAME_CHARS

BODY_LINES = 500
_GOOD = "Run `make test` before you push.\n"


def _front(text: str) -> dict[str, str]:
    return {MAIN: text}


def no_main(view: View) -> Iterator[Hit]:
    """Find a skill without ``SKILL.md``."""
    if view.main is None:
        other = next((file.path for file in view.files if file.path.lower() == MAIN.lower()), "")
        fix = f"rename {other} to {MAIN}" if other else f"add {MAIN}"
        yield Hit(MAIN, 1, f"there is no {MAIN}", fix=fix)


def frontmatter(view: View) -> Iterator[Hit]:
    """Find frontmatter that is missing or cannot be read."""
    if view.main is None:
        return
    if not view.main.front_raw:
        yield Hit(MAIN, 1, "no frontmatter", fix="begin with --- and name: and description:")
    elif view.main.front_problem:
        fix = "put values with colons or brackets into quotes"
        yield Hit(MAIN, 1, view.main.front_problem, fix=fix)


def _missing(key: str, view: View) -> Iterator[Hit]:
    main = view.main
    if main is None or not main.front_raw or main.front_problem:
        return
    value = main.front.get(key)
    if value is not None and not isinstance(value, str):
        yield Hit(MAIN, 1, f"{key} is not a text", fix="put it into quotes")
    elif not (value or "").strip():
        yield Hit(MAIN, 1, f"no {key} in the frontmatter")


def no_name(view: View) -> Iterator[Hit]:
    """Find a skill without a name."""
    yield from _missing("name", view)


def bad_name(view: View) -> Iterator[Hit]:
    """Find a name of another form than the specification allows."""
    value = view.front.get("name")
    if isinstance(value, str) and value.strip() and (len(value) > NAME_CHARS or not NAME.match(value)):
        fix = f"lower-case letters, digits and single hyphens, at most {NAME_CHARS}"
        yield Hit(MAIN, 1, "the name is of another form than allowed", evidence=value, fix=fix)


def no_description(view: View) -> Iterator[Hit]:
    """Find a skill without a description."""
    yield from _missing("description", view)


def long_description(view: View) -> Iterator[Hit]:
    """Find a description that is too long, or holds markup."""
    if len(view.description) > DESCRIPTION_CHARS:
        message = f"the description has {len(view.description)} characters; {DESCRIPTION_CHARS} are allowed"
        yield Hit(MAIN, 1, message, evidence=view.description)
    if re.search(r"[<>]", view.description):
        yield Hit(MAIN, 1, "angle brackets in the description", evidence=view.description)


def empty_body(view: View) -> Iterator[Hit]:
    """Find a skill that says nothing below its frontmatter."""
    if (
        view.main is not None
        and view.main.front_raw
        and not view.main.text[len(view.main.front_raw) :].strip()
    ):
        yield Hit(MAIN, 1, "nothing below the frontmatter", fix="say what to do")


def long_body(view: View) -> Iterator[Hit]:
    """Find a ``SKILL.md`` that should be cut into references."""
    if view.main is not None:
        lines = view.main.text.count("\n") + 1
        if lines > BODY_LINES:
            message = f"{lines} lines; {BODY_LINES} is the recommended limit"
            yield Hit(MAIN, BODY_LINES, message, fix="move details into references/")


def broken_links(view: View) -> Iterator[Hit]:
    """Find relative links that lead to no file of the skill, or out of it."""
    known = {file.path for file in view.files}
    folders = {str(parent) for path in known for parent in PurePosixPath(path).parents}
    for document, span in view.spans("link", "image"):
        target = span.target.partition("#")[0].partition("?")[0]
        if not _is_relative(target) or span.context in ("example", "quoted"):
            continue
        place = _resolved(document.path, target)
        if place is None:
            yield Hit(
                document.path, span.line, f"the link {target} leads out of the skill folder", evidence=target
            )
        elif (
            place not in known
            and place not in folders
            and not any(unread.path == place or place.startswith(f"{unread.path}/") for unread in view.unread)
        ):
            yield Hit(document.path, span.line, f"the link {target} leads nowhere", evidence=target)


def _is_relative(target: str) -> bool:
    named = re.search(r"\.\w{1,5}$", target) is not None
    return named and ":" not in target and not target.startswith(("/", "<", "…", "~", "$", "{"))


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


_OK = "---\nname: x\ndescription: Use when a test fails.\n---\n\nRun it.\n"
RULES = (
    Rule(
        id="SP001", name="no-skill-md", class_="spec", level="error", check=no_main,
        why="Without SKILL.md, spelled like that, no program finds the skill.",
        bad={"skill.md": _OK}, good=_OK and {MAIN: _OK},
    ),
    Rule(
        id="SP003", name="frontmatter", class_="spec", level="error", check=frontmatter, aliases=("SP101",),
        why="Name and description are read from the frontmatter; if it is broken, the skill does not load.",
        bad=_front("# A skill\n\nRun it.\n"), good=_front(_OK),
    ),
    Rule(
        id="SP010", name="no-name", class_="spec", level="error", check=no_name,
        why="A skill without a name does not load.",
        bad=_front("---\ndescription: Use when a test fails.\n---\n\nRun it.\n"), good=_front(_OK),
    ),
    Rule(
        id="SP012", name="name-form", class_="spec", level="error", check=bad_name, aliases=("SP102",),
        why="Programs refuse names that are not lower-case words joined by single hyphens.",
        bad=_front("---\nname: My_Skill\ndescription: d\n---\n\nRun it.\n"),
        good=_front("---\nname: my-skill-2\ndescription: d\n---\n\nRun it.\n"),
    ),
    Rule(
        id="SP020", name="no-description", class_="spec", level="error", check=no_description,
        why="An agent decides by the description alone whether to load the skill.",
        bad=_front("---\nname: x\n---\n\nRun it.\n"), good=_front(_OK),
    ),
    Rule(
        id="SP022", name="description-form", class_="spec", level="error", check=long_description,
        aliases=("SP103",),
        why="Programs refuse or cut longer descriptions, and take angle brackets for markup.",
        bad=_front("---\nname: x\ndescription: Use <b>now</b>\n---\n\nRun it.\n"), good=_front(_OK),
    ),
    Rule(
        id="SP050", name="empty-body", class_="spec", level="warning", check=empty_body,
        why="There is nothing to load.",
        bad=_front("---\nname: x\ndescription: d\n---\n"), good=_front(_OK),
    ),
    Rule(
        id="SP051", name="long-body", class_="quality", level="warning", check=long_body, aliases=("SP104",),
        why="All of SKILL.md is loaded each time; what is rarely needed belongs into references.",
        bad=_front(_OK + "Line.\n" * 500), good=_front(_OK + "Line.\n" * 400),
    ),
    Rule(
        id="SP053", name="broken-link", class_="spec", level="error", check=broken_links, aliases=("LN102",),
        why="An agent that follows the link finds nothing, or what is not part of the skill.",
        bad="See [more](references/more.md).\n",
        good={MAIN: _OK + "See [more](references/more.md).\n", "references/more.md": "More.\n"},
    ),
)  # fmt: skip
