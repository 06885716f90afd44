"""Make whole skills from the templates, and write them to disk."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.lint.corpus.bundle import Part, Template, load
from tests.lint.corpus.encode import ENCODINGS
from tests.lint.corpus.fill import Filler
from trace2skill.lint.view import MAIN

SEED = 1
_NAME = re.compile(r"^name: *(.+)$", re.MULTILINE)
_HEADING = re.compile(r"^## ", re.MULTILINE)


class Blob(NamedTuple):
    """A file to be written: its bytes, and whether it is a link or executable."""

    data: bytes
    encoding: str


class Sample(NamedTuple):
    """One skill; *carrier* is the skill that its payload was put into, as it was before."""

    name: str
    template: str
    label: str
    group: str
    half: str
    files: Mapping[str, Blob]
    carrier: Mapping[str, Blob] | None = None

    @property
    def malicious(self) -> bool:
        """Say whether it should be found."""
        return self.label == "malicious"


def make_corpus(seed: int = SEED) -> tuple[Sample, ...]:
    """Return all skills: the same for the same seed."""
    templates = load()
    taken: set[str] = set()
    made = []
    for template in templates:
        if template.kind in ("skill", "payload"):
            pool = [one for one in templates if one.half == template.half]
            for copy in range(template.copies):
                made.append(_make(template, pool, f"{seed}/{template.name}/{copy}", taken))
    return tuple(made)


def write_corpus(samples: Sequence[Sample], folder: Path) -> None:
    """Write each skill into a folder of its own name."""
    for sample in samples:
        write_files(sample.files, folder / sample.name)


def write_files(files: Mapping[str, Blob], folder: Path) -> None:
    """Write the files of one skill."""
    for path, blob in sorted(files.items()):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if blob.encoding == "link":
            place.symlink_to(blob.data.decode())
            continue
        place.write_bytes(blob.data)
        if blob.encoding == "exec":
            place.chmod(0o755)


def _make(template: Template, pool: Sequence[Template], seed: str, taken: set[str]) -> Sample:
    filler = Filler(seed)
    own = _filled(template, filler)
    carrier: list[Part] = []
    if template.kind == "payload":
        carrier = _carrier(template, pool, filler)
        own = list(_joined(carrier, own, filler.chance))
    else:
        own = _lengthened(own, _blocks(template, pool, filler.chance), filler)
    found = next((_NAME.search(part.text) for part in own if part.path == MAIN), None)
    asked = found[1].strip(" '\"") if found else template.name
    name = _free(re.sub(r"[^\w-]", "-", asked.lower())[:60], taken)
    return Sample(
        name,
        template.name,
        template.label,
        template.group,
        template.half,
        _encoded(own, asked, name),
        _encoded(carrier, asked, name) if carrier else None,
    )


def _filled(template: Template, filler: Filler) -> list[Part]:
    return [Part(filler.fill(part.path), part.encoding, filler.fill(part.text)) for part in template.parts]


def _free(name: str, taken: set[str]) -> str:
    free = next(found for found in _numbered(name) if found not in taken)
    taken.add(free)
    return free


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in range(2, 1000))


def _encoded(parts: Sequence[Part], asked: str, name: str) -> dict[str, Blob]:
    files = {}
    for part in parts:
        text = part.text
        if part.path == MAIN and asked != name:
            text = text.replace(f"name: {asked}", f"name: {name}", 1)
        files[part.path] = Blob(ENCODINGS[part.encoding](text), part.encoding)
    return files


def _carrier(template: Template, pool: Sequence[Template], filler: Filler) -> list[Part]:
    """Return the skill that a payload goes into: the one it names, or one by chance."""
    wanted = template.headers.get("carrier", "")
    carriers = [one for one in pool if one.kind == "carrier" and wanted in ("", one.name)]
    chosen = filler.chance.choice(carriers)
    return _filled(chosen, filler)


def _joined(carrier: Sequence[Part], payload: Sequence[Part], chance: random.Random) -> Iterator[Part]:
    """Yield the carrier's files with what is inserted into ``SKILL.md``, and the payload's files."""
    added = {part.path: part for part in payload}
    for part in carrier:
        if part.path == MAIN:
            text = part.text
            for extra in payload:
                if extra.path == "insert":
                    text = _inserted(text, extra, chance)
            yield Part(part.path, part.encoding, text)
        elif part.path not in added:
            yield part
    yield from (part for part in payload if part.path != "insert")


def _inserted(text: str, extra: Part, chance: random.Random) -> str:
    """Return *text* with *extra* in its frontmatter, before a heading, or at its end."""
    if extra.encoding == "front":
        return text.replace("\n---\n", f"\n{extra.text}---\n", 1)
    if extra.encoding == "description":
        return re.sub(r"^(description: .*)$", rf"\1 {extra.text.strip()}", text, count=1, flags=re.MULTILINE)
    places = [found.start() for found in _HEADING.finditer(text)]
    where = extra.encoding if extra.encoding != "text" else chance.choice(("early", "middle", "late"))
    at = {"early": places[0], "middle": places[len(places) // 2], "late": len(text)}[where]
    gap = "\n" if at == len(text) else ""
    return f"{text[:at]}{gap}{extra.text}\n{text[at:]}"


def _blocks(template: Template, pool: Sequence[Template], chance: random.Random) -> list[Template]:
    """Return the blocks that lengthen a skill, as many as it asks for."""
    all_blocks = [one for one in pool if one.kind == "block"]
    return chance.sample(all_blocks, min(len(all_blocks), int(template.headers.get("blocks", "0"))))


def _lengthened(own: list[Part], blocks: Sequence[Template], filler: Filler) -> list[Part]:
    """Return the files with each block's section in ``SKILL.md`` and its files beside it."""
    added = [part for block in blocks for part in _filled(block, filler)]
    sections = [part.text for part in added if part.path == "section"]
    files = [part for part in added if part.path != "section"]
    known = {part.path for part in own}
    main = [
        part._replace(text="\n".join([part.text, *sections])) if part.path == MAIN else part for part in own
    ]
    return [*main, *(part for part in files if part.path not in known)]
