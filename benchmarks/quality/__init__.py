"""Measure what skills are worth: planted lessons, held-out failures, grounding, order, routing and cost."""
