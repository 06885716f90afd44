"""What the code of fixing calls has in common that failing calls lack: a flag, a name, a quoted variable."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

MAX_CHARS = 4000
MAX_WORDS = 5
COMMON = 0.25
"""A word in so many of a tool's calls anyway says nothing about a fix."""
MARK = 0.8
"""What part of the calls that work must hold a word, and of those that fail must not, to be their mark."""

_TOKEN = re.compile(
    r"""["']\$\{?[A-Za-z_]\w{0,40}\}?["']      # a quoted variable
      | --?[A-Za-z0-9][\w-]{0,40}                # an option
      | [A-Za-z_][\w-]{1,60}                     # a name
      | \d{1,12} | \S""",
    re.VERBOSE,
)
_VARIABLE = re.compile(r"""["']\$\{?\w+\}?["']""")
_TELLING = re.compile(r"--?\w[\w-]+$|-0$|[A-Za-z_][\w-]{2,}$|\d{2,}$|\"\$…\"$")
# An argument by name, as in ``sep=";"``.
_GIVEN = re.compile(r"([A-Za-z_]\w{1,40})\s?=\s?(\"[^\"\n]{0,30}\"|'[^'\n]{0,30}'|[\w.-]{1,30})")
_JOINING = re.compile(r"--?\w[\w-]*$|[A-Za-z_]\w+$")
_IMPORT = re.compile(r"(?:^|[;\n\"'])\s{0,8}(?:import|from)\s+([A-Za-z_]\w{0,40})")


def tokens(code: str) -> list[str]:
    """Cut code into options, names and marks; a quoted variable is one token, whatever its name."""
    found = _TOKEN.findall(code[:MAX_CHARS])
    return ['"$…"' if _VARIABLE.match(token) else token for token in found]


class Background(NamedTuple):
    """In how many calls of a tool each token occurs: of those that worked, and of those that failed."""

    worked: Counter[str]
    failed: Counter[str]
    calls: tuple[int, int]
    """How many there are of each."""

    def is_telling(self, token: str, fixes: int) -> bool:
        """Say whether *token*, which *fixes* fixes add, is not in the calls anyway.

        It is rare but for the fixes, or it is what tells calls that work from calls that fail.
        """
        worked, failed = self.calls
        rest = self.worked[token] + self.failed[token] - fixes
        if rest <= COMMON * max(1, worked + failed - 2 * fixes):
            return True
        return self.worked[token] >= MARK * worked and self.failed[token] <= (1 - MARK) * failed


def shared(
    pairs: Sequence[tuple[str, str]], background: Background, least: int
) -> tuple[str, frozenset[int]]:
    """Return the phrase that most fixes add, and which pairs add it; nothing if fewer than *least* do.

    A pair is (failing code, fixing code).
    """
    added = [frozenset(tokens(fix)) - frozenset(tokens(failed)) for failed, fix in pairs]
    votes = Counter(token for words in added for token in words if _TELLING.match(token))
    telling = {
        token: count
        for token, count in votes.items()
        if count >= least and background.is_telling(token, count)
    }
    if not telling:
        return "", frozenset()
    usual = background.worked
    best = min(telling, key=lambda token: (-telling[token], usual[token], -len(token), token))
    doers = frozenset(at for at, words in enumerate(added) if best in words)
    common = frozenset.intersection(*(added[at] for at in doers))
    fixes = sorted((pairs[at][1] for at in doers), key=lambda fix: (len(fix), fix))
    return _given(best, fixes) or _phrase(best, common, fixes[0]), doers


def imports(code: str) -> frozenset[str]:
    """Return the modules that Python code imports."""
    return frozenset(_IMPORT.findall(code[:MAX_CHARS]))


def background(worked: Sequence[str], failed: Sequence[str]) -> Background:
    """Return the background that the codes of a tool's calls make."""
    return Background(_occurrences(worked), _occurrences(failed), (len(worked), len(failed)))


def _occurrences(codes: Iterable[str]) -> Counter[str]:
    return Counter(token for code in codes for token in frozenset(tokens(code)))


def _given(best: str, fixes: Sequence[str]) -> str:
    """Return the named argument that *best* is the name or value of, with its value if all fixes give it."""
    for found in _GIVEN.finditer(fixes[0][:MAX_CHARS]):
        if best in (found[1], found[2].strip("'\"")):
            return found[0] if all(found[0] in fix for fix in fixes) else f"{found[1]}=…"
    return ""


def _phrase(best: str, common: frozenset[str], example: str) -> str:
    """Return the longest run of common tokens around *best* as it stands in the example."""
    places = list(_TOKEN.finditer(example[:MAX_CHARS]))
    names = ['"$…"' if _VARIABLE.match(place[0]) else place[0] for place in places]
    if best not in names:
        return best
    start = end = names.index(best)
    while start > 0 and end - start + 1 < MAX_WORDS and _joins(names[start - 1], common):
        start -= 1
    if start > 0 and names[start - 1].startswith("--"):
        start -= 1  # an option that takes the value, whether the failed call had it or not
    while end + 1 < len(names) and end - start + 1 < MAX_WORDS and _joins(names[end + 1], common):
        end += 1
    if start == end:
        return best
    return " ".join(example[places[start].start() : places[end].end()].split())


def _joins(token: str, common: frozenset[str]) -> bool:
    return token in common and bool(_JOINING.match(token))
