"""Retention on a real database: against loops over lists, its own SQL, and counted by hand."""

from datetime import date, datetime
from itertools import product

import pandas as pd
import pytest

from analytics.filters import BadFilters
from analytics.product.retention import (
    Doing,
    Terms,
    curves,
    curves_sql,
    retention,
    retention_sql,
)
from analytics.scope import PUBLIC
from analytics.showing import shown
from db.access import create_project
from db.errors import TooWide
from tests.analytics.product import loops
from tests.analytics.product.packing import filters_of
from tests.analytics.reference import anyone, asking

MONDAY = date(2026, 3, 2)
WEEK = (MONDAY, date(2026, 3, 9))
KEYS = ["series", "cohort", "interval"]
LOGS = list(product(range(5), loops.CLOCK_CHANGES))


def doing(what):
    name, subject = what
    return Doing(name or "", subject)


def terms_of(asked):
    begin, back = doing(asked.begin), doing(asked.back)
    return Terms(begin, back, recurring=asked.recurring, or_later=asked.or_later)


def cells(frame, series="All"):
    rows = frame[frame["series"] == series]
    values = zip(rows["size"], rows["actors"], rows["ripe"], strict=True)
    days = zip(rows["cohort"].dt.date, rows["interval"], strict=True)
    return dict(zip(days, values, strict=True))


def by_sql(conn, query, like):
    """The rows of a query, in the order and with the types of a frame."""
    rows = pd.DataFrame(conn.execute(query).all(), columns=list(like.columns))
    keys = [key for key in KEYS if key in like]
    return rows.astype(like.dtypes).sort_values(keys, ignore_index=True)


def assert_same(conn, query, frame):
    keys = [key for key in KEYS if key in frame]
    pd.testing.assert_frame_equal(
        by_sql(conn, query, frame), frame.sort_values(keys, ignore_index=True)
    )


@pytest.mark.parametrize("stored", LOGS, indirect=True, ids=str)
def test_random_logs_give_the_cells_and_averages_of_the_definition(conn, stored):
    viewer, filters = anyone(stored.project), filters_of(stored.asked, stored.project.id)
    frame = retention(conn, viewer, filters, terms_of(stored.asked))
    expected = loops.retention(stored.log, stored.asked)
    assert cells(frame) == expected
    averages = curves(frame)
    shares = dict(zip(averages["interval"], averages["share"], strict=True))
    assert shares == pytest.approx(loops.averages(expected))


@pytest.mark.parametrize("stored", LOGS, indirect=True, ids=str)
@pytest.mark.parametrize("by", [None, "platform", Doing("use", "b")], ids=str)
def test_the_query_shown_gives_the_same_rows(conn, stored, by):
    viewer, filters = anyone(stored.project), filters_of(stored.asked, stored.project.id)
    terms = terms_of(stored.asked)
    for top in (6, 1):
        frame = retention(conn, viewer, filters, terms, by, top)
        assert_same(conn, retention_sql(viewer, filters, terms, by, top), frame)
        assert_same(conn, curves_sql(viewer, filters, terms, by, top), curves(frame))


