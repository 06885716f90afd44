"""Move as much of a page as a program's limits ask for, where the usual share is too little."""

from __future__ import annotations

from collections.abc import Collection

from trace2skill.compress.profiles import Profile
from trace2skill.compress.relocate import Relocation, relocate
from trace2skill.compress.sizes import sizes_of

_SPARE = (0.02, 0.1)
"""What is tried beyond the share that is needed: tokens, bytes and lines do not shrink alike."""


def relocate_within(text: str, taken: Collection[str], share: float, profile: Profile | None) -> Relocation:
    """Return *text* with about *share* of its tokens moved, or with more if *profile* would cut it else.

    Where all that may move is not enough, all of it moves: the less a program cuts off, the better.
    """
    done = relocate(text, taken, share)
    if profile is None:
        return done
    sizes = sizes_of({"SKILL.md": text})
    real = {"body": sizes.body, "lines": sizes.lines, "size": sizes.size}
    needed = max((1 - limit / real[key] for key, limit in profile.over(sizes).items()), default=0.0)
    for more in (*(needed + spare for spare in _SPARE), 1.0):
        if not profile.over(sizes_of({"SKILL.md": done.text})):
            break
        if share < more <= 1:
            done = relocate(text, taken, more)
    return done
