"""Which words the files of a skill hold, to tell what is named by another file and what by none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from trace2skill.lint.folder import File

MAX_CHARS = 8_000_000
_WORD = re.compile(r"[\w.-]{2,200}")


class Mentions:
    """The words of all text files, and of each file by itself."""

    def __init__(self, files: Sequence[File]) -> None:
        self.whole = sum(len(file.text) for file in files) <= MAX_CHARS
        """Whether there was so little text that it was read."""
        self.own: dict[str, set[str]] = {}
        self.count: Counter[str] = Counter()
        for file in files if self.whole else ():
            found = {word.rstrip(".-") for word in _WORD.findall(file.text)}
            words = (found | {word.lstrip(".-") for word in found}) - {""}
            self.own[file.path] = words
            self.count.update(words)

    def names(self, word: str, but: str) -> bool:
        """Say whether another file than *but* holds *word*, as far as is known."""
        return not self.whole or self.count[word] > (word in self.own.get(but, ()))

    def may_hold(self, path: str, word: str) -> bool:
        """Say whether the file at *path* may hold *word*."""
        return not self.whole or word in self.own.get(path, ())
