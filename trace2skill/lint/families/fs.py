"""FS: files that are not what they seem, or that nobody can read."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from trace2skill.lint.binaries import missing_in, native_format
from trace2skill.lint.folder import File
from trace2skill.lint.pickles import MAX_OPCODES, pickled_part, read_pickle
from trace2skill.lint.rules import Hit, Link, Rule
from trace2skill.lint.view import SCRIPT_KINDS, View
from trace2skill.records import Severity

_PLAIN = "ship plain files"
_FOLDED = 3
"""So many constants of bytecode the compiler may have made of several in the source."""
_SHARED_UP = 2
"""So far up a link may lead to what skills of one repository share."""
_PICKLES = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".npy")
_PICTURES = "png jpg jpeg gif webp bmp ico tiff ttf otf woff woff2 mp3 mp4 wav pdf".split()
_TEXTS = "md txt json yaml yml toml csv tsv xml html css svg rst ini cfg log".split()
_COMMANDS = re.compile(
    r"\A#!|^(?:sudo |exec |eval )?(?:curl|wget|bash|sh|python3?|node|rm|chmod|export|base64|nc|powershell) "
    r"|^(?:import|from) [a-z]\w{1,40}(?: import|$)",
    re.MULTILINE,
)
_STANDS_FOR = re.compile(
    r"\s{0,20}(?:version https://git-lfs|placeholder|%PDF|[\w+/=\s]{200}|<svg|<\?xml|data:"
    r"|[\w./ -]{0,200}\Z)",
    re.IGNORECASE,
)
"""What may lie in place of a picture and does no harm."""
_EDITOR = frozenset(
    (".github", ".gitlab", ".vscode", ".idea", ".devcontainer", ".circleci", ".claude", ".cursor", ".husky")
)


def links_out(view: View) -> Iterator[Hit]:
    """Find links to places outside of the skill, or to nothing."""
    for file in view.files:
        if file.kind != "link" or not file.escapes:
            continue
        parts = [*PurePosixPath(file.path).parent.parts, *file.target.split("/")]
        up = _levels_up(parts)
        personal = file.target.startswith(("/", "~", "\\")) or file.target[1:2] == ":"
        if not personal and up <= _SHARED_UP and not any(_is_dot(part) for part in parts):
            what = "the link leads to nothing" if up == 0 else "the link leads out of the skill"
            fix = "put a copy of the file there"
            yield Hit(file.path, 1, what, fix=fix, evidence=file.target, level="warning")
        else:
            what = "the link leads to a place on the machine of whoever has the skill"
            yield Hit(file.path, 1, what, fix="remove it", evidence=file.target)


def _levels_up(parts: list[str]) -> int:
    depth = lowest = 0
    for part in parts:
        depth += -1 if part == ".." else part not in ("", ".")
        lowest = min(lowest, depth)
    return -lowest


def _is_dot(part: str) -> bool:
    return part.startswith(".") and part not in (".", "..")


def _native(file: File) -> str:
    # A program of few bytes can be all ASCII, and then passes for text.
    early = file.text[:65_536].encode("utf-8") if file.text.startswith("MZ") else b""
    return native_format(file.data or early)


def archives(view: View) -> Iterator[Hit]:
    """Find archives, and what is dangerous about their members."""
    for file in view.files:
        contents = view.archives.get(file.path)
        if contents is None:
            continue
        for trouble in contents.troubles:
            member = f"in the archive, {trouble.member}" if trouble.member else "the archive"
            level: Severity = "error" if trouble.grave else "warning"
            what = _printable(f"{member} {trouble.what}")
            yield Hit(file.path, 1, what, fix=_PLAIN, evidence=trouble.member, level=level)
        if file.kind != "archive":
            what = f"named and begun as of another kind ({file.kind}), but also a zip archive"
            yield Hit(file.path, 1, what, fix=_PLAIN)
        elif not file.path.lower().endswith((*_PICKLES, ".npz")) and not contents.document:
            yield Hit(file.path, 1, "an archive hides files from who reads the skill", fix=_PLAIN)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "�" for char in text[:300])


def bytecode(view: View) -> Iterator[Hit]:
    """Find compiled code, above all without the source that it is said to come from."""
    for file in view.files:
        if file.kind != "bytecode" and not (file.data and file.path.endswith((".pyc", ".pyo"))):
            continue
        fix = "remove it, and ship the source"
        if not file.path.endswith((".pyc", ".pyo")):
            yield Hit(file.path, 1, "compiled code that nobody can read", fix=fix)
            continue
        source = _source_of(file, view)
        if source is None:
            yield Hit(file.path, 1, "Python bytecode without its source", fix=fix, level="error")
            continue
        extra = missing_in(source.text, file.data)
        names = ", ".join((*extra.telling, *extra.others)[:8])
        what = f"Python bytecode that holds what its source does not: {names}"
        if extra.telling:
            yield Hit(file.path, 1, what, fix=fix, evidence=names, level="error")
        else:
            differs = len(extra.others) > _FOLDED
            yield Hit(file.path, 1, what if differs else "Python bytecode beside its source", fix=fix)


def _source_of(file: File, view: View) -> File | None:
    path = PurePosixPath(file.path)
    folder = path.parent.parent if path.parent.name == "__pycache__" else path.parent
    return view.file(str(folder / f"{path.name.split('.')[0]}.py"))


def native_code(view: View) -> Iterator[Hit]:
    """Find programs and libraries of machine code."""
    for file in view.files:
        name = _native(file)
        if name:
            yield Hit(
                file.path, 1, f"machine code ({name})", fix="ship the source, or say where it comes from"
            )


def pickles(view: View) -> Iterator[Hit]:
    """Find pickles, which are programs to whoever loads them, and what they would import."""
    for file in view.files:
        named = file.path.lower().endswith(_PICKLES)
        if file.kind == "archive" or not (file.kind == "pickle" or named):
            continue
        data = pickled_part(file.data or file.text.encode(file.encoding, "replace"))
        if not data:
            continue
        found = read_pickle(data)
        if found.dangerous:
            names = ", ".join(found.dangerous[:5])
            what = f"a pickle that can run commands when it is loaded: {names}"
            yield Hit(file.path, 1, _printable(what), fix="remove it", evidence=names, level="error")
        elif found.whole or found.cut or file.kind == "pickle":
            more = f", and only its first {MAX_OPCODES} opcodes were analysed" if found.cut else ""
            what = f"a pickle, which runs code when it is loaded{more}"
            yield Hit(file.path, 1, what, fix="store data as JSON, CSV or safetensors")


def wrong_names(view: View) -> Iterator[Hit]:
    """Find files whose content is of another kind than their name says."""
    for file in view.files:
        suffix = file.path.rsplit(".", 1)[-1].lower()
        program = _native(file)
        if suffix not in (*_PICTURES, *_TEXTS) or file.kind == "link":
            continue
        if program:
            yield Hit(file.path, 1, f"named .{suffix}, but it is machine code ({program})", fix="remove it")
        elif suffix in _PICTURES and _COMMANDS.search(file.text, 0, 20_000):
            yield Hit(file.path, 1, f"named .{suffix}, but it is a script", fix="name it as what it is",
                      evidence=file.text[:200].split("\n", 1)[0])  # fmt: skip
        elif suffix in _PICTURES and _is_prose(file):
            yield Hit(file.path, 1, f"named .{suffix}, but it is text", fix="name it as what it is",
                      evidence=file.text[:200].split("\n", 1)[0], level="warning")  # fmt: skip
        elif file.kind in ("archive", "bytecode", "pickle"):
            yield Hit(file.path, 1, f"named .{suffix}, but it is of the kind {file.kind}",
                      fix="name it as what it is", level="warning")  # fmt: skip


def _is_prose(file: File) -> bool:
    plain = file.encoding == "utf-8" and "\0" not in file.text[:4096]
    return plain and bool(file.text.strip()) and not _STANDS_FOR.match(file.text)


def hidden_code(view: View) -> Iterator[Hit]:
    """Find code in files or folders with a dot that the rest of the skill runs."""
    for file in view.files:
        marked = file.executable and file.kind == "text"
        code = marked or file.kind in SCRIPT_KINDS or _native(file)
        if not code or not file.hidden or _EDITOR.intersection(file.path.split("/")):
            continue
        place = _first_use(file, view)
        if place is not None:
            what = f"{place[0]}:{place[1]} uses code that a listing does not show"
            yield Hit(file.path, 1, what, fix="name it without a dot", evidence=place[2])


def _first_use(file: File, view: View) -> tuple[str, int, str] | None:
    """Return the file, the line and the words that first name a hidden *file*."""
    parts = file.path.split("/")
    first = next(at for at, part in enumerate(parts) if part.startswith("."))
    if not view.mentions.names(parts[first], file.path):
        return None
    name = re.compile(rf"(?<![\w.-]){re.escape('/'.join(parts[first:]))}(?![\w-])")
    for other in view.texts():
        if other.path != file.path and view.mentions.may_hold(other.path, parts[first]):
            found = name.search(other.text)
            if found is not None:
                return other.path, other.text.count("\n", 0, found.start()) + 1, found[0]
    return None


_ZIP_OUT = base64.b64decode(
    "UEsDBBQAAAAAAAAAIQCsKpPYAgAAAAIAAAAIAAAALi4vYS50eHRoaVBLAQIUAxQAAAAAAAAAIQCsKpPYAgAAAAIAAAAIAAAAAAAA"
    "AAAAAACAAQAAAAAuLi9hLnR4dFBLBQYAAAAAAQABADYAAAAoAAAAAAA="
)
_ELF = b"\x7fELF\x02\x01\x01" + bytes(57)
RULES = (
    Rule(
        id="FS901", name="symlink-escape", class_="malicious", level="error", check=links_out,
        why="Whoever copies or reads the skill copies or reads a file of their own machine.",
        bad={"references/notes.md": Link("/etc/passwd")}, good={"references/notes.md": Link("more.md")},
        hazards=("CWE-59",),
    ),
    Rule(
        id="FS902", name="archive", class_="risky", level="warning", check=archives,
        why="Members of an archive escape review, and may be written outside of the folder when unpacked.",
        bad={"assets/a.zip": _ZIP_OUT}, good={"assets/a.txt": "PK is how archives begin.\n"},
        hazards=("CWE-22", "CWE-409"),
    ),
    Rule(
        id="FS903", name="bytecode", class_="risky", level="warning", check=bytecode,
        why="Nobody can read compiled code, and Python prefers it to the source.",
        bad={"scripts/__pycache__/a.cpython-311.pyc": b"\xa7\r\r\n" + bytes(12)},
        good={"scripts/a.py": "print(1)\n"},
        hazards=("CWE-506",),
    ),
    Rule(
        id="FS904", name="native-binary", class_="risky", level="warning", check=native_code,
        why="Nobody can read machine code, and it runs on one kind of machine only.",
        bad={"bin/tool": _ELF}, good={"references/elf.md": "A file begins with 7f 45 4c 46.\n"},
        hazards=("CWE-506",),
    ),
    Rule(
        id="FS905", name="pickle", class_="risky", level="warning", check=pickles,
        why="Loading a pickle runs whatever it names.",
        bad={"assets/model.pkl": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R."},
        good={"assets/model.json": '{"weights": [1, 2]}\n'}, hazards=("CWE-502",),
    ),
    Rule(
        id="FS906", name="magic-mismatch", class_="malicious", level="error", check=wrong_names,
        why="A program named like a picture or a text passes a review by names.",
        bad={"assets/logo.png": "#!/bin/sh\ntrue\n"},
        good={"assets/logo.png": b"\x89PNG\r\n\x1a\n" + bytes(20)}, hazards=("CWE-434",),
    ),
    Rule(
        id="FS907", name="hidden-executable", class_="risky", level="warning", check=hidden_code,
        why="A listing of the folder does not show it, and yet it runs.",
        bad={"scripts/.run.sh": "true\n", "SKILL.md": "Run `sh scripts/.run.sh`.\n"},
        good={".eslintrc.js": "module.exports = {}\n"},
    ),
)  # fmt: skip
