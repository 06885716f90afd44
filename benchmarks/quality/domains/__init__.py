"""The kinds of work in which lessons are planted; no two share a vocabulary."""

from __future__ import annotations

from benchmarks.quality.domains import firmware

BUILDERS = {"firmware": firmware.build}
