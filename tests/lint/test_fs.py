"""Files that are not what they seem, or that nobody can read."""

from __future__ import annotations

import io
import pickle
import tarfile
import zipfile
from collections import OrderedDict
from pathlib import Path

import pytest

from tests.lint.tables import FRONT, Case, found
from trace2skill.lint import Options, lint_folder
from trace2skill.lint.rules import Example, Link


def zipped(*members: tuple[str, bytes], mode: int = 0o100644) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = mode << 16
            archive.writestr(info, data)
    return out.getvalue()


def encrypted() -> bytes:
    """Return an archive that says its member is encrypted."""
    data = bytearray(zipped(("a.txt", b"x")))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def tarred(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", text: str = "hi") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, target
        member.size = len(text) if kind == tarfile.REGTYPE else 0
        archive.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


class Runs:
    def __reduce__(self) -> tuple[object, ...]:
        return eval, ("1",)


ELF = b"\x7fELF\x02\x01\x01" + bytes(57)
PE = b"MZ" + bytes(0x3A) + (0x40).to_bytes(4, "little") + b"PE\x00\x00" + bytes(16)
JAVA = b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(9)
FAT = b"\xca\xfe\xba\xbe\x00\x00\x00\x02" + bytes(40)
PYC = b"\xa7\r\r\n" + bytes(12)
OFFICE = zipped(("[Content_Types].xml", b"<a/>"), ("word/document.xml", b"<a/>"))
NUMBERS = b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n" + bytes(8)
OBJECTS = b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"

ERRORS = [
    Case(
        "FS901",
        bad=[
            {"notes.md": Link("/etc/hosts")},
            {"references/k": Link("../../.ssh/id_rsa")},
            {"x": Link("../../../../../etc/passwd")},
        ],
        good=[
            {"a.md": Link("SKILL.md")},
            {"references/a.md": Link("b.md")},
            "Link to `/etc/hosts` with `ln -s`.\n",
        ],
    ),
    Case(
        "FS902",
        bad=[
            {"a.zip": zipped(("../../.bashrc", b"x"))},
            {"a.zip": encrypted()},
            {"a.docx": zipped(("[Content_Types].xml", b"<a/>"), ("word/run.exe", b"MZ"))},
            {"a.zip": zipped(("docs/logo", ELF))},
            {"a.zip": zipped(("inner.zip", zipped(("tool", PE))))},
            {"a.zip": zipped(("link", b"../../etc"), mode=0o120777)},
            {"a.zip": zipped(("zeros", bytes(20_000_000)))},
            {"a.tar.gz": tarred("../a")},
            {"a.tgz": tarred("a", tarfile.SYMTYPE, "/etc/passwd")},
        ],
        good=[
            {"template.docx": OFFICE},
            {"book.epub": zipped(("mimetype", b"application/epub+zip"))},
            {"model.pt": zipped(("model/data.pkl", b"\x80\x04N."))},
            {"numbers.npz": zipped(("a.npy", NUMBERS))},
        ],
    ),
    Case(
        "FS903",
        bad=[
            {"scripts/__pycache__/a.cpython-311.pyc": PYC},
            {"a.pyc": PYC},
            {
                "scripts/a.py": "print(1)\n",
                "scripts/__pycache__/a.cpython-311.pyc": PYC + b"\xda\x0asubprocess",
            },
        ],
        good=[{"a.py": "import subprocess\n"}, {"a.py": "", "__pycache__/x.txt": ""}, {"pyc.md": "a.pyc\n"}],
    ),
    Case(
        "FS905",
        bad=[
            {"a.pkl": b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x01x\x85R."},
            {"a.pickle": "cos\nsystem\n(S'true'\ntR."},
            {"a.joblib": pickle.dumps(Runs(), protocol=4)},
            {"a.pkl": pickle.dumps(Runs(), protocol=2)},
            {"a.npy": OBJECTS + pickle.dumps([Runs()])},
            {"data.bin": pickle.dumps(1) + pickle.dumps(Runs())},
        ],
        good=[{"a.npy": NUMBERS}, {"a.json": "{}"}, {"pickle.md": "cos\nsystem\n(S'true'\ntR.\n"}],
    ),
    Case(
        "FS906",
        bad=[
            {"logo.png": "#!/usr/bin/env python3\nprint()\n"},
            {"notes.txt": PE},
            {"data.json": ELF},
            {"font.woff2": FAT},
        ],
        good=[
            {"logo.png": ""},
            {"logo.png": "version https://git-lfs.github.com/spec/v1\n"},
            {"references/hook.txt": "#!/bin/sh\ntrue\n"},
            {"report.txt": "MZ is where it begins.\n"},
        ],
    ),
]  # fmt: skip

WARNINGS = [
    Case(
        "FS904",
        bad=[{"bin/x": ELF}, {"bin/x.exe": PE}, {"bin/y.exe": PE + b"\xff"}, {"lib/x.dylib": FAT}],
        good=[{"A.class": JAVA}, {"x.md": "MZ and ELF\n"}, {"x.bin": bytes(range(256))}],
    ),
    Case(
        "FS907",
        bad=[
            {"scripts/.a.py": "print()\n", "run.sh": "python scripts/.a.py\n"},
            {".tools/b.sh": "true\n", "SKILL.md": FRONT + "Run `bash .tools/b.sh`.\n"},
            {".c": "#!/bin/sh\ntrue\n", "SKILL.md": FRONT + "Run `./.c`.\n"},
        ],
        good=[
            {".eslintrc.js": "module.exports = {}\n"},
            {".github/x.sh": "true\n", "SKILL.md": FRONT + "CI runs .github/x.sh.\n"},
            {".gitignore": "x\n", "SKILL.md": FRONT + "See .gitignore.\n"},
            {"a.sh": "true\n", "SKILL.md": FRONT + "Run a.sh.\n"},
        ],
    ),
    Case(
        "FS909",
        bad=[
            {"SKILL.md": FRONT + "A.\n", "skill.md": FRONT + "B.\n"},
            {"Docs/a.md": "A.\n", "docs/b.md": "B.\n"},
            {"caf\u00e9.md": "A.\n", "cafe\u0301.md": "B.\n"},
        ],
        good=[{"a.md": "", "b.md": ""}, {"a/x.md": "", "b/X.md": ""}, {"docs/a.md": "", "docs/b.md": ""}],
    ),
    Case(
        "FS910",
        bad=[
            {".env": "KEY=value\n"},
            {".env.production": "KEY=value\n"},
            {"keys/id_ed25519": "x\n"},
            {"a.pem": "-----BEGIN RSA PRIVATE KEY-----\nx\n"},
            {"credentials.json": '{"client_secret": "x"}'},
            {".npmrc": "//registry.example/:_authToken=x\n"},
        ],
        good=[
            {".env.example": "KEY=value\n"},
            {".env": "# KEY=value\nKEY=\n"},
            {"a.pem": "-----BEGIN CERTIFICATE-----\nx\n"},
            {"credentials.json": '{"client_secret": ""}'},
            {".npmrc": "//registry.example/:_authToken=${TOKEN}\n"},
            {"id_rsa.md": "How to make a key.\n"},
        ],
    ),
]  # fmt: skip


def pairs(cases: list[Case], side: str) -> list[tuple[str, Example]]:
    return [(case.rule, example) for case in cases for example in getattr(case, side)]


@pytest.mark.parametrize(("rule", "example"), pairs(ERRORS, "bad"))
def test_a_file_that_does_harm_is_an_error(rule: str, example: Example) -> None:
    assert "error" in [one.severity for one in found(rule, example)]


@pytest.mark.parametrize(("rule", "example"), pairs(WARNINGS, "bad"))
def test_a_file_that_may_do_harm_is_a_warning(rule: str, example: Example) -> None:
    assert {one.severity for one in found(rule, example)} == {"warning"}


@pytest.mark.parametrize(("rule", "example"), pairs(ERRORS + WARNINGS, "good"))
def test_a_file_that_only_looks_alike_is_left_alone(rule: str, example: Example) -> None:
    assert found(rule, example) == ()


@pytest.mark.parametrize(
    ("rule", "example"),
    [
        ("FS901", {"shared.md": Link("../shared/style.md")}),
        ("FS902", {"a.zip": zipped(("notes.txt", b"hi"))}),
        ("FS902", {"a.tar.gz": tarred("a/b")}),
        ("FS902", {"a.docm": zipped(("[Content_Types].xml", b"<a/>"), ("word/vbaProject.bin", b"x"))}),
        ("FS903", {"a.py": "import subprocess\n", "a.pyc": PYC + b"\xda\x0asubprocess"}),
        ("FS905", {"a.pkl": pickle.dumps({"a": [1.5]})}),
        ("FS905", {"a.pkl": pickle.dumps(OrderedDict(a=1), protocol=4)}),
        ("FS905", {"a.pkl": pickle.dumps({"module": "os", "name": "system"})}),
        ("FS906", {"logo.png": OFFICE}),
    ],
)  # fmt: skip
def test_what_is_only_opaque_is_no_error(rule: str, example: Example) -> None:
    assert {one.severity for one in found(rule, example)} == {"warning"}


def test_a_link_on_disk_that_leaves_the_folder_is_an_error_and_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("password: hunter2hunter2\n")
    skill = tmp_path / "demo"
    skill.mkdir()
    (skill / "SKILL.md").write_text(FRONT + "Run it.\n")
    (skill / "notes.txt").symlink_to(secret)
    (skill / "again.md").symlink_to("SKILL.md")
    report = lint_folder(skill, Options())
    assert [(one.rule, one.path, one.severity) for one in report.findings] == [
        ("FS901", "notes.txt", "error")
    ]


def test_what_is_too_large_is_said_to_be_not_analysed(tmp_path: Path) -> None:
    (tmp_path / "SKILL.md").write_text(FRONT + "Run it.\n")
    with (tmp_path / "big.json").open("wb") as stream:
        stream.truncate(9_000_000)
    report = lint_folder(tmp_path, Options(select=("FS",)))
    assert [(one.rule, one.path, one.severity) for one in report.findings] == [
        ("FS908", "big.json", "warning")
    ]


def test_version_control_and_own_records_are_not_called_unread(tmp_path: Path) -> None:
    (tmp_path / "SKILL.md").write_text(FRONT + "Run it.\n")
    for name in (".git", ".trace2skill"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text("x")
    assert lint_folder(tmp_path, Options(select=("FS",))).findings == ()
