"""Pages to shorten: whole ones in a line each, and a strategy that draws any Markdown."""

from __future__ import annotations

from hypothesis import strategies as st

FRONT = "---\nname: demo\ndescription: Use when a demonstration is asked for.\n---\n\n"
SMALL = "Below stands what is looked up now and then.\n\n| a | b |\n|---|---|\n" + "| one | 2 |\n" * 12
PROSE = "The service keeps its records in plain files that grow over the years and are read rarely. "


def page(*sections: str, front: str = FRONT) -> str:
    """Return a page that begins with what is always read, followed by *sections*."""
    core = "# Demo\n\n## Workflow\n\n" + "".join(
        f"{n}. Check the record number {n}, then write down what it says about the case.\n"
        for n in range(1, 60)
    )
    return front + core + "\n" + "\n".join(sections)


def section(title: str, *extra: str, level: int = 2, paragraphs: int = 12) -> str:
    """Return a section that is long enough to move, with *extra* paragraphs in its middle."""
    half = [PROSE * 2] * (paragraphs // 2)
    return "\n\n".join(["#" * level + " " + title, *half, *extra, *half]) + "\n"


_WORDS = st.sampled_from(
    "alpha beta `code` **bold** MUST never always https://a.example/x?y=1 ./path/to.md".split()
    + "--flag $ARGUMENTS ${CLAUDE_DIR} [link](references/a.md) [ref][one] 42% v1.2.3 {hole} <tag>".split()
    + "</tag> @file.md ⚠ 文字 | # > - <!-- note --> above ### ``` ~~~ :".split()
    + ["!`git status`", '"a phrase"', "as shown above"]
)
_LINE = st.lists(_WORDS, max_size=12).map(" ".join)
_BLOCK = st.one_of(
    _LINE,
    _LINE.map(lambda text: f"- {text}"),
    _LINE.map(lambda text: f"1. {text}"),
    _LINE.map(lambda text: f"> {text}"),
    _LINE.map(lambda text: f"    {text}"),
    st.tuples(st.integers(1, 6), _LINE).map(lambda pair: f"{'#' * pair[0]} {pair[1]}"),
    _LINE.map(lambda text: f"{text}\n==="),
    st.tuples(st.sampled_from(["```", "~~~", "````"]), _LINE, st.booleans()).map(
        lambda row: f"{row[0]}sh\n# {row[1]}\n## not a heading\n{row[0] if row[2] else ''}"
    ),
    _LINE.map(lambda text: f"| a | b |\n|---|---|\n| {text.replace('|', '/')} | 2 |"),
    st.just(PROSE * 9),
    st.sampled_from(["Colours", "Sizes", "Months"]).map(lambda title: f"## {title}\n\n{SMALL}"),
    st.just("## Examples\n\n" + PROSE * 30),
    st.just("### Troubleshooting\n\n" + PROSE * 20),
)
PAGES = st.tuples(
    st.sampled_from(["", FRONT, "\ufeff" + FRONT, "---\nname: [\n---\n"]),
    st.lists(_BLOCK, max_size=30),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["\n\n", "\n"]),
).map(lambda row: (row[0] + row[3].join(row[1]) + "\n").replace("\n", row[2]))
