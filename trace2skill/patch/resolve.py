"""What an edit names, looked up in the skill as it is: which blocks of which files it changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from trace2skill.markdown import Block, block_ids, blocks, lines_of
from trace2skill.patch.links import leads_to, section, unlinked
from trace2skill.patch.refused import MAIN, Refused, check_editable, is_reference
from trace2skill.records import Edit, Skill

Act = Literal["before", "after", "replace", "delete", "section", "create", "remove"]


class Change(NamedTuple):
    """One piece of an edit: what happens at one block of one file, or to a file as a whole."""

    file: str
    act: Act
    at: int = -1
    """The index of the block where it happens."""
    target: int = -1
    """The index of the block that was named: for a section, its heading."""
    text: str = ""
    title: str = ""
    """The section that it belongs to; for the act "section", one to be made at the end."""
    number: int = -1
    """Of the edit that it is a piece of."""


def resolve(skill: Skill, edit: Edit) -> tuple[Change, ...]:
    """Return the changes that make up *edit*.

    Raises ``PatchError`` when its file, section or block is not there, or must not be edited.
    """
    check_editable(edit.file)
    if edit.op == "create_reference":
        return tuple(_create(skill, edit))
    if edit.file not in skill.files:
        raise Refused("target", f"{edit.file} does not exist")
    if edit.op == "delete_reference":
        return tuple(_remove(skill, edit))
    if edit.op == "append_to_section":
        return (_append(skill.files[edit.file], edit),)
    return (_beside(skill.files[edit.file], edit),)


def _create(skill: Skill, edit: Edit) -> Iterator[Change]:
    if not is_reference(edit.file):
        raise Refused("path", f"{edit.file}: only files under references/ can be made")
    if edit.file.casefold() in (path.casefold() for path in skill.files):
        raise Refused("exists", f"{edit.file} exists already")
    _require_text(edit)
    end = "" if edit.text.endswith(("\n", "\r")) else "\n"
    yield Change(edit.file, "create", text=edit.text + end)
    main = skill.files[MAIN]
    if edit.link:
        if not leads_to(MAIN, edit.link, edit.file):
            raise Refused("link", f"{edit.file}: the link that comes with it does not lead there")
        yield _append(main, Edit(file=MAIN, op="append_to_section", section=edit.section, text=edit.link))
    elif not leads_to(MAIN, main, edit.file):
        raise Refused("link", f"{edit.file}: nothing in SKILL.md would lead there", hint="give it a link")


def _remove(skill: Skill, edit: Edit) -> Iterator[Change]:
    if not is_reference(edit.file):
        raise Refused("path", f"{edit.file}: only files under references/ can be deleted")
    yield Change(edit.file, "remove")
    for page in sorted(skill.files):
        if page.endswith(".md") and page != edit.file:
            for at, text in unlinked(page, skill.files[page], edit.file):
                yield Change(page, "replace" if text else "delete", at, at, text)


def _append(text: str, edit: Edit) -> Change:
    addition, found = _require_text(edit), blocks(text)
    title = edit.section.strip()
    at = _heading(text, found, edit)
    if at is None:
        if edit.block:
            raise Refused("target", f"{edit.file}: no heading has the id {edit.block}")
        if not title or len(lines_of(title)) != 1:
            raise Refused("target", f"{edit.file}: the edit names no section", hint="say under which heading")
        return Change(edit.file, "section", text=addition, title=title)
    if any(0 < block.level <= found[at].level for block in blocks(addition)):
        raise Refused("structure", f"{edit.file}:{found[at].line}: brings a heading that ends the section")
    below = section(found, at)
    return Change(edit.file, "after", below[-1] if below else at, at, addition, found[at].title)


def _heading(text: str, found: tuple[Block, ...], edit: Edit) -> int | None:
    names = block_ids(text) if edit.block else ()
    for at, block in enumerate(found):
        if block.kind == "heading" and (
            names[at] == edit.block if edit.block else block.title == edit.section
        ):
            return at
    return None


def _beside(text: str, edit: Edit) -> Change:
    found = blocks(text)
    names = block_ids(text)
    if edit.block not in names:
        raise Refused("target", f"{edit.file}: no block has the id {edit.block or '(none given)'}")
    at = names.index(edit.block)
    title = found[at].title or (found[at].path or ("",))[-1]
    if edit.op == "delete":
        if found[at].kind == "frontmatter":
            raise Refused("structure", f"{edit.file}: frontmatter cannot be deleted")
        return Change(edit.file, "delete", at, at, title=title)
    acts: dict[str, Act] = {"insert_before": "before", "insert_after": "after", "replace": "replace"}
    return Change(edit.file, acts[edit.op], at, at, _require_text(edit), title)


def _require_text(edit: Edit) -> str:
    """Return the text of an edit without blank lines around it."""
    lines = lines_of(edit.text)
    while lines and not lines[0].strip():
        lines.pop(0)
    text = "".join(lines).rstrip()
    if not text:
        raise Refused("empty", f"{edit.file}: the edit brings no text")
    return text
