"""SP: what the Agent Skills specification asks of the file and of its frontmatter as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trace2skill.lint.examples import front
from trace2skill.lint.front import TroubleKind
from trace2skill.lint.rules import Check, Hit, Link, Rule
from trace2skill.lint.view import MAIN, View

_OK = "---\nname: demo\ndescription: Use when a test fails.\n---\n\nRun it.\n"
_BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in ("ab", "bc", "cd")
)
_FENCE = re.compile(r"\s{0,4000}---[ \t]*(?:\r\n?|\n|$)")


def no_main(view: View) -> Iterator[Hit]:
    """Find a skill without ``SKILL.md`` in any spelling."""
    if view.main is None and not any(_is_misspelt(file.path) for file in view.files):
        file = view.file(MAIN)
        what = f"there is no {MAIN}" if file is None else f"{MAIN} is no text, but of the kind {file.kind}"
        yield Hit(MAIN, 1, what, fix=f"add {MAIN}, with name and description at its top")


def misspelt_main(view: View) -> Iterator[Hit]:
    """Find a ``SKILL.md`` that is spelt in another case."""
    for file in view.files:
        if view.main is None and _is_misspelt(file.path):
            fix = f"rename it: git mv {file.path} {MAIN}"
            yield Hit(file.path, 1, f"the file must be called {MAIN}", fix=fix)


def _is_misspelt(path: str) -> bool:
    return path != MAIN and path.lower().replace("_", "") in ("skill.md", "skills.md", "skill.markdown")


def no_frontmatter(view: View) -> Iterator[Hit]:
    """Find a skill that does not begin with frontmatter."""
    main = view.main
    if main is None or main.front_raw or _opened(main.text):
        return
    late = _FENCE.match(main.text)
    if late is not None:
        fix = f"remove what stands before the --- of line {main.text.count(chr(10), 0, late.end() - 1) + 1}"
        yield Hit(MAIN, 1, "the frontmatter does not begin with the first character", fix=fix)
    else:
        yield Hit(MAIN, 1, "no frontmatter", fix="begin with the lines ---, name: …, description: …, ---")


def open_frontmatter(view: View) -> Iterator[Hit]:
    """Find frontmatter that is never closed."""
    main = view.main
    if main is not None and not main.front_raw and _opened(main.text):
        yield Hit(MAIN, 1, "the frontmatter is never closed", fix="put a line --- after its last field")


def _opened(text: str) -> bool:
    return re.match(r"\ufeff?---[ \t]*(?:\r\n?|\n|$)", text) is not None


def _troubles(kind: TroubleKind) -> Check:
    def check(view: View) -> Iterator[Hit]:
        for trouble in view.main.front_troubles if view.main is not None else ():
            if trouble.kind == kind:
                yield Hit(MAIN, trouble.line, trouble.what, fix=trouble.fix)

    return check


def marked(view: View) -> Iterator[Hit]:
    """Find a byte order mark before the frontmatter."""
    file = view.file(MAIN)
    if file is not None and file.encoding == "utf-8-sig":
        yield Hit(MAIN, 1, "a byte order mark stands before the ---", fix="save it as UTF-8 without a mark")


RULES = (
    Rule(
        id="SP001", name="no-skill-md", class_="spec", level="error", check=no_main,
        why="A folder without SKILL.md is no skill to any program.",
        bad={MAIN: Link("../other/SKILL.md")}, good={MAIN: _OK},
    ),
    Rule(
        id="SP002", name="misspelt-skill-md", class_="spec", level="error", check=misspelt_main,
        why="Where case counts, as on Linux, no program finds the skill.",
        bad={"skill.md": _OK}, good={MAIN: _OK, "references/skill.md": "More.\n"},
    ),
    Rule(
        id="SP003", name="no-frontmatter", class_="spec", level="error", check=no_frontmatter,
        aliases=("SP101",),
        why="Name and description are read from the frontmatter, which begins with the first character.",
        bad={MAIN: "# A skill\n\nRun it.\n"}, good={MAIN: _OK},
    ),
    Rule(
        id="SP004", name="open-frontmatter", class_="spec", level="error", check=open_frontmatter,
        why="Without its end all of the file is frontmatter, or none of it.",
        bad={MAIN: "---\nname: demo\ndescription: d\n\nRun it.\n"}, good={MAIN: _OK},
    ),
    Rule(
        id="SP005", name="broken-yaml", class_="spec", level="error", check=_troubles("yaml"),
        why="Some programs refuse the skill, others load it without any of its fields and limits.",
        bad=front("name: demo\ndescription: Use when: a test fails\n"),
        good=front('name: demo\ndescription: "Use when: a test fails --- often"\nmetadata: {a: b}\n'),
    ),
    Rule(
        id="SP006", name="no-mapping", class_="spec", level="error", check=_troubles("mapping"),
        why="Fields are looked up by name, which only a mapping has.",
        bad=front("- name: demo\n- description: d\n"), good=front("name: demo\ndescription: d\n"),
    ),
    Rule(
        id="SP007", name="duplicate-key", class_="spec", level="error", check=_troubles("duplicate"),
        why="Programs differ in which of the two they take, so a reviewer may see the other one.",
        bad=front("name: demo\ndescription: d\ndescription: e\n"),
        good=front("name: demo\ndescription: d\nmetadata:\n  description: e\n"), hazards=("CWE-694",),
    ),
    Rule(
        id="SP008", name="unsafe-yaml", class_="malicious", level="error", check=_troubles("unsafe"),
        why="Such YAML makes a loader run code, or fill its memory.",
        bad=front(f"name: demo\ndescription: d\n{_BOMB}"),
        good=front("name: demo\ndescription: &d Use it.\nmetadata:\n  summary: *d\n"),
        hazards=("CWE-502", "CWE-776"),
    ),
    Rule(
        id="SP056", name="byte-order-mark", class_="spec", level="warning", check=marked,
        why="Programs that compare the first three characters with --- find no frontmatter.",
        bad={MAIN: f"\ufeff{_OK}"}, good={MAIN: _OK},
    ),
)  # fmt: skip
