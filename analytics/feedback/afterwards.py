"""What people did after they wrote about a theme, against the others who wrote something.

An association, not a cause: who complains may have been about to leave anyway.
"""

from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    Double,
    Integer,
    Select,
    TableValuedAlias,
    case,
    cast,
    column,
    func,
    literal,
    select,
    true,
    values,
)

from analytics.feedback.answers import Z, wilson
from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.scope import (
    Viewer,
    visible_actor_days,
    visible_feedback,
    visible_feedback_themes,
)

WEEKS = 4
THEIRS, REST = "theme", "rest"
AFTERWARDS = {
    "week": "int64",
    "people": "int64",
    "active": "int64",
    "share": "float64",
    "low": "float64",
    "high": "float64",
    "events": "float64",
    "rest_people": "int64",
    "rest_active": "int64",
    "rest_share": "float64",
    "rest_low": "float64",
    "rest_high": "float64",
    "rest_events": "float64",
    "difference": "float64",
    "difference_low": "float64",
    "difference_high": "float64",
    "events_difference": "float64",
    "events_low": "float64",
    "events_high": "float64",
}

Number = ColumnElement[Any]


def afterwards(conn: Connection, viewer: Viewer, filters: Filters, theme_id: int) -> pd.DataFrame:
    """One row a week after the comment, from 1 to `WEEKS`: who was active, and how much was done.

    A person's comment is the first in the range that is about the theme; of the rest, everybody
    else who wrote in the range, the first of any. Week k is the days 7k - 6 to 7k after its day,
    and only who is old enough for the whole week is counted. Being active is any event, wherever.

    Columns: week (int64); people, active (int64), share, low, high (float64: active / people with
    Wilson's 95 % interval) and events (float64, a person in the week) of the theme; the same of the
    rest with rest_; difference with its low and high (float64: of the shares, by Newcombe's method
    10, 1998); events_difference with events_low and events_high (of the events a person, by Welch's
    standard error). NaN where a group has nobody that old. Source: Newcombe, Statist. Med. 17.
    """
    return read(conn, afterwards_sql(viewer, filters, theme_id)).astype(AFTERWARDS)


def afterwards_sql(viewer: Viewer, filters: Filters, theme_id: int) -> Select[Any]:
    """The rows of `afterwards`, in its columns and order."""
    c = _counted(viewer, filters, theme_id)
    theirs, rest = c.alias("theirs"), c.alias("others")
    low, high = _bounds(theirs)
    rest_low, rest_high = _bounds(rest)
    share, rest_share = theirs.c.share, rest.c.share
    apart = share - rest_share
    below = func.sqrt(func.power(share - low, 2) + func.power(rest_high - rest_share, 2))
    above = func.sqrt(func.power(high - share, 2) + func.power(rest_share - rest_low, 2))
    events = theirs.c.events - rest.c.events
    margin = Z * func.sqrt(
        theirs.c.variance / func.nullif(theirs.c.people, 0)
        + rest.c.variance / func.nullif(rest.c.people, 0)
    )
    query: Select[Any] = select(
        theirs.c.week,
        *(theirs.c[name] for name in ("people", "active", "share")),
        low.label("low"),
        high.label("high"),
        theirs.c.events,
        *(rest.c[name].label(f"rest_{name}") for name in ("people", "active", "share")),
        rest_low.label("rest_low"),
        rest_high.label("rest_high"),
        rest.c.events.label("rest_events"),
        apart.label("difference"),
        (apart - below).label("difference_low"),
        (apart + above).label("difference_high"),
        events.label("events_difference"),
        (events - margin).label("events_low"),
        (events + margin).label("events_high"),
    )
    both = theirs.join(rest, theirs.c.week == rest.c.week)
    return (
        query.select_from(both)
        .where(theirs.c.which == THEIRS, rest.c.which == REST, theirs.c.people + rest.c.people > 0)
        .order_by(theirs.c.week)
    )


def _counted(viewer: Viewer, filters: Filters, theme_id: int) -> CTE:
    """week, which, people, active, share, events and their variance of both groups."""
    did = _did(viewer, filters, _wrote(viewer, filters, theme_id))
    groups = values(column("which"), name="named").data([(THEIRS,), (REST,)])
    week = _weeks("weeks")
    people = func.count(did.c.actor_key)
    active = people.filter(did.c.n > 0)
    n = cast(did.c.n, Double)
    return (
        select(
            week.c.week,
            groups.c.which,
            people.label("people"),
            active.label("active"),
            (cast(active, Double) / func.nullif(people, 0)).label("share"),
            func.avg(n).label("events"),
            func.var_samp(n).label("variance"),
        )
        .select_from(
            week.join(groups, true()).outerjoin(
                did, (did.c.week == week.c.week) & (did.c.which == groups.c.which)
            )
        )
        .group_by(week.c.week, groups.c.which)
        .cte("counted")
    )


def _wrote(viewer: Viewer, filters: Filters, theme_id: int) -> CTE:
    """actor_key, which and the local day of the comment that counts."""
    f = visible_feedback(viewer, filters)
    about = visible_feedback_themes(viewer, filters.project_id)
    ours = about.c.feedback_id.is_not(None)
    day = cast(func.timezone(filters.zone, f.c.said_at), Date)
    first_of_theme, first = func.min(day).filter(ours), func.min(day)
    joined = f.outerjoin(about, (about.c.feedback_id == f.c.id) & (about.c.theme_id == theme_id))
    return (
        select(
            f.c.actor_key,
            case((first_of_theme.is_not(None), THEIRS), else_=REST).label("which"),
            func.coalesce(first_of_theme, first).label("day"),
        )
        .select_from(joined)
        .where(f.c.comment.is_not(None), f.c.actor_key != 0)
        .group_by(f.c.actor_key)
        .cte("wrote")
    )


def _did(viewer: Viewer, filters: Filters, wrote: CTE) -> CTE:
    """actor_key, which, week and the events in it, of those who are old enough for it."""
    anywhere = _anything_since(filters)
    a = visible_actor_days(viewer, anywhere)
    week = _weeks("each_week")
    last: Number = wrote.c.day + 7 * week.c.week
    in_week = (a.c.day > last - 7) & (a.c.day <= last)
    return (
        select(
            wrote.c.actor_key,
            wrote.c.which,
            week.c.week,
            cast(func.coalesce(func.sum(a.c.n), 0), BigInteger).label("n"),
        )
        .select_from(
            wrote.join(week, true()).outerjoin(a, (a.c.actor_key == wrote.c.actor_key) & in_week)
        )
        .where(last < literal(filters.today, Date))
        .group_by(wrote.c.actor_key, wrote.c.which, week.c.week)
        .cte("did")
    )


def _anything_since(filters: Filters) -> Filters:
    """The days on which anything counts: dimensions and segments choose people, not activity."""
    return filters.of_anybody().over(filters.start, filters.end + timedelta(weeks=WEEKS))


def _weeks(name: str) -> TableValuedAlias:
    """The numbers of the weeks."""
    numbers = func.generate_series(1, WEEKS).table_valued(column("week", Integer))
    return numbers.render_derived(name=name)


def _bounds(c: Any) -> tuple[Number, Number]:
    """SQL for the 95 % interval of a share; null of nobody."""
    middle, half = wilson(func.nullif(cast(c.c.people, Double), 0), c.c.share)
    return middle - half, middle + half
