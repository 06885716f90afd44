"""The errors that a user may meet, each with the exit code it leads to.

Trace2SkillError (3)
├── InputError (3)      a log, labels file or skill that cannot be used
├── OutputError (3)     a place that cannot be written
├── ConfigError (2)     a setting or an argument that makes no sense
├── PatchError (3)      an edit that would break a skill
└── ModelError (3)      a model that cannot be reached or understood
    ├── ReplyError (3)  a reply that stays unusable after its repair turn
    └── BudgetSpent (1) the cap on money or calls was reached
"""

from __future__ import annotations


class Trace2SkillError(Exception):
    """An expected failure: says what, where and, as *hint*, what now."""

    exit_code = 3

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class InputError(Trace2SkillError):
    """A log, labels file or skill that cannot be used."""


class OutputError(Trace2SkillError):
    """A place that cannot be written."""


class ConfigError(Trace2SkillError):
    """A setting or an argument that makes no sense."""

    exit_code = 2


class PatchError(Trace2SkillError):
    """An edit that would break a skill."""


class ModelError(Trace2SkillError):
    """A model that cannot be reached or understood."""


class ReplyError(ModelError):
    """A reply that stays unusable after its repair turn."""


class BudgetSpent(ModelError):
    """The cap on money or calls was reached before the next call."""

    exit_code = 1


class CompressionFault(Trace2SkillError):
    """A shorter skill would lack something of the longer one, so it is not made."""
