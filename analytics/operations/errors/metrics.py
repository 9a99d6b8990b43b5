"""The metrics of failures by their cause."""

from analytics.metrics import Metric

FAILED = Metric(
    key="failed",
    label="Failures and errors",
    unit="events",
    definition="Events that went wrong, and events that are errors themselves.",
    formula="events that are not ok or named error",
    direction="down",
    sources=("counts",),
)
NEW_ERRORS = Metric(
    key="new_errors",
    label="New errors",
    unit="errors",
    definition="Causes of failures that were never seen before.",
    formula="error groups whose first failure is in the period",
    direction="down",
    sources=("counts",),
)
REGRESSED_ERRORS = Metric(
    key="regressed_errors",
    label="Errors that came back",
    unit="errors",
    definition="Causes that were resolved and failed again, in a release that should be cured.",
    formula="error groups that were opened again in the period",
    direction="down",
    sources=("counts",),
)
ERROR_METRICS = (FAILED, NEW_ERRORS, REGRESSED_ERRORS)
