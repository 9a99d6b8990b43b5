"""Packs, plain SQL and the reference agree on many short random histories, in every zone."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from analytics.periods import midnight
from analytics.product.funnels.asking import abandonment, conversion, dropped
from analytics.product.funnels.definition import Funnel, Step
from analytics.product.funnels.sql import (
    abandonment_sql,
    dropped_sql,
    funnel_sql,
    series_sql,
    times_sql,
    values_sql,
)
from analytics.showing import shown
from db.access import create_project
from tests.analytics.product.funnels.reference import Happened, outcome, table
from tests.analytics.reference import anyone, asking
from tests.thorough import first_of

START, END = date(2026, 3, 28), date(2026, 4, 1)  # the clocks change in Berlin
PEOPLE = 260
NOW = datetime(2026, 4, 1, 18, tzinfo=UTC)


def steps(*names):
    return tuple(Step.from_text(name) for name in names)


FUNNELS = {
    "two": Funnel(steps("open", "save"), window=timedelta(hours=20)),
    "three": Funnel(steps("open", "save", "share"), window=timedelta(hours=30)),
    "thrice": Funnel(steps("open", "open", "open"), window=timedelta(hours=15)),
    "subject": Funnel(steps("open!subject:eq:a", "open", "save!subject:ne:b", "share")),
    "without": Funnel(steps("open", "save", "share"), exclusions=steps("quit")),
    "without b": Funnel(steps("open", "save"), exclusions=steps("open!subject:eq:b")),
    "one": Funnel(steps("open"), window=timedelta(minutes=1)),
    "unknown": Funnel(steps("open", "none such")),
}
ORDERS = ("ordered", "strict", "any")
ORDERS_IN = (  # a zone moves the days of any order alike, so one does where no clock changes
    *(("Europe/Berlin", order) for order in ORDERS),
    ("UTC", "ordered"),
    ("America/New_York", "strict"),
    ("Asia/Kolkata", "any"),
    ("Pacific/Auckland", "any"),
)


def asked(name, order):
    funnel = FUNNELS[name]
    return Funnel(funnel.steps, order, funnel.window, funnel.exclusions)


@pytest.fixture
def filled(conn, add_events):
    """Many short random histories, in a project of each zone, with moments that many share."""

    def fill(zone, people=PEOPLE):
        project = create_project(
            conn, f"in {zone}", consent="opt-out", timezone=zone, retention_months=None
        )
        dice = random.Random(zone)
        begin = datetime(START.year, START.month, START.day, tzinfo=UTC) - timedelta(days=1)
        told = defaultdict(list)
        for _ in range(people * 5):
            at = begin + timedelta(hours=dice.randrange(24 * 7) // dice.choice([1, 1, 6]))
            name = dice.choice(["open", "open", "save", "share", "quit"])
            subject, platform = dice.choice("ab"), dice.choice(["web", "ios", ""])
            told[f"u{dice.randrange(people)}"].append((at, name, subject, platform))
        lines = [
            f"{who} {name} {at.isoformat()} subject={subject} platform={platform}"
            for who, history in told.items()
            for at, name, subject, platform in history
        ]
        add_events(project, *lines)
        return project, told

    return fill


def outcomes(told, funnel, filters, now=NOW):
    """Each person's outcome, by the reference."""
    begin, until = (microseconds(midnight(d, filters.tz)) for d in (filters.start, filters.end))
    found = {}
    for who, history in told.items():
        happened = [
            Happened(
                microseconds(at),
                frozenset(n for n, s in enumerate(funnel.steps) if s.matches(name, subject)),
                any(s.matches(name, subject) for s in funnel.exclusions),
                platform or "(not set)",
            )
            for at, name, subject, platform in history
            if microseconds(at) >= begin
        ]
        window = funnel.window // timedelta(microseconds=1)
        one = outcome(happened, len(funnel.steps), funnel.order, window, until, microseconds(now))
        if one is not None:
            found[who] = one
    return found


