"""What only raw events can tell, from bounded samples of them: clocks, and new properties.

The recent sample is the latest events of the range, of its last week at most. The earlier one is
spread over the four weeks before that week: some hundred events after a moment of about each day,
at ever another hour.
"""

from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
    BigInteger,
    Connection,
    DateTime,
    Double,
    Interval,
    Select,
    case,
    cast,
    extract,
    func,
    literal,
    select,
    true,
)

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.periods import ends
from analytics.scope import Viewer, visible_events, within

RECENT = 20_000  # events
WEEK = timedelta(days=7)
EARLIER = timedelta(days=28)
STRIDE = timedelta(hours=29)  # between the moments of the earlier sample
AT_A_MOMENT = 800  # events
TOLERANCE = 150  # seconds; clocks that are more off are corrected where the client says its own
DELAYS = (  # up to how many seconds between what happened and its arrival
    ("Ahead of its arrival", -TOLERANCE),
    ("Within 150 s", TOLERANCE),
    ("Within an hour", 3_600),
    ("Within a day", 86_400),
    ("Later", None),
)
CLOCKS = {"delay": "str", "events": "int64", "share": "float64"}
PROPERTIES = {"name": "str", "property": "str", "events": "int64", "share": "float64"}


def clocks(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """How long after they happened the latest events of the range were received, in five steps.

    Columns: delay (str, a step of DELAYS that has any, in their order), events (int64, of the
    sample), share (float64). "Ahead of its arrival" is a clock that goes wrong by more than 150 s;
    what comes hours later waited on a device that was offline, or was imported.
    """
    return read(conn, clocks_sql(viewer, filters)).astype(CLOCKS)


def clocks_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `clocks`."""
    event = visible_events(within(viewer, "product"), filters).c
    late = extract("epoch", event.received_at - event.occurred_at)
    sample = (
        select(late.label("seconds"))
        .order_by(event.occurred_at.desc())
        .limit(RECENT)
        .subquery("sample")
        .c
    )
    limits = [(sample.seconds <= limit, place) for place, (_, limit) in enumerate(DELAYS) if limit]
    place = case(*limits, else_=len(DELAYS) - 1).label("place")
    n = func.count()
    counted = select(place, n.label("n")).group_by("place").subquery("counted").c
    name = case(
        *((counted.place == place, name) for place, (name, _) in enumerate(DELAYS)),
    )
    share = cast(counted.n * 1.0 / func.sum(counted.n).over(), Double)
    return select(name.label("delay"), counted.n.label("events"), share.label("share")).order_by(
        counted.place
    )


def new_properties(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """Properties that events carry lately and did not before, the most frequent first.

    Columns: name (str: the event), property (str, as it was sent), events (int64, of the sample,
    that carry it), share (float64: of the sampled events of that name). An event that is new
    itself is left out. What few events carry may be missed, or look new.
    """
    return read(conn, new_properties_sql(viewer, filters)).astype(PROPERTIES)


def new_properties_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `new_properties`."""
    viewer = within(viewer, "product")
    recent, earlier = _recent(viewer, filters), _earlier(viewer, filters)
    known = _keys(earlier).cte("known")
    totals = select(recent.c.name, func.count().label("n")).group_by(recent.c.name).cte("totals")
    found = _keys(recent).subquery("found").c
    before = select(earlier.c.name).distinct()
    unknown = ~(
        select(known.c.n)
        .where(known.c.name == found.name, known.c.property == found.property)
        .exists()
    )
    return (
        select(
            found.name,
            found.property,
            found.n.label("events"),
            cast(found.n * 1.0 / totals.c.n, Double).label("share"),
        )
        .where(totals.c.name == found.name, found.name.in_(before), unknown)
        .order_by(found.n.desc(), found.name, found.property)
    )


def _recent(viewer: Viewer, filters: Filters) -> CTE:
    week = filters.over(max(filters.start, filters.end - WEEK), filters.end)
    event = visible_events(viewer, week).c
    latest = select(event.name, event.properties).order_by(event.occurred_at.desc())
    return latest.limit(RECENT).cte("recent")


def _earlier(viewer: Viewer, filters: Filters) -> CTE:
    weeks = filters.over(filters.end - WEEK - EARLIER, filters.end - WEEK)
    first, last = ends(weeks)
    times = (literal(first, DateTime(True)), literal(last, DateTime(True)))
    series = func.generate_series(*times, cast(STRIDE, Interval))
    moments = series.table_valued("moment").render_derived(name="moments")
    event = visible_events(viewer, weeks).c
    few = (
        select(event.name, event.properties)
        .where(event.occurred_at >= moments.c.moment)
        .order_by(event.occurred_at)
        .limit(AT_A_MOMENT)
        .lateral("few")
    )
    return select(few.c.name, few.c.properties).join_from(moments, few, true()).cte("earlier")


def _keys(sample: CTE) -> Select[Any]:
    """How many events of a sample carry which property, by name."""
    keys = func.jsonb_object_keys(sample.c.properties)
    each = keys.table_valued("property").render_derived(name="keys")
    carrying = func.count().cast(BigInteger).label("n")
    return (
        select(sample.c.name, each.c.property, carrying)
        .join_from(sample, each, true())
        .group_by(sample.c.name, each.c.property)
    )
