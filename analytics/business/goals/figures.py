"""The figures that a goal may be on: each with its past periods, and the usual goal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import numpy as np
from sqlalchemy import Connection

from analytics.business.goals.metrics import CORE_ADOPTION, MONTHLY_RETENTION, OPT_IN
from analytics.business.goals.tracking import MONTH, WEEK
from analytics.business.revenue.metrics import REVENUE_METRICS
from analytics.business.revenue.movements import movements
from analytics.feedback.metrics import FEEDBACK_METRICS
from analytics.feedback.over_time import score_trend
from analytics.filters import Filters, add_months
from analytics.metrics import METRICS, Metric
from analytics.operations.health.metrics import HEALTH_METRICS
from analytics.operations.health.uptime import uptime_series
from analytics.operations.quality import consent
from analytics.operations.requests.measured import Measured
from analytics.operations.requests.metrics import REQUEST_METRICS
from analytics.operations.requests.series import request_counts, request_series
from analytics.operations.support.metrics import SUPPORT_METRICS
from analytics.operations.support.over_time import support_by_period
from analytics.periods import ends
from analytics.product.adoption.answer import FEATURE_USE
from analytics.product.adoption.leading import main_feature
from analytics.product.lifecycle import lifecycle, retained
from analytics.product.trends import trend
from analytics.scope import Viewer

PERIODS = 12  # that are looked back on
A_WEEK = 7 * 24 * 60  # minutes

Values = Sequence[float]
Past = Callable[[Connection, Viewer, Filters], Values]


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric with its values of the last whole periods of `days` days, oldest first.

    `usual` is the goal that a project has unless somebody changes it; None for none.
    """

    metric: Metric
    past: Past
    days: float = WEEK
    usual: float | None = None

    @property
    def key(self) -> str:
        """What it is called in the catalogue and on record."""
        return self.metric.key

    @property
    def bounds(self) -> tuple[float, float]:
        """What its values can't leave."""
        if self.metric.unit == "share":
            return 0.0, 1.0
        return (-np.inf, np.inf) if self.metric.unit == "points" else (0.0, np.inf)


def weeks(filters: Filters) -> Filters:
    """The last whole weeks of the project, whoever did what and where."""
    monday = filters.today - timedelta(days=filters.today.weekday())
    span = filters.of_anybody().over(monday - timedelta(weeks=PERIODS), monday)
    return replace(span, grain="week", compare=False)


def months(filters: Filters) -> Filters:
    """The last whole months of the project, whoever did what and where."""
    first = filters.today.replace(day=1)
    span = filters.of_anybody().over(add_months(first, -PERIODS), first)
    return replace(span, grain="month", compare=False)


def _trended(conn: Connection, viewer: Viewer, filters: Filters, metric: str) -> Values:
    rows = trend(conn, viewer, filters, metric)
    values: Values = rows.loc[rows["series"] == "All", "value"].tolist()
    return values


def _weekly(conn: Connection, viewer: Viewer, filters: Filters, metric: str) -> Values:
    return _trended(conn, viewer, weeks(filters), metric)


def _page_loads(conn: Connection, viewer: Viewer, filters: Filters) -> Values:
    return _trended(conn, viewer, replace(weeks(filters), event="page_view"), "duration_p95")


def _opt_in(conn: Connection, viewer: Viewer, filters: Filters) -> Values:
    """What people decided by now: who changes their mind leaves no share of before."""
    rows = consent(conn, viewer, filters.project_id)
    shares: Values = rows.loc[rows["purpose"] == "usage", "share"].tolist()
    return shares


def _core_adoption(conn: Connection, viewer: Viewer, filters: Filters) -> Values:
    asked, feature = weeks(filters), main_feature(conn, viewer, filters)
    if feature is None:
        return []
    users = _trended(conn, viewer, replace(asked, event=FEATURE_USE, subject=feature), "actors")
    active = _trended(conn, viewer, asked, "actors")
    return [part / whole if whole else np.nan for part, whole in zip(users, active, strict=True)]


def _monthly_retention(conn: Connection, viewer: Viewer, filters: Filters) -> Values:
    values: Values = retained(lifecycle(conn, viewer, months(filters))).tolist()
    return values


def _score(conn: Connection, viewer: Viewer, filters: Filters, measure: str) -> Values:
    values: Values = score_trend(conn, viewer, weeks(filters), measure)["value"].tolist()
    return values


def _uptime(conn: Connection, viewer: Viewer, filters: Filters) -> Values:
    start, end = ends(weeks(filters))
    rows = uptime_series(conn, viewer, filters.project_id, start, end, A_WEEK)
    values: Values = rows["value"].tolist()
    return values


def _failed_requests(conn: Connection, viewer: Viewer, filters: Filters) -> Values:
    start, end = ends(weeks(filters))
    rows = request_counts(conn, viewer, Measured(filters.project_id), start, end, A_WEEK)
    values: Values = rows["error_rate"].tolist()
    return values


def _slow_requests(conn: Connection, viewer: Viewer, filters: Filters) -> Values:
    start, end = ends(weeks(filters))
    rows = request_series(conn, viewer, Measured(filters.project_id), start, end, A_WEEK)
    values: Values = rows["p95"].tolist()
    return values


def _moved(conn: Connection, viewer: Viewer, filters: Filters, column: str) -> Values:
    """From the month on in which somebody first paid."""
    rows = movements(conn, viewer, months(filters))
    begun = (rows["end"] > 0).cummax() & rows["complete"]
    values: Values = rows.loc[begun, column].astype(float).tolist()
    return values


def _first_responses(conn: Connection, viewer: Viewer, filters: Filters) -> Values:
    rows = support_by_period(conn, viewer, weeks(filters))
    values: Values = rows["first_response_minutes"].tolist()
    return values


def _named(metrics: Sequence[Metric]) -> Mapping[str, Metric]:
    return {metric.key: metric for metric in metrics}


_revenue, _health = _named(REVENUE_METRICS), _named(HEALTH_METRICS)
_said, _served = _named(FEEDBACK_METRICS), REQUEST_METRICS
FIGURES: Mapping[str, Figure] = {
    figure.key: figure
    for figure in (
        Figure(OPT_IN, _opt_in, usual=0.60),
        Figure(_served["page_load_p95"], _page_loads, usual=2_000),
        Figure(_health["uptime"], _uptime, usual=0.999),
        Figure(_served["request_errors"], _failed_requests, usual=0.001),
        Figure(_served["request_p95"], _slow_requests, usual=200),
        Figure(MONTHLY_RETENTION, _monthly_retention, MONTH, usual=0.85),
        Figure(CORE_ADOPTION, _core_adoption, usual=0.80),
        Figure(SUPPORT_METRICS["first_response"], _first_responses, usual=60),
        Figure(METRICS["wau"], partial(_weekly, metric="wau")),
        Figure(METRICS["new_actors"], partial(_weekly, metric="new_actors")),
        Figure(METRICS["stickiness"], partial(_weekly, metric="stickiness")),
        Figure(_said["nps"], partial(_score, measure="nps")),
        Figure(_said["csat"], partial(_score, measure="csat")),
        Figure(_revenue["mrr"], partial(_moved, column="end"), MONTH),
        Figure(_revenue["customers"], partial(_moved, column="customers_end"), MONTH),
        Figure(_revenue["nrr"], partial(_moved, column="nrr"), MONTH),
        Figure(_revenue["logo_churn"], partial(_moved, column="logo_churn"), MONTH),
    )
}
