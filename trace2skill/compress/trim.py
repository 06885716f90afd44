"""Leave clauses out of a description: those that the rest says again, and those that a host would cut off."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from trace2skill import tokens
from trace2skill.compress.atoms import atoms_of
from trace2skill.compress.clauses import Clause, clauses_of, parse
from trace2skill.compress.leads import lead_of
from trace2skill.compress.similar import Pool
from trace2skill.compress.terms import terms_of

_LEAST_TERMS = 2
_QUOTED = re.compile(r"(?<!\w)['‘][^'’\n]{2,160}['’](?!\w)|[「『«][^」』»\n]{2,160}[」』»]")


class Trimmed(NamedTuple):
    """A description without some of its clauses, and what went."""

    text: str
    dropped: tuple[str, ...] = ()


class _Candidate(NamedTuple):
    """What may go at once: a sentence with all its items, or one item."""

    clauses: tuple[Clause, ...]

    @property
    def ids(self) -> frozenset[tuple[int, int]]:
        return frozenset(clause.id for clause in self.clauses)

    @property
    def text(self) -> str:
        return ", ".join(clause.text for clause in self.clauses)


class _Work:
    """A description under the knife: which of its clauses are there, and what they say."""

    def __init__(self, text: str, name: str) -> None:
        self._description = parse(text)
        self._name = name
        self._of_name = frozenset(terms_of(name.replace("-", " ")))
        self.there = clauses_of(self._description)
        self._terms = {clause.id: frozenset(terms_of(clause.text)) for clause in self.there}
        self.gone: tuple[_Candidate, ...] = ()
        self._said = self._counted()

    @property
    def text(self) -> str:
        return self._shown(self.there)

    @property
    def dropped(self) -> tuple[str, ...]:
        return tuple(candidate.text for candidate in self.gone)

    def candidates(self) -> Iterator[_Candidate]:
        """Yield what is not protected; of the sentences that say when, the last one is."""
        whens = {clause.id[0] for clause in self.there if clause.when}
        for clause in self.there:
            number, at = clause.id
            if clause.protected or (not at and whens == {number}):
                continue
            yield _Candidate((clause,) if at else tuple(one for one in self.there if one.id[0] == number))

    def rest(self, candidate: _Candidate) -> str:
        """Return the name and what remains without the *candidate*."""
        return f"{self._name} {self._shown(self._without(candidate))}"

    def new_terms(self, candidate: _Candidate) -> frozenset[str]:
        """Return what only the *candidate* says."""
        here = Counter(term for clause in candidate.clauses for term in self._terms[clause.id])
        return frozenset(
            term for term, often in here.items() if often == self._said[term] and term not in self._of_name
        )

    def drop(self, candidate: _Candidate) -> None:
        self.there = self._without(candidate)
        self._said = self._counted()
        self.gone += (candidate,)

    def take_back(self, candidate: _Candidate, most: int) -> None:
        """Let the *candidate* stay after all if the text has at most *most* characters even so."""
        again = tuple(sorted((*self.there, *candidate.clauses)))
        if self.text != self._shown(again) and len(self._shown(again)) <= most:
            self.there = again
            self._said = self._counted()
            self.gone = tuple(one for one in self.gone if one != candidate)

    def _counted(self) -> Counter[str]:
        return Counter(term for clause in self.there for term in self._terms[clause.id])

    def _without(self, candidate: _Candidate) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.there if clause not in candidate.clauses)

    def _shown(self, clauses: tuple[Clause, ...]) -> str:
        return self._description.render({clause.id for clause in clauses})


def without_redundant(text: str, name: str) -> Trimmed:
    """Return *text* without the clauses whose every term stands in the *name* or in what remains.

    What it begins with, one sentence that says when, and every negative stay; so does each piece that is
    right only as it stands, such as a quoted phrase or a path, if the rest does not have it.
    """
    done, before = Trimmed(text), ""
    while before != done.text:
        before = done.text
        done = _without_leads(done)
        work = _Work(done.text, name)
        while (found := _redundant(work)) is not None:
            work.drop(found)
        done = Trimmed(work.text, (*done.dropped, *work.dropped))
    return done


def fitted(text: str, name: str, most: int, pool: Pool) -> Trimmed:
    """Return *text* within *most* characters, by leaving out what tells least for the tokens it takes.

    It may be too long even so, for what is protected stays.
    """
    work = _Work(text, name)
    while len(work.text) > most:
        scored = [
            (sum(map(pool.idf, work.new_terms(one))) / max(1, tokens.count(one.text)), one.clauses[0].id, one)
            for one in work.candidates()
        ]
        if not scored:
            break
        work.drop(min(scored)[-1])
    for candidate in work.gone[::-1]:
        work.take_back(candidate, most)
    return Trimmed(work.text, work.dropped)


def _redundant(work: _Work) -> _Candidate | None:
    """Return the longest clause that the rest says again."""
    said = [one for one in work.candidates() if _may_go(work, one) and not work.new_terms(one)]
    for candidate in sorted(said, key=lambda one: (len(one.text), one.clauses[0].id), reverse=True):
        rest = work.rest(candidate)
        if all(piece in rest for piece in _pieces(candidate.text)):
            return candidate
    return None


def _may_go(work: _Work, candidate: _Candidate) -> bool:
    """Say whether the rest stays true without the *candidate*.

    A list of what a skill is or has would be false without an item; one of occasions only gets shorter.
    The last item carries what is said of all, and one that is a single word often tells kinds apart.
    """
    first, *_ = candidate.clauses
    number, at = first.id
    followed = any(clause.id[0] == number and clause.id[1] > at for clause in work.there)
    return not at or (first.when and followed and len(set(terms_of(first.text))) >= _LEAST_TERMS)


def _without_leads(done: Trimmed) -> Trimmed:
    """Return *done* without the words at the head of its sentences that say only that this is a skill."""
    description = parse(done.text)
    dropped, sentences = [], []
    for sentence in description.sentences:
        lead, head = lead_of(sentence.parts[0])
        dropped += [lead] * bool(lead)
        sentences.append(sentence._replace(parts=(head, *sentence.parts[1:])))
    shorter = description._replace(sentences=tuple(sentences))
    return Trimmed(shorter.text, (*done.dropped, *dropped))


def _pieces(text: str) -> Iterator[str]:
    """Yield what is right only as it stands: atoms, and phrases between quotation marks of any kind."""
    yield from (piece for _, piece in atoms_of(text))
    yield from _QUOTED.findall(text)
