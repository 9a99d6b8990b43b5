"""An A/A test on the project's own actors: how often halves that nobody treated look different."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select

from analytics.experiments.definition import Metric
from analytics.experiments.outcomes import a_a, a_a_sql
from analytics.experiments.statistics import LEVEL, Design, reading
from analytics.filters import Filters
from analytics.scope import Viewer

HALVES = {"A": 5_000, "B": 5_000}
TIMES = 100
ROWS = {"seed": "int64", "n": "int64", "lift": "float64", "p": "float64"}


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The tests of many random splits.

    `rows` has seed (int64), n (int64, people in both halves), lift and p (float64; nan where
    nothing could be concluded). `different` of the `tested` splits have p < 0.05.
    """

    rows: pd.DataFrame
    tested: int
    different: int


def self_test(
    conn: Connection, viewer: Viewer, filters: Filters, metric: Metric, times: int = TIMES
) -> SelfTest:
    """Split the project's actors so many times and test each split as an experiment would be."""
    sums = a_a(conn, viewer, filters, metric, times)
    primary = replace(metric, id=1, role="primary")
    found = [_tested(primary, rows) for _, rows in sums.groupby("seed")]
    rows = pd.DataFrame(found, columns=list(ROWS)).astype(ROWS)
    tested = int(rows["p"].notna().sum())
    return SelfTest(rows, tested, int((rows["p"] < LEVEL).sum()))


def self_test_sql(viewer: Viewer, filters: Filters, metric: Metric) -> Select[Any]:
    """The sums behind `self_test`, of all actors instead of a sample."""
    return a_a_sql(viewer, filters, metric, TIMES)


def _tested(metric: Metric, rows: pd.DataFrame) -> dict[str, float | None]:
    """A row for one split."""
    people = int(rows["n"].sum())
    sums = rows.assign(metric=metric.id, day=pd.Timestamp(0))
    arrived = rows[["variant", "n"]].assign(mixed=0)
    (found,) = reading((metric,), Design(HALVES, "A", people), sums, arrived).estimates
    shown = None if found.gap else found.planned
    return {
        "seed": int(rows["seed"].iloc[0]),
        "n": people,
        "lift": shown.lift if shown else None,
        "p": found.p_value if shown else None,
    }
