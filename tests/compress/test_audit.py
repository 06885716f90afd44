"""``compress --check``: what it weighs, which limits fail it, and that it writes nothing."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.compress.pages import page, section
from tests.logs import program, tree
from trace2skill import tokens
from trace2skill.compress.findings import grams_of, share_in
from trace2skill.compress.links import broken, mentions, orphans

GOOD = (
    "Reads invoices of all kinds and prints their totals as a table. Use when an invoice arrives or is due."
)


def skill(folder: Path, body: str = "# Demo\n\nRead.\n", said: str = GOOD, **files: str) -> Path:
    folder.mkdir(parents=True)
    text = f"---\nname: {folder.name}\ndescription: {said}\n---\n\n{body}"
    (folder / "SKILL.md").write_bytes(text.encode())
    for name, source in files.items():
        path = folder / "references" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, "utf-8")
    return folder


def codes(folder: Path, profile: str = "spec") -> dict[str, bool]:
    """Return the codes found, each with whether one of them is over a limit."""
    document = json.loads(program("compress", "--check", "--profile", profile, "--json", folder).out)
    (one,) = document["skills"]
    found: dict[str, bool] = {}
    for finding in one["findings"]:
        found[finding["code"]] = found.get(finding["code"], False) or finding["over"]
    return found


def test_a_good_skill_has_no_findings(tmp_path: Path) -> None:
    folder = skill(
        tmp_path / "demo", "# Demo\n\nRead [more](references/more.md) when it rains.\n", more="Rain.\n"
    )
    before = tree(tmp_path)
    done = program("compress", "--check", folder)
    assert (done.code, codes(folder)) == (0, {})
    assert "always loaded" in done.out
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('""', "D-MISSING"),
        ("Reads. Use when it rains.", "D-SHORT"),
        (GOOD * 6, "D-LONG"),
        (GOOD.split(". Use")[0] + ", again and again and with great care and patience", "D-NO-WHEN"),
    ],
)  # fmt: skip
def test_descriptions_that_tell_too_little_or_take_too_much_are_notes(
    tmp_path: Path, said: str, code: str
) -> None:
    assert codes(skill(tmp_path / "demo", said=said)) == {code: False}


@pytest.mark.parametrize(
    ("profile", "body", "said", "code"),
    [
        ("spec", "word " * 5000, GOOD, "B-OVER5K"),
        ("spec", "a\n" * 500, GOOD, "B-OVER500L"),
        ("codex", "文" * 2700, GOOD, "B-OVER8000B"),
        ("codex", "", GOOD * 11, "D-OVER1024"),
        ("claude-code", "", GOOD * 16, "D-OVER1536"),
        ("claude-code", "word " * 5001, GOOD, "B-OVER5K"),
    ],
)
def test_what_is_over_a_limit_of_the_profile_fails(
    tmp_path: Path, profile: str, body: str, said: str, code: str
) -> None:
    folder = skill(tmp_path / "demo", body, said)
    assert program("compress", "--check", "--profile", profile, folder).code == 1
    assert [one for one, over in codes(folder, profile).items() if over] == [code]


def test_limits_of_one_program_are_none_of_another(tmp_path: Path) -> None:
    folder = skill(tmp_path / "demo", "文" * 2700, GOOD * 11)
    assert program("compress", "--check", "--profile", "claude-code", folder).code == 0
    assert program("compress", "--check", "--profile", "codex", folder).code == 1


def test_bytes_that_only_windows_adds_are_a_note(tmp_path: Path) -> None:
    assert codes(skill(tmp_path / "demo", "a\n" * 3800), "codex")["B-OVER8000B"] is False


def test_a_listing_that_is_too_long_fails_though_each_skill_is_within(tmp_path: Path) -> None:
    for number in range(12):
        skill(tmp_path / f"skill-{number}", said=GOOD * 7)
    assert program("compress", "--check", "--profile", "codex", tmp_path / "skill-1").code == 0
    done = program("compress", "--check", "--profile", "codex", tmp_path)
    assert done.code == 1
    assert "over  listing" in done.out
    assert program("compress", "--check", tmp_path).code == 0


def test_the_document_has_the_three_sizes_and_what_each_action_saves(tmp_path: Path) -> None:
    body = page(section("Examples"), front="") + "\nRead references/old.md when it rains.\n"
    folder = skill(
        tmp_path / "demo", body, "Use this skill when " + GOOD, old="Old. " * 50, lost="Lost. " * 90
    )
    (one,) = json.loads(program("compress", "--check", "--json", folder).out)["skills"]
    assert one["body"] < one["expected"] < one["everything"]
    assert one["everything"] == one["body"] + sum(one["references"].values())
    assert one["body"] == tokens.count("\n" + body)
    assert one["size_crlf"] == one["size_lf"] + (folder / "SKILL.md").read_bytes().count(b"\n")
    saved = {saving["action"]: saving for saving in one["savings"]}
    assert saved["move sections into references"]["always"] > 100
    assert saved["move sections into references"]["everything"] < 0
    assert saved["shorten the description"]["always"] > 0
    assert (
        saved["delete references that nothing names"]["everything"] == one["references"]["references/lost.md"]
    )


def test_references_are_told_by_what_is_wrong_with_them(tmp_path: Path) -> None:
    said = " ".join(f"word{n} and then word{n + 1}" for n in range(60))
    folder = skill(
        tmp_path / "demo",
        f"# Demo\n\n{said}\n\nSee references/first.md.\n\n[gone](references/gone.md) when it rains.\n",
        first="Go on with second.md.\n",
        second=said + "\n",
        third="Long.\n" * 301,
    )
    assert codes(folder).keys() == {"R-NO-WHEN", "R-CHAIN", "R-DUP", "R-ORPHAN", "R-NO-TOC", "L-BROKEN"}
    found = program("compress", "--check", folder).out
    assert "L-BROKEN  SKILL.md:12: references/gone.md: not there" in found


def test_neighbours_beside_it_and_in_a_pool_are_told(tmp_path: Path) -> None:
    folder = skill(tmp_path / "a" / "demo")
    skill(tmp_path / "a" / "twin")
    skill(tmp_path / "b" / "other")
    done = program("compress", "--check", folder, "--pool", tmp_path / "b")
    assert "like twin" in done.out
    assert "like other" in done.out
    assert "like demo" not in done.out
    missing = program("compress", "--check", folder, "--pool", tmp_path / "none")
    assert (missing.code, "no folder" in missing.err) == (3, True)


def test_ten_thousand_references_take_seconds(tmp_path: Path) -> None:
    folder = skill(tmp_path / "demo")
    (folder / "references").mkdir()
    for number in range(10_000):
        (folder / "references" / f"note-{number}.md").write_text(f"See note-{number + 1}.md.\n", "utf-8")
    begun = time.process_time()
    done = program("compress", "--check", folder)
    assert time.process_time() - begun < 20
    assert done.code == 0
    assert "R-CHAIN  … and 9991 more" in done.out


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("See references/note.md.", True),
        ("See [it](references/note.md).", True),
        ("See note.md", True),
        ("Look into references/ for more.", True),
        ("The note says so.", True),
        ("References are in other places.", False),
        ("See references/note.markdown.", False),
    ],
)
def test_what_names_a_reference(text: str, named: bool) -> None:
    assert (orphans({"SKILL.md": text, "references/note.md": "note.md\n"}) == ()) == named


@pytest.mark.parametrize(
    "link",
    (
        "https://a.example/x #there mailto:a@b.example ../other/SKILL.md {path}.md references/ $HOME/x"
        " references/a.md#part a.md ./references/a.md references/a%2Emd"
    ).split(),
)
def test_links_that_lead_somewhere_are_not_broken(link: str) -> None:
    files = {"SKILL.md": "x\n", "references/b.md": f"[x]({link}) and `[y](nowhere.md)`\n"}
    paths = frozenset({"SKILL.md", "references/a.md", "references/b.md"})
    assert list(broken(files, paths)) == []
    assert list(broken({"SKILL.md": "x\n\n[x](nowhere.md)"}, paths)) == [("SKILL.md", 3, "nowhere.md")]


def test_where_a_page_names_its_references() -> None:
    found = mentions("a\nb references/a.md and c.md\n", ["references/a.md", "references/c.md"])
    assert found == {path: [(2, "b references/a.md and c.md")] for path in found}
    assert len(found) == 2


def test_runs_of_eight_words_are_shared_or_not() -> None:
    grams = grams_of("one two three four five six seven eight nine")
    assert share_in(grams, "ONE two three, four five six seven eight") == 1.0
    assert share_in(grams, "one two three four five six seven other") == 0.0
    assert share_in(grams, "") == 0.0


def test_questions_are_those_of_one_skill(tmp_path: Path) -> None:
    asked = tmp_path / "eval_queries.json"
    asked.write_text('[{"query": "read", "should_trigger": true}]', "utf-8")
    one, two = skill(tmp_path / "s" / "demo"), skill(tmp_path / "s" / "twin")
    done = program("compress", "--diff", "--queries", asked, one, two)
    assert (done.code, "of one skill" in done.err) == (2, True)
    done = program("compress", "--diff", "--queries", asked, one)
    assert "not shortened by the queries: fewer than 3 held-out" in done.out


@pytest.mark.parametrize("data", ["{", "[1]", '[{"query": "x"}]', '[{"query": 1, "should_trigger": true}]'])
def test_questions_of_another_form_are_refused(tmp_path: Path, data: str) -> None:
    (tmp_path / "q.json").write_text(data, "utf-8")
    done = program("compress", "--diff", "--queries", tmp_path / "q.json", skill(tmp_path / "demo"))
    assert (done.code, "should_trigger" in done.err) == (3, True)


def test_only_one_of_check_and_what_writes(tmp_path: Path) -> None:
    assert program("compress", "--check", "--in-place", skill(tmp_path / "demo")).code == 2


def test_a_made_description_is_to_be_reviewed_and_comes_back(tmp_path: Path) -> None:
    folder = skill(tmp_path / "demo", "# Demo\n\nSends messages by mirrors and sunlight.\n", said="")
    before = tree(tmp_path)
    done = program("compress", "--in-place", folder)
    assert done.code == 0
    assert "review" in done.out
    assert "Sends messages by mirrors" in (folder / "SKILL.md").read_text("utf-8").split("---")[1]
    assert program("compress", "--revert", folder).code == 0
    assert tree(tmp_path) == before
