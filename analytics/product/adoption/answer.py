"""The adoption of every subject of an event, put together from who, how often and how well."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from analytics.filters import Filters
from analytics.measures.durations import middle_of_bin
from analytics.measures.packs import load_log
from analytics.measures.unpacking import in_chosen_cells
from analytics.product.adoption.completion import completion, find_pair
from analytics.product.adoption.first_use import load_first_seen, seconds_to_first_use
from analytics.product.adoption.satisfaction import satisfaction
from analytics.product.adoption.users import Users, count_active, load_users
from analytics.product.adoption.uses import load_first_days, load_uses
from analytics.scope import Viewer, visible_kinds, within
from db.errors import TooWide
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
    What is not known is NaN: without ids (anonymous projects) all that is about people, and where
    there are too many events to read each of them, what is about time, durations and completion.
    """
    viewer = within(viewer, "product")
    filters = replace(filters, event=name, subject=None, grain="day")
    rows = load_uses(conn, viewer, filters)
    if rows.empty:
        return Adoption(0, 0, _typed(rows))
    users, active = load_users(conn, viewer, filters), count_active(conn, viewer, filters)
    leaders = _leaders(rows, users)
    users = users.of(leaders.index.to_numpy())
    found = _with_people(leaders, users, active).join(load_first_days(conn, viewer, filters))
    found = _with_times(conn, viewer, filters, found, users)
    found = _with_completion(conn, viewer, filters, found, name)
    return Adoption(active, len(rows), _typed(_with_ratings(conn, viewer, filters, found)))


def adoptable(conn: Connection, viewer: Viewer, project_id: int) -> list[str]:
    """The names of events that have subjects, by name, with features first where there are any."""
    viewer = within(viewer, "product")
    k = visible_kinds(viewer, project_id)
    query = select(k.c.name).where(k.c.subject != "").distinct()
    names = conn.execute(query).scalars().all()
    return sorted(names, key=lambda name: (name != FEATURE_USE, name))


def _leaders(rows: pd.DataFrame, users: Users) -> pd.DataFrame:
    """The rows with most users, or where nobody has an id, with most uses."""
    rows = rows.assign(users=pd.Series(np.ones(len(users.kind))).groupby(users.kind).sum())
    order = ["users", "uses", "subject"]
    return rows.sort_values(order, ascending=[False, False, True]).head(MOST)


def _with_people(rows: pd.DataFrame, users: Users, active: int) -> pd.DataFrame:
    return rows.assign(
        adoption=rows["users"] / active,
        uses_per_user=rows["uses"] / rows["users"],
        repeat=users.share(users.days > 1),
        new_users=users.share(users.new),
    )


def _with_times(
    conn: Connection, viewer: Viewer, filters: Filters, rows: pd.DataFrame, users: Users
) -> pd.DataFrame:
    """The rows with durations and times to value, which takes a look at every use."""
    columns = ("actor", "at", "kind", "cell", "bin")
    anywhere = filters.anywhere()
    try:
        log = load_log(conn, viewer, anywhere, columns=columns, ordered=False)
    except TooWide:
        return rows
    seen = load_first_seen(conn, viewer, filters)
    kept = in_chosen_cells(conn, viewer, filters, log.cell)
    return rows.assign(
        duration=_medians(log.kind[kept], log.bin[kept]),
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


def _with_completion(
    conn: Connection, viewer: Viewer, filters: Filters, rows: pd.DataFrame, name: str
) -> pd.DataFrame:
    pair = None if filters.anonymous else find_pair(conn, viewer, filters.project_id, name)
    if pair is None:
        return rows
    try:
        found = completion(conn, viewer, replace(filters, event=""), pair)
    except TooWide:
        return rows
    found = found.reindex(rows["subject"])
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
