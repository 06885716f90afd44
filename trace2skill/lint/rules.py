"""What a rule is: a function from a view of a skill to hits, with its metadata beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import msgspec

from trace2skill.lint.document import Context
from trace2skill.lint.view import View
from trace2skill.records import FlowStep, RuleClass, Severity

Target = str
"""A program that reads skills; a rule names those that it is about, or none for all."""
LEVELS: tuple[Severity, ...] = ("error", "warning", "note")
"""From the worst down."""
Example = str | Mapping[str, str | bytes]
"""A skill: the body of ``SKILL.md``, or all files by path; a ``SKILL.md`` is added if none is there."""


class Link(str):
    """Where a link of an example leads to."""


_FAMILY = re.compile(r"[A-Z]+")


class Hit(msgspec.Struct, frozen=True):
    """A place where a rule finds what it looks for."""

    path: str
    line: int
    message: str
    end_line: int = 0
    fix: str = ""
    evidence: str = ""
    """The matched text as it stands in the file; the engine redacts and shortens it."""
    confidence: float = 1.0
    level: Severity | None = None
    """Where this hit is to say less, or more, than its rule."""
    context: Context = "active"
    prose: bool = False
    """Whether it is a sentence rather than code: gates lower prose only."""
    acted: bool = False
    """Whether the same paragraph orders a deed with a side effect, so that words do not stand alone."""
    gates: tuple[str, ...] = ()
    flow: tuple[FlowStep, ...] = ()
    refused_by: tuple[Target, ...] = ()
    """Programs that do not load a skill with this: an error when one of them is asked for."""


Check = Callable[[View], Iterator[Hit]]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of the linter."""

    id: str
    name: str
    """In kebab-case."""
    class_: RuleClass
    level: Severity
    why: str
    """One or two sentences: what may happen to a user."""
    bad: Example
    good: Example
    """A near miss: what looks alike and is fine."""
    check: Check
    hazards: tuple[str, ...] = ()
    """References, such as ``CWE-94`` or ``AST01``."""
    targets: tuple[Target, ...] = ()
    asked: bool = False
    """Whether it runs only when one of its targets is asked for."""
    alone: Severity | None = None
    """The most it says in a file where no rule about side effects finds anything."""
    aliases: tuple[str, ...] = ()
    """Ids that it had before."""

    @property
    def family(self) -> str:
        """Return the letters of its id."""
        found = _FAMILY.match(self.id)
        return found[0] if found else self.id

    def is_for(self, target: Target) -> bool:
        """Say whether it runs when *target* is asked for, or none."""
        for_all = not self.targets or (not target and not self.asked)
        return for_all or target in self.targets

    def hits(self, view: View, target: Target = "") -> Iterator[Hit]:
        """Yield what it finds, at the level that *target* gives it."""
        for hit in self.check(view):
            refused = target and target in hit.refused_by
            yield msgspec.structs.replace(hit, level="error") if refused else hit

    def matches(self, prefix: str) -> bool:
        """Say whether *prefix* selects this rule: the beginning of an id, its name, or ``ALL``."""
        ids = (self.id, *self.aliases)
        return prefix in ("ALL", self.name) or any(known.startswith(prefix) for known in ids)
