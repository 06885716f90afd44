"""The documents show what the program does: their blocks are run, their tables are made from the code.

``python -m tests.test_docs --update`` writes what is true now into README.md and docs/.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.chat_server import Answer, ChatServer
from tests.documents import ROOT, Desk, blocks, renewed
from tests.test_house import LAYERS
from trace2skill import __version__, errors
from trace2skill.lint import RULES
from trace2skill.lint.page import catalogue
from trace2skill.readers import all_readers

README = ROOT / "README.md"
CHECKED = "<!-- checked: tests/test_docs.py runs every block of this page -->"
DOCUMENTS = [path for path in (README, *sorted(ROOT.glob("docs/*.md"))) if CHECKED in path.read_text("utf-8")]
INSTALLS = 2
"""So many blocks at the head of the README install; .ci/run runs them."""


def formats(desk: Desk) -> str:
    """Return the names of the log formats."""
    del desk
    names = [f"`{name}`" for name in sorted(all_readers())]
    page = "[docs/formats.md](docs/formats.md)"
    return f"{len(names)} formats, each with its place on disk in {page}: {', '.join(names)}."


def formats_in_full(desk: Desk) -> str:
    """Return a section for each log format."""
    del desk
    parts = []
    for form in (reader.FORMAT for reader in all_readers().values()):
        places = ", ".join(f"`{place.folder}/{place.pattern}`" for place in form.places)
        facts = (
            ("Written by", form.writer),
            ("On disk", places or "wherever you save it"),
            ("Recognised by", form.detection),
            ("Outcome", form.outcome),
            ("Limits", form.limits or "none known"),
        )
        rows = "\n".join(f"| {name} | {fact.replace('|', '&#124;')} |" for name, fact in facts)
        parts.append(f"## `{form.name}`\n\n| | |\n| --- | --- |\n{rows}")
    return "\n\n".join(parts)


def skill(desk: Desk) -> str:
    """Return what the document's first run wrote, as a quotation."""
    text = (desk.folder / "skills" / "samples" / "SKILL.md").read_text("utf-8")
    body = text.split("\n---\n", 1)[1].strip()
    return "\n".join(f"> {line}".rstrip() for line in body.splitlines())


def layers(desk: Desk) -> str:
    """Return the modules by layer, each with the first sentence of its docstring."""
    del desk
    rows = []
    for layer, modules in LAYERS.items():
        for at, module in enumerate(modules):
            path = ROOT.joinpath(*module.split("."))
            source = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8")
            sentence = " ".join(source.removeprefix('"""').split('"""')[0].split("\n\n")[0].split())
            name = module.removeprefix("trace2skill.") + "/" * (path.is_dir() and "." in module)
            rows.append((layer if at == 0 else "", f"`{name}`", sentence))
    return table(("layer", "module", "what it does"), rows)


def exit_codes(desk: Desk) -> str:
    """Return the errors and the exit code that each leads to."""
    del desk
    every = [value for value in vars(errors).values() if isinstance(value, type)]
    found = [error for error in every if issubclass(error, errors.Trace2SkillError)]
    ordered = sorted(found, key=lambda error: (error.exit_code, error.__name__))
    rows = [(str(e.exit_code), f"`{e.__name__}`", (e.__doc__ or "").split("\n")[0]) for e in ordered]
    return table(("code", "error", "what it means"), rows)


def rules(desk: Desk) -> str:
    """Return the table of the linter's rules, and the page of each."""
    del desk
    return catalogue(RULES)


GENERATORS: dict[str, Callable[[Desk], str]] = {
    "formats": formats,
    "formats-in-full": formats_in_full,
    "skill": skill,
    "layers": layers,
    "exit-codes": exit_codes,
    "rules": rules,
}


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


def as_it_should_be(path: Path, folder: Path) -> str:
    """Return a document with all its blocks and tables made anew; *folder* is to work in."""
    text = path.read_text("utf-8")
    head = text[: blocks(text)[INSTALLS - 1].end] if path == README else ""
    with ChatServer(lambda number, body: Answer('{"lessons": []}')) as server:
        return head + renewed(text[len(head) :], Desk(folder, server.url), GENERATORS)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_show_what_the_program_does(path: Path, tmp_path: Path) -> None:
    assert path.read_text("utf-8") == as_it_should_be(path, tmp_path), (
        "run python -m tests.test_docs --update"
    )


def test_the_readme_and_the_page_of_commands_are_checked() -> None:
    assert {README, ROOT / "docs" / "cli.md", ROOT / "docs" / "design.md"} <= set(DOCUMENTS)


def test_output_that_is_no_longer_true_is_noticed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "")
    stale = "```console\n$ trace2skill --version\ntrace2skill 0.0.0\n```\n"
    assert renewed(stale, desk, {}) == stale.replace("0.0.0", __version__)


@pytest.mark.parametrize("language", ["console", "sh"])
def test_a_command_that_fails_is_noticed(language: str, tmp_path: Path) -> None:
    prompt = "$ " if language == "console" else ""
    with pytest.raises(AssertionError, match="exit code 2"):
        renewed(f"```{language}\n{prompt}trace2skill lint nowhere\n```\n", Desk(tmp_path, ""), {})


def test_the_readme_gets_to_the_point_in_sixty_words() -> None:
    text = README.read_text("utf-8")
    assert len(re.sub(r"<!--.*?-->", "", text[: blocks(text)[0].start]).split()) <= 60


def test_ci_runs_the_first_two_lines_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    texts = [block.text for block in blocks(README.read_text("utf-8"))[:INSTALLS]]
    assert [len(text.splitlines()) for text in texts] == [1, 1]
    assert "trace2skill distill samples/" in texts[0]
    assert "pytest" in texts[1]
    for name, text in zip(("use", "test"), texts, strict=True):
        (assignment,) = re.findall(rf"^{name}=.*$", script, re.MULTILINE)
        done = subprocess.run(
            ["bash", "-c", f'{assignment}; echo "${name}"'],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == text
        assert re.search(rf'^step .* "\${name}"$', script, re.MULTILINE)


def _update(names: list[str]) -> None:
    for path in DOCUMENTS:
        if not names or path.name in names:
            with tempfile.TemporaryDirectory() as folder:
                path.write_text(as_it_should_be(path, Path(folder)), "utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] != ["--update"]:
        sys.exit("usage: python -m tests.test_docs --update [NAME.md ...]")
    _update(sys.argv[2:])
