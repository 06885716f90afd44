"""DX: secrets, and ways by which they leave."""

from __future__ import annotations

from collections.abc import Iterator

from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import View
from trace2skill.redact import Redactor

_PERSONAL = frozenset(("email", "home-directory", "user"))


def secrets(view: View) -> Iterator[Hit]:
    """Find keys, tokens, passwords and private keys, and places on somebody's machine."""
    for file in view.texts():
        whole = Redactor()
        whole.text(file.text)
        if not whole.counts:
            continue
        for number, line in enumerate(file.text.split("\n"), start=1):
            redactor = Redactor()
            redactor.text(line)
            for kind in sorted(redactor.counts):
                yield Hit(
                    file.path,
                    number,
                    f"holds what looks like a secret or a personal detail ({kind})",
                    fix="remove it, and revoke it if it was real",
                    evidence=line,
                    level="warning" if kind in _PERSONAL else None,
                )


RULES = (
    Rule(
        id="DX509", name="hard-coded-secret", class_="secret", level="error", check=secrets,
        aliases=("SC101",),
        why="Whoever gets the skill gets the secret.",
        bad="Call it with `ghp_" + "a1B2" * 9 + "`.\n", good="Call it with `$GITHUB_TOKEN`.\n",
        hazards=("CWE-798",),
    ),
)  # fmt: skip
