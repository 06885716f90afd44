"""Measure a skill without a model: does it name the failures of runs it has not seen, and their cures?"""

from trace2skill.measure.cases import Case, find_cases
from trace2skill.measure.coverage import COVERED, Coverage, cover
from trace2skill.measure.windows import sections, shuffled

__all__ = ["COVERED", "Case", "Coverage", "cover", "find_cases", "sections", "shuffled"]
