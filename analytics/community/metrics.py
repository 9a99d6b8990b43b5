"""What is counted of packages over time, for the charts of all who read about them."""

from analytics.metrics import DAILY, Metric

RUNS = Metric(
    key="runs",
    label="Runs",
    unit="runs",
    definition="Executions of packages, also those that failed.",
    formula="number of runs",
    direction="up",
    sources=("counts",),
    grains=DAILY,
)
