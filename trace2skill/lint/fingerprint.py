"""What a finding is known by when lines move: its rule, its place, and all of the text that it is about.

Whoever accepts a finding accepts what it does, so the value of a variable that the line uses and the
contents of a file that it names are part of it: when these change, the finding is another one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

import msgspec

from trace2skill.lint.folder import File
from trace2skill.lint.hosts import URL
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import View
from trace2skill.records import Finding, content_hash

MOST_CHARS = 4_000
"""So much of a line is searched for names; all of it counts."""
MOST_LINES = 200
"""A finding that takes more lines to make stands for its whole file."""
ROUNDS = 3
"""A variable may get its value from another one."""
_NAME = re.compile(r"[A-Za-z_]\w{0,60}")
_FILE = re.compile(r"[\w-][\w.-]{0,100}\.\w{1,10}\b")
_ASSIGNED = re.compile(
    r"(?:(?:export|local|readonly|declare|const|let|var|set)[ \t]{1,9}|\$(?:env:)?)?"
    r"([A-Za-z_]\w{0,60})[ \t]{0,9}(?::[^=\n]{0,40})?[+?|]{0,2}=(?!=)"
)
_NUMBERS = re.compile(r"\d{1,20}")
_BOUND_TO_VALUES = ("malicious", "secret", "risky")


def numbered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings, by place, so that no two share a fingerprint: the same again is the second."""
    seen: Counter[str] = Counter()
    made = []
    for one in found:
        again = seen[one.fingerprint]
        seen[one.fingerprint] += 1
        print_ = content_hash(one.fingerprint, again) if again else one.fingerprint
        made.append(msgspec.structs.replace(one, fingerprint=print_))
    return tuple(made)


def _hash_of(file: File) -> str:
    return content_hash(file.text, file.data.hex(), file.target)


class Prints:
    """Makes the fingerprints of the findings of one skill."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._hashes: dict[tuple[str, int], str] = {}
        self._contents: dict[str, str] = {}
        self._assigned: dict[str, dict[str, list[int]]] = {}
        self._used: dict[tuple[str, int], frozenset[str]] = {}
        self._set_by: dict[tuple[str, str], set[int] | None] = {}
        self._named_contents: dict[tuple[str, str], str] = {}

    def of(self, rule: Rule, hit: Hit) -> str:
        """Return what the finding that *hit* becomes is known by."""
        path = hit.path
        last = max(hit.line, hit.end_line)
        places = {(path, line) for line in range(hit.line, min(last, hit.line + MOST_LINES) + 1)}
        places |= {(step.path, step.line) for step in hit.flow}
        said = " ".join(hit.evidence.split()) or _NUMBERS.sub("0", hit.message)
        values = self._values(places) if rule.class_ in _BOUND_TO_VALUES else set()
        if values is None or last - hit.line > MOST_LINES:
            return content_hash(rule.id, self.view.name, path, said, self._content(path))
        parts = sorted({self._hash(place) for place in places | values})
        if rule.class_ == "malicious":
            parts += sorted({self._contents_of(name, path) for name in self._named(places)})
        return content_hash(rule.id, self.view.name, path, said, *parts)

    def _hash(self, place: tuple[str, int]) -> str:
        """Return the hash of a line without its indentation; of what has no lines, of all of it."""
        if place not in self._hashes:
            file = self.view.file(place[0])
            whole = file is not None and not file.text
            text = self._content(place[0]) if whole else " ".join(self.view.line(*place).split())
            self._hashes[place] = content_hash(place[0], text)
        return self._hashes[place]

    def _content(self, path: str) -> str:
        if path not in self._contents:
            file = self.view.file(path)
            self._contents[path] = "" if file is None else _hash_of(file)
        return self._contents[path]

    def _values(self, places: set[tuple[str, int]]) -> set[tuple[str, int]] | None:
        """Return the lines that give their values to the variables that *places* use; none if too many."""
        found: set[tuple[str, int]] = set()
        for path, line in places:
            for name in self._names(path, line):
                lines = self._setting(path, name)
                found.update((path, setting) for setting in lines or ())
                if lines is None or len(found) > MOST_LINES:
                    return None
        return found

    def _setting(self, path: str, name: str) -> set[int] | None:
        """Return the lines that set a variable, and those that set what they use; none if too many."""
        if (path, name) not in self._set_by:
            lines: set[int] = set()
            names: frozenset[str] = frozenset((name,))
            for _ in range(ROUNDS):
                new = {line for one in names for line in self._assignments(path).get(one, ())} - lines
                lines |= new
                if not new or len(lines) > MOST_LINES:
                    break
                names = frozenset().union(*(self._names(path, line) for line in new))
            self._set_by[path, name] = lines if len(lines) <= MOST_LINES else None
        return self._set_by[path, name]

    def _names(self, path: str, line: int) -> frozenset[str]:
        """Return the names in a line that the file sets somewhere."""
        if (path, line) not in self._used:
            known = self._assignments(path)
            names = _NAME.findall(self.view.line(path, line)[:MOST_CHARS]) if known else ()
            self._used[path, line] = frozenset(name for name in names if name in known)
        return self._used[path, line]

    def _assignments(self, path: str) -> dict[str, list[int]]:
        if path not in self._assigned:
            self._assigned[path] = defaultdict(list)
            for number, line in enumerate(self.view.lines(path), start=1):
                match = _ASSIGNED.match(line[:MOST_CHARS].lstrip())
                if match is not None and len(self._assigned[path][match[1]]) <= MOST_LINES:
                    self._assigned[path][match[1]].append(number)
        return self._assigned[path]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = defaultdict(list)
        for file in self.view.files:
            names[file.path.rpartition("/")[2]].append(file.path)
        return names

    def _named(self, places: set[tuple[str, int]]) -> Iterator[str]:
        """Yield the names of files of the skill that stand in the lines at *places*."""
        for place in places:
            for name in _FILE.findall(URL.sub(" ", self.view.line(*place)[:MOST_CHARS])):
                if name in self._by_name:
                    yield name

    def _contents_of(self, name: str, but: str) -> str:
        """Return what the files of this *name* hold, leaving out the one that names them."""
        if (name, but) not in self._named_contents:
            paths = (path for path in self._by_name[name] if path != but)
            self._named_contents[name, but] = content_hash(*map(self._content, paths))
        return self._named_contents[name, but]