def microseconds(moment):
    return int(moment.timestamp()) * 1_000_000


def rows(conn, query):
    """What a reader gets who pastes the query: run as text, with its values in it."""
    return pd.read_sql(text(shown(query).replace(":", r"\:")), conn)


@pytest.mark.parametrize("case", first_of(ORDERS_IN), ids=" ".join)
def test_everything_is_as_the_reference_and_the_plain_sql_have_it(conn, filled, case):
    zone, order = case
    project, told = filled(zone)
    viewer = anyone(project)
    filters = asking(project, START, END, now=NOW)
    for name in FUNNELS:
        funnel = asked(name, order)
        found = conversion(conn, viewer, filters, funnel, "platform")
        by_hand = outcomes(told, funnel, filters)
        check_steps(found, list(by_hand.values()), funnel)
        check_sql(conn, viewer, filters, funnel, found)
        check_dropped(conn, viewer, filters, funnel, by_hand)


def check_steps(found, by_hand, funnel):
    expected = table(by_hand, len(funnel.steps))
    got = found.steps
    for row, want in zip(got.itertuples(), expected, strict=True):
        assert (row.actors, row.lost, row.maturing) == (
            want["actors"],
            want["lost"],
            want["maturing"],
        )
        for column in ("median", "mean"):
            seconds = np.nan if want[column] is None else want[column] / 1e6
            assert getattr(row, f"{column}_seconds") == pytest.approx(seconds, nan_ok=True)
    assert found.left_out == sum(one.status == "left out" for one in by_hand)
    values = {one.label for one in by_hand if one.status != "left out"}
    assert set(found.values["value"]) == values
    assert found.values["entered"].sum() == got["actors"].iloc[0]
    for row in found.values.itertuples():
        theirs = [one.status for one in by_hand if one.label == row.value]
        assert (row.converted, row.maturing, row.lost) == tuple(
            theirs.count(status) for status in ("converted", "maturing", "lost")
        )


def check_sql(conn, viewer, filters, funnel, found):
    steps = rows(conn, funnel_sql(viewer, filters, funnel))
    if found.steps["actors"].iloc[0]:
        same(steps, found.steps[steps.columns.tolist()])
    values = rows(conn, values_sql(viewer, filters, funnel, "platform"))
    same(values, found.values)
    times = rows(conn, times_sql(viewer, filters, funnel))
    held = found.times[found.times["actors"] > 0].reset_index(drop=True)
    same(times, held[times.columns.tolist()])
    series = rows(conn, series_sql(viewer, filters, funnel))
    entered = found.series[found.series["entered"] > 0].reset_index(drop=True)
    same(series, entered[series.columns.tolist()])


def same(one, other):
    pd.testing.assert_frame_equal(one.astype(other.dtypes), other)


def check_dropped(conn, viewer, filters, funnel, by_hand):
    for step in range(1, len(funnel.steps) + 1):
        keys = dropped(conn, viewer, filters, funnel, step)
        wanted = "converted" if step == len(funnel.steps) else "lost"
        assert len(keys) == sum(
            one.steps == step and one.status == wanted for one in by_hand.values()
        )
        told = conn.execute(dropped_sql(viewer, filters, funnel, step)).scalars().all()
        assert sorted(told) == keys.tolist()


def test_the_statements_give_where_saved_funnels_are_left(conn, filled):
    project, _ = filled("UTC", people=60)
    viewer, filters = anyone(project), asking(project, START, END, now=NOW)
    saved = [(f"{name}'s -- %:x\n", funnel) for name, funnel in FUNNELS.items()]
    found = abandonment(conn, viewer, filters, saved)
    for name, funnel in saved:
        theirs = rows(conn, abandonment_sql(viewer, filters, name, funnel))
        ours = found[found["funnel"] == name].sort_values("step", ignore_index=True)
        same(theirs, ours)
    assert found["lost"].sum() > 0
