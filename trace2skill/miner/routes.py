"""Routes: the order in which successful runs make their calls, and where arguments come from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from trace2skill.miner.digest import THINKING, Action, Digest, evidence, evidence_of_call
from trace2skill.miner.wording import code
from trace2skill.records import Evidence, Lesson, make_lesson
from trace2skill.shell import SHELL_TOOLS

SHARE = 0.7
MAX_STEPS = 6
MIN_TASKS = 3
FAILURES = 3
VALUE_CHARS = 4


def workflows(runs: Sequence[Digest], min_tasks: int) -> list[Lesson]:
    """Return, for each call that ends a job, the calls that most successful runs make before it."""
    successes = [run for run in runs if run.label == "success"]
    if sum(run.label == "failure" for run in runs) >= FAILURES:
        return []  # then ``practices`` tells which order made a difference
    orders: dict[str, list[dict[str, int]]] = defaultdict(list)
    owners: dict[str, list[Digest]] = defaultdict(list)
    for run in successes:
        firsts = _firsts(run)
        for head in firsts:
            orders[head].append(firsts)
            owners[head].append(run)
    found: list[tuple[tuple[str, ...], list[Digest]]] = []
    for anchor in sorted(orders):
        route = _route(anchor, orders[anchor])
        followers = [run for run in owners[anchor] if _follows(run, route)]
        ends = sum(run.actions[-1].name == anchor for run in owners[anchor])
        if len(route) < 3 or len(followers) < SHARE * len(owners[anchor]) or ends * 3 < len(owners[anchor]):
            continue
        if len({run.task for run in followers}) >= max(min_tasks, MIN_TASKS):
            found.append((route, followers))
    longest = [
        (route, doers)
        for route, doers in found
        if not any(set(route) < set(other) for other, _ in found if other != route)
    ]
    return [_route_lesson(route, doers) for route, doers in longest]


def origins(runs: Sequence[Digest], min_tasks: int) -> list[Lesson]:
    """Return which tool's answer the arguments of a call come from, where that is nearly always one."""
    seen: dict[tuple[str, str], list[tuple[Digest, Action, str]]] = defaultdict(list)
    for run in runs:
        for action in run.actions:
            if action.failure is not None or action.command or not action.answered or action.by_user:
                continue
            if action.tool.lower() in SHELL_TOOLS or action.tool in THINKING:
                continue
            for key, value in action.arguments.items():
                if len(value) > VALUE_CHARS and any(char.isdigit() for char in value):
                    tool, step = run.sources.get(value, ("?", -1))
                    seen[action.head, key].append((run, action, tool if step < action.step else "?"))
    by_call: dict[tuple[str, str], list[tuple[str, list[tuple[Digest, Action]]]]] = defaultdict(list)
    for (head, key), uses in sorted(seen.items()):
        tool, count = Counter(tool for _, _, tool in uses).most_common(1)[0]
        shown = [(run, action) for run, action, source in uses if source == tool]
        if tool in ("", "?", head) or count < SHARE * len(uses):
            continue
        if len({run.task for run, _ in shown}) >= max(min_tasks, MIN_TASKS):
            by_call[head, tool].append((key, shown))
    return [_origin_lesson(head, tool, keys) for (head, tool), keys in sorted(by_call.items())]


def _firsts(run: Digest) -> dict[str, int]:
    firsts: dict[str, int] = {}
    for at, action in enumerate(run.actions):
        if action.failure is None and not action.by_user and action.tool not in THINKING:
            for head in action.heads:
                firsts.setdefault(head, at)
    return firsts


def _route(anchor: str, orders: Sequence[dict[str, int]]) -> tuple[str, ...]:
    """Return the calls that come before *anchor* in most runs, in the order most agree on, then it."""
    before: Counter[str] = Counter()
    for firsts in orders:
        before.update(head for head, at in firsts.items() if at < firsts[anchor])
    heads = [head for head, count in before.items() if count >= SHARE * len(orders)]

    def rank(head: str) -> tuple[int, str]:
        earlier = sum(_mostly_before(other, head, orders) for other in heads if other != head)
        return earlier, head

    return (*sorted(heads, key=rank)[-(MAX_STEPS - 1) :], anchor)


def _mostly_before(one: str, other: str, orders: Sequence[dict[str, int]]) -> bool:
    both = [firsts for firsts in orders if one in firsts and other in firsts]
    return 2 * sum(firsts[one] < firsts[other] for firsts in both) > len(both)


def _follows(run: Digest, route: Sequence[str]) -> bool:
    firsts = _firsts(run)
    places = [firsts.get(head, -1) for head in route]
    return -1 not in places and places == sorted(places)


def _route_lesson(route: Sequence[str], doers: Sequence[Digest]) -> Lesson:
    *before, last = [code(head) for head in route]
    quotes = []
    for run in doers:
        firsts = _firsts(run)
        quotes += [evidence_of_call(run, run.actions[firsts[head]]) for head in route]
    return make_lesson(
        "workflow",
        f"To get to {last}",
        f"go through {', then '.join(before)}",
        "Successful runs share this order",
        evidence=tuple(dict.fromkeys(quotes)),
        topic=route[-1].split(" ")[0],
        verified=True,
    )


def _origin_lesson(
    head: str, tool: str, keys: Sequence[tuple[str, Sequence[tuple[Digest, Action]]]]
) -> Lesson:
    names = [code(key) for key, _ in keys]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    quotes: list[Evidence] = []
    for key, shown in keys:
        per_run = {run.id: (run, action) for run, action in reversed(shown)}
        for run, action in per_run.values():
            value = action.arguments[key]
            quotes.append(evidence_of_call(run, action, key))
            quotes.append(evidence(run, run.sources[value][1], "result", value))
    return make_lesson(
        "workflow",
        f"For {code(head)}",
        f"take {listed} from what {code(tool)} returned",
        evidence=tuple(dict.fromkeys(quotes)),
        topic=head.split(" ")[0],
        verified=True,
    )
