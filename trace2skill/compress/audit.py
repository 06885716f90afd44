"""Weigh a skill and write nothing: what it costs, what is over a limit, and what each action would save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from trace2skill import tokens
from trace2skill.compress.findings import Facts, Finding, findings_of, grams_of, share_in
from trace2skill.compress.links import orphans
from trace2skill.compress.profiles import Profile
from trace2skill.compress.similar import Collision
from trace2skill.compress.sizes import READ_AGAIN, Sizes, front_of, sizes_of, text_of
from trace2skill.markdown import split_frontmatter
from trace2skill.records import Record


class Saving(Record, frozen=True, omit_defaults=False):
    """What one action would save, in tokens: of what is always loaded, of all, and of what is expected."""

    action: str
    always: int
    everything: int
    expected: float
    """Negative where it costs more than it saves."""


class Audit(Record, frozen=True, omit_defaults=False):
    """One skill, weighed: tokens where nothing else is said."""

    skill: str
    description: int
    body: int
    """What each use loads."""
    everything: int
    """What a use loads that reads every reference."""
    expected: float
    """What a use loads on average."""
    references: dict[str, int]
    size: int
    """Bytes of ``SKILL.md``."""
    size_lf: int
    """Bytes of it if each line ends in LF."""
    size_crlf: int
    """Bytes of it if each line ends in CRLF."""
    lines: int
    """Of the body."""
    listing: int
    """Characters of name and description, which are in the context of every request."""
    savings: tuple[Saving, ...]
    findings: tuple[Finding, ...]

    @property
    def over(self) -> bool:
        """Say whether it passes a limit."""
        return any(finding.over for finding in self.findings)


class Checked(Record, frozen=True, omit_defaults=False):
    """The skills that were weighed together, and what listing them takes."""

    profile: str
    listing: int
    limit: int | None
    """Characters that the profile has for the listing."""
    skills: tuple[Audit, ...]

    @property
    def crowded(self) -> bool:
        """Say whether the listing is too long, so that a program leaves descriptions out."""
        return self.limit is not None and self.listing > self.limit

    @property
    def over(self) -> bool:
        """Say whether any limit is passed."""
        return self.crowded or any(skill.over for skill in self.skills)


class Weighed(NamedTuple):
    """A skill on the scales."""

    skill: str
    files: Mapping[str, str]
    """Its texts."""
    paths: frozenset[str]
    """All that it has."""
    shorter: Mapping[str, str]
    """Its texts as a compression would leave them."""
    collisions: tuple[Collision, ...] = ()
    """The skills that it may be taken for."""


def audit(weighed: Weighed, profile: Profile) -> Audit:
    """Return what a skill takes, what is over the limits of *profile*, and what could be saved."""
    files, page = weighed.files, weighed.files["SKILL.md"]
    front = front_of(page)
    description = text_of(front, "description")
    sizes = sizes_of(files)
    lone = page.replace("\r\n", "\n")
    known = {path: tokens.count(files[path]) for path in sorted(files) if path.startswith("references/")}
    grams = grams_of(split_frontmatter(page)[1])
    facts = Facts(
        files=files,
        paths=weighed.paths,
        sizes=sizes,
        crlf=len(lone.encode("utf-8")) + lone.count("\n"),
        description=description,
        room=profile.room(front),
        repeated={path: round(size * share_in(grams, files[path])) for path, size in known.items()},
        tokens=known,
        orphans=frozenset(orphans(files)),
        collisions=weighed.collisions,
    )
    return Audit(
        skill=weighed.skill,
        description=sizes.description,
        body=sizes.body,
        everything=sizes.everything,
        expected=sizes.expected,
        references=known,
        size=sizes.size,
        size_lf=facts.crlf - lone.count("\n"),
        size_crlf=facts.crlf,
        lines=sizes.lines,
        listing=len(text_of(front, "name") or weighed.skill) + len(description),
        savings=tuple(_savings(facts, sizes_of(weighed.shorter))),
        findings=findings_of(facts, profile),
    )


def _savings(facts: Facts, after: Sizes) -> Iterator[Saving]:
    """Yield what a compression would save, and what only a person may decide on."""
    before = facts.sizes
    yield Saving(
        action="move sections into references",
        always=before.body - after.body,
        everything=before.everything - after.everything,
        expected=round(before.expected - after.expected, 1),
    )
    listed = before.description - after.description
    yield Saving(action="shorten the description", always=listed, everything=listed, expected=listed)
    for action, size in (
        ("delete references that nothing names", sum(facts.tokens[path] for path in facts.orphans)),
        ("delete from references what the body says", sum(facts.repeated.values())),
    ):
        yield Saving(action=action, always=0, everything=size, expected=round(READ_AGAIN * size, 1))
