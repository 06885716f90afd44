"""Made skills of different anatomy, in about the proportions of published collections; nothing is copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from benchmarks.compressing.pieces import Writer, foreign

SEED = 1


class Made(NamedTuple):
    """A made skill: what its anatomy is, and its text files."""

    group: str
    name: str
    files: dict[str, str]


def make_corpus(seed: int = SEED, share: float = 1.0) -> list[Made]:
    """Return the skills of *seed*, or a *share* of each group and at least one."""
    made = []
    for group, (count, shape) in SHAPES.items():
        for number in range(max(1, round(count * share))):
            writer = Writer(f"{seed}/{group}/{number}", 0.03 if number % 3 else 0.1)
            name = f"{writer.domain.name}-{group}-{number}"
            made.append(Made(group, name, shape(writer, name)))
    return made


def _front(writer: Writer, name: str) -> str:
    thing, other = writer.rng.sample(writer.domain.things, 2)
    tools, symptom = ", ".join(writer.domain.tools), writer.rng.choice(writer.domain.symptoms)
    said = writer.rng.choice(
        (
            f"Works on each {thing} and its {other} with {tools}. Use when there is {symptom}.",
            f"This skill helps to handle a {thing}. Use it for a {thing}, for a {other}, or for {symptom}.",
            f"Use when a {thing} has to be compared with a {other}. Do not use for {symptom}.",
        )
    )
    return f"---\nname: {name}\ndescription: {said}\n---\n\n"


def _page(writer: Writer, name: str, *sections: str) -> dict[str, str]:
    title = f"# {writer.domain.name.replace('-', ' ').capitalize()}\n\n{writer.prose()}"
    parts = [_front(writer, name) + title, *sections]
    return {"SKILL.md": "\n\n".join(parts) + "\n"}


def _core(writer: Writer) -> list[str]:
    """Return what most pages begin with."""
    when = f"## When to use this\n\n{writer.items(count=4)}"
    work = f"## {writer.title('core')}\n\n{writer.steps()}\n\n{writer.code(5)}"
    return [when, work] if writer.rng.random() < 0.5 else [work]


def _sections(writer: Writer, count: int, *kinds: str) -> list[str]:
    """Return *count* sections whose parts are drawn from *kinds*; titles tell what they are or do not."""
    makers: dict[str, Callable[[], str]] = {
        "prose": writer.prose,
        "list": writer.items,
        "orders": lambda: writer.items("order"),
        "steps": writer.steps,
        "table": writer.table,
        "code": writer.code,
    }
    found = []
    for _ in range(count):
        drawn = writer.rng.random()
        title = writer.title("movable" if drawn < 0.35 else "neutral" if drawn < 0.93 else "binding")
        parts = [makers[writer.rng.choice(kinds)]() for _ in range(writer.rng.randint(1, 4))]
        found.append("\n\n".join([f"## {title}", *parts]))
    return found


def _of(least: int, most: int, *kinds: str) -> Callable[[Writer, str], dict[str, str]]:
    """Return a shape with *least* to *most* sections of *kinds*."""

    def shape(writer: Writer, name: str) -> dict[str, str]:
        count = writer.rng.randint(least, most)
        return _page(writer, name, *_core(writer), *_sections(writer, count, *kinds))

    return shape


_mixed = _of(4, 10, "prose", "list", "list", "orders", "code", "code", "table")


def _tiny(writer: Writer, name: str) -> dict[str, str]:
    return _page(writer, name, f"## {writer.title('core')}\n\n{writer.steps(4)}")


def _huge(writer: Writer, name: str) -> dict[str, str]:
    parts = [writer.rng.choice((writer.prose, writer.items, writer.code))() for _ in range(22)]
    return _page(writer, name, *_core(writer), "\n\n".join([f"## {writer.title('neutral')}", *parts]))


def _many(writer: Writer, name: str) -> dict[str, str]:
    count = writer.rng.randint(18, 40)
    return _page(
        writer, name, *(f"## {writer.title('neutral')}\n\n{writer.prose(1, 3)}" for _ in range(count))
    )


def _deep(writer: Writer, name: str) -> dict[str, str]:
    found = []
    for _ in range(writer.rng.randint(2, 4)):
        for level in (2, 3, 4, 4, 5, 3, 4):
            title = writer.title(writer.rng.choice(("neutral", "neutral", "movable")))
            found.append(f"{'#' * level} {title}\n\n{writer.prose()}\n\n{writer.items(count=3)}")
    return _page(writer, name, *_core(writer), *found)


def _setext(writer: Writer, name: str) -> dict[str, str]:
    found = []
    for number in range(writer.rng.randint(5, 9)):
        title = writer.title("neutral")
        found.append(f"{title}\n{'=-'[number > 0] * len(title)}\n\n{writer.prose()}\n\n{writer.code()}")
    return _page(writer, name, *found)


def _nested(writer: Writer, name: str) -> dict[str, str]:
    """Return a page that shows Markdown within fences of four backticks or of tildes."""
    found = []
    for _ in range(writer.rng.randint(3, 6)):
        mark = writer.rng.choice(("````", "~~~", "`````"))
        inner = f"## {writer.title('neutral')}\n\n{writer.code(4)}\n\n{writer.items(count=3)}"
        shown = f"{mark}markdown\n{inner}\n{mark}"
        found.append(f"## {writer.title('movable')}\n\n{writer.prose()}\n\n{shown}\n\n{writer.prose()}")
    return _page(writer, name, *_core(writer), *found)


def _inlist(writer: Writer, name: str) -> dict[str, str]:
    """Return a page whose steps hold code."""
    found = []
    for _ in range(writer.rng.randint(3, 6)):
        rows = []
        for number in range(1, writer.rng.randint(4, 7)):
            code = "\n".join(f"   {line}".rstrip() for line in writer.code(4).split("\n"))
            rows.append(f"{number}. {writer.sentence('order')}\n\n{code}\n")
        found.append(f"## {writer.title('neutral')}\n\n{writer.prose()}\n\n" + "\n".join(rows).rstrip())
    return _page(writer, name, *found)


def _changed(change: Callable[[str], str]) -> Callable[[Writer, str], dict[str, str]]:
    """Return the shape of a mixed page whose text is given to *change*."""

    def shape(writer: Writer, name: str) -> dict[str, str]:
        return {path: change(text) for path, text in _mixed(writer, name).items()}

    return shape


def _foreign(writer: Writer, name: str) -> dict[str, str]:
    writer.language = writer.rng.choice(sorted(foreign()))
    return _mixed(writer, name)


def _sprinkled(*lines: str) -> Callable[[Writer, str], dict[str, str]]:
    """Return the shape of a mixed page that has some of *lines* as paragraphs in its sections."""

    def shape(writer: Writer, name: str) -> dict[str, str]:
        sections = _sections(writer, writer.rng.randint(5, 9), "prose", "list", "code", "table")
        for at in writer.rng.sample(range(len(sections)), 3):
            line = writer.fill(writer.rng.choice(lines))
            head, _, rest = sections[at].partition("\n\n")
            sections[at] = f"{head}\n\n{line}\n\n{rest}"
        return _page(writer, name, *_core(writer), *sections)

    return shape


def _wrapped(writer: Writer, name: str) -> dict[str, str]:
    """Return a page with parts in tags, some around whole sections."""
    found = []
    for section in _sections(writer, writer.rng.randint(5, 8), "prose", "list", "code"):
        tag = writer.rng.choice(("example", "good-example", "context", "details"))
        drawn = writer.rng.random()
        head, _, rest = section.partition("\n\n")
        if drawn < 0.3:
            section = f"<{tag}>\n\n{section}\n\n</{tag}>"
        elif drawn < 0.7:
            section = f"{head}\n\n<{tag}>\n{writer.prose()}\n</{tag}>\n\n{rest}"
        found.append(section)
    return _page(writer, name, *_core(writer), *found)


def _defined(writer: Writer, name: str) -> dict[str, str]:
    """Return a page whose links are defined at its end, or where they are used."""
    sections = _sections(writer, writer.rng.randint(5, 8), "prose", "list", "table", "code")
    ends = []
    for at in range(len(sections)):
        if writer.rng.random() < 0.4:
            sections[at] += writer.fill(f"\n\nMore is in [the guide to a {{thing}}][g{at}].")
            line = writer.fill(f'[g{at}]: https://{{host}}.example/g/{{n}} "{{Thing}}"')
            if writer.rng.random() < 0.3:
                sections[at] += f"\n\n{line}"
            else:
                ends.append(line)
    return _page(writer, name, *_core(writer), *sections, "\n".join(ends))


def _referring(writer: Writer, name: str) -> dict[str, str]:
    """Return a skill that has references already."""
    names = [word.replace(" ", "-") for word in writer.rng.sample(writer.domain.things, 3)]
    rows = "\n".join(f"- [{one}](references/{one}.md): {writer.sentence()}" for one in names)
    files = _page(
        writer,
        name,
        *_core(writer),
        *_sections(writer, writer.rng.randint(3, 7), "prose", "list", "code"),
        f"## More to read\n\n{rows}",
    )
    for one in names:
        sections = _sections(writer, 3, "prose", "table", "code")
        files[f"references/{one}.md"] = "\n\n".join([f"# {one}", *sections]) + "\n"
    return files


def _gotchas(writer: Writer, name: str) -> dict[str, str]:
    rows = "\n".join(f"- {writer.sentence('gotcha')}" for _ in range(writer.rng.randint(5, 14)))
    title = writer.rng.choice(("Gotchas", "Gotchas", "Known gotchas", "Pitfalls"))
    sections = _sections(writer, writer.rng.randint(4, 8), "prose", "list", "code")
    return _page(writer, name, *_core(writer), f"## {title}\n\n{rows}", *sections)


def _output(writer: Writer, name: str) -> dict[str, str]:
    title = writer.rng.choice(("Output format", "Report format", "What to hand back"))
    words = writer.fill("Use exactly this structure, with one row for each {thing}:")
    sections = _sections(writer, writer.rng.randint(4, 8), "prose", "list", "code")
    form = f"## {title}\n\n{words}\n\n{writer.code(10)}\n\n{writer.table(4)}"
    return _page(writer, name, *_core(writer), *sections, form)


Shape = Callable[[Writer, str], dict[str, str]]
SHAPES: dict[str, tuple[int, Shape]] = {
    "mixed": (40, _mixed),
    "code": (40, _of(4, 9, "code", "code", "code", "prose")),
    "lists": (30, _of(4, 9, "list", "list", "orders", "steps")),
    "prose": (20, _of(4, 9, "prose")),
    "tables": (16, _of(3, 7, "table", "table", "prose")),
    "tiny": (24, _tiny),
    "references": (24, _referring),
    "deep": (12, _deep),
    "many": (12, _many),
    "huge": (8, _huge),
    "setext": (5, _setext),
    "nested": (9, _nested),
    "inlist": (10, _inlist),
    "crlf": (6, _changed(lambda text: text.replace("\n", "\r\n"))),
    "bom": (4, _changed(lambda text: f"\ufeff{text}")),
    "foreign": (9, _foreign),
    "directives": (
        8,
        _sprinkled(
            "Now: !`{tool} status`",
            "The request is: $ARGUMENTS",
            "Run `${{CLAUDE_SKILL_DIR}}/scripts/{tool}.sh` for the rest.",
        ),
    ),
    "tags": (8, _wrapped),
    "comments": (
        5,
        _sprinkled("<!-- {thing}: lint-off -->", "<!--\nThe {thing} was written\nin another year.\n-->"),
    ),
    "definitions": (5, _defined),
    "gotchas": (10, _gotchas),
    "output": (10, _output),
}
