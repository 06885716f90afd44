"""What the Agent Skills specification asks for."""

from __future__ import annotations

import pytest

from tests.lint.tables import Case, found, view
from trace2skill.lint import RULES, Options
from trace2skill.lint.engine import run
from trace2skill.lint.rules import Example, Link
from trace2skill.lint.view import MAIN, View

BODY = "\nRun it.\n"


def front(lines: str, body: str = BODY) -> dict[str, str | bytes]:
    return {MAIN: f"---\n{lines}---\n{body}"}


def more(lines: str) -> dict[str, str | bytes]:
    return front(f"name: demo\ndescription: Use when a test fails.\n{lines}")


def raw(text: str) -> dict[str, str | bytes]:
    return {MAIN: text}


def page(body: str, **others: str) -> dict[str, str | bytes]:
    files = {path.replace("__", "/") + ".md": text for path, text in others.items()}
    return {**front("name: demo\ndescription: Use when a test fails.\n", f"\n{body}\n"), **files}


OK = more("")
BOMB = f"a: &a [x, x]\nb: &b [{', '.join(['*a'] * 9)}]\nc: &c [{', '.join(['*b'] * 9)}]\nd: [*c, *c, *c]\n"

VALID: dict[str, dict[str, str | bytes]] = {
    "least": OK,
    "all fields": more(
        "license: MIT\ncompatibility: Needs git.\nmetadata:\n  a: b\nallowed-tools: Read Bash(git diff:*)\n"
    ),
    "flow mapping": more("metadata: {author: me, version: '1.0'}\n"),
    "flow sequence": more("metadata:\n  tags: '[a, b]'\n"),
    "dashes in quotes": front('name: demo\ndescription: "Joins --- and --- when asked."\n'),
    "dashes at the end of a value": front("name: demo\ndescription: Use for a rule ---\n"),
    "folded": front("name: demo\ndescription: >-\n  Use when\n  a test fails.\n"),
    "literal": front("name: demo\ndescription: |\n  Use when: a test fails.\n  # no comment\n"),
    "comment": front("# about\nname: demo # short\ndescription: Use when a test fails.\n"),
    "quoted name": front("name: \"demo\"\ndescription: 'Use when: it''s late.'\n"),
    "unquoted over lines": front("name: demo\ndescription: Use when\n  a test fails.\n"),
    "windows line ends": raw("---\r\nname: demo\r\ndescription: Use it.\r\n---\r\n\r\nRun it.\r\n"),
    "spaces after the marks": raw("---  \nname: demo\ndescription: Use it.\n---\t\n\nRun it.\n"),
    "a rule in the body": front("name: demo\ndescription: Use it.\n", "\nOne.\n\n---\n\nTwo.\n"),
    "any letters in the description": front("name: demo\ndescription: Für Prüfungen — 用于测试 ✅.\n"),
    "longest": front(f"name: demo\ndescription: When {'a' * 1019}\ncompatibility: {'b' * 500}\n"),
    "an anchor": front("name: demo\ndescription: &d Use it.\nmetadata:\n  summary: *d\n"),
    "fields in any order": front("description: Use it.\nlicense: Apache-2.0\nname: demo\n"),
}
INVALID: dict[str, tuple[str, dict[str, str | bytes]]] = {
    "lower case": ("SP002", {"skill.md": "---\nname: demo\ndescription: d\n---\n\nRun it.\n"}),
    "a link": ("SP001", {MAIN: Link("/tmp/SKILL.md")}),
    "a program": ("SP001", {MAIN: b"\x7fELF\x02\x01\x01" + bytes(57)}),
    "none": ("SP003", raw("# Demo\n\nRun it.\n")),
    "a blank line first": ("SP003", raw("\n---\nname: demo\ndescription: d\n---\n\nRun it.\n")),
    "a space first": ("SP003", raw(" ---\nname: demo\ndescription: d\n---\n\nRun it.\n")),
    "not closed": ("SP004", raw("---\nname: demo\ndescription: d\n\nRun it.\n")),
    "closed by dots": ("SP004", raw("---\nname: demo\ndescription: d\n...\n\nRun it.\n")),
    "colon": ("SP005", front("name: demo\ndescription: Use when: a test fails\n")),
    "tab": ("SP005", front("name: demo\ndescription: d\nmetadata:\n\ta: b\n")),
    "bracket": ("SP005", front("name: demo\ndescription: [draft] Use it.\n")),
    "a tag of one's own": ("SP005", front("name: demo\ndescription: !text d\n")),
    "list": ("SP006", front("- name: demo\n- description: d\n")),
    "text": ("SP006", front("demo\n")),
    "empty": ("SP006", front("")),
    "twice": ("SP007", front("name: demo\ndescription: d\nname: demo\n")),
    "twice within": ("SP007", more("metadata: {a: b, a: c}\n")),
    "twice deep": ("SP007", more("metadata:\n  a: b\n  a: c\n")),
    "python tag": ("SP008", more("metadata: !!python/object/apply:os.system [id]\n")),
    "ruby tag": ("SP008", more("metadata: !ruby/object:Gem::Installer {i: x}\n")),
    "bomb": ("SP008", more(BOMB)),
    "deep": ("SP008", more("metadata: " + "[" * 500 + "]" * 500 + "\n")),
    "no name": ("SP010", front("description: Use it.\n")),
    "blank name": ("SP010", front("name: ''\ndescription: Use it.\n")),
    "null name": ("SP010", front("name:\ndescription: Use it.\n")),
    "list as name": ("SP011", front("name: [demo]\ndescription: d\n")),
    "mapping as name": ("SP011", front("name: {demo: 1}\ndescription: d\n")),
    "list over lines": ("SP011", front("name:\n  - demo\ndescription: d\n")),
    "65 characters": ("SP012", front(f"name: {'a' * 65}\ndescription: d\n")),
    "200 characters": ("SP012", front(f"name: {'a' * 200}\ndescription: d\n")),
    "long and quoted": ("SP012", front(f"name: '{'ab-' * 30}c'\ndescription: d\n")),
    "upper case": ("SP013", front("name: Demo\ndescription: d\n")),
    "underscore": ("SP013", front("name: de_mo\ndescription: d\n")),
    "space": ("SP013", front("name: de mo\ndescription: d\n")),
    "slash": ("SP013", front("name: a/demo\ndescription: d\n")),
    "hyphen first": ("SP014", front("name: -demo\ndescription: d\n")),
    "hyphen last": ("SP014", front("name: demo-\ndescription: d\n")),
    "hyphens around": ("SP014", front("name: '-demo-'\ndescription: d\n")),
    "two hyphens": ("SP015", front("name: de--mo\ndescription: d\n")),
    "three hyphens": ("SP015", front("name: de---mo\ndescription: d\n")),
    "two pairs": ("SP015", front("name: a--b--c\ndescription: d\n")),
    "no description": ("SP020", front("name: demo\n")),
    "blank description": ("SP020", front("name: demo\ndescription: '   '\n")),
    "null description": ("SP020", front("name: demo\ndescription:\n")),
    "list as description": ("SP021", front("name: demo\ndescription: [a, b]\n")),
    "mapping as description": ("SP021", front("name: demo\ndescription: {a: b}\n")),
    "items as description": ("SP021", front("name: demo\ndescription:\n  - a\n")),
    "1,025 characters": ("SP022", front(f"name: demo\ndescription: {'a' * 1025}\n")),
    "folded and long": ("SP022", front("name: demo\ndescription: >-\n" + "  some words of it\n" * 100)),
    "long in quotes": ("SP022", front(f"name: demo\ndescription: '{'a: ' * 400}.'\n")),
    "empty compatibility": ("SP030", more("compatibility: ''\n")),
    "501 characters": ("SP030", more(f"compatibility: {'a' * 501}\n")),
    "list as compatibility": ("SP030", more("compatibility: [git]\n")),
    "list as metadata": ("SP031", more("metadata: [a, b]\n")),
    "text as metadata": ("SP031", more("metadata: a\n")),
    "items as metadata": ("SP031", more("metadata:\n  - a: b\n")),
}  # fmt: skip


