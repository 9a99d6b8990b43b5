"""What came of an experiment, from the sums that the worker keeps; and the same as SQL over events.

A phase that is not named is the newest one: phases are never mixed.
"""

from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    SmallInteger,
    Subquery,
    func,
    literal,
    select,
)

from analytics.experiments.definition import Metric
from analytics.experiments.outcomes.exposed import at_any_time, exposed, exposure_days
from analytics.experiments.outcomes.people import outcomes_of
from analytics.experiments.outcomes.sums import SUMMED, grouped
from analytics.filters import Filters, check_dimension
from analytics.measures.cutting import or_not_set, read
from analytics.scope import (
    Viewer,
    visible_cells,
    visible_experiment_phases,
    visible_exposure_days,
    visible_outcome_days,
    within,
)

COUNTS = ("experiment", "metric", "seed", "n", "mixed")
DTYPES = dict.fromkeys(COUNTS, "int64") | {"day": "datetime64[s]"}
DTYPES |= dict.fromkeys(SUMMED, "float64")


def exposure_counts(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    experiment_id: int,
    phase: int | None = None,
) -> pd.DataFrame:
    """First exposures by their day in the project's zone.

    Columns: day (datetime64[s]), variant (str), n (int64) and mixed (int64): how many of the n were
    seen in another variant as well. A day without any has no row.
    """
    d = visible_exposure_days(viewer, project_id)
    query = select(d.c.day, d.c.variant, d.c.n, d.c.mixed)
    query = query.where(*_of(d, viewer, project_id, experiment_id, phase))
    return framed(conn, query.order_by(d.c.day, d.c.variant.collate("C")))


def outcome_sums(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    experiment_id: int,
    phase: int | None = None,
) -> pd.DataFrame:
    """The sums over actors whose window is over, by the day on which it ended.

    Columns: metric (int64, its id), variant (str), day (datetime64[s]), n (int64), and as float64
    the sums y, d, x, z and the sums of products yy, yd, yx, yz, dd, dx, dz, xx, xz, zz: y is the
    outcome, d what it is divided by, x and z are the same before the exposure.
    """
    o = visible_outcome_days(viewer, project_id)
    query = select(o.c.metric, o.c.variant, o.c.day, o.c.n, *(o.c[name] for name in SUMMED)).where(
        *_of(o, viewer, project_id, experiment_id, phase), o.c.dimension == ""
    )
    return framed(conn, query.order_by(o.c.metric, o.c.day, o.c.variant.collate("C")))


def outcome_sums_by_dimension(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    experiment_id: int,
    dimension: str,
    phase: int | None = None,
) -> pd.DataFrame:
    """The sums over all days by a dimension as it was at the first exposure.

    Columns: metric (int64), variant (str), value (str, NOT_SET where it is empty), n (int64) and
    the sums as in `outcome_sums`. Raises BadFilters for what is no dimension.
    """
    check_dimension(dimension)
    o = visible_outcome_days(viewer, project_id)
    value = or_not_set(o.c.value).label("value")
    groups = [o.c.metric, o.c.variant, value]
    added = [func.sum(o.c[name]).label(name) for name in ("n", *SUMMED)]
    query = select(*groups, *added).where(
        *_of(o, viewer, project_id, experiment_id, phase), o.c.dimension == dimension
    )
    query = query.group_by(*groups).order_by(
        o.c.metric, value.collate("C"), o.c.variant.collate("C")
    )
    return framed(conn, query)


def exposure_counts_sql(
    viewer: Viewer, filters: Filters, experiment_id: int, phase: int
) -> Select[Any]:
    """day, variant, n and mixed, as in `exposure_counts`, from the exposures themselves."""
    counted = exposure_days(viewer, filters, experiment_id, phase).subquery("counted")
    c = counted.c
    return select(c.day, c.variant, c.n, c.mixed).order_by(c.day, c.variant.collate("C"))


def outcome_sums_sql(
    viewer: Viewer, filters: Filters, experiment_id: int, phase: int, metric: Metric
) -> Select[Any]:
    """The rows of `outcome_sums` that are about one metric, from raw events."""
    people = exposed(viewer, filters, experiment_id, metric.window_days, phase=phase)
    outcomes = outcomes_of(viewer, at_any_time(filters), people, metric)
    number = literal(metric.id, SmallInteger).label("metric")
    s = grouped(outcomes, outcomes.c.variant, outcomes.c.day).subquery("sums")
    query = select(number, *s.c)
    return query.order_by(s.c.day, s.c.variant.collate("C"))


def outcome_sums_by_dimension_sql(
    viewer: Viewer,
    filters: Filters,
    experiment_id: int,
    phase: int,
    metric: Metric,
    dimension: str,
) -> Select[Any]:
    """The rows of `outcome_sums_by_dimension` that are about one metric, from raw events."""
    check_dimension(dimension)
    cells = visible_cells(within(viewer, "product"), filters.project_id)
    people = exposed(viewer, filters, experiment_id, metric.window_days, phase=phase)
    outcomes = outcomes_of(viewer, at_any_time(filters), people, metric)
    value = or_not_set(cells.c[dimension]).label("value")
    number = literal(metric.id, SmallInteger).label("metric")
    query = grouped(outcomes, outcomes.c.variant, value)
    s = query.join(cells, cells.c.id == outcomes.c.cell_id).subquery("sums")
    return select(number, *s.c).order_by(s.c.value.collate("C"), s.c.variant.collate("C"))


def _of(
    table: Subquery, viewer: Viewer, project_id: int, experiment_id: int, phase: int | None
) -> list[ColumnElement[bool]]:
    """Conditions for one phase of one experiment."""
    wanted = literal(phase) if phase else _newest(viewer, project_id, experiment_id)
    return [table.c.experiment_id == experiment_id, table.c.phase == wanted]


def _newest(viewer: Viewer, project_id: int, experiment_id: int) -> ColumnElement[int]:
    phases = visible_experiment_phases(viewer, project_id)
    newest = select(func.max(phases.c.number)).where(phases.c.experiment_id == experiment_id)
    return newest.scalar_subquery()


def framed(conn: Connection, query: Select[Any]) -> pd.DataFrame:
    """The rows of a question with the dtypes that its columns have everywhere."""
    frame = read(conn, query)
    return frame.astype({name: kind for name, kind in DTYPES.items() if name in frame})
