"""LN: what goes wrong when programs write skills."""

from __future__ import annotations

from collections.abc import Iterator

from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import View
from trace2skill.markdown import open_fence


def open_fences(view: View) -> Iterator[Hit]:
    """Find a code fence that is never closed and swallows what follows."""
    for document in view.documents():
        line = open_fence(document.text) if document.whole else None
        if line is not None:
            yield Hit(document.path, line, "code fence never closed", fix="close it where the code ends")


RULES = (
    Rule(
        id="LN101", name="open-fence", class_="spec", level="error", check=open_fences,
        why="Everything after it is code to a reader: headings and rules vanish.",
        bad="```sh\nmake test\n\n## Next\n", good="```sh\nmake test\n```\n\n## Next\n",
    ),
)  # fmt: skip
