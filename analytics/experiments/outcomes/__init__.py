"""What came of experiments: outcomes of each exposed actor, and their sums."""

from analytics.experiments.outcomes.kept import (
    exposure_counts,
    exposure_counts_sql,
    outcome_sums,
    outcome_sums_by_dimension,
    outcome_sums_by_dimension_sql,
    outcome_sums_sql,
)
from analytics.experiments.outcomes.listed import exposures_of_many, sums_of_many
from analytics.experiments.outcomes.virtual import Baseline, a_a, a_a_sql, baseline

__all__ = [
    "Baseline",
    "a_a",
    "a_a_sql",
    "baseline",
    "exposure_counts",
    "exposure_counts_sql",
    "exposures_of_many",
    "outcome_sums",
    "outcome_sums_by_dimension",
    "outcome_sums_by_dimension_sql",
    "outcome_sums_sql",
    "sums_of_many",
]
