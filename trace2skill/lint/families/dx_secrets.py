"""DX: secrets that stand in a skill, and those that it puts where others read them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trace2skill.lint.literals import is_documented
from trace2skill.lint.pipes import LONGEST, statements
from trace2skill.lint.places import line_of
from trace2skill.lint.reputation import addresses_in
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.secrets import level_of, secrets_of
from trace2skill.lint.troves import is_secret_name
from trace2skill.lint.view import View
from trace2skill.records import Severity

_FIXTURE = re.compile(
    r"(?:^|/)(?:tests?|fixtures?|specs?|examples?|samples?|mocks?|__tests__)(?:/|$)|[._-](?:test|spec)\."
)
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
    """Find keys, tokens, passwords and private keys, and details of persons."""
    for file in view.texts():
        fixture = _FIXTURE.search(file.path) is not None
        for secret in secrets_of(file.text):
            if is_documented(secret.value):
                continue
            level = level_of(secret, file.text)
            yield Hit(
                file.path,
                line_of(file.text, secret.place),
                f"holds what looks like a secret or a personal detail ({secret.kind})",
                fix="remove it, and revoke it if it was real",
                evidence=secret.shown,
                level="warning" if fixture and level == "error" else level,
            )


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
