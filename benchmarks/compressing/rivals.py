"""Other ways to the same size: cut the end off, drop sentences by chance, and a compressor of prompts."""

from __future__ import annotations

import os
import random
import re
import subprocess
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

from trace2skill import tokens
from trace2skill.markdown import split_frontmatter

PEER = "prompt-compressor"
PEER_SECONDS = 300
_SENTENCE = re.compile(r"[^\n]*?(?:[.!?:](?=\s)|\n|$)[ \n]{0,4}")
# One process for all pages: what it takes to start is not what is measured.
_PEER_CODE = """
import sys, pathlib, prompt_compressor
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    done = prompt_compressor.compress_text(path.read_bytes().decode(), level=sys.argv[2])
    path.write_bytes(done.encode())
"""


def truncated(page: str, budget: int) -> str:
    """Return *page* with its body cut off after *budget* tokens, at the end of a line where that is near."""
    front, body = split_frontmatter(page)
    kept = _most(body.splitlines(keepends=True), budget)
    return front + kept


def thinned(page: str, budget: int, seed: str) -> str:
    """Return *page* without sentences that are drawn by chance, until *budget* tokens are left."""
    front, body = split_frontmatter(page)
    pieces = [found[0] for found in _SENTENCE.finditer(body) if found[0]]
    weights = [tokens.count(piece) for piece in pieces]
    order = list(range(len(pieces)))
    random.Random(seed).shuffle(order)
    left, gone = sum(weights), set()
    for at in order:
        if left <= budget:
            break
        left -= weights[at]
        gone.add(at)
    return front + "".join(piece for at, piece in enumerate(pieces) if at not in gone)


def _most(lines: Sequence[str], budget: int) -> str:
    kept, total = [], 0
    for line in lines:
        total += tokens.count(line)
        if total > budget:
            break
        kept.append(line)
    return "".join(kept)


class Peer:
    """A compressor of prompts from the package index, in an environment of its own."""

    def __init__(self, cache: Path) -> None:
        """Install it into *cache*, unless it is there."""
        self._python = cache / ("Scripts" if os.name == "nt" else "bin") / "python"
        if not self._python.exists():
            venv.create(cache, with_pip=True)
        command = [str(self._python), "-m", "pip", "install", "-q", PEER]
        subprocess.run(command, check=True, timeout=PEER_SECONDS, capture_output=True)
        question = f"from importlib.metadata import version; print(version({PEER!r}))"
        said = subprocess.check_output([self._python, "-c", question], text=True)
        self.name = f"{PEER} {said.strip()}"

    def compressed(self, pages: Mapping[str, str], level: str, work: Path) -> dict[str, str]:
        """Return *pages* with what it makes of their bodies at *level*; each has a name of its own."""
        work.mkdir(parents=True)
        fronts = {}
        for name, page in pages.items():
            fronts[name], body = split_frontmatter(page)
            (work / name).write_bytes(body.encode())
        command = [str(self._python), "-c", _PEER_CODE, str(work), level]
        subprocess.run(command, check=True, timeout=PEER_SECONDS, capture_output=True)
        return {name: fronts[name] + (work / name).read_bytes().decode() for name in pages}
