"""What a skill can do is listed, and its tier follows from that and from what was found."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.lint.tables import view
from trace2skill.lint import RULES, Options
from trace2skill.lint.capabilities import MOST, Capabilities, capabilities_of
from trace2skill.lint.engine import run
from trace2skill.lint.folder import Unread
from trace2skill.lint.rules import Example
from trace2skill.lint.tier import Tier, tier_of
from trace2skill.records import Finding, RuleClass, Severity

FRONT = "---\nname: demo\ndescription: Use when a report is due.\n{}---\n\nRun it.\n"


def can(example: Example) -> Capabilities:
    return capabilities_of(view(example))


def shell(text: str) -> Capabilities:
    return can({"scripts/a.sh": text})


def python(text: str) -> Capabilities:
    return can({"scripts/a.py": text})


def test_plain_text_can_nothing() -> None:
    assert can("Write the report, and keep it short.\n") == Capabilities()
    assert Capabilities().told == "nothing but text"


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("git status && sudo apt-get install -y jq | tee log\n", "apt-get git tee"),
        ('x=$(curl -s https://a.dev | jq .x)\nbash -c "make all"\n', "bash curl jq make"),
        ("case $1 in\n  start) docker up ;;\n  stop|halt) docker down ;;\nesac\n", "docker"),
        ("names=(\n  alpha\n  beta\n)\nfor n in one two; do ls $n; done\n", "ls"),
        ("helper() {\n  cd /x\n  echo a\n}\nhelper b\n", ""),
        ("cat <<EOF\nrm -rf x\nEOF\n", "cat"),
        ("FOO=1 env BAR=2 python3 x.py\n", "python3"),
        ("Building the image\n3. Done\nError: no such file\n", ""),
    ],
)
def test_commands_of_a_shell_script(text: str, commands: str) -> None:
    assert shell(text).commands == tuple(commands.split())


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("import subprocess\nsubprocess.run(['git', 'push'])\n", "git"),
        ("import subprocess as s\ns.check_output('ls | wc -l', shell=True)\n", "ls wc"),
        ("import os\nos.system(f'convert {a} {b}')\n", "convert"),
        ("from subprocess import run\nTOOL = 'ffmpeg'\nrun([TOOL, '-i', name])\n", "ffmpeg"),
        ("run(['git'])\ncursor.execute('select')\n", ""),
    ],
)
def test_commands_of_python(text: str, commands: str) -> None:
    assert python(text).commands == tuple(commands.split())


@pytest.mark.parametrize(
    ("text", "reads", "writes"),
    [
        ("cat ~/.netrc > /tmp/x\n", "~/.netrc", "/tmp/x"),
        ('cp "$HOME/.bashrc" /etc/profile.d/a.sh\n', "~/.bashrc", "/etc/profile.d/a.sh"),
        ("curl -s https://a.dev -o /usr/local/bin/a 2>/dev/null\n", "", "/usr/local/bin/a"),
        ("ls references/a.md ./b /dev/null\n", "", ""),
        ("grep --file=/etc/hosts x\nmkdir -p ~/.cache/a\n", "/etc/hosts", "~/.cache/a"),
    ],
)
def test_files_of_a_shell_script(text: str, reads: str, writes: str) -> None:
    found = shell(text)
    assert (found.reads, found.writes) == (tuple(reads.split()), tuple(writes.split()))


@pytest.mark.parametrize(
    ("text", "reads", "writes"),
    [
        ("open('/etc/passwd').read()\n", "/etc/passwd", ""),
        ("import os\nopen(os.path.expanduser('~/.x'), 'w').write('a')\n", "", "~/.x"),
        (
            "from pathlib import Path\nP = Path.home() / '.a' / 'b'\nP.read_text()\n",
            "~/.a/b",
            "",
        ),
        ("from pathlib import Path\nPath('/var/a').write_text('x')\n", "", "/var/a"),
        ("import shutil\nshutil.copy('/etc/a', f'/tmp/{name}')\n", "/etc/a", "/tmp/…"),
        ("import os\nH = os.path.join(os.path.expanduser('~'), '.aws')\nos.listdir(H)\n", "~/.aws", ""),
        ("open('out.txt', 'w')\nopen('../x')\nrequests.get('/etc/x')\n", "", ""),
    ],
)
def test_files_of_python(text: str, reads: str, writes: str) -> None:
    found = python(text)
    assert (found.reads, found.writes) == (tuple(reads.split()), tuple(writes.split()))


@pytest.mark.parametrize(
    ("files", "variables"),
    [
        ({"a.sh": 'export OUT=x\necho "$OUT $API_TOKEN ${REGION:-eu} $HOME"\n'}, "API_TOKEN REGION"),
        ({"a.py": "import os\nos.environ['A1']\nos.getenv('B2')\nos.environ.get('C3')\n"}, "A1 B2 C3"),
        ({"a.js": "const k = process.env.API_KEY; process.env['OTHER']\n"}, "API_KEY OTHER"),
    ],
)
def test_variables(files: dict[str, str], variables: str) -> None:
    assert can(files).variables == tuple(variables.split())


def test_hosts_are_parsed_and_those_of_prose_kept_apart() -> None:
    found = can(
        "Read https://docs.reader.dev/x and https://example.com.\n\n"
        "```bash\ncurl https://user@api.b.dev:8443/x?u=https://c.dev\nwget a.dev/x\ncurl localhost:80\n```\n"
    )
    assert found.hosts == ("a.dev", "api.b.dev")
    assert found.links == ("docs.reader.dev",)


def test_quoted_and_warned_of_code_is_no_capability() -> None:
    assert can("Never do this:\n\n```bash\ncurl https://a.dev | sh\n```\n").commands == ()
    assert can("> ```bash\n> nmap 1.2.3.4\n> ```\n").commands == ()


def test_what_a_skill_asks_for_is_listed() -> None:
    found = can(
        {
            "SKILL.md": FRONT.format("allowed-tools: Read, Bash(git diff:*)\ncompatibility: Needs git\n"),
            ".mcp.json": '{"mcpServers": {"search": {"command": "npx", "args": ["x"]}}}',
            "hooks/hooks.json": '{"hooks": {"Stop": [{"hooks": [{"command": "make fmt"}]}]}}',
            "scripts/a.rb": "puts 1\n",
        }
    )
    assert found.tools == ("Bash(git diff:*)", "Read")
    assert found.servers == ("search",)
    assert found.hooks == ("make fmt",)
    assert found.commands == ("make", "npx")
    assert found.declared == "Needs git"
    assert len(found.languages) == 1


def test_lists_are_bounded_and_printable() -> None:
    found = shell("".join(f"tool-{number:03} /etc/\x1b{number}\n" for number in range(100)))
    assert len(found.commands) == len(found.reads) == MOST
    assert found.left_out == 2 * (100 - MOST)
    assert all(place.isprintable() for place in found.reads)
    assert "and 32 more" in found.told


@pytest.mark.parametrize(
    "example",
    [
        {"a.sh": "$(" * 50_000},
        {"a.sh": "x=(" * 30_000},
        {"a.sh": "case x in\n" + "(a|" * 30_000},
        {"a.py": "a = '/etc'\n" + "".join("a = a + a + a\n" for _ in range(3_000))},
        {"a.py": "import os\nopen(" + "os.path.join(" * 80 + "'/etc'" + ")" * 81},
        {"a.py": "x = a" + ".b" * 3_000 + "\n"},
        {"a.js": "spawn('" * 30_000},
    ],
    ids=range(7),
)
def test_hostile_code_takes_no_time(example: dict[str, str]) -> None:
    there = view(example)
    begun = time.process_time()
    capabilities_of(there)
    assert time.process_time() - begun < 3


# --- tiers ---------------------------------------------------------------------------------------


def finding(class_: RuleClass, severity: Severity) -> Finding:
    return Finding(rule="XX101", severity=severity, path="a", line=1, message="m", class_=class_)


TABLE: list[tuple[list[Finding], dict[str, Any], str, str]] = [
    ([], {}, "T3", "nothing found"),
    ([finding("malicious", "error")], {}, "T1", "1 malicious finding"),
    ([finding("secret", "warning"), finding("risky", "error")], {}, "T1", "1 secret finding"),
    ([finding("malicious", "note")], {}, "T3", "nothing found"),
    ([finding("risky", "warning"), finding("risky", "warning")], {}, "T2", "2 risky findings"),
    ([finding("risky", "note"), finding("capability", "note")], {}, "T3", "nothing found"),
    ([finding("spec", "error")], {}, "T3", "nothing found"),
    ([], {"commands": ("git",)}, "T2", "allowed-tools does not name git"),
    ([], {"commands": ("git",), "tools": ("Bash(git diff:*)",)}, "T3", "nothing found"),
    ([], {"commands": ("git", "rm"), "tools": ("Bash(git diff:*)",)}, "T2", "does not name rm"),
    ([], {"commands": ("git", "rm"), "tools": ("Bash",)}, "T3", "nothing found"),
    ([], {"commands": ("git",), "tools": ("Bash(*)",)}, "T3", "nothing found"),
    ([], {"languages": ("python",)}, "T2", "does not say that it runs code"),
    ([], {"hosts": ("a.dev",)}, "T2", "compatibility does not name a.dev"),
    ([], {"hosts": ("a.dev",), "declared": "Talks to a.dev"}, "T3", "nothing found"),
    ([], {"hosts": ("a.dev",), "declared": "Needs internet access"}, "T3", "nothing found"),
    ([], {"hooks": ("make",)}, "T2", "hooks run by themselves"),
]


@pytest.mark.parametrize(("findings", "means", "level", "reason"), TABLE)
def test_a_tier_follows_from_findings_and_declaration(
    findings: list[Finding], means: dict[str, Any], level: str, reason: str
) -> None:
    tier = tier_of(findings, (), Capabilities(**means))
    assert tier.level == level
    assert reason in tier.told


def test_what_was_not_analysed_keeps_a_skill_in_the_second_tier() -> None:
    assert tier_of([], [Unread("a", "too-large")], Capabilities()) == Tier("T2", ("1 not analysed",))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_bad_example_of_harm_gets_beyond_the_first_tier(rule: Any) -> None:
    there = view(rule.bad)
    findings = run(there, RULES, Options()).findings
    grave = any(one.class_ in ("malicious", "secret") and one.severity != "note" for one in findings)
    assert (tier_of(findings, (), capabilities_of(there)).level == "T1") == grave
