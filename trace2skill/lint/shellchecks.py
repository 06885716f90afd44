"""Which fetched files a shell script compares with a sum or a signature before it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from trace2skill.lint.shellprograms import CHECKS, is_check, program_of
from trace2skill.lint.shellwords import Stage

_STOPPERS = frozenset("exit return die fail abort error fatal false kill {".split())
_CONDITIONS = frozenset("if elif while until !".split())
_TESTS = frozenset(("[", "[[", "test"))


class Checks:
    """The checks of one script; one counts only if the script stops when it fails."""

    def __init__(self, expand: Callable[[str], str]) -> None:
        self.expand = expand
        self.stops = False
        """Whether any command that fails ends the script."""
        self.sums: dict[str, str] = {}
        """The commands whose sums variables hold."""
        self._waiting: list[str] = []
        """What a check names that counts if what stands behind ``||`` stops."""

    def named(self, stages: Sequence[Stage]) -> list[str]:
        """Return the words of a check that counts from this pipeline on; none if it is no check."""
        first = stages[0].words[0]
        waiting, self._waiting = self._waiting, []
        if waiting and (program_of(stages[0].words)[0] in _STOPPERS or first == "{"):
            return waiting
        words = list(self._words(stages))
        if not words:
            return []
        if self.stops or first in _CONDITIONS or stages[-1].then == "&&":
            return words
        self._waiting = words if stages[-1].then == "||" else []
        return []

    def _words(self, stages: Sequence[Stage]) -> Iterator[str]:
        program, rest = program_of(stages[-1].words)
        if is_check(program, rest):
            for stage in stages[:-1]:
                for word in stage.words:
                    yield from self.expand(word).split()
            for word in map(self.expand, rest):
                # What a sum is compared by is a list, named after its one file or after none.
                yield word if program.startswith(("gpg", "cosign", "minisign")) else word.rpartition(".")[0]
        elif program in _TESTS and any(word in ("=", "==", "!=") for word in rest):
            said = " ".join(rest)
            compared = [
                text for name, text in self.sums.items() if f"${name}" in said or f"${{{name}}}" in said
            ]
            if any(check in said for check in CHECKS):
                compared.append(self.expand(said))
            for text in compared:
                yield from text.replace("$(", " ").replace(")", " ").replace('"', " ").split()


def names(words: Sequence[str], path: str) -> bool:
    """Say whether the words of a check name the file at *path*, by itself or by the file of its sum."""
    base = path.rsplit("/", 1)[-1]
    ends = [word.rsplit("/", 1)[-1] for word in words]
    return any(end == base or end.startswith(f"{base}.") for end in ends)
