"""`python -m analytics`: print the documentation of the catalogue, docs/metrics.md."""

from analytics.business.goals.metrics import GOAL_METRICS
from analytics.business.revenue.metrics import REVENUE_METRICS
from analytics.feedback.metrics import FEEDBACK_METRICS
from analytics.metrics import CATALOGUE, Metric
from analytics.operations.errors.metrics import ERROR_METRICS
from analytics.operations.health.metrics import HEALTH_METRICS
from analytics.operations.live import LIVE_METRICS
from analytics.operations.requests.metrics import REQUEST_METRICS
from analytics.operations.security.metrics import SECURITY_METRICS
from analytics.operations.signals.catalogue import OWN_METRICS
from analytics.operations.support.metrics import SUPPORT_METRICS

HEAD = """# What every number means

One definition a metric, used by every page. This page is printed from the catalogue by
`python -m analytics > docs/metrics.md`.

- Days, weeks and months are cut in the project's time zone; weeks start on Monday. A range holds
  its first instant and not its last.
- The period that is not over is drawn dashed and left out of comparisons.
- A comparison takes as many whole periods just before, weekday by weekday.
- A value of a breakdown is counted on its own: people who used two platforms are in both, and once
  in the total.
"""
ALL = (
    *CATALOGUE,
    *FEEDBACK_METRICS,
    *REVENUE_METRICS,
    *GOAL_METRICS,
    *HEALTH_METRICS,
    *REQUEST_METRICS.values(),
    *ERROR_METRICS,
    *LIVE_METRICS,
    *SUPPORT_METRICS.values(),
    *SECURITY_METRICS.values(),
    *OWN_METRICS,
)
DIRECTIONS = {"up": "more is better", "down": "less is better", "neutral": "neither is better"}


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *(_section(metric) for metric in ALL)])


def _section(metric: Metric) -> str:
    empty = "0" if metric.counts else "no value"
    return (
        f"## {metric.label}\n"
        f"{metric.definition}\n\n"
        f"`{metric.key}`: {metric.formula}. In {metric.unit}; {DIRECTIONS[metric.direction]}; "
        f"{empty} without activity; by {', '.join(metric.grains)}.\n"
    )


if __name__ == "__main__":
    print(page(), end="")