def errors(example: Example) -> set[str]:
    findings = run(view(example), RULES, Options(select=("SP",))).findings
    return {one.rule for one in findings if one.severity == "error"}


@pytest.mark.parametrize("what", VALID)
def test_all_forms_that_the_specification_allows_are_accepted(what: str) -> None:
    assert run(view(VALID[what]), RULES, Options(profile="spec", target="agentskills")).findings == ()


@pytest.mark.parametrize("what", INVALID)
def test_what_the_specification_forbids_is_one_error_that_says_what_to_do(what: str) -> None:
    rule, example = INVALID[what]
    assert errors(example) == {rule}
    assert all(one.fix for one in found(rule, example) if rule != "SP008")


@pytest.mark.parametrize(
    ("example", "line", "fix"),
    [
        (INVALID["colon"][1], 3, 'put the value into quotes: description: "Use when: a test fails"'),
        (INVALID["tab"][1], 5, "indent with spaces, not with tabs"),
        (INVALID["blank description"][1], 3, "say what it does and when to use it, as in description: …"),
        (INVALID["underscore"][1], 2, "rename it to de-mo"),
        (INVALID["lower case"][1], 1, "rename it: git mv skill.md SKILL.md"),
        (INVALID["a blank line first"][1], 1, "remove what stands before the --- of line 2"),
    ],
)
def test_the_fix_can_be_copied(example: Example, line: int, fix: str) -> None:
    found = [one for one in run(view(example), RULES, Options()).findings if one.severity == "error"]
    assert [(one.line, one.fix) for one in found] == [(line, fix)]


