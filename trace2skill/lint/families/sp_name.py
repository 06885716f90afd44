"""SP: what the Agent Skills specification asks of the name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import msgspec

from trace2skill.lint.examples import front
from trace2skill.lint.fields import is_readable, missing, not_text, on_field
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import View
from trace2skill.records import Severity
from trace2skill.skill import NAME, NAME_CHARS, slug

_GENERATED = re.compile(r"tmp.{0,100}|.{0,100}\d{2}.{0,100}|[0-9a-f]{6,64}|\W.{0,100}|.{0,100}[^\w-].{0,100}")
_PLAIN_FOLDERS = frozenset(
    "skill skills repo src source workspace work app project input target data".split()
)


_OK = front("name: demo\ndescription: Use when a test fails.\n")


def _name(view: View) -> str:
    value = view.front.get("name")
    return value.strip() if isinstance(value, str) and is_readable(view) else ""


def no_name(view: View) -> Iterator[Hit]:
    """Find a skill without a name."""
    yield from missing(view, "name", f"add name: {slug(view.name)}")


def name_type(view: View) -> Iterator[Hit]:
    """Find a name that is no text."""
    yield from not_text(view, "name")


def long_name(view: View) -> Iterator[Hit]:
    """Find a name that is too long."""
    name = _name(view)
    if len(name) > NAME_CHARS:
        what = f"the name has {len(name)} characters; {NAME_CHARS} are allowed"
        yield on_field(view, "name", what, f"shorten it, as to {slug(name)}")


def name_characters(view: View) -> Iterator[Hit]:
    """Find a name with other characters than lower-case letters, digits and hyphens."""
    name = _name(view)
    wrong = sorted({char for char in name if not re.match(r"[a-z0-9-]", char)})
    if wrong:
        letters = all(char.isalpha() and char == char.lower() for char in wrong)
        level: Severity | None = "warning" if letters else None  # programs differ about é
        shown = " ".join(char if char.isprintable() and char != " " else repr(char) for char in wrong[:8])
        what = f"the name has characters that are not allowed: {shown}"
        yield on_field(view, "name", what, f"rename it to {slug(name)}", level)


def name_ends(view: View) -> Iterator[Hit]:
    """Find a name that begins or ends with a hyphen."""
    name = _name(view)
    if name != name.strip("-"):
        yield on_field(view, "name", "the name begins or ends with a hyphen", f"rename it to {slug(name)}")


def name_hyphens(view: View) -> Iterator[Hit]:
    """Find a name with two hyphens in a row."""
    name = _name(view)
    if "--" in name.strip("-"):
        yield on_field(view, "name", "the name has two hyphens in a row", f"rename it to {slug(name)}")


def other_folder(view: View) -> Iterator[Hit]:
    """Find a name that is not that of the folder."""
    name = _name(view)
    if not name or not NAME.match(name) or unicodedata.normalize("NFKC", view.name) == name:
        return
    # A checkout or an unpacked copy lies in a folder that nobody chose a name for.
    chosen = view.name.lower() not in _PLAIN_FOLDERS and not _GENERATED.fullmatch(view.name)
    what = f"the name is not that of the folder, {view.name[:80]}"
    fix = f"rename the folder to {name}, or the skill to {slug(view.name)}"
    hit = on_field(view, "name", what, fix, "warning" if chosen else "note")
    yield msgspec.structs.replace(hit, refused_by=("agentskills",))


RULES = (
    Rule(
        id="SP010", name="no-name", class_="spec", level="error", check=no_name,
        why="The specification asks for a name, and most programs do not load a skill without one.",
        bad=front("description: Use when a test fails.\n"), good=_OK,
    ),
    Rule(
        id="SP011", name="name-type", class_="spec", level="error", check=name_type,
        why="A name of another type is refused, or read as another name.",
        bad=front("name: [demo]\ndescription: d\n"), good=front('name: "7"\ndescription: d\n'),
    ),
    Rule(
        id="SP012", name="long-name", class_="spec", level="error", check=long_name,
        why=f"Programs refuse names of more than {NAME_CHARS} characters.",
        bad=front(f"name: {'a' * 65}\ndescription: d\n"), good=front(f"name: {'a' * 64}\ndescription: d\n"),
    ),
    Rule(
        id="SP013", name="name-characters", class_="spec", level="error", check=name_characters,
        aliases=("SP102",),
        why="Programs refuse names that are not lower-case words joined by hyphens.",
        bad=front("name: My_Skill\ndescription: d\n"), good=front("name: my-skill-2\ndescription: d\n"),
    ),
    Rule(
        id="SP014", name="name-ends", class_="spec", level="error", check=name_ends,
        why="Programs refuse names that begin or end with a hyphen.",
        bad=front("name: demo-\ndescription: d\n"), good=front("name: demo-a\ndescription: d\n"),
    ),
    Rule(
        id="SP015", name="name-hyphens", class_="spec", level="error", check=name_hyphens,
        why="Programs refuse names with two hyphens in a row.",
        bad=front("name: de--mo\ndescription: d\n"), good=front("name: de-mo\ndescription: d\n"),
    ),
    Rule(
        id="SP016", name="other-folder", class_="spec", level="warning", check=other_folder,
        why="The specification asks for equal names; some programs refuse the skill, others rename it.",
        bad=front("name: other\ndescription: d\n"), good=_OK,
    ),
)  # fmt: skip
