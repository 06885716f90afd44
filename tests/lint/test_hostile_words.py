"""Text that is made to keep patterns busy: all of it is done with in seconds."""

from __future__ import annotations

import time

import pytest

from tests.lint.tables import FRONT, view
from trace2skill.lint import RULES, Options
from trace2skill.lint.engine import run

OWN = Options(select=("DX", "SC", "PV"))
CEILING = 20.0
"""Seconds of CPU; a pattern that runs away takes hours."""
PIECES = {
    "must be installed ": 6_000,
    "visit copy run the command paste ": 3_000,
    "send the data to ": 6_000,
    "download it and run ": 5_000,
    "curl -d ": 10_000,
    "rm -rf $X ": 6_000,
    "https://a.b/": 6_000,
    "https://webhook.site/a ": 2_000,
    "$(cat ~/.ssh/id_rsa) ": 3_000,
    "'": 66_000,
    '"': 66_000,
    "\\": 66_000,
    "\n": 33_000,
    "a@b.c ": 13_000,
    "![x](https://a.b/?": 5_000,
    "password: zip extract ": 5_000,
    "X=$(cat ~/.netrc)\n": 2_000,
    "process.env.A_KEY fetch(": 3_000,
    "pip install ": 6_000,
    "ghp_": 13_000,
    "[a][": 16_000,
}


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("path", ["SKILL.md", "a.sh", "a.js", "a.py"])
def test_repeated_words_end_in_time(piece: str, path: str) -> None:
    text = piece * PIECES[piece]
    began = time.process_time()
    run(view({path: FRONT + text if path == "SKILL.md" else text}), RULES, OWN)
    assert time.process_time() - began < CEILING
