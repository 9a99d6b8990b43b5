"""Lifecycle: who is new, returning, resurrecting and dormant in each period."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from analytics.filters import Filters, add_months
from analytics.measures.cutting import ratio
from analytics.measures.packs import Keys, load_keys
from analytics.periods import Period, periods
from analytics.product.attendance import Counts, Rows, attendance, size, who
from analytics.product.intervals import Interval, intervals_of, refuse_hours
from analytics.product.newcomers import load_firsts_ever
from analytics.scope import Viewer, within

LIFECYCLE = {
    "period": "datetime64[us]",
    "new": "int64",
    "returning": "int64",
    "resurrecting": "int64",
    "dormant": "int64",
    "active": "int64",
    "net": "int64",
    "quick_ratio": "float64",
    "complete": "bool",
}


@dataclass(frozen=True, slots=True)
class Phases:
    """How many actors are in each phase, one entry a period.

    new + returning + resurrecting = active, and dormant = active in the period before - returning.
    """

    new: Counts
    returning: Counts
    resurrecting: Counts
    dormant: Counts


NOBODY = Phases(*(np.empty(0, np.int64) for _ in range(4)))


def lifecycle(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row a period that has begun, oldest first.

    Columns: period (datetime64[us], local wall time of its start), new (int64: first ever seen in
    it), returning (active also in the period before), resurrecting (active, not in the period
    before, and not new), dormant (active in the period before and not in it), active (their sum
    without the dormant), net (active - active before = new + resurrecting - dormant), quick_ratio
    (float64: (new + resurrecting) / dormant, NaN when nobody is dormant), complete (bool: False
    while the period isn't over, or when the range cuts it).

    First seen is by any event and with any dimensions, also where filters keep only some: who then
    does what they keep for the first time, but was seen in an earlier period, is resurrecting.
    A period that the range cuts counts the days of the range; as the period before another it
    counts whole. Without ids (anonymous projects) there is nothing. Raises BadFilters for hours.
    """
    refuse_hours("Lifecycle", filters)
    viewer = within(viewer, "product")
    shown = periods(filters)
    if filters.anonymous or not shown:
        return _frame([], NOBODY)
    span = filters.over(start_before(shown, filters.grain), filters.end)
    keys = load_keys(conn, viewer, span, "actor_event" if span.event else "actor")
    if not len(keys.key):
        return _frame([], NOBODY)
    firsts = load_firsts_ever(conn, viewer, span.of_anybody())  # of whom those in `keys` count
    return _frame(shown, counted(keys, firsts, span, shown))


def start_before(shown: Sequence[Period], grain: str) -> date:
    """The first day of the calendar's period before those shown."""
    first = shown[0].label.date()
    if grain == "month":
        return add_months(first, -1)
    return first - timedelta(days=7 if grain == "week" else 1)


def intervals_shown(shown: Sequence[Period], before: date) -> list[Interval]:
    """The interval before, and those shown as the range cuts them."""
    earlier = Interval.between(before, shown[0].label.date())
    return [earlier, *(Interval.of(period) for period in shown)]


def intervals_whole(shown: Sequence[Period], before: date) -> list[Interval]:
    """The same as the calendar has them: the first that is shown may begin before the range."""
    earlier, first, *rest = intervals_shown(shown, before)
    return [earlier, replace(first, first=first.label.date()), *rest]


def phases(active: Rows, whole: Rows, firsts: Rows) -> Phases:
    """The phases of all periods but the first, which is the one before.

    `active` has the actors of each period as the range cuts it, `whole` as the calendar has it, and
    `firsts` those who were first ever seen in it.
    """
    now, before, first = active[1:], whole[:-1], firsts[1:]
    return Phases(
        new=size(now & first & ~before),
        returning=size(now & before),
        resurrecting=size(now & ~first & ~before),
        dormant=size(before & ~now),
    )


def counted(keys: Keys, firsts: Keys, span: Filters, shown: Sequence[Period]) -> Phases:
    """The phases of the actors of `keys`, with who was first ever seen when; both of `span`."""
    actor, actors = pd.factorize(keys.key)
    count = len(shown) + 1
    cut, calendar = (
        intervals_of(intervals(shown, span.start), span.start, span.days)
        for intervals in (intervals_shown, intervals_whole)
    )
    active, whole = (
        attendance(actor, interval_of[keys.day], count, len(actors))
        for interval_of in (cut, calendar)
    )
    seen = attendance(who(actors, firsts.key), calendar[firsts.day], count, len(actors))
    return phases(active, whole, seen)


def _frame(shown: Sequence[Period], found: Phases) -> pd.DataFrame:
    won = found.new + found.resurrecting
    columns = {
        "period": np.array([p.label for p in shown], "datetime64[us]"),
        "new": found.new,
        "returning": found.returning,
        "resurrecting": found.resurrecting,
        "dormant": found.dormant,
        "active": won + found.returning,
        "net": won - found.dormant,
        "quick_ratio": ratio(won.astype(float), found.dormant.astype(float)),
        "complete": np.array([p.complete for p in shown], bool),
    }
    return pd.DataFrame(columns).astype(LIFECYCLE)
