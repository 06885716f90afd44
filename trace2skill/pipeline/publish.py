"""The last stage: routed lessons become a skill on disk, with a row of provenance for each sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from trace2skill import provenance
from trace2skill.compose import Sentence, bullet, compose, extend
from trace2skill.consolidate import Fate, Routes, support
from trace2skill.errors import InputError, PatchError, Trace2SkillError
from trace2skill.lint import lint_skill
from trace2skill.markdown import lines_of, parse_frontmatter
from trace2skill.patch import Attempt, Withheld, attempt, changelog, unified_diff
from trace2skill.paths import show
from trace2skill.pipeline.evidence import Grounds, known, quoted, removed, renewed
from trace2skill.pipeline.settings import Job
from trace2skill.records import Lesson, Skill, content_hash, encode
from trace2skill.runs import RunFolder
from trace2skill.skill import read_skill, slug, write_skill

WRITTEN = ".trace2skill/written.json"
"""The hashes of the files as we wrote them, so that a rerun never writes over somebody's edits."""


class Published(NamedTuple):
    """What was written: the folder, the skill as it is now and, if it was there before, its changes."""

    folder: Path
    skill: Skill
    attempt: Attempt | None = None
    diff: str = ""
    refused: bool = False
    """Nothing of what was to be added could be, and nothing had been before."""

    @property
    def withheld(self) -> tuple[Withheld, ...]:
        """Return the edits that were not made."""
        return self.attempt.withheld if self.attempt is not None else ()

    @property
    def fates(self) -> list[Fate]:
        """Return the lessons that are not in the skill because their edits were withheld."""
        return [
            Fate(lesson=name, fate="rejected", reason=f"withheld: {held.message}")
            for held in self.withheld
            for name in held.edit.lessons
        ]

    def record(self, run: RunFolder) -> None:
        """Leave the changes to a skill that was there before in the run folder."""
        if self.attempt is not None:
            run.write_text("changes.diff", self.diff)
            run.write_text("changes.md", changelog(self.attempt.hunks))
            run.write("withheld.json", self.withheld)
            run.append_all("merges.jsonl", self.fates)

    def require_change(self) -> None:
        """Raise ``PatchError`` when the skill could not be deepened at all."""
        if self.refused:
            count = len(self.withheld)
            raise PatchError(
                f"{show(self.folder)}: nothing was changed; {count} edit{'s' * (count != 1)} withheld:"
                f" {self.withheld[0].message}",
                hint="the run folder has all reasons in withheld.json",
            )


def target(job: Job) -> Path:
    """Return the folder of the skill that a job writes.

    Raises ``InputError`` when a skill of somebody's own is in the way, or the one to deepen is none.
    """
    if job.into is not None:
        main = read_skill(job.into).files["SKILL.md"]
        try:
            parse_frontmatter(main)
        except InputError as error:
            raise InputError(f"{show(job.into / 'SKILL.md')}: {error}", hint=error.hint) from error
        return job.into
    folder = job.out / name_of(job)
    if (folder / "SKILL.md").exists() and not (folder / provenance.FILE).exists():
        raise InputError(
            f"{show(folder)}: a skill of your own is there",
            hint="deepen it with --into, or choose another --name",
        )
    edited = _edited(folder)
    if edited:
        raise InputError(
            f"{show(folder / edited[0])}: changed since we wrote it, and would be written over",
            hint="deepen it with --into, choose another --name, or delete it",
        )
    return folder


def name_of(job: Job) -> str:
    """Return the name of the skill: as given, or after what it is distilled from."""
    if job.name is not None:
        if slug(job.name) != job.name:
            raise InputError(f"{job.name!r} is no skill name", hint=f"try --name {slug(job.name)}")
        return job.name
    paths = [path.resolve() for path in job.paths]
    if len(paths) == 1:
        return slug(paths[0].stem if paths[0].is_file() else paths[0].name)
    return slug(paths[0].parent.name)


def presentable(lessons: Iterable[Lesson]) -> tuple[list[Lesson], list[Fate]]:
    """Set aside the lessons whose text alone would break a skill: one must not cost all the others."""
    kept, rejected = [], []
    for lesson in lessons:
        page = f"---\nname: x\ndescription: x\n---\n\n{bullet(lesson)}\n"
        findings = lint_skill(Skill(name="x", files={"SKILL.md": page}))
        wrong = next((found for found in findings if found.severity == "error"), None)
        if wrong is None:
            kept.append(lesson)
        else:
            reason = f"its text would break a skill: {wrong.rule}"
            rejected.append(Fate(lesson=lesson.id, fate="rejected", reason=reason))
    return kept, rejected


def draft(job: Job, routes: Routes, grounds: Grounds) -> Skill:
    """Return the skill that would be published, and write nothing."""
    if job.into is None:
        return compose(name_of(job), routes, grounds.subjects)[0]
    return _extend(read_skill(job.into), provenance.load(job.into), routes).tried.skill


