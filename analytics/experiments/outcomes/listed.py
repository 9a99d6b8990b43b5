"""The sums of many experiments in one statement, for a list of them."""

from collections.abc import Iterable

import pandas as pd
from sqlalchemy import Connection, func, select, tuple_

from analytics.experiments.outcomes.kept import framed
from analytics.experiments.outcomes.sums import SUMMED
from analytics.scope import Viewer, visible_exposure_days, visible_outcome_days


def exposures_of_many(
    conn: Connection, viewer: Viewer, project_id: int, phases: Iterable[tuple[int, int]]
) -> pd.DataFrame:
    """First exposures in each of these phases, (experiment, number), over all days.

    Columns: experiment (int64), variant (str), n and mixed (int64) as in `exposure_counts`.
    """
    d = visible_exposure_days(viewer, project_id)
    groups = [d.c.experiment_id.label("experiment"), d.c.variant]
    added = [func.sum(d.c[name]).label(name) for name in ("n", "mixed")]
    ours = tuple_(d.c.experiment_id, d.c.phase).in_(list(phases))
    return framed(conn, select(*groups, *added).where(ours).group_by(*groups))


def sums_of_many(
    conn: Connection, viewer: Viewer, project_id: int, measured: Iterable[tuple[int, int, int]]
) -> pd.DataFrame:
    """The sums of each of these metrics, (experiment, phase, metric).

    Columns: experiment (int64) and those of `outcome_sums`.
    """
    o = visible_outcome_days(viewer, project_id)
    columns = [o.c.metric, o.c.variant, o.c.day, o.c.n, *(o.c[name] for name in SUMMED)]
    ours = tuple_(o.c.experiment_id, o.c.phase, o.c.metric).in_(list(measured))
    query = select(o.c.experiment_id.label("experiment"), *columns)
    query = query.where(ours, o.c.dimension == "")
    return framed(conn, query.order_by("experiment", o.c.metric, o.c.day, o.c.variant.collate("C")))
