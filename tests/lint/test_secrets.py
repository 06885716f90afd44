"""Which secrets are real, as far as a reader can tell."""

from __future__ import annotations

import pytest

from tests.lint.tables import found, rule_of, view

RANDOM = "q7XbZ9kLw3Vt" + "R8nYd2Hs5Jf4"
GITHUB = "ghp_" + "Zq8vN3xK7bR2wT9y" + "L4mC6sD1fG5hJ0pA" + "eUiO"
AWS = "AKIA" + "Q7XW5LM2RT8VD4NC"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEpAIBAAKCAQEA7bq9Zk3Xw5Lm2Rt8Vd4Nc6Hs1Jf0Gp7Yx3Qe\n" * 6


@pytest.mark.parametrize(
    "text",
    [
        f"Use `{GITHUB}` for all calls.\n",
        f"## Setup\n\n```bash\nexport AWS_ACCESS_KEY_ID={AWS}\n```\n",
        PEM + "-----END RSA PRIVATE " + "KEY-----\n",
        "Post to https://hooks.slack.com/services/T0" + "7QX2LMN/B09ZK4RTW/q7Xb" + "Z9kLw3VtR8nYd2Hs5Jf4\n",
    ],
)
def test_a_token_of_a_known_shape_is_an_error(text: str) -> None:
    assert [one.severity for one in found("DX509", text)] == ["error"]


@pytest.mark.parametrize(
    "text",
    [
        f'API_KEY = "{RANDOM}"\n',
        f"Authorization: Bearer {RANDOM}\n",
        f"postgres://app:{RANDOM}@db.zz-not-a-host.xyz/main\n",
    ],
)
def test_what_is_only_named_a_secret_is_a_warning(text: str) -> None:
    assert [one.severity for one in found("DX509", text)] == ["warning"]


@pytest.mark.parametrize(
    "text",
    [
        "Use `AKIA" + "IOSFODNN7EXAMPLE`.\n",
        f'key = "{AWS}"  # DON\'T do this\n',
        f'token = "{RANDOM}..."\n',
        "HTTP_PROXY=http://user:hunter22@proxy.example.com:8080\n",
        f"postgres://app:{RANDOM}@localhost:5432/main\n",
        f"postgres://app:{RANDOM}@db:5432/main\n",
        "qpdf --password=mypassword1 in.pdf out.pdf\n",
        'API_KEY="my-api-key-123456789"\n',
        "-----BEGIN RSA PRIVATE "
        + "KEY-----\nMIIEpAIBAAKCAQEA7bq9Zk3Xw5Lm\n-----END RSA PRIVATE "
        + "KEY-----\n",
        "Write to jane.doe@zz-not-a-host.xyz.\n",
        "Open /home/jdoe/notes.txt.\n",
    ],
)
def test_what_is_made_up_or_personal_is_a_note(text: str) -> None:
    assert {one.severity for one in found("DX509", text)} <= {"note"}


@pytest.mark.parametrize("text", [f"Use `{GITHUB}`.\n", f'API_KEY = "{RANDOM}"\n', PEM])
def test_a_finding_shows_no_secret(text: str) -> None:
    for one in found("DX509", text):
        assert not any(secret in str(one) for secret in (GITHUB, RANDOM, "MIIEpAIBAAKC"))


def test_a_key_of_many_lines_is_found_once() -> None:
    key = PEM + "-----END RSA PRIVATE " + "KEY-----\n"
    (hit,) = rule_of("DX509").check(view({"notes.txt": "a\nb\n" + key}))
    assert hit.line == 3
