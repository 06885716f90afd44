"""The words of a text that tell what it is about: lower case, without endings and without filler."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_WORD = re.compile(r"[^\W_]{1,60}(?:[.+#'’]{1,2}[^\W_]{1,60}){0,4}[+#]{0,2}")
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]{1,400}")
_FILLER = frozenset(
    "a about after all also an and any are as at be been before being both but by can could do does "
    "doing each either else etc every for from had has have having he her here his how i if in into is "
    "it its itself let like ll may me might more most must my no nor not of off on once one only onto "
    "or other our out over own per re s same shall she should so some such t than that the their them "
    "then there these they this those through to too under until up upon us ve very via was we were "
    "what whatever when whenever where whether which while who whose why will with within without would "
    "you your yours".split()
)
_OF_SKILLS = frozenset(
    "use uses used using skill skills user users want wants need needs ask asks asked help helps provide "
    "provides enable enables activate trigger invoke include includes including task tasks".split()
)
_VOWEL = re.compile(r"[aeiouy]")


def terms_of(text: str) -> tuple[str, ...]:
    """Return the words of *text* that carry meaning, in order; without spaces, pairs of letters."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        if _NO_SPACES.search(word):
            found += _pairs(word)
        elif word not in _FILLER and word not in _OF_SKILLS:
            found.append(stem(word))
    return tuple(found)


def has_any(text: str, words: Sequence[str]) -> bool:
    """Say whether one of *words* is in *text*."""
    for word in words:  # noqa: SIM110 - several times as fast as any() with a generator
        if word in text:
            return True
    return False


def words_of(text: str) -> dict[str, str]:
    """Return for each term of *text* the word by which a person knows it, the first one."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text):
        for term in terms_of(word):
            found.setdefault(term, term if _NO_SPACES.search(word) else word)
    return found


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return *word*, a word in lower case, without what number and tense add."""
    word = word.removesuffix("'s").removesuffix("’s")
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        word = word[:-1]
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and _VOWEL.search(rest):
            return _doubled(rest)
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _doubled(word: str) -> str:
    """Return *word* with one letter where an ending had doubled the last: ``runn`` is ``run``."""
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] in "bdgmnprt" else word


def _pairs(word: str) -> list[str]:
    """Return the overlapping pairs of letters of each run without spaces, and the runs between as words."""
    found = []
    done = 0
    for run in _NO_SPACES.finditer(word):
        found += [word[done : run.start()]] * (run.start() > done)
        found += [run[0][at : at + 2] for at in range(max(1, len(run[0]) - 1))]
        done = run.end()
    return found + [word[done:]] * (done < len(word))