def publish(job: Job, routes: Routes, grounds: Grounds) -> Published:
    """Write the skill with its provenance; return its folder, what it holds now, and what was changed."""
    folder = target(job)
    return _deepen(folder, routes, grounds) if job.into is not None else _build(folder, job, routes, grounds)


def _build(folder: Path, job: Job, routes: Routes, grounds: Grounds) -> Published:
    skill, said = compose(name_of(job), routes, grounds.subjects)
    stale: set[str] = set()
    if (folder / provenance.FILE).exists():
        stale = {row.file for row in provenance.load(folder)} - skill.files.keys()
    hashes = {path: content_hash(text) for path, text in skill.files.items()}
    sidecars = {
        provenance.FILE: provenance.dump(_rows(skill, said, grounds)),
        WRITTEN: encode(hashes).decode() + "\n",
    }
    skill = msgspec.structs.replace(skill, files={**skill.files, **sidecars})
    _check(skill)
    write_skill(skill, folder, stale=tuple(sorted(stale)))
    return Published(folder, skill)


def _deepen(folder: Path, routes: Routes, grounds: Grounds) -> Published:
    """Add to a skill of the user's own; files that no edit changes are not even written again."""
    before, old = read_skill(folder), provenance.load(folder)
    there, said, tried = _extend(before, old, routes)
    skill = tried.skill
    added = {name for edit in tried.applied for name in edit.lessons}
    fresh = [sentence for sentence in said if sentence.lesson.id in added]
    old = (*provenance.place(old, skill.files), *removed(old, skill))
    rows = (*renewed(old, there.values(), grounds), *_rows(skill, fresh, grounds))
    written = {path: text for path, text in skill.files.items() if before.files.get(path) != text}
    if rows:
        written[provenance.FILE] = provenance.dump(rows)
    refused = bool(tried.withheld and not tried.applied and not old)
    if not refused:
        stale = tuple(sorted(before.files.keys() - skill.files.keys()))
        write_skill(msgspec.structs.replace(skill, files=written), folder, stale=stale)
    return Published(folder, skill, tried, unified_diff(before.files, skill.files), refused)


class _Extended(NamedTuple):
    """A skill of the user's with what could be added, which lessons it had, and what was to be said."""

    there: dict[str, tuple[str, Lesson]]
    said: tuple[Sentence, ...]
    tried: Attempt


def _extend(before: Skill, rows: Sequence[provenance.Row], routes: Routes) -> _Extended:
    there = known(rows, routes)
    patch, said = extend(routes, there, before.files)
    return _Extended(there, said, attempt(before, patch, lint_skill))


def _edited(folder: Path) -> list[str]:
    """Return the files of a skill of ours that somebody changed since."""
    record = folder / WRITTEN
    if not record.is_file():
        return []
    try:
        hashes = msgspec.json.decode(record.read_bytes(), type=dict[str, str])
    except msgspec.DecodeError as error:
        raise InputError(f"{show(record)}: damaged", hint="choose another --name") from error
    known = {path: folder / path for path in sorted(hashes) if (folder / path).is_file()}
    texts = {path: file.read_bytes().decode("utf-8", "replace") for path, file in known.items()}
    return [path for path, text in texts.items() if content_hash(text) != hashes[path]]


def _rows(skill: Skill, said: Sequence[Sentence], grounds: Grounds) -> list[provenance.Row]:
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for file, text in skill.files.items():
        for number, line in enumerate(lines_of(text), start=1):
            places[file, line.rstrip("\r\n")].append(number)
    # Lessons of different kinds may read the same; each has a line of its own, the last ones are ours.
    lines: dict[tuple[str, str], int] = {}
    for sentence in reversed(said):
        if (sentence.file, sentence.lesson.id) not in lines:
            lines[sentence.file, sentence.lesson.id] = places[sentence.file, bullet(sentence.lesson)].pop()
    return [
        provenance.Row(
            file=sentence.file,
            line=lines[sentence.file, sentence.lesson.id],
            sentence=sentence.text,
            lesson=sentence.lesson.id,
            support=support(sentence.lesson, grounds.tasks),
            evidence=tuple(quoted(quote, grounds) for quote in sentence.lesson.evidence),
            counts=sentence.lesson.counts,
            untrusted=sentence.lesson.untrusted,
        )
        for sentence in said
    ]


def _check(skill: Skill) -> None:
    """Refuse to leave behind a skill of our making that our own linter calls broken."""
    errors = [finding for finding in lint_skill(skill) if finding.severity == "error"]
    if errors:
        first = errors[0]
        raise Trace2SkillError(
            f"refusing to write: {first.path}:{first.line}: {first.rule} {first.message}",
            hint="please report this, with the run folder",
        )
