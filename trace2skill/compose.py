"""Write lessons as a skill: well supported ones in ``SKILL.md``, the tail in a reference."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence

from trace2skill.consolidate import Routes
from trace2skill.records import Edit, Kind, Lesson, Patch, Record, Skill
from trace2skill.skill import DESCRIPTION_CHARS

SECTIONS: tuple[tuple[Kind, str], ...] = (
    ("practice", "What successful runs do"),
    ("pitfall", "Calls that fail, and what to do"),
    ("workflow", "Order of work and sources of values"),
    ("fact", "The environment"),
    ("preference", "What users asked for"),
)
REFERENCE = "references/less-common.md"
_MORE = "More"
_POINTER = f"Read [{REFERENCE}]({REFERENCE}) when something fails that is not listed here.\n"
_LEADS = ("when", "before", "after", "if", "for", "where", "while", "to", "in", "once", "on", "with", "until")


class Sentence(Record, frozen=True):
    """A sentence that carries a rule, the file it goes into and the lesson it comes from."""

    file: str
    text: str
    lesson: Lesson


def sentences(lesson: Lesson) -> tuple[str, ...]:
    """Return the sentences that state *lesson*: the rule, and the reason if there is one."""
    when, do, why = (_line(part).rstrip(" .,;") for part in (lesson.when, lesson.do, lesson.why))
    if when and when.split(" ")[0].lower() not in _LEADS:
        when = f"When {when}"
    rule = f"{_upper(when)}, {_lower(do)}" if when else _upper(do)
    return (_end(rule), _end(_upper(why))) if why else (_end(rule),)


def compose(name: str, routes: Routes, subjects: Sequence[str] = ()) -> tuple[Skill, tuple[Sentence, ...]]:
    """Return the skill that states the routed lessons, and its rule-carrying sentences.

    *subjects* are words for what the tasks were about; the description names them.
    """
    body = [f"# {_title(name)}\n", *_sections(routes.body)]
    files = {}
    if routes.references:
        body.append(f"## {_MORE}\n\n{_POINTER}")
        files[REFERENCE] = _reference(routes.references)
    description = _yaml(describe(routes.body or routes.references, subjects))
    front = f"---\nname: {name}\ndescription: {description}\n---\n\n"
    files["SKILL.md"] = front + "\n".join(body)
    return Skill(name=name, files=files), _all_sentences(routes)


def extend(
    routes: Routes, known: Iterable[str], files: Container[str] = ()
) -> tuple[Patch, tuple[Sentence, ...]]:
    """Return the patch that adds the routed lessons to a skill of *files* whose lessons are *known* by id.

    Each lesson is an edit of its own, so that one that cannot be made takes no other with it; only a
    new reference comes as a whole, with the link that leads to it.
    """
    old = set(known)
    body = tuple(lesson for lesson in routes.body if lesson.id not in old)
    tail = tuple(lesson for lesson in routes.references if lesson.id not in old)
    edits = list(_additions("SKILL.md", body))
    if tail and REFERENCE in files:
        edits += _additions(REFERENCE, tail)
    elif tail:
        edits.append(
            Edit(
                file=REFERENCE,
                op="create_reference",
                text=_reference(tail),
                section=_MORE,
                link=_POINTER,
                lessons=tuple(lesson.id for lesson in tail),
            )
        )
    return Patch(edits=tuple(edits)), _all_sentences(Routes(body=body, references=tail, rejected=()))


def _additions(file: str, lessons: Sequence[Lesson]) -> Iterator[Edit]:
    for title, group in _by_section(lessons):
        for lesson in group:
            text = f"{bullet(lesson)}\n"
            yield Edit(file=file, op="append_to_section", section=title, text=text, lessons=(lesson.id,))


def describe(lessons: Sequence[Lesson], subjects: Sequence[str] = ()) -> str:
    """Return a description: what the skill teaches, and when to use it."""
    topics = list(dict.fromkeys(f"`{_line(lesson.topic)}`" for lesson in lessons if lesson.topic))[:8]
    kinds = {lesson.kind for lesson in lessons}
    teaches = [
        text
        for kind, text in (
            ("pitfall", "pitfalls"),
            ("practice", "practices"),
            ("workflow", "workflows"),
            ("fact", "facts"),
            ("preference", "preferences"),
        )
        if kind in kinds
    ]
    errors = list(dict.fromkeys(filter(None, map(_error, lessons))))
    uses = [f"for tasks about {_and(list(map(_line, subjects)), 'or')}"] if subjects else []
    uses += [f"when working with {_and(topics, 'or')}"] if topics else []
    uses += [f"on errors such as {_and([f'“{error}”' for error in errors[:3]], 'or')}"] if errors else []
    use = ", or ".join(uses) or "for their like"
    text = f"{_upper(_and(teaches))} distilled from recorded runs. Use {use}."
    return re.sub(r"[<>]", "", _line(text))[:DESCRIPTION_CHARS]


def _error(lesson: Lesson) -> str:
    """Return the beginning of the error that a lesson quotes, if it is telling."""
    found = re.search(r"“([^”…]{8,90})[”…]", f"{lesson.when} {lesson.why}")
    text = found[1].rstrip(" '\"`(,:") if found and lesson.kind != "preference" else ""
    return text if len(text.split()) >= 3 and "''" not in text else ""


def _reference(lessons: Sequence[Lesson]) -> str:
    return "\n".join(["# Less common lessons\n", *_sections(lessons)])


def _sections(lessons: Sequence[Lesson]) -> list[str]:
    return [
        f"## {title}\n\n" + "".join(f"{bullet(lesson)}\n" for lesson in group)
        for title, group in _by_section(lessons)
    ]


def _by_section(lessons: Sequence[Lesson]) -> list[tuple[str, list[Lesson]]]:
    """Return the lessons by section; within one, topics stay together, best supported topic first."""
    found = []
    for kind, title in SECTIONS:
        group = [lesson for lesson in lessons if lesson.kind == kind]
        topics = list(dict.fromkeys(lesson.topic for lesson in group))
        if group:
            found.append((title, sorted(group, key=lambda lesson: topics.index(lesson.topic))))
    return found


def _all_sentences(routes: Routes) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(file=file, text=text, lesson=lesson)
        for file, lessons in (("SKILL.md", routes.body), (REFERENCE, routes.references))
        for lesson in lessons
        for text in sentences(lesson)
    )


def bullet(lesson: Lesson) -> str:
    """Return the line that states *lesson*."""
    return f"- {' '.join(sentences(lesson))}"


def _title(name: str) -> str:
    return _upper(name.replace("-", " "))


def _line(text: str) -> str:
    """Return *text* as one line, without the control characters of terminals."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    """Lower the first letter unless the first word is a name or an abbreviation."""
    first = text.split(" ")[0]
    return text if first[1:] != first[1:].lower() or first == "I" else text[:1].lower() + text[1:]


def _end(text: str) -> str:
    return text if text.endswith((".", "!", "?", ".”", "!”", "?”")) else f"{text}."


def _and(items: Sequence[str], word: str = "and") -> str:
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def _yaml(text: str) -> str:
    """Return *text* as a one-line YAML scalar."""
    return "'" + text.replace("'", "''") + "'"
