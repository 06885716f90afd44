"""One merge with a model: it says which lessons belong together; code unites them and counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from trace2skill.consolidate.cluster import clusters, pack
from trace2skill.consolidate.conflicts import find_conflicts
from trace2skill.consolidate.faithful import invented
from trace2skill.consolidate.merge import (
    Fate,
    Merge,
    by_lesson,
    by_weight,
    checked,
    distinct,
    fates_of,
    trace,
    unite,
)
from trace2skill.consolidate.support import Tasks
from trace2skill.errors import ReplyError
from trace2skill.fence import fenced
from trace2skill.llm.ask import Ask, schema_of
from trace2skill.llm.base import Message, Reply, Request, ask_for, parse_reply
from trace2skill.prompts import load
from trace2skill.records import Kind, Lesson, Record, encode, make_lesson

STAGE = "merge"
MAX_LESSONS = 80
"""How many lessons one call is shown; more are split, the most alike together."""
LESSON_TOKENS = 120
"""What a lesson takes in the prompt of a merge, seldom more."""


class Group(Record, frozen=True):
    """Lessons that a model wants united, and how it would word them."""

    ids: tuple[str, ...]
    kind: Kind
    when: str
    do: str
    why: str = ""


class Grouping(Record, frozen=True):
    """The reply to a merge request: each id stands in one group, or alone."""

    groups: tuple[Group, ...] = ()
    alone: tuple[str, ...] = ()
    conflicts: tuple[tuple[str, str], ...] = ()


def request_for(lessons: Sequence[Lesson], ask: Ask) -> Request:
    """Return the request to merge *lessons*: their texts by id, related ones together, no evidence."""
    rows = [
        {"id": one.id, "kind": one.kind, "when": one.when, "do": one.do, "why": one.why}
        for group in clusters(lessons, MAX_LESSONS)
        for one in group
    ]
    text = load("merge", ask.prompts).fill(lessons=fenced(["\n".join(encode(row).decode() for row in rows)]))
    return ask.request(text, SCHEMA, STAGE)


async def merge(lessons: Sequence[Lesson], ask: Ask, tasks: Tasks) -> Merge:
    """Unite *lessons* as the model groups them, where its wording says only what its members say.

    Ids that it left out are asked for once. What it leaves out again, and the members of groups that
    are refused, pass through. Raises ``ModelError`` when there is no usable reply; the caller then
    keeps its inputs.
    """
    ordered = sorted(lessons, key=lambda lesson: lesson.id)
    by_id = {lesson.id: lesson for lesson in ordered}
    request = request_for(ordered, ask)
    grouping, replies = await ask_for(
        ask.backend, request, Grouping, lambda reply: complaint(reply, set(by_id))
    )
    forgotten = left_out(grouping, by_id)
    if forgotten:
        second = await ask.backend.complete(_reminder(request, replies[-1], forgotten))
        grouping = completed(grouping, second, set(forgotten))
    outcome = _united(grouping, by_id, tasks)
    foes = _foes(grouping, trace(outcome.fates))
    marked = [_with_conflicts(lesson, foes) for lesson in distinct(outcome.lessons, tasks)]
    return checked(lessons, Merge(lessons=by_weight(marked, tasks), fates=by_lesson(outcome.fates)))


def _united(grouping: Grouping, by_id: Mapping[str, Lesson], tasks: Tasks) -> Merge:
    """Return what the groups come to, before any check and in no order."""
    kept: list[Lesson] = []
    fates: list[Fate] = []
    reasons = dict.fromkeys(left_out(grouping, by_id), "the model said nothing of it")
    grouped: set[str] = set()
    topics = frozenset(lesson.topic for lesson in by_id.values() if lesson.topic)
    for group in grouping.groups:
        members = [by_id[name] for name in sorted(group.ids)]
        wording = make_lesson(group.kind, group.when.strip(), group.do.strip(), group.why.strip())
        refused = refusal(wording, members, topics)
        if refused:
            reasons |= dict.fromkeys(group.ids, f"its group was refused: {refused}")
            continue
        united = unite(members, tasks, wording)
        kept.append(united)
        fates += fates_of(members, united)
        grouped |= set(group.ids)
    for name in by_id.keys() - grouped:
        kept.append(by_id[name])
        fates.append(Fate(lesson=name, fate="kept", into=name, reason=reasons.get(name, "")))
    return Merge(lessons=tuple(kept), fates=tuple(fates))


def refusal(wording: Lesson, members: Sequence[Lesson], topics: frozenset[str]) -> str:
    """Return why *members* may not be united under *wording*, or nothing.

    They may not if they contradict each other, or if it says what none of them says.
    """
    for _, _, how in find_conflicts([replace(one, contradicts=()) for one in members], {}):
        return f"its members contradict each other ({how})"
    # What only others said must not come in under cover of a trusted source.
    trusted = [one for one in members if not one.untrusted]
    return invented(wording, trusted or members, topics)


def complaint(grouping: Grouping, known: set[str]) -> str | None:
    """Return what is wrong with a reply, for the repair turn; ``None`` if nothing is."""
    strange = [name for pair in grouping.conflicts for name in pair if name not in known]
    if strange:
        return f"there is no lesson with the id {strange[0]!r}"
    used: set[str] = set()
    for group in grouping.groups:
        unknown = [name for name in group.ids if name not in known]
        if unknown:
            return f"there is no lesson with the id {unknown[0]!r}"
        twice = [name for name in group.ids if name in used] or (
            [group.ids[0]] if len(set(group.ids)) < len(group.ids) else []
        )
        if twice:
            return f"the id {twice[0]!r} is used twice"
        if len(group.ids) < 2 or not group.do.strip():
            return "a group needs two ids or more, and a text in `do`"
        used |= set(group.ids)
    return None


def left_out(grouping: Grouping, known: Iterable[str]) -> list[str]:
    """Return the ids, sorted, of which a reply says nothing; standing in a conflict says something."""
    named = {name for group in grouping.groups for name in group.ids}
    named |= {*grouping.alone, *(name for pair in grouping.conflicts for name in pair)}
    return sorted(set(known) - named)


def completed(grouping: Grouping, reply: Reply, forgotten: set[str]) -> Grouping:
    """Return *grouping* with what a second reply says of *forgotten* ids.

    A forgotten id may form a group with others or join one of *grouping*, which then takes the new
    words. What does neither well is left as it was: there is no third turn.
    """
    try:
        more = parse_reply(reply.text, Grouping)
    except ReplyError:
        return grouping
    groups = list(grouping.groups)
    free = set(forgotten)
    for group in more.groups:
        ids = set(group.ids)
        new = ids & free
        homes = [at for at, old in enumerate(groups) if ids & set(old.ids)]
        joined = set(groups[homes[0]].ids) if len(homes) == 1 else set()
        if not new or len(homes) > 1 or ids - new - joined or len(new | joined) < 2 or not group.do.strip():
            continue
        larger = replace(group, ids=tuple(sorted(new | joined)))
        at = homes[0] if homes else len(groups)
        groups[at : at + 1] = [larger]
        free -= new
    known = {*forgotten, *(name for group in groups for name in group.ids), *grouping.alone}
    conflicts = tuple(pair for pair in more.conflicts if set(pair) <= known)
    alone = tuple(name for name in more.alone if name in free)
    return Grouping(
        groups=tuple(groups),
        alone=(*grouping.alone, *alone),
        conflicts=(*grouping.conflicts, *conflicts),
    )


def batches(lessons: Sequence[Lesson], room: int | None = None) -> list[list[Lesson]]:
    """Split what is too much for one call, so that lessons that share rare words stay together.

    Too much is more than ``most_at_once`` says of *room*.
    """
    most = most_at_once(room)
    return pack(clusters(lessons, most), most)


def most_at_once(room: int | None) -> int:
    """Return how many lessons one call is shown where *room* tokens may be shown; ``None`` bounds nothing."""
    return MAX_LESSONS if room is None else max(2, min(MAX_LESSONS, room // LESSON_TOKENS))


def _reminder(request: Request, reply: Reply, forgotten: Sequence[str]) -> Request:
    """Return the request that asks once more, for the ids that *reply* left out."""
    turns = (
        Message(role="assistant", content=reply.text),
        Message(
            role="user",
            content=f"You said nothing of these ids: {', '.join(forgotten)}. Answer with JSON of the same "
            "form about these alone: each in a group with others of them, in a group with all ids of one of "
            "your groups, or under `alone`.",
        ),
    )
    return replace(request, messages=request.messages + turns)


def _foes(grouping: Grouping, lineage: dict[str, str]) -> dict[str, set[str]]:
    """Return what each lesson contradicts, by the ids that the lessons have after the merge."""
    foes: dict[str, set[str]] = defaultdict(set)
    for pair in grouping.conflicts:
        one, other = (lineage.get(name, name) for name in pair)
        if one != other:
            foes[one].add(other)
            foes[other].add(one)
    return foes


def _with_conflicts(lesson: Lesson, foes: dict[str, set[str]]) -> Lesson:
    if lesson.id not in foes:
        return lesson
    known = tuple(sorted({*lesson.contradicts, *foes[lesson.id]}))
    return replace(lesson, contradicts=known)


SCHEMA = schema_of(Grouping)
