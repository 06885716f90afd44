"""The parts that made skills consist of: sentences, lists, tables, code and sections, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
_COMMANDS = ("check", "list", "render", "export", "verify", "diff", "import", "watch")


class Domain(NamedTuple):
    """What a skill is about."""

    name: str
    things: tuple[str, ...]
    tools: tuple[str, ...]
    places: tuple[str, ...]
    symptoms: tuple[str, ...]


@cache
def domains() -> tuple[Domain, ...]:
    """Return all domains that there are."""
    found = []
    for line in _lines("domains.txt"):
        name, _, rest = line.partition(": ")
        things, tools, places, symptoms = (tuple(part.split(", ")) for part in rest.split("; "))
        found.append(Domain(name, things, tools, places, symptoms))
    return tuple(found)


@cache
def sentences() -> dict[str, tuple[str, ...]]:
    """Return the patterns of sentences and titles by what they are for."""
    found: dict[str, list[str]] = {}
    for line in _lines("sentences.txt"):
        if line.startswith("["):
            rows = found.setdefault(line.strip("[]"), [])
        else:
            rows += line.split(" | ")
    return {kind: tuple(rows) for kind, rows in found.items()}


@cache
def foreign() -> dict[str, tuple[str, ...]]:
    """Return sentences in other scripts by language."""
    rows = (line.partition(": ") for line in _lines("foreign.txt"))
    return {language: tuple(rest.split("|")) for language, _, rest in rows}


def _lines(name: str) -> list[str]:
    text = (HERE / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


class Writer:
    """Writes about one domain; the same seed gives the same text."""

    def __init__(self, seed: str, binding: float = 0.05) -> None:
        self.rng = random.Random(seed)
        self.domain = self.rng.choice(domains())
        self.binding = binding
        self.language = ""

    def fill(self, pattern: str) -> str:
        """Return *pattern* with words of the domain in its holes."""
        rng, domain = self.rng, self.domain
        thing, other = rng.sample(domain.things, 2)
        symptom, tool = rng.choice(domain.symptoms), rng.choice(domain.tools)
        return pattern.format(
            thing=thing,
            Thing=thing.capitalize(),
            other=other,
            symptom=symptom,
            Symptom=symptom.capitalize(),
            tool=tool,
            file=rng.choice(domain.places),
            host=domain.name,
            slug=rng.choice(domain.things).replace(" ", "-"),
            VAR=f"{tool.upper().replace('-', '_')}_HOME",
            n=rng.randint(2, 90),
            m=rng.randint(100, 900),
            v=f"{rng.randint(1, 4)}.{rng.randint(0, 20)}",
        )

    def sentence(self, kind: str = "fact") -> str:
        """Return a sentence; one of facts or orders binds now and then instead."""
        if kind in ("fact", "order") and self.rng.random() < self.binding:
            kind = "bind"
        if self.language and kind == "fact" and self.rng.random() < 0.85:
            return self.rng.choice(foreign()[self.language])
        return self.fill(self.rng.choice(sentences()[kind]))

    def title(self, kind: str) -> str:
        """Return what a section is called."""
        return self.fill(self.rng.choice(sentences()[kind]))

    def prose(self, least: int = 2, most: int = 5) -> str:
        """Return a paragraph."""
        return " ".join(self.sentence() for _ in range(self.rng.randint(least, most)))

    def items(self, kind: str = "fact", count: int = 0) -> str:
        """Return a list, with a level below in places."""
        mark = self.rng.choice("-*")
        rows = []
        for _ in range(count or self.rng.randint(4, 9)):
            rows.append(f"{mark} {self.sentence(kind)}")
            if self.rng.random() < 0.15:
                rows.append(f"  {mark} {self.sentence(kind)}")
        return "\n".join(rows)

    def steps(self, count: int = 0) -> str:
        """Return numbered steps."""
        return "\n".join(
            f"{number}. {self.sentence('order')}"
            for number in range(1, 1 + (count or self.rng.randint(4, 8)))
        )

    def table(self, rows: int = 0) -> str:
        """Return a table."""
        rng = self.rng
        lines = ["| name | where | default | meaning |", "|------|:-----:|--------:|---------|"]
        for _ in range(rows or rng.randint(4, 12)):
            thing = rng.choice(self.domain.things)
            option = f"--{thing.replace(' ', '-')}-{rng.randint(1, 99)}"
            place = rng.choice(self.domain.places)
            lines.append(f"| `{option}` | `{place}` | {rng.randint(1, 500)} ms | {self.sentence()} |")
        return "\n".join(lines)

    def code(self, lines: int = 0, fence: str = "```") -> str:
        """Return a fenced block of code in one of four languages."""
        maker = self.rng.choice((self._shell, self._python, self._yaml, self._json))
        return self._fenced(maker, lines or self.rng.randint(4, 14), fence)

    def _fenced(self, maker: Callable[[int], tuple[str, str]], lines: int, fence: str) -> str:
        language, text = maker(lines)
        return f"{fence}{language}\n{text}\n{fence}"

    def _shell(self, lines: int) -> tuple[str, str]:
        rows = ["# comments are no headings"]
        for _ in range(lines):
            tool, command = self.rng.choice(self.domain.tools), self.rng.choice(_COMMANDS)
            place = self.rng.choice(self.domain.places)
            rows.append(f'{tool} {command} --limit {self.rng.randint(1, 99)} "{place}"   # {command}')
        return "bash", "\n".join(rows)

    def _python(self, lines: int) -> tuple[str, str]:
        name = self.rng.choice(self.domain.things).replace(" ", "_")
        rows = [f"def load_{name}(path: str, limit: int = {self.rng.randint(1, 99)}) -> list[str]:"]
        for _ in range(lines):
            field = self.rng.choice(self.domain.things).replace(" ", "_")
            rows.append(f"    {field} = [row['{name}']  for row in rows if row.get('{field}', 0) > limit]")
            if self.rng.random() < 0.15:
                rows.append("")
        return "python", "\n".join([*rows, f"    return {name}"])

    def _yaml(self, lines: int) -> tuple[str, str]:
        rows = ["version: 2", "items:"]
        for _ in range(lines):
            thing = self.rng.choice(self.domain.things)
            rows.append(f"  - {{name: {thing}, keep: {self.rng.randint(1, 90)}d}}")
        return "yaml", "\n".join(rows)

    def _json(self, lines: int) -> tuple[str, str]:
        rows = [
            f'  "{self.rng.choice(self.domain.things)} {at}": {self.rng.random():.4f}' for at in range(lines)
        ]
        return "json", "{\n" + ",\n".join(rows) + "\n}"