CASES = [
    Case(
        "SP033",
        bad=[more("license: [MIT]\n"), more("license: {name: MIT}\n"), more("license: 3\n")],
        good=[more("license: MIT\n"), more("license: LICENSE.txt\n"), more("license: '3'\n")],
    ),
    Case(
        "SP034",
        bad=[more("allowed-tools: 3\n"), more("allowed-tools: {Read: yes}\n"), more("allowed-tools: true\n")],
        good=[
            more("allowed-tools: Read Grep\n"),
            more("allowed-tools: Bash(git diff, git log) Read\n"),
            more("allowed-tools:\n"),
        ],
    ),
    Case(
        "SP040",
        bad=[more("licence: MIT\n"), more("Allowed-Tools: Read\n"), more("descripton: d\n")],
        good=[more("license: MIT\n"), more("display_name: Demo\n"), more("defaultEnabled: true\n")],
    ),
    Case(
        "SP050",
        bad=[
            front("name: demo\ndescription: d\n", ""),
            front("name: demo\ndescription: d\n", "\n  \n"),
            front("name: demo\ndescription: d\n", "\t\n"),
        ],
        good=[OK, front("name: demo\ndescription: d\n", "x"), raw("")],
    ),
    Case(
        "SP053",
        bad=[
            page("See [a](guide.md)."),
            page("![chart](chart.png)"),
            page("See [a](References/a.md).", references__a="A.\n"),
            page("[a](references/a.md)", references__a="See [b](../assets/b.json)."),
        ],
        good=[
            page("See [a](references/a.md#part).", references__a="A.\n"),
            page("See [a](references/a%20b.md).", **{"references__a b": "A.\n"}),
            page("See [a](a.md).", a="See [b](references/b.md).", references__b="[a](a.md)"),
            page("Link like `[a](a.md)`."),
            page("Write [name](path/to/name.md)."),
            page("Write [name](your-skill.md) or [x](<name>.md)."),
            page("See [site](https://example.com/a.md) and [part](#part)."),
            page("```\n[a](a.md)\n```"),
        ],
    ),
    Case(
        "SP054",
        bad=[
            page("See [a](../../../../a.md)."),
            page("[a](references/a.md)", references__a="![b](../../../../../b.png)"),
            page("See [a](./../../../../a/b.txt)."),
        ],
        good=[
            page("[a](references/a.md)", references__a="[b](../SKILL.md)"),
            page("See [a](references/../SKILL.md)."),
            page("See [a](/docs/a.md)."),
        ],
    ),
    Case(
        "SP056",
        bad=[raw("\ufeff" + str(one[MAIN])) for one in (OK, more("license: MIT\n"), page("A.\n"))],
        good=[OK, {**OK, "references/a.md": "\ufeffA.\n"}, page("\ufeffA.\n")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "example"), [(case.rule, one) for case in CASES for one in case.bad])
def test_what_costs_something_is_a_warning(rule: str, example: Example) -> None:
    assert "warning" in {one.severity for one in found(rule, example)}


@pytest.mark.parametrize(("rule", "example"), [(case.rule, one) for case in CASES for one in case.good])
def test_what_only_looks_alike_is_left_alone(rule: str, example: Example) -> None:
    assert found(rule, example) == ()


@pytest.mark.parametrize(
    ("rule", "example"),
    [
        ("SP034", more("allowed-tools: [Read, Bash(git diff:*)]\n")),
        ("SP034", more("allowed-tools: Read, Bash(git diff:*)\n")),
        ("SP032", more("metadata:\n  version: 1.10\n")),
        ("SP040", more("version: 1.0.0\n")),
        ("SP040", more("zzz: 1\n")),
        ("SP054", page("See [a](../other/SKILL.md).")),
        ("SP053", page("[a](references/a.md)", references__a="See [next](next-page.md).")),
    ],
)
def test_what_is_usual_is_a_note(rule: str, example: Example) -> None:
    assert [one.severity for one in found(rule, example)] == ["note"]


@pytest.mark.parametrize(
    "example", [page("See [a](references/none.md)."), page("Run [it](scripts/none.py) first.")]
)
def test_a_link_to_a_folder_of_the_skill_that_leads_nowhere_is_an_error(example: Example) -> None:
    assert errors(example) == {"SP053"}


@pytest.mark.parametrize(
    ("folder", "target", "levels"),
    [
        ("demo", "agentskills", []),
        ("pdf-tools", "", ["warning"]),
        ("pdf-tools", "claude-code", ["warning"]),
        ("pdf-tools", "agentskills", ["error"]),
        ("case-0012", "", ["note"]),
        ("tmpx8aq", "", ["note"]),
        ("skill", "", ["note"]),
        ("skill", "agentskills", ["error"]),
        ("ｄｅｍｏ", "agentskills", []),
    ],
)
def test_the_name_is_that_of_the_folder(folder: str, target: str, levels: list[str]) -> None:
    there = View(folder, view(OK).files)
    findings = run(there, RULES, Options(profile="spec", target=target)).findings
    assert [one.severity for one in findings if one.rule == "SP016"] == levels


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("allowed_tools", "allowed-tools"),
        ("disable-model-invokation", "disable-model-invocation"),
        ("licence", "license"),
        ("Description ", "description"),
    ],
)
def test_a_misspelt_field_says_what_was_meant(field: str, meant: str) -> None:
    (one,) = found("SP040", more(f"{field}: x\n"))
    assert (one.severity, one.line, one.fix) == ("warning", 4, f"did you mean {meant}?")


@pytest.mark.parametrize("target", ["", "agentskills", "claude-code", "codex"])
def test_a_field_of_claude_code_is_an_error_for_nobody(target: str) -> None:
    example = more("disable-model-invocation: true\nargument-hint: file\nmodel: opus\nhooks: {}\n")
    findings = run(view(example), RULES, Options(profile="spec", target=target)).findings
    assert {one.severity for one in findings} == ({"note"} if target in ("agentskills", "codex") else set())


def test_an_unknown_field_is_an_error_for_who_asks_for_the_specification() -> None:
    findings = run(view(more("zzz: 1\n")), RULES, Options(target="agentskills")).findings
    assert [(one.rule, one.severity) for one in findings] == [("SP040", "error")]


def test_the_size_that_codex_reads_is_said_only_when_asked() -> None:
    example = page("Some words of prose. " * 400)
    assert [one.severity for one in found("SP060", example)] == ["note"]
    assert "SP060" not in {one.rule for one in run(view(example), RULES, Options()).findings}


def test_broken_frontmatter_hides_the_description_from_no_rule() -> None:
    assert view(INVALID["colon"][1]).description == "Use when: a test fails"
