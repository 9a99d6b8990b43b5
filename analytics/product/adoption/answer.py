"""The adoption of every subject of an event, put together from who, how often and how well."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Connection, func, select

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.measures.durations import middle_of_bin
from analytics.measures.packs import Log, among, load_log
from analytics.product.adoption.completion import completion, find_pair
from analytics.product.adoption.first_use import load_first_seen, seconds_to_first_use
from analytics.product.adoption.satisfaction import satisfaction
from analytics.product.adoption.users import ANYWHERE, chosen_cells, count_active, load_users
from analytics.scope import (
    Viewer,
    visible_actor_event_days,
    visible_event_days,
    visible_hours_ever,
    visible_kinds,
    within,
)
from db.tables import NO_BIN

FEATURE_USE = "feature_use"
MOST = 50  # subjects
ADOPTION = {
    "subject": "str",
    "users": "Int64",
    "adoption": "float64",
    "uses": "int64",
    "uses_per_user": "float64",
    "repeat": "float64",
    "first_use": "datetime64[us]",
    "new_users": "float64",
    "time_to_value": "float64",
    "starts": "Int64",
    "completion": "float64",
    "success": "float64",
    "error_rate": "float64",
    "duration": "float64",
    "ratings": "Int64",
    "satisfaction": "float64",
    "trend": "object",
}


@dataclass(frozen=True, slots=True)
class Adoption:
    """Actors `active` in the range, how many `subjects` were used, and `rows` of the leaders."""

    active: int
    subjects: int
    rows: pd.DataFrame


def adoption(
    conn: Connection, viewer: Viewer, filters: Filters, name: str = FEATURE_USE
) -> Adoption:
    """How the subjects of the events called `name` are adopted: the `MOST` with the most users.

    Columns of the rows, the subject with the most users first:
    subject (str); users (Int64), those who used it in the range; adoption (float64), their share of
    all active actors; uses (int64), successful or not; uses_per_user (float64); repeat (float64),
    the share of its users who used it on two days or more; first_use (datetime64[us]), the local
    day on which anybody first used it, whatever the filters; new_users (float64), the share of its
    users whose first use ever is in the range; time_to_value (float64, seconds), the median of
    their time from first seen to first use; starts (Int64) and completion (float64), see
    `completion`; success and error_rate (float64), shares of its uses; duration (float64, ms), the
    median within 2 %; ratings (Int64) and satisfaction (float64), see `satisfaction`; trend (lists
    of int), its uses on each day that is over.
    What is not known is NaN. Anonymous projects know no users, no completion, and no first use of
    anybody. Raises TooWide where there are too many events to read.
    """
    viewer = within(viewer, "product")
    filters = replace(filters, event=name, subject=None, grain="day")
    rows, daily = _counts(conn, viewer, filters)
    if rows.empty:
        return Adoption(0, 0, _typed(rows))
    active = 0 if filters.anonymous else count_active(conn, viewer, filters)
    log = load_log(
        conn,
        viewer,
        replace(filters, **ANYWHERE),
        columns=("actor", "at", "kind", "cell", "bin"),
        ordered=False,
    )
    subjects = len(rows)
    rows = _with_people(conn, viewer, filters, rows, log, active)
    kept = among(log.cell, chosen_cells(conn, viewer, filters))
    rows["duration"] = _medians(log.kind[kept], log.bin[kept])
    rows["first_use"] = _first_days(conn, viewer, filters)
    rows["trend"] = daily.reindex(rows.index).to_numpy().tolist()
    rows = _with_completion(conn, viewer, filters, rows, name)
    return Adoption(active, subjects, _typed(_with_ratings(conn, viewer, filters, rows)))


def adoptable(conn: Connection, viewer: Viewer, project_id: int) -> list[str]:
    """The names of events that have subjects, by name, with features first where there are any."""
    viewer = within(viewer, "product")
    k = visible_kinds(viewer, project_id)
    query = select(k.c.name).where(k.c.subject != "").distinct()
    names = conn.execute(query).scalars().all()
    return sorted(names, key=lambda name: (name != FEATURE_USE, name))


def _counts(
    conn: Connection, viewer: Viewer, filters: Filters
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """By kind: its subject, uses, success and error rate; and its uses on each day that is over."""
    door = visible_event_days if filters.segment is None else visible_actor_event_days
    e, k = door(viewer, filters), visible_kinds(viewer, filters.project_id)
    sums = [func.sum(e.c[one]).cast(BigInteger).label(one) for one in ("n", "failures")]
    groups = [e.c.kind_id, e.c.day]
    query = select(*groups, k.c.subject, *sums).join(k, k.c.id == e.c.kind_id)
    found = read(conn, query.group_by(*groups, k.c.subject))
    rows = found.groupby("kind_id").agg(
        subject=("subject", "first"), uses=("n", "sum"), failures=("failures", "sum")
    )
    rows["error_rate"] = rows["failures"].astype("float64") / rows["uses"].astype("float64")
    rows["success"] = 1 - rows["error_rate"]
    return rows, _daily(found, filters)


def _daily(found: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    over = filters.whole_days()
    days = pd.date_range(over.start, periods=over.days).date.tolist() if over else []
    daily = found.pivot_table(index="kind_id", columns="day", values="n", aggfunc="sum")
    return daily.reindex(columns=days).fillna(0).astype("int64")


def _with_people(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    rows: pd.DataFrame,
    log: Log,
    active: int,
) -> pd.DataFrame:
    """The rows with most users, and what is known about these."""
    if filters.anonymous:
        return rows.sort_values(["uses", "subject"], ascending=[False, True]).head(MOST)
    users = load_users(conn, viewer, filters)
    rows["users"] = pd.Series(np.ones(len(users.kind))).groupby(users.kind).sum()
    order = rows.sort_values(["users", "uses", "subject"], ascending=[False, False, True])
    rows, users = order.head(MOST), users.of(order.index[:MOST].to_numpy())
    seen = load_first_seen(conn, viewer, filters)
    return rows.assign(
        adoption=rows["users"] / active,
        uses_per_user=rows["uses"] / rows["users"],
        repeat=users.share(users.days > 1),
        new_users=users.share(users.new),
        time_to_value=seconds_to_first_use(users, log, seen),
    )


def _medians(kind: NDArray[np.int32], bins: NDArray[np.int16]) -> "pd.Series[float]":
    """The median duration by kind, in ms: nearest rank among the bins."""
    timed = bins != NO_BIN
    if not timed.any():
        return pd.Series(dtype="float64")
    code, kinds = pd.factorize(kind[timed])
    number = bins[timed].astype(np.int64)
    lowest = int(number.min())
    width = int(number.max()) - lowest + 1
    counts = np.bincount(code * width + number - lowest, minlength=len(kinds) * width)
    reached = counts.reshape(len(kinds), width).cumsum(axis=1)
    middle = (reached >= reached[:, -1:] / 2).argmax(axis=1) + lowest
    return pd.Series([middle_of_bin(int(one)) for one in middle], index=kinds)


def _first_days(conn: Connection, viewer: Viewer, filters: Filters) -> "pd.Series[pd.Timestamp]":
    """The local day of the first event ever, by kind."""
    h = visible_hours_ever(viewer, filters.project_id)
    query = select(h.c.kind_id, func.min(h.c.hour).label("hour")).group_by(h.c.kind_id)
    rows = read(conn, query).set_index("kind_id")
    local = pd.to_datetime(rows["hour"], utc=True).dt.tz_convert(filters.zone)
    return local.dt.tz_localize(None).dt.normalize()


def _with_completion(
    conn: Connection, viewer: Viewer, filters: Filters, rows: pd.DataFrame, name: str
) -> pd.DataFrame:
    pair = None if filters.anonymous else find_pair(conn, viewer, filters.project_id, name)
    if pair is None:
        return rows
    found = completion(conn, viewer, replace(filters, event=""), pair).reindex(rows["subject"])
    share = (found["completed"] / found["starts"]).to_numpy()
    return rows.assign(starts=found["starts"].to_numpy(), completion=share)


def _with_ratings(
    conn: Connection, viewer: Viewer, filters: Filters, rows: pd.DataFrame
) -> pd.DataFrame:
    found = satisfaction(conn, viewer, filters, rows["subject"].tolist())
    found = found.reindex(rows["subject"])
    share = (found["satisfied"] / found["ratings"]).to_numpy()
    return rows.assign(ratings=found["ratings"].to_numpy(), satisfaction=share)


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.reset_index(drop=True).reindex(columns=list(ADOPTION)).astype(ADOPTION)