def test_the_text_that_is_shown_runs_by_itself(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z platform=100%", "u1 it's 2026-03-04T10:00Z")
    filters = asking(project, *WEEK, platform=("100%",))
    terms = Terms(start=Doing("open"), back=Doing("it's"), or_later=True)
    for query in (retention_sql, curves_sql):
        rows = conn.execute(query(anyone(project), filters, terms, "plan")).all()
        pasted = conn.connection.cursor().execute(
            shown(query(anyone(project), filters, terms, "plan"))
        )
        assert pasted.fetchall() == [tuple(row) for row in rows] != []


@pytest.mark.parametrize("by", ["platform", Doing("use", "b")], ids=str)
@pytest.mark.parametrize(
    "stored", [(seed, "Europe/Berlin") for seed in range(8)], indirect=True, ids=str
)
def test_the_parts_of_a_breakdown_add_up_to_the_whole(conn, stored, by):
    viewer, filters = anyone(stored.project), filters_of(stored.asked, stored.project.id)
    frame = retention(conn, viewer, filters, terms_of(stored.asked), by)
    parts = frame[frame["series"] != "All"].groupby(["cohort", "interval"])[["size", "actors"]]
    whole = frame[frame["series"] == "All"].set_index(["cohort", "interval"])
    pd.testing.assert_frame_equal(parts.sum(), whole[["size", "actors"]].sort_index())


def test_the_average_is_weighted_and_of_ripe_cohorts_only(conn, project, add_events):
    add_events(
        project,
        *(f"u{n} open 2026-03-02T10:00Z" for n in range(4)),
        "u0 open 2026-03-03T10:00Z",
        "u9 open 2026-03-03T10:00Z",
        "u9 open 2026-03-04T10:00Z",
        "new open 2026-03-05T10:00Z",
    )
    now = datetime.fromisoformat("2026-03-05T12:00Z")
    filters = asking(project, *WEEK, now=now)
    frame = retention(conn, anyone(project), filters)
    average = curves(frame).set_index("interval")
    assert average.loc[1, ["size", "actors"]].tolist() == [5, 2]
    assert average.loc[1, "share"] == pytest.approx(2 / 5)
    today = frame[frame["cohort"] == pd.Timestamp(2026, 3, 5)]
    assert today["ripe"].tolist() == [False]
    assert today["size"].tolist() == [1]
    assert frame["cohort"].max() == pd.Timestamp(2026, 3, 5), "tomorrow has not begun"


def test_a_first_start_long_before_the_range_makes_no_newcomer(conn, project, add_events):
    add_events(
        project,
        "old save 2024-01-05T10:00Z",
        "old save 2026-03-02T10:00Z",
        "young open 2026-01-05T10:00Z",
        "young save 2026-03-02T10:00Z",
    )
    filters = asking(project, *WEEK)
    ask = lambda terms: cells(retention(conn, anyone(project), filters, terms))  # noqa: E731
    save = Doing("save")
    assert ask(Terms(start=save))[MONDAY, 0][0] == 1
    assert ask(Terms(start=save, recurring=True))[MONDAY, 0][0] == 2
    assert ask(Terms()) == {}, "both were seen before"


def test_a_late_event_moves_its_actor_to_an_earlier_cohort(conn, project, add_events):
    add_events(project, "u1 open 2026-03-04T10:00Z")
    filters = asking(project, *WEEK)
    assert cells(retention(conn, anyone(project), filters))[date(2026, 3, 4), 0][0] == 1
    add_events(project, "u1 open 2026-03-02T10:00Z")
    found = cells(retention(conn, anyone(project), filters))
    assert found[MONDAY, 0][0] == 1
    assert found[date(2026, 3, 4), 0][0] == 0
    assert found[MONDAY, 2][1] == 1


def test_filters_keep_newcomers_by_the_dimensions_of_their_first_event(conn, project, add_events):
    add_events(
        project,
        "u1 open 2026-03-02T10:00Z platform=web",
        "u1 open 2026-03-02T11:00Z platform=ios",
        "u2 open 2026-03-02T10:00Z platform=ios",
    )
    found = cells(retention(conn, anyone(project), asking(project, *WEEK, platform=("ios",))))
    assert found[MONDAY, 0][0] == 1


def test_without_ids_and_for_strangers_there_is_nothing_with_the_same_columns(
    conn, project, add_events
):
    anonymous = create_project(conn, "anon", consent="anonymous", retention_months=None)
    for each in (anonymous, project):
        add_events(each, "u1 open 2026-03-02T10:00Z")
    full = retention(conn, anyone(project), asking(project, *WEEK))
    for viewer, each in ((anyone(anonymous), anonymous), (PUBLIC, project)):
        nothing = retention(conn, viewer, asking(each, *WEEK))
        assert nothing.empty
        assert nothing.dtypes.to_dict() == full.dtypes.to_dict()
        assert curves(nothing).empty
        assert not conn.execute(retention_sql(viewer, asking(each, *WEEK))).all()


def test_hours_are_refused(conn, project):
    with pytest.raises(BadFilters):
        retention(conn, anyone(project), asking(project, *WEEK, grain="hour"))


def test_more_cohorts_than_anybody_reads_are_refused(conn, project):
    with pytest.raises(TooWide):
        retention(conn, anyone(project), asking(project, date(2024, 1, 1), date(2026, 1, 1)))
