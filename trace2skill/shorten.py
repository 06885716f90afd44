"""Shorten a skill on disk: read it, compress it, let the linter look, and write all of it or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path

from trace2skill import compress, provenance
from trace2skill.compress import history
from trace2skill.compress.audit import Checked, Weighed, audit
from trace2skill.compress.pool import Pools
from trace2skill.compress.profiles import Profile
from trace2skill.condense.account import Condensed
from trace2skill.errors import InputError, OutputError
from trace2skill.lint import lint_skill
from trace2skill.patch import unified_diff
from trace2skill.paths import show
from trace2skill.records import Record, Skill
from trace2skill.skill import read_skill, write_skill

MOST_FILES = 100_000
"""Files of a skill that are looked at; one with more is no skill."""


class Opened(Record, frozen=True):
    """A skill on disk: its text files, the paths of all others, and what an earlier compression left."""

    folder: Path
    files: dict[str, str]
    others: tuple[str, ...]
    past: compress.History | None


class Shortened(Record, frozen=True, omit_defaults=False):
    """What became of one skill."""

    skill: str
    before: compress.Sizes
    after: compress.Sizes
    moved: tuple[compress.Moved, ...]
    stayed: tuple[compress.Stayed, ...]
    described: compress.Described
    fault: str
    """Why it was left as it was."""
    note: str
    """Why there was nothing to do."""
    diff: str
    written: str | None
    """The folder that holds the shorter skill; ``None`` if there was nothing to write."""
    model: Condensed | None = None
    """What a model did, if one was asked."""


def open_skill(folder: Path) -> Opened:
    """Read the skill in *folder*; raise ``InputError`` for one that has no ``SKILL.md`` or cannot be read."""
    files = dict(read_skill(folder).files)
    if (folder / provenance.FILE).is_file():
        files[provenance.FILE] = _text(folder / provenance.FILE)
    others = tuple(sorted(set(_paths(folder)) - files.keys()))
    return Opened(folder, files, others, history.load(folder))


def check(folders: Sequence[Path], profile: Profile, pools: Pools) -> Checked:
    """Return what the skills in *folders* take, and what of it is over the limits of *profile*."""
    audits = []
    for folder in folders:
        opened = open_skill(folder)
        wishes = compress.Wishes(profile, pools.beside(folder))
        done = compress.compress(opened.files, opened.others, opened.past, wishes=wishes)
        weighed = Weighed(
            skill=show(folder),
            files=_pages(opened.files),
            paths=frozenset((*opened.files, *opened.others)),
            shorter=_pages(done.after),
            collisions=done.described.collisions,
        )
        audits.append(audit(weighed, profile))
    listing = sum(one.listing for one in audits)
    return Checked(profile=profile.name, listing=listing, limit=profile.listing, skills=tuple(audits))


def shorten(
    opened: Opened, share: float = compress.TARGET, wishes: compress.Wishes = compress.NO_WISHES
) -> compress.Compression:
    """Return the skill made shorter, or as it is with the reason."""
    return held(opened, compress.compress(opened.files, opened.others, opened.past, share, wishes))


def held(opened: Opened, done: compress.Compression) -> compress.Compression:
    """Return *done*, or the skill as it is if the linter finds an error that it did not find before."""
    if not done.changed:
        return done
    name = opened.folder.resolve().name
    touched = {path for path, text in done.after.items() if done.before.get(path) != text}
    known, now = (_errors(name, files, touched) for files in (done.before, done.after))
    new = sorted(now - known)
    if new:
        reason = f"the linter would find {len(new)} new errors, first {new[0][0]}: {new[0][1]}"
        return compress.Compression(done.before, done.before, fault=reason)
    return done


def write_in_place(opened: Opened, done: compress.Compression) -> bool:
    """Write the shorter skill over the one on disk; return whether there was anything to write."""
    if done.after == opened.files:
        return False
    write_skill(Skill(name="", files=_written(opened, done)), opened.folder, stale=_stale(opened, done))
    return True


def write_copy(opened: Opened, done: compress.Compression, out: Path) -> Path:
    """Write the shorter skill into a folder of its name below *out*, with all other files as they are.

    A skill of ours that is there gives way; anything else is an ``OutputError``.
    """
    target = out / opened.folder.resolve().name
    if target.resolve() == opened.folder.resolve():
        raise OutputError(f"{show(target)}: is the skill itself", hint="to write over it, say --in-place")
    if target.exists() and not (target / history.FILE).is_file() and any(target.iterdir()):
        raise OutputError(f"{show(target)}: exists, and is none of ours", hint="choose another -o")
    _require_links_inside(opened.folder)
    try:
        out.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=out, prefix=".writing-"))
    except OSError as error:
        raise OutputError(f"{show(out)}: {error.strerror}", hint="choose another -o") from error
    try:
        copy = half / target.name
        shutil.copytree(opened.folder, copy, symlinks=True)
        write_skill(Skill(name="", files=_written(opened, done)), copy, stale=_stale(opened, done))
        if target.exists():
            shutil.rmtree(target)
        copy.replace(target)
    except (OSError, shutil.Error) as error:
        raise OutputError(f"{show(target)}: cannot write: {error}", hint="choose another -o") from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return target


def revert(folder: Path) -> tuple[str, ...]:
    """Give back what the skill in *folder* was before it was compressed; return the paths that changed.

    Raises ``InputError`` when it was not, or when somebody changed one of those files since.
    """
    opened = open_skill(folder)
    if opened.past is None:
        raise InputError(f"{show(folder)}: nothing to revert", hint="it was not compressed in place")
    texts = {path: _text(folder / path) for path in opened.past.after}
    changed = [path for path, known in opened.past.after.items() if history.digest(texts[path]) != known]
    if changed:
        raise InputError(
            f"{show(folder / changed[0])}: changed since it was compressed, and would be written over",
            hint="take the change back, or restore the skill from version control",
        )
    back = {path: text for path, text in opened.past.before.items() if text is not None}
    stale = tuple(sorted(path for path, text in opened.past.before.items() if text is None))
    write_skill(Skill(name="", files=back), folder, stale=(*stale, history.FILE))
    for path in sorted({(folder / name).parent for name in (*stale, history.FILE)}):
        if path != folder and not any(path.iterdir()):
            path.rmdir()
    return tuple(sorted(opened.past.before))


def account(
    opened: Opened, done: compress.Compression, written: Path | None, model: Condensed | None = None
) -> Shortened:
    """Return what to tell of one skill."""
    return Shortened(
        skill=show(opened.folder),
        before=compress.sizes_of(done.before),
        after=compress.sizes_of(done.after),
        moved=done.moved,
        stayed=done.stayed,
        described=done.described,
        fault=done.fault,
        note=done.note,
        diff=unified_diff(_pages(opened.files), _pages(done.after)),
        written=show(written) if written is not None else None,
        model=model,
    )


def _written(opened: Opened, done: compress.Compression) -> dict[str, str]:
    """Return the files that are to be written, the history among them if there is one to tell."""
    written = {path: text for path, text in done.after.items() if opened.files.get(path) != text}
    if done.changed:
        written[history.FILE] = history.dump(done.history())
    return written


def _stale(opened: Opened, done: compress.Compression) -> tuple[str, ...]:
    """Return the files of an earlier compression that this one does not make."""
    return tuple(sorted(opened.files.keys() - done.after.keys()))


def _require_links_inside(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            raise InputError(
                f"{show(path)}: leads out of the skill folder",
                hint="replace the link by a file, or compress --in-place",
            )


def _pages(files: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in files.items() if path != provenance.FILE}


def _errors(name: str, files: Mapping[str, str], touched: Set[str]) -> set[tuple[str, str]]:
    """Return the errors in what was *touched* of the skill: rule and message, for lines move."""
    found = lint_skill(Skill(name=name, files={path: files[path] for path in touched if path in files}))
    return {(one.rule, one.message) for one in found if one.severity == "error"}


def _paths(folder: Path) -> Iterator[str]:
    count = 0
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            count += 1
            if count > MOST_FILES:
                raise InputError(f"{show(folder)}: more than {MOST_FILES} files", hint="is it one skill?")
            yield (Path(place) / name).relative_to(folder).as_posix()


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{show(path)}: {error}", hint="is it as the compression left it?") from error
