"""What a funnel counts, on a real database and in cases small enough to count by eye."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import func, literal, update
from sqlalchemy.dialects.postgresql import JSONB

from analytics.filters import BadFilters
from analytics.product.funnels import raw
from analytics.product.funnels.asking import abandonment, conversion, dropped
from analytics.product.funnels.definition import Funnel, steps_of
from analytics.product.funnels.sql import dropped_sql
from analytics.product.trends import trend
from analytics.scope import PUBLIC
from db.access import create_project
from db.errors import TooWide
from db.tables import events
from tests.analytics.reference import anyone, asking
from tests.written import store_events

START, END = date(2026, 3, 2), date(2026, 3, 9)
LATER = datetime(2026, 6, 1, tzinfo=UTC)


def funnel(text, **more):
    return Funnel(steps_of(text), **more)


def ask(conn, project, asked, by=None, **more):
    filters = asking(project, START, END, **{"now": LATER, **more})
    return conversion(conn, anyone(project), filters, asked, by)


def counts(found):
    return found.steps["actors"].tolist()


def test_who_goes_on_within_the_window_converts_and_the_others_are_lost(conn, project, add_events):
    add_events(
        project,
        "ann open 2026-03-02T10:00Z",
        "ann save 2026-03-03T10:00Z",
        "bob open 2026-03-02T10:00Z",
        "bob save 2026-03-03T10:01Z",
        "cyd save 2026-03-02T10:00Z",
    )
    found = ask(conn, project, funnel("open~save", window=timedelta(days=1)))
    assert counts(found) == [2, 1]
    assert found.steps["conversion"].tolist() == [1, 0.5]
    assert found.steps["lost"].tolist() == [1, 0]
    assert found.median_seconds == 86_400


def test_a_window_is_elapsed_time_also_when_the_clock_changes(conn, berlin, add_events):
    add_events(
        berlin,
        "ann open 2026-03-28T12:00+01:00",
        "ann save 2026-03-29T13:00+02:00",
        "bob open 2026-03-28T12:00+01:00",
        "bob save 2026-03-29T13:01+02:00",
    )
    filters = asking(berlin, date(2026, 3, 28), date(2026, 3, 29))
    asked = funnel("open~save", window=timedelta(days=1))
    assert counts(conversion(conn, anyone(berlin), filters, asked)) == [2, 1]


def test_entries_are_of_the_range_and_later_steps_may_come_after_it(conn, project, add_events):
    add_events(
        project,
        "ann open 2026-03-01T23:59Z",
        "ann save 2026-03-02T00:01Z",
        "bob open 2026-03-08T23:59Z",
        "bob save 2026-03-10T00:01Z",
        "cyd open 2026-03-09T00:00Z",
        "cyd save 2026-03-09T00:01Z",
    )
    assert counts(ask(conn, project, funnel("open~save"))) == [1, 1]


def test_who_may_still_go_on_is_maturing_until_the_window_closes(conn, project, add_events):
    add_events(project, "ann open 2026-03-02T10:00Z", "bob open 2026-03-03T10:00Z")
    asked = funnel("open~save", window=timedelta(days=2))
    for hour, maturing in ((9, [2, 0]), (10, [1, 0]), (11, [1, 0])):
        found = ask(conn, project, asked, now=datetime(2026, 3, 4, hour, tzinfo=UTC))
        assert found.steps["maturing"].tolist() == maturing
        assert found.steps["lost"].tolist() == [2 - maturing[0], 0]
    filters = asking(project, START, END, now=datetime(2026, 3, 4, 11, tzinfo=UTC))
    gone = dropped(conn, anyone(project), filters, asked, 1)
    assert len(gone) == 1


def test_an_exclusion_in_between_leaves_the_actor_out(conn, project, add_events):
    add_events(
        project,
        "ann open 2026-03-02T10:00Z",
        "ann quit 2026-03-02T11:00Z",
        "ann save 2026-03-02T12:00Z",
        "bob open 2026-03-02T10:00Z",
        "bob quit 2026-03-02T11:00Z",
        "bob open 2026-03-02T12:00Z",
        "bob save 2026-03-02T13:00Z",
        "cyd open 2026-03-02T10:00Z",
        "cyd save 2026-03-02T11:00Z",
        "cyd quit 2026-03-02T12:00Z",
        "dan open 2026-03-02T10:00Z",
        "dan quit 2026-03-02T11:00Z",
    )
    found = ask(conn, project, funnel("open~save", exclusions=steps_of("quit")))
    assert counts(found) == [3, 2]
    assert found.left_out == 1


def test_strict_order_allows_nothing_in_between_and_any_order_everything(conn, project, add_events):
    add_events(
        project,
        "ann open 2026-03-02T10:00Z",
        "ann chat 2026-03-02T11:00Z",
        "ann save 2026-03-02T12:00Z",
        "bob save 2026-03-02T10:00Z",
        "bob open 2026-03-02T11:00Z",
        "cyd open 2026-03-02T10:00Z",
        "cyd save 2026-03-02T10:00Z",
    )
    found = {
        order: counts(ask(conn, project, funnel("open~save", order=order)))
        for order in ("ordered", "strict", "any")
    }
    assert found == {"ordered": [3, 2], "strict": [3, 1], "any": [3, 3]}


def test_two_equal_steps_need_two_events(conn, project, add_events):
    add_events(
        project,
        "ann open 2026-03-02T10:00Z",
        "bob open 2026-03-02T10:00Z",
        "bob open 2026-03-02T10:00Z",
    )
    for order in ("ordered", "strict", "any"):
        assert counts(ask(conn, project, funnel("open~open", order=order))) == [2, 1]


def test_a_breakdown_takes_the_value_at_the_first_step(conn, project, add_events):
    add_events(
        project,
        "ann open 2026-03-02T10:00Z platform=web",
        "ann save 2026-03-02T11:00Z platform=ios",
        "bob open 2026-03-02T10:00Z",
    )
    values = ask(conn, project, funnel("open~save"), by="platform").values
    assert values["value"].tolist() == ["(not set)", "web"]
    assert values["entered"].tolist() == [1, 1]
    assert values["converted"].tolist() == [0, 1]


def test_each_period_is_a_funnel_of_its_own(conn, project, add_events):
    add_events(
        project,
        "ann open 2026-03-02T10:00Z",
        "ann open 2026-03-03T10:00Z",
        "ann save 2026-03-03T11:00Z",
        "bob open 2026-03-03T10:00Z",
    )
    asked = funnel("open~save", window=timedelta(days=3))
    series = ask(conn, project, asked).series
    assert series["entered"].tolist() == [1, 2, 0, 0, 0, 0, 0]
    assert series["converted"].tolist() == [1, 1, 0, 0, 0, 0, 0]
    for period, value in zip(series["period"], series["value"], strict=True):
        day = period.date()
        filters = asking(project, day, day + timedelta(days=1), now=LATER)
        alone = conversion(conn, anyone(project), filters, asked)
        assert alone.steps["conversion"].iloc[-1] == pytest.approx(value, nan_ok=True)


def test_a_period_is_complete_when_its_windows_are_closed(conn, project, add_events):
    add_events(project, "ann open 2026-03-02T10:00Z")
    asked = funnel("open~save", window=timedelta(days=2))
    series = ask(conn, project, asked, now=datetime(2026, 3, 5, 1, tzinfo=UTC)).series
    assert series["complete"].tolist() == [True, False, False, False]


def test_entrants_of_one_step_are_the_users_of_its_event(conn, project, add_events):
    lines = [f"u{n % 7} open 2026-03-0{2 + n % 5}T{n:02}:00Z platform=web" for n in range(20)]
    add_events(project, *lines, "u9 save 2026-03-02T10:00Z platform=web")
    for more in ({}, {"platform": ("web",)}, {"platform": ("ios",)}):
        found = ask(conn, project, funnel("open", window=timedelta(minutes=1)), **more)
        filters = asking(project, START, END, now=LATER, event="open", **more)
        users = trend(conn, anyone(project), filters, "actors")
        assert found.series["entered"].tolist() == users["value"].astype(int).tolist()


def test_filters_apply_to_all_steps(conn, project, add_events):
    add_events(
        project,
        "ann open 2026-03-02T10:00Z platform=web",
        "ann save 2026-03-02T11:00Z platform=ios",
        "bob open 2026-03-02T10:00Z platform=web",
        "bob save 2026-03-02T11:00Z platform=web",
    )
    assert counts(ask(conn, project, funnel("open~save"), platform=("web",))) == [2, 1]


@pytest.fixture
def coloured(conn, project, add_events):
    """Ann saves in red, size 10; bob in blue, size "9"; cyd without either."""
    add_events(
        project,
        *(f"{who} open 2026-03-02T10:00Z platform=web" for who in ("ann", "bob", "cyd")),
        "ann save 2026-03-02T11:00Z subject=red",
        "bob save 2026-03-02T11:00Z subject=blue",
        "cyd save 2026-03-02T11:00Z subject=none",
    )
    for colour, size in (("red", 10), ("blue", "9")):
        held = func.jsonb_build_object(
            "colour", literal(colour), "size", literal(size), "empty", literal("")
        )
        ours = events.c.subject == colour
        conn.execute(update(events).where(ours).values(properties=held.cast(JSONB)))
    return project


@pytest.mark.parametrize(
    ("step", "users"),
    [
        ("save!.colour:eq:red", 1),
        ("save!.colour:ne:red", 2),
        ("save!.colour:has:e", 2),
        ("save!.colour:set", 2),
        ("save!.empty:set", 0),
        ("save!.size:gt:9", 1),
        ("save!.size:lt:9.5", 1),
        ("save!.size:gt:1!subject:eq:red", 1),
        ("save!.none%27 such%22:set", 0),
    ],
)
def test_conditions_on_properties_are_read_from_raw_events(conn, coloured, step, users):
    asked = funnel(f"open~{step}")
    assert counts(ask(conn, coloured, asked, by="platform")) == [3, users]
    filters = asking(coloured, START, END, now=LATER)
    told = conn.execute(dropped_sql(anyone(coloured), filters, asked, 1)).scalars().all()
    assert len(told) == 3 - users


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_raw_events_and_packs_give_the_same(conn, coloured, order):
    packed = ask(conn, coloured, funnel("open~save", order=order), by="platform")
    read = ask(conn, coloured, funnel("open~save!.x:ne:y", order=order), by="platform")
    for name in ("steps", "series", "times", "values"):
        assert getattr(packed, name).equals(getattr(read, name))


def test_raw_events_of_a_value_that_was_never_counted_wait_for_that(conn, coloured):
    store_events(conn, coloured, "dan open 2026-03-02T10:00Z platform=watch")
    asked = funnel("open~save!.colour:set")
    assert counts(ask(conn, coloured, asked, by="platform")) == [3, 2]
    assert counts(ask(conn, coloured, asked)) == [4, 2]


def test_too_many_raw_events_are_refused(conn, coloured, monkeypatch):
    monkeypatch.setattr(raw, "MOST_RAW", 5)
    with pytest.raises(TooWide, match="6 in the range"):
        ask(conn, coloured, funnel("open~save!.colour:set"))


def test_a_breakdown_is_by_a_dimension(conn, coloured):
    with pytest.raises(BadFilters):
        ask(conn, coloured, funnel("open~save"), by="colour")


def test_without_ids_there_is_nobody_to_follow(conn, add_events):
    project = create_project(conn, "nobody", consent="anonymous", retention_months=None)
    add_events(project, "ann open 2026-03-02T10:00Z", "ann save 2026-03-02T11:00Z")
    found = ask(conn, project, funnel("open~save"))
    assert counts(found) == [0, 0]
    assert np.isnan(found.steps["conversion"]).all()


def test_a_stranger_gets_the_columns_and_types_without_rows(conn, coloured):
    filters = asking(coloured, START, END, now=LATER)
    theirs = conversion(conn, PUBLIC, filters, funnel("open~save"), "platform")
    ours = ask(conn, coloured, funnel("open~save"), by="platform")
    for name in ("steps", "series", "times", "values"):
        assert getattr(theirs, name).dtypes.equals(getattr(ours, name).dtypes)
        assert getattr(theirs, name).empty


def test_abandonment_lists_the_steps_of_all_funnels_by_who_is_lost(conn, coloured):
    filters = asking(coloured, START, END, now=LATER)
    saved = [("Saving", funnel("open~save~share")), ("Quitting", funnel("open~quit"))]
    list_ = abandonment(conn, anyone(coloured), filters, saved)
    told = list_[["funnel", "event", "next_event", "lost", "loss"]].values.tolist()
    assert told[:2] == [
        ["Saving", "save", "share", 3, 1.0],
        ["Quitting", "open", "quit", 3, 1.0],
    ]
    assert len(told) == 3
    assert abandonment(conn, PUBLIC, filters, saved).empty
