"""User corrections: turns that overrule how the agent works, kept in the user's own words.

A correction is a dialogue act, not a keyword: it follows work of the agent and overrules it, or states
how the work is done here (``acts``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trace2skill.miner import acts
from trace2skill.miner.digest import Digest, Turn, evidence
from trace2skill.miner.wording import code
from trace2skill.records import Lesson, make_lesson

MAX_CHARS = 400
SENTENCES = 4
GUEST = 0.4
"""The share of turns about his own affairs from which on a user is a guest and no principal."""
FEWEST, LONGEST = 24, 160
"""Characters of a sentence that says enough and not too much."""
_FILLERS = frozenset(
    "about again always check could everywhere find from have here just last like need never other please"
    " really same should some that them then there these they thing things this those today want week what"
    " when whole will with work would your".split()
)
_Said = tuple[Digest, Turn, str]
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=\S)){3,400}(?:[.!?]+|\n|$)")


def corrections(runs: Sequence[Digest], min_tasks: int) -> list[Lesson]:
    """Return a preference for each correction that is lasting by its words or that recurs."""
    said = [(run, turn, quote) for run in runs for turn in run.turns if (quote := directive(turn))]
    guests = {run.id for run in runs if _is_guest(run)}
    said = [one for one in said if one[0].id not in guests or acts.lasts(one[2]) or acts.is_signed(one[2])]
    lessons = []
    for group in _groups(said):
        quote = min((words for _, _, words in group), key=_rank)
        heads = {turn.after for _, turn, _ in group}
        after = heads.pop() if len(heads) == 1 else ""
        tasks = {run.task for run, _, _ in group}
        if len(tasks) < min_tasks and not any(acts.lasts(words) for _, _, words in group):
            continue
        lessons.append(
            make_lesson(
                "preference",
                f"When working with {code(after)}" if after else "In this work",
                _advice(quote),
                evidence=tuple(evidence(run, turn.step, "text", quote) for run, turn, quote in group),
                topic=after.split(" ")[0],
                verified=True,
            )
        )
    return lessons


def _is_guest(run: Digest) -> bool:
    """Say whether the user of a run mostly speaks of his own affairs, as a customer does who is served."""
    own = sum(acts.is_own_affair(turn.text[:MAX_CHARS]) for turn in run.turns)
    return own >= GUEST * max(1, len(run.turns))


def directive(turn: Turn) -> str:
    """Return the sentence by which *turn* corrects the agent, verbatim, or nothing."""
    opening = turn.text.lstrip()[:MAX_CHARS]
    overruled = acts.overrules(opening)
    sentences = [str(found).strip() for found in _SENTENCE.findall(opening)[:SENTENCES]]
    telling = [one for one in sentences if _gist(one) and acts.corrects(one, overruled=overruled)]
    return min(telling, key=_rank, default="")


def _rank(quote: str) -> tuple[bool, bool, bool, str]:
    """Rank the sentences of a group: what lasts, what is an instruction, and what is of a good length."""
    return (
        not acts.lasts(quote),
        not acts.as_instruction(quote),
        not FEWEST <= len(quote) <= LONGEST,
        quote,
    )


def _advice(quote: str) -> str:
    """Return what a user said as advice: in his words, without an opening before an instruction."""
    told = acts.as_instruction(quote)
    return told or f"follow what a user said: “{' '.join(quote.split())}”"


def _gist(sentence: str) -> frozenset[str]:
    """Return the words that tell what a sentence is about."""
    found = frozenset(re.findall(r"[a-z]{4,}", sentence.lower())) - _FILLERS
    return frozenset(word.removesuffix("s") for word in found)


def _forbid_alike(one: _Said, other: _Said, shared: frozenset[str]) -> bool:
    """Say whether after one call two users forbid something, with a word in common that the call lacks."""
    return (
        one[1].after == other[1].after
        and acts.forbids(one[2])
        and acts.forbids(other[2])
        and bool(shared - set(one[1].after.split()))
    )


def _groups(said: Sequence[_Said]) -> list[list[_Said]]:
    """Group turns that say the same: they share two telling words, and ask for it or forbid it alike."""
    groups: list[tuple[frozenset[str], tuple[int, str], list[_Said]]] = []
    for one in sorted(said, key=lambda one: acts.polarity(one[2])[0] == 0):
        gist, polarity = _gist(one[1].text[:MAX_CHARS]), acts.polarity(one[2])
        homes = (
            group
            for words, own, group in groups
            if (len(gist & words) >= 2 or _forbid_alike(group[0], one, gist & words))
            and not acts.opposed(own, polarity)
        )
        home = next(homes, None)
        if home is None:
            groups.append((gist, polarity, [one]))
        else:
            home.append(one)
    return [group for _, _, group in groups]
