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

from analytics.business.revenue.paying import payers_of
from analytics.filters import LATEST, Filters
from analytics.measures.cutting import packed, unpacked
from analytics.measures.packs import load_keys
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


Days = NDArray[np.int64]
Flags = NDArray[np.bool_]
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
    people = _people(conn, within(viewer, "business"), filters, settings)
    if not people.known.any():
        return Conversion(NOBODY)
    over = people.known & (people.visited < (filters.today - filters.start).days - WINDOW)
    paid = over & people.paid
    steps = (over, over & (people.signed_up < NEVER), paid, paid & people.ripe & people.retained)
    counts = [int(step.sum()) for step in steps]
    maturing = int((people.known & ~over).sum())
    return Conversion(_steps(counts, int((paid & ~people.ripe).sum())), maturing)


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


@dataclass(frozen=True, slots=True)
class _People:
    """The newcomers, one a place in each array.

    `visited` and `signed_up` (int64) are days from the first of the range, or NEVER. The others are
    bool: `known` who visited and had not paid before, `paid` who did in time, `ripe` whose days
    after that are over, `retained` who still paid then.
    """

    visited: Days
    signed_up: Days
    known: Flags
    paid: Flags
    ripe: Flags
    retained: Flags


def _people(
    conn: Connection, viewer: Viewer, filters: Filters, settings: BusinessSettings
) -> _People:
    newcomers = pd.Index(_newcomers(conn, viewer, filters))
    visited = _first_days(conn, viewer, filters, settings.visit_event, newcomers)
    end = min(filters.end + timedelta(days=WINDOW), LATEST)
    longer = filters.over(filters.start, end)
    signed = _first_days(conn, viewer, longer, settings.signup_event, newcomers, visited)
    payers = payers_of(conn, viewer, filters, settings.retained_days)
    place = _places(newcomers, payers["actor"].to_numpy())
    payers, place = payers[place != OUTSIDE], place[place != OUTSIDE]
    day = np.full(len(newcomers), NEVER, np.int64)
    day[place] = _days(payers["paid_at"], filters)
    kept = pd.Timedelta(days=settings.retained_days)
    ripe, retained = np.zeros((2, len(newcomers)), np.bool_)
    ripe[place] = payers["paid_at"] + kept <= pd.Timestamp(filters.now)
    retained[place[payers["retained"]]] = True
    known = (visited < NEVER) & (day >= visited)
    paid = (day >= signed) & (day <= visited + WINDOW)
    return _People(visited, signed, known, known & paid, ripe, retained)


def _newcomers(conn: Connection, viewer: Viewer, filters: Filters) -> NDArray[np.int64]:
    """The actors whose first event ever lies in the range."""
    n = visible_newcomers(viewer, filters).c
    return unpacked(conn.execute(select(packed(n.actor_key))).scalar_one() or b"")


def _first_days(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    event: str,
    newcomers: "pd.Index[int]",
    since: Days | None = None,
) -> Days:
    """The first day on which each did this, of the WINDOW days `since` one, or of the range."""
    keys = load_keys(conn, viewer, filters, "actor_event", (event,), ("key",))
    place, day = _places(newcomers, keys.key), keys.day.astype(np.int64)
    ours = place != OUTSIDE
    if since is not None and len(since):
        waited = day - since[place]
        ours &= (waited >= 0) & (waited <= WINDOW)
    first = np.full(len(newcomers), NEVER, np.int64)
    np.minimum.at(first, place[ours], day[ours])
    return first


def _places(newcomers: "pd.Index[int]", actors: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each actor is among the newcomers; OUTSIDE for who is none."""
    return newcomers.get_indexer(pd.Index(actors)).astype(np.int64)


def _days(moments: "pd.Series[pd.Timestamp]", filters: Filters) -> Days:
    """Each moment's day in the project's zone, counted from the first of the range."""
    there = moments.dt.tz_convert(filters.zone).dt.tz_localize(None).dt.normalize()
    return (there - pd.Timestamp(filters.start)).dt.days.to_numpy().astype(np.int64)
