"""The sieve never says less than the exact rules would find, whichever engine it runs on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.redact.fakes import ORDINARY, SECRETS
from trace2skill.errors import ConfigError
from trace2skill.redact import ALL, Redactor, Sieve
from trace2skill.redact.judge import is_secret, is_telling
from trace2skill.redact.patterns import Probe
from trace2skill.redact.rules import BIT, RULES
from trace2skill.redact.sieve import PATIENCE

LOGS = Path(__file__).parents[2] / ".." / "shared" / "traces" / "claude_code"
ENGINES = ("hyperscan", "re")
SIEVES = [Sieve(engine) for engine in ENGINES]
PROBES = [(probe, rule.caseless) for rule in RULES for probe in rule.probes]

FOUND_BY_SIEVE = [row for row in SECRETS if row[0] != "home"]
EDGES = (
    "",
    " ",
    "\n",
    "\t",
    '"',
    "'",
    "=",
    ": ",
    "(",
    "\\n",
    "\\",
    "/",
    "é",
    "→",
    "\u00a0",
    "\u2028",
    "🎉",
    "İ",
    "[0m",
)
text = st.text(st.characters(codec="utf-8"), max_size=30)
edge = st.sampled_from(EDGES)


def escaped(raw: str, step: int) -> str:
    """Write every *step*-th plain letter or digit, @ and = inside the strings of some JSON as an escape."""

    def escape(match: re.Match[str]) -> str:
        pieces = re.split(r"(\\(?:u[0-9a-fA-F]{4}|.))", match[0][1:-1])
        for place in range(0, len(pieces), 2):
            pieces[place] = "".join(
                f"\\u{ord(c):04x}" if c.isascii() and number % step == 0 else c
                for number, c in enumerate(pieces[place])
            )
        return f'"{"".join(pieces)}"'

    return re.sub(r'"(?:[^"\\]|\\.)*"', escape, raw)


@st.composite
def wrappings(draw: st.DrawFn) -> Any:
    """Draw a way to write a value as JSON: once or twice, with or without needless escapes."""
    depth = draw(st.integers(1, 2))
    ascii_only, slashes, spaces = draw(st.booleans()), draw(st.booleans()), draw(st.sampled_from((None, 2)))
    step = draw(st.sampled_from((0, 0, 1, 5)))

    def wrap(value: Any) -> str:
        for _ in range(depth):
            value = json.dumps(value, ensure_ascii=ascii_only, indent=spaces)
            value = value.replace("/", "\\/") if slashes else value
            value = escaped(value, step) if step else value
        return str(value)

    return wrap


def kinds_in(value: Any, name: str = "") -> int:
    """Return the mask of the rules that find something in *value*, by the exact rules alone."""
    if isinstance(value, dict):
        return reduce(or_, (kinds_in(key) | kinds_in(item, key) for key, item in value.items()), 0)
    if isinstance(value, list):
        return reduce(or_, map(kinds_in, value), 0)
    mask = BIT["assignment"] if is_telling(name) and is_secret(value) else 0
    for rule in RULES:
        for match in rule.exact.finditer(value):
            start, end = match.span("s")
            if rule.accept(value[rule.widen(value, start, 0) if rule.widen else start : end].rstrip(".")):
                mask |= BIT[rule.name]
    return mask


@pytest.mark.parametrize("sieve", SIEVES, ids=ENGINES)
@settings(deadline=None)
@given(row=st.sampled_from(FOUND_BY_SIEVE), before=text, after=text, left=edge, right=edge, wrap=wrappings())
def test_what_the_rules_find_the_sieve_suspects(
    sieve: Sieve, row: tuple[str, str, str], before: str, after: str, left: str, right: str, wrap: Any
) -> None:
    _, secret, gone = row
    content = before + left + secret + right + after
    assert kinds_in(content) & ~sieve.scan(content.encode()) == 0
    raw = wrap({"content": [content], secret: "key", "password": gone, "authorization": secret})
    mask = sieve.scan(raw.encode())
    once = msgspec.json.decode(raw)
    for value in (once, msgspec.json.decode(once)) if isinstance(once, str) else (once,):
        assert kinds_in(value) & ~mask == 0
        assert Redactor().value(value, mask) == Redactor().value(value)


@pytest.mark.parametrize("sieve", SIEVES, ids=ENGINES)
@settings(deadline=None)
@given(row=st.sampled_from(FOUND_BY_SIEVE), before=text, after=text, wrap=wrappings())
def test_no_wrapping_hides_a_secret(
    sieve: Sieve, row: tuple[str, str, str], before: str, after: str, wrap: Any
) -> None:
    _, secret, gone = row
    raw = wrap({"content": f"{before} {secret} {after}"})
    mask = sieve.scan(raw.encode())
    assert mask
    clean = Redactor().value(msgspec.json.decode(raw), mask)
    shown = clean if isinstance(clean, str) else json.dumps(clean, ensure_ascii=False)
    assert gone not in shown
    assert gone not in re.sub(r"\\+u00([2-7][0-9a-f])", lambda escape: chr(int(escape[1], 16)), shown)


@pytest.mark.parametrize("sieve", SIEVES, ids=ENGINES)
@pytest.mark.parametrize("row", FOUND_BY_SIEVE, ids=lambda row: row[1][:30])
def test_each_kind_is_suspected_in_plain_json_and_in_json_inside_json(
    sieve: Sieve, row: tuple[str, str, str]
) -> None:
    kind, secret, _ = row
    once = json.dumps({"a": f"x\n{secret}"})
    for raw in (secret, once, json.dumps(once), once.replace("/", "\\/")):
        assert sieve.scan(raw.encode()) & BIT[kind]


@settings(deadline=None)
@given(st.binary(max_size=60), st.sampled_from(SECRETS), st.binary(max_size=60))
def test_both_engines_say_the_same(before: bytes, row: tuple[str, str, str], after: bytes) -> None:
    data = before + row[1].encode() + after
    assert SIEVES[0].scan(data) == SIEVES[1].scan(data)


@pytest.mark.parametrize(("probe", "caseless"), PROBES, ids=lambda value: str(value)[:40])
@settings(deadline=None)
@given(data=st.data())
def test_the_literal_of_a_probe_is_in_all_that_it_matches(
    probe: Probe, caseless: bool, data: st.DataObject
) -> None:
    match = data.draw(st.from_regex(re.compile(probe.pattern)))
    assert probe.literal in match
    assert not caseless or probe.pattern == probe.pattern.replace(probe.literal.upper(), probe.literal)


@pytest.mark.parametrize("sieve", SIEVES, ids=ENGINES)
@pytest.mark.parametrize("veil", ['{"a":"\\u0073k"}', '{"a":"{\\\\u0040}"}', '"\\u007E"', '"\\u002d"'])
def test_an_escaped_printable_character_is_suspect_of_everything(sieve: Sieve, veil: str) -> None:
    assert sieve.scan(veil.encode()) == ALL


@pytest.mark.parametrize("sieve", SIEVES, ids=ENGINES)
def test_another_encoding_is_suspect_of_everything(sieve: Sieve) -> None:
    assert sieve.scan('{"a": 1}'.encode("utf-16")) == ALL


@pytest.mark.parametrize("sieve", SIEVES, ids=ENGINES)
@pytest.mark.parametrize(
    "raw", [b"", b"{}", b'{"a":"\\u001b[0m \\u00e9"}', b'{"usage":{"input_tokens":4096}}']
)
def test_plain_lines_are_not_suspect(sieve: Sieve, raw: bytes) -> None:
    assert sieve.scan(raw) == 0


@pytest.mark.parametrize("sieve", SIEVES, ids=ENGINES)
def test_one_scan_leaves_nothing_behind_for_the_next(sieve: Sieve) -> None:
    assert sieve.scan(SECRETS[0][1].encode()) != 0
    assert sieve.scan(b"nothing") == 0


@pytest.mark.parametrize("sieve", SIEVES, ids=ENGINES)
def test_most_ordinary_text_passes_the_sieve(sieve: Sieve) -> None:
    """A bound on false alarms, in a table made to raise them."""
    assert sum(sieve.scan(json.dumps(text).encode()) != 0 for text in ORDINARY) <= len(ORDINARY) * 0.6


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ConfigError, match="pcre"):
        Sieve("pcre")


def test_without_hyperscan_the_other_engine_serves() -> None:
    program = (
        "import sys; sys.modules['hyperscan'] = None\n"
        "from trace2skill.redact import Sieve\n"
        "assert Sieve().engine == Sieve('hyperscan').engine == 're'\n"
        "assert Sieve().scan(b'AKIA' + b'Q7XW5LM2RT8VD4NC')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_hyperscan_frees_what_it_takes() -> None:
    program = (
        "from trace2skill.redact import Sieve\n"
        "for _ in range(20): assert not Sieve('hyperscan').scan(b'nothing')\n"
        "import gc; gc.collect()\n"
    )
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_engine_that_is_ready_first_says_the_same_as_the_one_that_follows_it() -> None:
    sieve = Sieve()
    secret = b'{"key": "ghp_aB3dE5fG7haB3dE5fG7haB3dE5fG7hK9mN2p"}'
    first = sieve.scan(secret)
    assert not sieve.scan(b"nothing here " * (PATIENCE // 10))
    assert sieve.scan(secret) == first != 0


@pytest.mark.skipif(not LOGS.is_dir(), reason="needs the real logs")
def test_real_lines_are_as_clean_with_the_sieve_as_without() -> None:
    lines = [
        line for path in sorted(LOGS.rglob("*.jsonl"))[:40] for line in path.read_bytes().split(b"\n") if line
    ]
    flagged = 0
    for line in lines:
        mask = SIEVES[0].scan(line)
        flagged += mask != 0
        value = msgspec.json.decode(line)
        assert Redactor().value(value, mask) == Redactor().value(value)
    assert lines
    assert flagged < len(lines) * 0.05
