"""What sums over actors say of an experiment: effects, intervals, tests, size, and a verdict."""

from analytics.experiments.statistics.course import band
from analytics.experiments.statistics.design import LEVEL, Design
from analytics.experiments.statistics.effects import Effect
from analytics.experiments.statistics.estimates import Estimate
from analytics.experiments.statistics.moments import Sums, sums_of
from analytics.experiments.statistics.parts import by_value
from analytics.experiments.statistics.power import days_needed, detectable, needed
from analytics.experiments.statistics.reading import Reading, reading
from analytics.experiments.statistics.split import Split
from analytics.experiments.statistics.verdict import Verdict

__all__ = [
    "LEVEL",
    "Design",
    "Effect",
    "Estimate",
    "Reading",
    "Split",
    "Sums",
    "Verdict",
    "band",
    "by_value",
    "days_needed",
    "detectable",
    "needed",
    "reading",
    "sums_of",
]
