"""The rules, a module for each family; each exports ``RULES``, and being here is all it takes to be run."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from trace2skill.lint.rules import Rule

_MODULES = sorted(info.name for info in pkgutil.iter_modules(__path__))
RULES: tuple[Rule, ...] = tuple(
    sorted(
        (rule for name in _MODULES for rule in import_module(f"{__name__}.{name}").RULES),
        key=lambda rule: rule.id,
    )
)
"""All rules by id."""
