"""Finds planted instructions: text in a log that is made to steer an agent that reads it.

The rules are few and sure rather than many: what merely mentions prompt injection, or tells a person
what to do, is none. Each rule says what it needs before any pattern runs, so that a log without the
words costs next to nothing; every repeat in a pattern is bounded.
"""

from __future__ import annotations

from trace2skill.injection.look import TAG, Hit, Planted, find, scan
from trace2skill.injection.rules import RULES, Rule

__all__ = ["RULES", "TAG", "Hit", "Planted", "Rule", "find", "scan"]
