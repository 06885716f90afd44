"""What the programs that load skills allow: from where on they cut a text, or leave it out."""

from __future__ import annotations

from collections.abc import Mapping

from trace2skill.compress.sizes import Sizes, text_of
from trace2skill.records import Record


class Profile(Record, frozen=True, omit_defaults=False):
    """The limits of one program; ``None`` where it has none."""

    name: str
    description: int
    """Characters of a description, as YAML gives it."""
    with_when: bool = False
    """What ``when_to_use`` says counts as description, too."""
    listing: int | None = None
    """Characters of all names and descriptions together."""
    body: int | None = None
    """Tokens of ``SKILL.md`` after its frontmatter."""
    lines: int | None = None
    """Lines of it."""
    size: int | None = None
    """Bytes of ``SKILL.md``, the frontmatter included."""

    def room(self, front: Mapping[str, object]) -> int:
        """Return how many characters are left for the description beside the rest of *front*."""
        return max(0, self.description - (len(text_of(front, "when_to_use")) if self.with_when else 0))

    def over(self, sizes: Sizes) -> dict[str, int]:
        """Return the limits that ``SKILL.md`` passes with these *sizes*, by body, lines and size."""
        limits = {"body": self.body, "lines": self.lines, "size": self.size}
        real = {"body": sizes.body, "lines": sizes.lines, "size": sizes.size}
        return {key: limit for key, limit in limits.items() if limit is not None and real[key] > limit}


PROFILES = {
    profile.name: profile
    for profile in (
        # The specification at agentskills.io: less than 5,000 tokens and 500 lines.
        Profile(name="spec", description=1024, body=4999, lines=499),
        # A listing of 1 % of 200,000 tokens, and what of a skill comes back after the context was compacted.
        Profile(name="claude-code", description=1536, with_when=True, listing=8000, body=5000),
        # Of the skill of a plugin, the first 8,000 bytes reach the model.
        Profile(name="codex", description=1024, listing=8000, size=8000),
    )
}
"""By the name that ``--profile`` takes."""
