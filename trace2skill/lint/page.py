"""What a user reads of a rule."""

from __future__ import annotations

from trace2skill.lint.rules import Example, Rule


def page_of(rule: Rule) -> str:
    """Return the page of *rule* in Markdown."""
    about = [f"class {rule.class_}", f"level {rule.level}"]
    if rule.alone is not None:
        about.append(f"{rule.alone} where nothing in the file acts on it")
    if rule.targets:
        about.append(f"for {', '.join(rule.targets)}")
    about += [f"before: {', '.join(rule.aliases)}"] if rule.aliases else []
    about += [f"see {', '.join(rule.hazards)}"] if rule.hazards else []
    return "\n".join(
        [
            f"## {rule.id} {rule.name}",
            "",
            f"{'; '.join(about)}.",
            "",
            rule.why,
            "",
            *_example("Found:", rule.bad),
            *_example("Not found:", rule.good),
        ]
    )


def _example(title: str, example: Example) -> list[str]:
    files = {"": example} if isinstance(example, str) else example
    lines = [title, ""]
    for path, data in files.items():
        text = data if isinstance(data, str) else f"({len(data)} bytes)"
        lines += [*([f"`{path}`:", ""] if path else []), "````text", _short(text), "````", ""]
    return lines


def _short(text: str) -> str:
    rows = text.rstrip("\n").split("\n")
    shown = [row if len(row) <= 160 else f"{row[:160]} …" for row in rows[:14]]
    return "\n".join([*shown, *([f"… {len(rows) - 14} more lines"] if len(rows) > 14 else [])])
