"""DX: secrets that stand in a skill, and those that it puts where others read them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from trace2skill.lint.folder import File
from trace2skill.lint.literals import is_documented, is_random
from trace2skill.lint.pipes import LONGEST, statements
from trace2skill.lint.reputation import addresses_in
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.troves import is_secret_name
from trace2skill.lint.view import View
from trace2skill.records import Severity
from trace2skill.redact import Redactor
from trace2skill.redact.rules import BY_NAME

_PERSONAL = frozenset(("email", "home-directory", "user", "home"))
_SHAPELESS = frozenset(("url-password", "authorization", "bearer", "aws-secret", "flag", "assignment", "jwt"))
"""Kinds that show by what stands around them; what a guide makes up looks the same."""
_FIXTURE = re.compile(
    r"(?:^|/)(?:tests?|fixtures?|specs?|examples?|samples?|mocks?|__tests__)(?:/|$)|[._-](?:test|spec)\."
)
_PEM = "private-key"
_IN_URL = re.compile(
    r"[?&](?:api[_-]?key|access[_-]?token|auth[_-]?token|token|key|secret|password|passwd|pwd)=[\"']?"
    r"\$(?:env:)?\{?([A-Za-z_]\w{1,60})",
    re.IGNORECASE,
)
_IN_ARGV = re.compile(
    r"(?<=[ \t])--?(?:password|passwd|token|api-key|secret|secret-key|access-key)(?:[= \t]{1,2})"
    r"[\"']?(?:\$(?:env:)?\{?([A-Za-z_]\w{1,60})|([^\s\"'$<{\[-][^\s\"']{5,80}))"
)


def secrets(view: View) -> Iterator[Hit]:
    """Find keys, tokens, passwords and private keys, and the addresses of people."""
    for file in view.texts():
        whole = Redactor()
        whole.text(file.text)
        if not whole.counts:
            continue
        for number, line in enumerate(file.text.split("\n"), start=1):
            redactor = Redactor()
            redactor.text(line)
            for kind in sorted(redactor.counts):
                level = _level(file, kind, line)
                if level is not None:
                    yield _secret(file.path, number, kind, line, level)
        yield from _private_keys(file)


def _private_keys(file: File) -> Iterator[Hit]:
    """Yield keys that go over several lines."""
    for found in BY_NAME[_PEM].exact.finditer(file.text):
        body = re.sub(r"-----[^-\n]{1,60}-----|\\n|\s", "", found[0])
        if "\n" in found[0] and len(body) > 60 and is_random(body) and "..." not in body:
            line = file.text.count("\n", 0, found.start()) + 1
            level: Severity = "warning" if _FIXTURE.search(file.path) else "error"
            yield _secret(file.path, line, _PEM, found[0][:40], level)


def _level(file: File, kind: str, line: str) -> Severity | None:
    if kind in _PERSONAL or kind not in BY_NAME:
        return "note"
    rule = BY_NAME[kind]
    values = [found["s"].rstrip(".") for found in rule.exact.finditer(line[:20_000])]
    values = [value for value in values if rule.accept(value) and not is_documented(value)]
    if kind == "jwt":
        values = [value for value in values if not _is_sample(value)]
    if not any(map(is_random, values)):
        return None
    if kind in _SHAPELESS:
        return "note" if _FIXTURE.search(file.path) else "warning"
    return "warning" if _FIXTURE.search(file.path) else "error"


def _is_sample(token: str) -> bool:
    """Say whether a JSON web token is one of those that documentation shows."""
    payload = token.split(".")[1]
    try:
        said = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).lower()
    except ValueError:
        return False
    return any(mark in said for mark in (b"1234567890", b"john doe", b"example", b"test", b'user_id":1'))


def _secret(path: str, line: int, kind: str, evidence: str, level: Severity) -> Hit:
    what = "a personal detail" if kind in _PERSONAL else "a secret"
    said = f"holds what looks like {what} ({kind})"
    fix = "remove it, and revoke it if it was real"
    return Hit(path, line, said, fix=fix, evidence=evidence, level=level)


def secret_in_view(view: View) -> Iterator[Hit]:
    """Find secrets in an address or in the arguments of a command, where logs and other users see them."""
    for script in view.scripts("shell"):
        for line, text in statements(script.text):
            for what, name, place in _shown(text[:LONGEST]):
                if name and not is_secret_name(name):
                    continue
                vendor = all(one.standing in ("vendor", "stand-in") for one in addresses_in(text[place:]))
                level: Severity | None = "note" if script.source == "fence" or vendor else None
                fix = "hand it over in a header, in a file or by the environment"
                at, evidence = script.at(line), text.strip()
                yield Hit(
                    script.path, at, what, fix=fix, evidence=evidence, level=level, context=script.context
                )


def _shown(text: str) -> Iterator[tuple[str, str, int]]:
    for found in _IN_URL.finditer(text):
        yield "puts a secret into an address", found[1], max(0, text.rfind("http", 0, found.start()))
    for found in _IN_ARGV.finditer(text):
        yield "puts a secret into the arguments of a command", found[1] or "", found.start()


RULES = (
    Rule(
        id="DX509", name="hard-coded-secret", class_="secret", level="error", check=secrets,
        aliases=("SC101",),
        why="Whoever gets the skill gets the secret.",
        bad="Call it with `ghp_" + "A7bq9Zk3Xw5Lm2Rt8Vd4Nc6Hs1Jf0Gp7Yx3Q" + "`.\n",
        good="Call it with `$GITHUB_TOKEN`.\n",
        hazards=("CWE-798",),
    ),
    Rule(
        id="DX510", name="secret-in-view", class_="risky", level="warning", check=secret_in_view,
        why="Addresses and arguments end up in logs, histories and lists of processes.",
        bad={"scripts/a.sh": 'curl "https://files.zz-none.xyz/in?api_key=$ZZ_API_KEY"\n'},
        good={"scripts/a.sh": 'curl -H "X-Key: $ZZ_API_KEY" "https://files.zz-none.xyz/in?page=$PAGE"\n'},
        hazards=("CWE-214", "CWE-598"),
    ),
)  # fmt: skip
