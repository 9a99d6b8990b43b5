"""From a visit to a customer who stays: visit, sign-up, paid, retained.

Counted are people whose first event ever lies in the range, from the day of their first visit: who
signed up on that day or later, who paid at or after that, both within `WINDOW` days of the visit,
and who of them still paid after the days that the settings name. Who visited so lately that their
window is not over may still come: they are left out, whatever they did. So are payers whose days
are not over, from the last step, and people who had paid before their visit.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from analytics.business.revenue.paying import payers_of, still_paying
from analytics.filters import LATEST, Filters
from analytics.measures.cutting import packed, unpacked
from analytics.measures.packs import load_keys
from analytics.product.attendance import who
from analytics.product.intervals import OUTSIDE
from analytics.scope import Viewer, visible_newcomers, within
from db.business_settings import BusinessSettings

WINDOW = 60  # days from the visit to the first payment
NEVER = np.iinfo(np.int32).max
NAMES = ("Visit", "Sign-up", "Paid", "Retained")
STEPS = {
    "step": "str",
    "actors": "int64",
    "conversion": "float64",
    "step_conversion": "float64",
    "lost": "int64",
    "maturing": "int64",
}


NOBODY = pd.DataFrame(columns=list(STEPS)).astype(STEPS)


@dataclass(frozen=True, slots=True)
class Conversion:
    """How far people came.

    `steps` has a row a step: step (str), actors (int64), conversion (float64: of the visitors; of
    the last step, those left out are taken out of the visitors in proportion), step_conversion
    (float64: of the step before, without those left out), lost and maturing (int64: who came no
    further, for good or until now). `maturing` counts the visitors whose window is not over, who
    are in none of the steps.
    """

    steps: pd.DataFrame
    maturing: int = 0


def conversion(
    conn: Connection, viewer: Viewer, filters: Filters, settings: BusinessSettings
) -> Conversion:
    """From the visit to a customer who stays; no row where nobody visited, or without ids."""
    if filters.anonymous:
        return Conversion(NOBODY)
    people = people_of(conn, within(viewer, "business"), filters, settings)
    if people.empty:
        return Conversion(NOBODY)
    today = (filters.today - filters.start).days
    over = people["visited"] < today - WINDOW
    kept = pd.Timedelta(days=settings.retained_days)
    ripe = people["paid_at"] + kept <= pd.Timestamp(filters.now)
    paid = over & people["paid_at"].notna()
    stayed = paid & ripe & people["retained"]
    steps = (over, over & (people["signed_up"] < NEVER), paid, stayed)
    counts = [int(step.sum()) for step in steps]
    return Conversion(_steps(counts, int((paid & ~ripe).sum())), int((~over).sum()))


def _steps(counts: list[int], maturing: int) -> pd.DataFrame:
    actors = pd.Series(counts, dtype="float64")
    open_ = pd.Series([0, 0, maturing, 0])
    over = actors - open_
    step = actors / over.shift().where(over.shift() > 0)
    frame = {
        "step": NAMES,
        "actors": actors,
        "conversion": step.mask(step.index == 0, 1.0 if counts[0] else np.nan).cumprod(),
        "step_conversion": step,
        "lost": (over - actors.shift(-1)).fillna(0),
        "maturing": open_,
    }
    return pd.DataFrame(frame).astype(STEPS)


def people_of(
    conn: Connection, viewer: Viewer, filters: Filters, settings: BusinessSettings
) -> pd.DataFrame:
    """One row a visitor who had not paid before: visited, signed_up (int64, days from the first of
    the range; NEVER), paid_at (datetime64, UTC; NaT), retained (bool: paid after so many days)."""
    newcomers = _newcomers(conn, viewer, filters)
    first = _first_days(conn, viewer, filters, settings.visit_event, newcomers)
    seen = first < NEVER
    actors, visited = newcomers[seen], first[seen]
    end = min(filters.end + timedelta(days=WINDOW), LATEST)
    longer = filters.over(filters.start, end)
    signed = _first_days(conn, viewer, longer, settings.signup_event, actors, visited)
    people = pd.DataFrame({"actor": actors, "visited": visited, "signed_up": signed})
    payers = payers_of(conn, viewer, filters, actors, settings.retained_days)
    people = _in_time(people, payers[["actor", "paid_at"]].drop_duplicates(), filters)
    came = payers["actor"].isin(people.loc[people["paid_at"].notna(), "actor"])
    still = still_paying(conn, viewer, filters, payers[came], settings.retained_days)
    return people.assign(retained=people["actor"].isin(still))


def _newcomers(conn: Connection, viewer: Viewer, filters: Filters) -> NDArray[np.int64]:
    """The actors whose first event ever lies in the range."""
    n = visible_newcomers(viewer, filters).c
    return unpacked(conn.execute(select(packed(n.actor_key))).scalar_one() or b"")


def _first_days(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    event: str,
    actors: NDArray[np.int64],
    since: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """The first day on which each did this, of the WINDOW days `since` one, or of the range."""
    keys = load_keys(conn, viewer, filters, "actor_event", (event,), ("key",))
    place, day = who(actors, keys.key), keys.day.astype(np.int64)
    ours = place != OUTSIDE
    if since is not None and len(since):
        waited = day - since[place]
        ours &= (waited >= 0) & (waited <= WINDOW)
    first = np.full(len(actors), NEVER, np.int64)
    np.minimum.at(first, place[ours], day[ours])
    return first


def _in_time(people: pd.DataFrame, paid: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The visitors with when they paid first, if in time; without who had paid before."""
    rows = people.merge(paid, on="actor", how="left")
    days = rows["paid_at"].dt.tz_convert(filters.zone).dt.tz_localize(None).dt.normalize()
    day = (days - pd.Timestamp(filters.start)).dt.days
    in_time = (day >= rows["signed_up"]) & (day <= rows["visited"] + WINDOW)
    known = rows.assign(paid_at=rows["paid_at"].where(in_time))
    kept: pd.DataFrame = known[day.isna() | (day >= rows["visited"])]
    return kept
