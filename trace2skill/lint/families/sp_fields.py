"""SP: what the Agent Skills specification asks of description and further fields."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from trace2skill.lint.examples import front
from trace2skill.lint.fields import (
    ANY_CASE,
    CLAUDE_CODE,
    OFTEN_WRITTEN,
    SPECIFIED,
    is_readable,
    missing,
    not_text,
    on_field,
)
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import MAIN, View
from trace2skill.skill import DESCRIPTION_CHARS

COMPATIBILITY_CHARS = 500
MOST_FIELDS = 100
"""So many are held against the known ones."""
_ALIKE = 0.75
_COMMA = re.compile(r",\s{0,9}(?![^()]{0,400}\))")
"""One that is not between parentheses."""


_OK = front("name: demo\ndescription: Use when a test fails.\n")


def no_description(view: View) -> Iterator[Hit]:
    """Find a skill without a description."""
    yield from missing(view, "description", "say what it does and when to use it, as in description: …")


def description_type(view: View) -> Iterator[Hit]:
    """Find a description that is no text."""
    yield from not_text(view, "description")


def long_description(view: View) -> Iterator[Hit]:
    """Find a description that is too long."""
    if len(view.description) > DESCRIPTION_CHARS:
        what = f"the description has {len(view.description)} characters; {DESCRIPTION_CHARS} are allowed"
        yield on_field(view, "description", what, "move what is no cue for loading it below the frontmatter")


def compatibility(view: View) -> Iterator[Hit]:
    """Find a compatibility that is empty, too long or no text."""
    if "compatibility" not in view.front or not is_readable(view):
        return
    value = view.front["compatibility"]
    fix = f"say in at most {COMPATIBILITY_CHARS} characters what the skill needs, or remove the field"
    if isinstance(value, list | dict | int | float):
        yield on_field(view, "compatibility", "compatibility is not a text", fix)
    elif value is None or not value.strip():
        yield on_field(view, "compatibility", "compatibility is empty", fix)
    elif len(value) > COMPATIBILITY_CHARS:
        what = f"compatibility has {len(value)} characters; {COMPATIBILITY_CHARS} are allowed"
        yield on_field(view, "compatibility", what, fix)


def metadata(view: View) -> Iterator[Hit]:
    """Find metadata that is no mapping."""
    value = view.front.get("metadata")
    if value is not None and not isinstance(value, dict):
        yield on_field(
            view, "metadata", "metadata is not a mapping", "write key: value lines below metadata:"
        )


def metadata_values(view: View) -> Iterator[Hit]:
    """Find values of the metadata that are no text."""
    value = view.front.get("metadata")
    others = (
        [key for key, one in value.items() if not isinstance(one, str)] if isinstance(value, dict) else []
    )
    if others:
        names = ", ".join(str(key)[:40] for key in others[:8])
        yield on_field(
            view, "metadata", f"values of the metadata are no text: {names}", "put them into quotes"
        )


def license_type(view: View) -> Iterator[Hit]:
    """Find a licence that is no text."""
    yield from not_text(view, "license")


def allowed_tools(view: View) -> Iterator[Hit]:
    """Find allowed tools in another form than names between spaces."""
    value = view.front.get("allowed-tools")
    if isinstance(value, list):
        plain = f"write allowed-tools: {' '.join(map(str, value))[:160]}"
        yield on_field(view, "allowed-tools", "allowed-tools is a list", plain, "note")
    elif isinstance(value, str):
        spaced = _COMMA.sub(" ", value)
        if spaced != value:
            plain = f"write allowed-tools: {spaced[:160]}"
            yield on_field(view, "allowed-tools", "allowed-tools has commas between names", plain, "note")
    elif value is not None:
        yield on_field(view, "allowed-tools", "allowed-tools is not a text", "write names between spaces")


def unknown_fields(view: View) -> Iterator[Hit]:
    """Find fields that no program reads, above all misspelt ones."""
    known = (*SPECIFIED, *CLAUDE_CODE)
    for field in list(view.front)[:MOST_FIELDS] if is_readable(view) else ():
        if field in known or re.sub("[-_]", "", field).lower() in ANY_CASE:
            continue
        plain = field.lower().replace("_", "-")
        near = [] if plain in OFTEN_WRITTEN else difflib.get_close_matches(plain[:60], known, 1, _ALIKE)
        fix = f"did you mean {near[0]}?" if near else "put it under metadata:"
        yield Hit(MAIN, on_field(view, field, "", "").line,
                  f"no program knows the field {field[:60]}", fix=fix, evidence=field,
                  level="warning" if near else "note", refused_by=("agentskills",))  # fmt: skip


def claude_fields(view: View) -> Iterator[Hit]:
    """Find fields that only Claude Code reads."""
    fields = [field for field in view.front if field in CLAUDE_CODE] if is_readable(view) else []
    if fields:
        what = f"only Claude Code reads {', '.join(fields)}"
        yield on_field(view, fields[0], what, "other programs ignore it, and uploads to claude.ai refuse it")


RULES = (
    Rule(
        id="SP020", name="no-description", class_="spec", level="error", check=no_description,
        why="An agent decides by the description alone whether to load the skill.",
        bad=front("name: demo\ndescription: '  '\n"), good=_OK,
    ),
    Rule(
        id="SP021", name="description-type", class_="spec", level="error", check=description_type,
        why="A description of another type is refused, or shown as code.",
        bad=front("name: demo\ndescription: [a, b]\n"), good=front("name: demo\ndescription: '[a, b]'\n"),
    ),
    Rule(
        id="SP022", name="long-description", class_="spec", level="error", check=long_description,
        aliases=("SP103",),
        why=f"Programs refuse or cut descriptions of more than {DESCRIPTION_CHARS} characters.",
        bad=front(f"name: demo\ndescription: {'a' * 1025}\n"),
        good=front(f"name: demo\ndescription: {'a' * 1024}\n"),
    ),
    Rule(
        id="SP030", name="compatibility", class_="spec", level="error", check=compatibility,
        why="Programs refuse a compatibility that is empty, too long or no text.",
        bad=front("name: demo\ndescription: d\ncompatibility: ''\n"),
        good=front("name: demo\ndescription: d\ncompatibility: Needs git.\n"),
    ),
    Rule(
        id="SP031", name="metadata-type", class_="spec", level="error", check=metadata,
        why="Programs look values up by key, and refuse what has none.",
        bad=front("name: demo\ndescription: d\nmetadata: [a, b]\n"),
        good=front("name: demo\ndescription: d\nmetadata: {a: b}\n"),
    ),
    Rule(
        id="SP032", name="metadata-values", class_="spec", level="note", check=metadata_values,
        why="The specification maps text to text; 1.10 without quotes becomes 1.1.",
        bad=front("name: demo\ndescription: d\nmetadata:\n  version: 1.10\n"),
        good=front("name: demo\ndescription: d\nmetadata:\n  version: '1.10'\n"),
    ),
    Rule(
        id="SP033", name="license-type", class_="spec", level="warning", check=license_type,
        why="The licence is the name of one, or of a file that holds it.",
        bad=front("name: demo\ndescription: d\nlicense: [MIT]\n"),
        good=front("name: demo\ndescription: d\nlicense: MIT\n"),
    ),
    Rule(
        id="SP034", name="allowed-tools-form", class_="spec", level="warning", check=allowed_tools,
        why="The specification asks for names between spaces; other forms work in some programs only.",
        bad=front("name: demo\ndescription: d\nallowed-tools: {Read: true}\n"),
        good=front("name: demo\ndescription: d\nallowed-tools: Read Bash(git diff, git log)\n"),
    ),
    Rule(
        id="SP040", name="unknown-field", class_="spec", level="warning", check=unknown_fields,
        aliases=("CC101",),
        why="A misspelt field is ignored without a word, and with it the limit that it was to set.",
        bad=front("name: demo\ndescription: d\nallowed_tools: Read\n"),
        good=front("name: demo\ndescription: d\nallowed-tools: Read\n"),
    ),
    Rule(
        id="SP041", name="claude-code-field", class_="spec", level="note", check=claude_fields,
        targets=("agentskills", "codex"), asked=True,
        why="The field has no effect in other programs, so a limit that it sets does not hold there.",
        bad=front("name: demo\ndescription: d\ndisable-model-invocation: true\n"), good=_OK,
    ),
)  # fmt: skip
