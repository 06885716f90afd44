"""What compression saves and keeps, beside other ways to the same size: ``python -m benchmarks.compress``.

Without a model, offline, over made skills or those in a folder of yours.
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.compressing.corpus import SEED, Made, make_corpus
from benchmarks.compressing.judge import Verdict, judge, share, summary
from benchmarks.compressing.rivals import Peer, thinned, truncated
from benchmarks.compressing.routing import Routing
from benchmarks.compressing.trip import trip
from benchmarks.table import as_text, fill_page, show
from trace2skill import compress, tokens
from trace2skill.compress.sizes import sizes_of
from trace2skill.errors import InputError
from trace2skill.shorten import open_skill

PAGE = Path(__file__).parents[1] / "docs" / "compress-quality.md"
CACHE = Path(tempfile.gettempdir()) / "trace2skill-compress-peer"
LEVELS = ("none", "low")

Files = dict[str, str]


class Done(NamedTuple):
    """A skill and what became of it."""

    made: Made
    after: Files
    verdict: Verdict


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what compression saves and keeps.")
    parser.add_argument("--corpus", type=Path, help="a folder of skills instead of the made ones")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--share", type=float, default=1.0, help="of the made skills")
    parser.add_argument("--rounds", type=int, default=3, help="the fastest counts")
    parser.add_argument("--alone", action="store_true", help="without the compressor of prompts")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where that one is installed")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--update", action="store_true", help="write the table into docs/compress-quality.md")
    given = parser.parse_args()
    corpus = read_corpus(given.corpus) if given.corpus else make_corpus(given.seed, given.share)
    rows = measure(corpus, given.rounds) + beside(corpus, None if given.alone else given.cache)
    show(rows, as_json=given.json)
    if given.update:
        mark = "corpus" if given.corpus else "made"
        fill_page(PAGE, mark, f"{as_text(rows)}\n\nmeasured {date.today()}")


def read_corpus(folder: Path) -> list[Made]:
    """Return the skills below *folder*; a page that stands there twice counts once."""
    found: list[Made] = []
    seen: set[str] = set()
    for path in sorted(folder.rglob("SKILL.md")):
        try:
            files = open_skill(path.parent).files
        except InputError:
            continue
        if files["SKILL.md"] not in seen:
            seen.add(files["SKILL.md"])
            found.append(Made("corpus", f"{path.parent.name}-{len(found)}", files))
    return found


def measure(corpus: Sequence[Made], rounds: int) -> list[dict[str, Any]]:
    """Return a row for each group of *corpus*, and one for all of it."""
    pool = Routing({made.name: made.files["SKILL.md"] for made in corpus})
    done = []
    for made in corpus:
        after = compress.compress(made.files).after
        done.append(Done(made, after, judge(made.group, made.files, after)))
    groups = list(dict.fromkeys(made.group for made in corpus))
    rows = [_row(group, [one for one in done if one.made.group == group], pool) for group in groups]
    whole = _row("all", done, pool) | {"skills/s": round(speed(corpus, rounds), 1)}
    return [*({**row, "skills/s": "-"} for row in rows if len(groups) > 1), whole]


def _row(what: str, done: Sequence[Done], routing: Routing) -> dict[str, Any]:
    trips, led = [], []
    for one in done:
        before = one.made.files["SKILL.md"]
        led.append(routing.led(one.made.name, before, one.after["SKILL.md"]))
        with tempfile.TemporaryDirectory(prefix="compress-") as folder:
            trips.append(trip(one.made.files, Path(folder) / "skill"))
    return {
        **summary(what, [one.verdict for one in done]),
        "again": share((again, 1) for again, _ in trips),
        "back": share((back, 1) for _, back in trips),
        "routed": share(iter(led)),
    }


def speed(corpus: Sequence[Made], rounds: int) -> float:
    """Return how many skills a second of processor time compresses, the vocabulary loaded."""
    tokens.count("")
    gc.collect()
    gc.freeze()  # what this benchmark holds is not for the collector to walk while others are timed
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        for made in corpus:
            compress.compress(made.files)
        spent.append(time.process_time() - begun)
    gc.unfreeze()
    return len(corpus) / min(spent)


def beside(corpus: Sequence[Made], cache: Path | None) -> list[dict[str, Any]]:
    """Return a row for each other way; those that can be told a size get the one that ours reached."""
    budgets = [sizes_of(compress.compress(made.files).after).body for made in corpus]
    ways = {
        "truncation": [
            truncated(made.files["SKILL.md"], budget) for made, budget in zip(corpus, budgets, strict=True)
        ],
        "random sentences": [
            thinned(made.files["SKILL.md"], budget, made.name)
            for made, budget in zip(corpus, budgets, strict=True)
        ],
        **(_peer(corpus, cache) if cache else {}),
    }
    return [_other(what, corpus, pages) for what, pages in ways.items()]


def _other(what: str, corpus: Sequence[Made], pages: Sequence[str]) -> dict[str, Any]:
    verdicts = [
        judge(made.group, made.files, {**made.files, "SKILL.md": page})
        for made, page in zip(corpus, pages, strict=True)
    ]
    return summary(what, verdicts) | dict.fromkeys(("again", "back", "routed", "skills/s"), "-")


def _peer(corpus: Sequence[Made], cache: Path) -> Mapping[str, list[str]]:
    found = {}
    try:
        peer = Peer(cache)
        for level in LEVELS:
            with tempfile.TemporaryDirectory(prefix="compress-") as work:
                pages = {f"{at:06}": made.files["SKILL.md"] for at, made in enumerate(corpus)}
                done = peer.compressed(pages, level, Path(work) / "pages")
            found[f"{peer.name} {level}"] = [done[name] for name in pages]
    except (OSError, subprocess.SubprocessError) as error:
        print(f"the compressor of prompts did not run: {error}")
    return found


if __name__ == "__main__":
    main()
