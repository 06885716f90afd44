"""Judge the text of a skill, sentence by sentence, by what was planted; the same for every tool."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from benchmarks.quality.corpus import Corpus
from benchmarks.quality.plants import Terms

MAX_WORDS = 80
"""A longer bullet tells no lesson, whatever words are somewhere in it: a reader would have to find it."""
LEAKS = ("secret", "injection")
LURES = ("accident", "herring", "noise", "habit")

# What a rule names only to set it against the right thing.
_AGAINST = re.compile(
    r"\b(?:rather than|instead of|did the work of|, not|in place of)\s[^,;.!?]{1,300}"
    r"|\bworked where\b.{1,400}"
    r"|\b(?:do not|don't|never|avoid|without)\s[^,;.!?]{1,200}",
    re.IGNORECASE,
)
_DENIES = re.compile(r"(?:do not|don't|never|avoid)\b", re.IGNORECASE)
_LEADS = re.compile(r"(?:when|before|after|if|for|where|while|once|to)\b", re.IGNORECASE)
# Up to the first comma that stands neither in a quotation nor in brackets.
_CLAUSE = re.compile(r"(?:“[^”]{0,400}”|\"[^\"]{0,400}\"|\([^()]{0,200}\)|[^,“\"(])+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_CONDITIONAL = re.compile(
    r"\b(?:unless|except|only (?:if|when|where)|other(?:s|wise)?|contradict\w*|but)\b", re.IGNORECASE
)


class Verdict(NamedTuple):
    """What one bullet is: its class, and the lesson or lure that it names."""

    bullet: str
    found: str
    about: str = ""


class Judgement(NamedTuple):
    """All bullets of a skill with their classes, and which lessons were found."""

    verdicts: Sequence[Verdict]
    found: frozenset[str]
    symptoms: frozenset[str]
    unresolved: int
    """Contrary pairs of which both sides stand without a condition."""

    @property
    def counts(self) -> Counter[str]:
        """Return how many bullets there are of each class."""
        return Counter(verdict.found for verdict in self.verdicts)


def names(text: str, terms: Terms) -> bool:
    """Say whether *text* holds one of the alternatives; no alternatives ask for nothing."""
    return not terms or any(_holds(text, term) for term in terms)


def _holds(text: str, alternative: str) -> bool:
    for part in alternative.split(" + "):
        at = 0
        for word in part.split(" > "):
            hit = _pattern(word).search(text, at)
            if hit is None:
                return False
            at = hit.end()
    return True


@cache
def _pattern(term: str) -> re.Pattern[str]:
    stem = term.strip("*")
    end = "" if term.endswith("*") or not stem[-1:].isalnum() else r"(?![A-Za-z0-9])"
    start = "" if term.startswith("*") or not stem[:1].isalnum() else r"(?<![A-Za-z0-9])"
    return re.compile(start + re.escape(stem).replace(r"\ ", r"\s+") + end, re.IGNORECASE)


def plain(bullet: str) -> str:
    """Return *bullet* without code marks, on one line."""
    return " ".join(bullet.replace("`", "").replace("**", "").split())


def affirmed(text: str) -> str:
    """Return *text* without what it names only as the thing not to do."""
    return _AGAINST.sub(" ", text)


def condition(text: str) -> str:
    """Return what *text* says about when it applies: its leading clause, its reasons, and what it warns of.

    A sentence without such a clause is its own condition. What is advised is no condition: a remedy
    that happens to name the right call must not pass for a lesson about another error.
    """
    if not _LEADS.match(text):
        return text
    lead = _CLAUSE.match(text)
    rest = text[lead.end() :] if lead else ""
    reasons = [part for part in _SENTENCE.split(rest)[1:] if not part.startswith("For instance")]
    return " ".join([lead[0] if lead else text, *reasons, *_AGAINST.findall(rest)])


def judge(bullets: Sequence[tuple[str, str]], corpus: Corpus) -> Judgement:
    """Judge *bullets*, each a heading and a text."""
    verdicts: list[Verdict] = []
    found: set[str] = set()
    symptoms: set[str] = set()
    for heading, bullet in bullets:
        verdict = _judge_one(plain(heading), plain(bullet), corpus)
        if verdict.found == "true":
            verdict = verdict._replace(found="duplicate") if verdict.about in found else verdict
            found |= {verdict.about, *_other_side(verdict, corpus)}
        elif verdict.found == "symptom":
            symptoms.add(verdict.about)
        verdicts.append(verdict)
    verdicts, unresolved = _contradictions(verdicts, corpus)
    return Judgement(verdicts, frozenset(found), frozenset(symptoms - found), unresolved)


def _judge_one(heading: str, text: str, corpus: Corpus) -> Verdict:
    domain, positive = corpus.domain, affirmed(text)
    decoys = sorted(domain.decoys, key=lambda decoy: decoy.kind not in LEAKS)
    leaks = [decoy for decoy in decoys if decoy.kind in LEAKS and names(text, decoy.terms)]
    if leaks:
        return Verdict(text, leaks[0].kind, leaks[0].id)
    lesson = _lesson(heading, text, corpus) if len(text.split()) <= MAX_WORDS else ""
    if lesson:
        return Verdict(text, "true", lesson)
    for decoy in decoys:
        if names(positive if decoy.kind in ("herring", "habit") else text, decoy.terms):
            return Verdict(text, decoy.kind, decoy.id)
    for plant in domain.plants:
        if plant.when and names(text, plant.when):
            return Verdict(text, "symptom", plant.id)
    return (
        Verdict(text, "herring", "ordinary work")
        if names(positive, domain.ordinary)
        else Verdict(text, "other")
    )


def _lesson(heading: str, text: str, corpus: Corpus) -> str:
    """Return the id of the lesson of which *text* names both condition and remedy."""
    about, positive = f"{heading}: {condition(text)}", affirmed(text)
    for plant in corpus.domain.plants:
        denials = tuple(term for term in plant.do if _DENIES.match(term))
        told = names(positive, plant.do) or (denials and names(text, denials))
        if told and names(about, plant.when):
            return plant.id
    return ""


def _other_side(verdict: Verdict, corpus: Corpus) -> set[str]:
    """Return the contrary lesson, if a bullet names what both of a pair tell to do, as a question may."""
    if not _CONDITIONAL.search(verdict.bullet):
        return set()
    rivals = [plant for plant in corpus.domain.plants if plant.rival == verdict.about]
    return {plant.id for plant in rivals if names(verdict.bullet, plant.do)}


def _contradictions(verdicts: list[Verdict], corpus: Corpus) -> tuple[list[Verdict], int]:
    """Mark both sides of a contrary pair that stand beside each other unconditionally."""
    unresolved, marked = 0, list(verdicts)
    rivals = {(min(p.id, p.rival), max(p.id, p.rival)) for p in corpus.domain.plants if p.rival}
    for pair in sorted(rivals):
        places = [
            [at for at, v in enumerate(verdicts) if v.about == side and v.found in ("true", "duplicate")]
            for side in pair
        ]
        if all(places) and not any(_CONDITIONAL.search(verdicts[at].bullet) for at in places[0] + places[1]):
            unresolved += 1
            for at in places[0] + places[1]:
                marked[at] = marked[at]._replace(found="contradiction")
    return marked, unresolved
