"""The statement behind a trend gives the numbers of the trend."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from analytics.filters import BadFilters
from analytics.metrics import METRICS
from analytics.product.trends import trend
from analytics.product.trends.query import trend_sql
from analytics.product.trends.readings import READINGS
from analytics.scope import PUBLIC
from analytics.showing import shown
from db.access import create_project
from tests.analytics.reference import anyone, asking, history
from tests.thorough import thorough
from tests.written import project_of

START = date(2026, 3, 16)  # a Monday; the clocks of Berlin go forward on the 29th
COLUMNS = ["which", "period", "series"]


@pytest.fixture(scope="module")
def busy(module_conn):
    events = history(6, START - timedelta(days=33), 62, events=320)
    return project_of(module_conn, *(event.line for event in events), zone="Europe/Berlin")


def differences(conn, filters, viewer, *args, **kwargs):
    """How the rows of the question differ from those of its statement, pasted as text."""
    statement = shown(trend_sql(viewer, filters, *args, **kwargs))
    result = conn.execute(text(statement.replace(":", r"\:")))
    theirs = pd.DataFrame(result.all(), columns=list(result.keys())).set_index(COLUMNS)["value"]
    ours = trend(conn, viewer, filters, *args, **kwargs).set_index(COLUMNS)["value"]
    assert list(dict.fromkeys(ours.index)) == list(ours.index)
    assert set(ours.index) == set(theirs.index)
    theirs = theirs.astype("float64").reindex(ours.index)
    close = np.isclose(ours, theirs, rtol=1e-9, equal_nan=True)
    return ours.to_frame("ours").assign(theirs=theirs)[~close]


def fitting(metric, grain, reading):
    back = metric.key in ("wau", "mau", "stickiness")
    return grain in metric.grains and not (back and reading == "cumulative")


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.key)
@pytest.mark.parametrize("grain", ["hour", "day", "week"])
@pytest.mark.parametrize("by", [None, "platform"])
def test_the_statement_gives_the_numbers_of_every_trend(conn, busy, metric, grain, by):
    days = 2 if grain == "hour" else 24
    for reading in READINGS:
        if fitting(metric, grain, reading):
            filters = asking(busy, START, START + timedelta(days=days), grain=grain, compare=True)
            found = differences(conn, filters, anyone(busy), metric.key, by, 1, reading)
            assert found.empty, f"{reading}\n{found}"


NARROWED = {
    "dimensions": {"platform": ("ios", "(not set)"), "country": ("US",)},
    "event": {"event": "save"},
    "subject": {"event": "open", "subject": "s", "platform": ("web",)},
    "segment": {"segment": 1},
    "event and segment": {"event": "open", "segment": 1},
}


@pytest.fixture
def segmented(conn, busy):
    members = (
        "INSERT INTO segment_members SELECT project_id, 1, actor_key FROM actor"
        " WHERE project_id = :project AND actor_key % 2 = 0"
    )
    conn.execute(text(members), {"project": busy.id})
    return busy


@thorough
@pytest.mark.parametrize("narrowed", NARROWED.values(), ids=NARROWED.keys())
@pytest.mark.parametrize("grain", ["hour", "day"])
@pytest.mark.parametrize("by", [None, "plan"])
def test_the_statement_obeys_every_filter(conn, segmented, narrowed, grain, by):
    filters = asking(segmented, START, START + timedelta(days=2 if grain == "hour" else 16))
    filters = replace(filters, grain=grain, **narrowed)
    for metric in METRICS.values():
        if grain in metric.grains and not (filters.event and metric.key == "new_actors"):
            found = differences(conn, filters, anyone(segmented), metric.key, by, 1)
            assert found.empty, f"{metric.key}\n{found}"


@thorough
def test_the_unfinished_period_is_in_the_statement_too(conn, busy):
    noon = datetime(2026, 3, 29, 10, tzinfo=UTC)
    for grain in ("day", "week", "month"):
        filters = asking(busy, START, START + timedelta(days=20), now=noon, grain=grain)
        for metric in METRICS.values():
            assert differences(conn, filters, anyone(busy), metric.key).empty


@thorough
def test_the_statement_of_a_project_without_ids_counts_the_marks(conn, add_events):
    nobody = create_project(conn, "nobody", consent="anonymous", retention_months=None)
    add_events(
        nobody,
        "x open 2026-03-02T10:00Z first_use=7 platform=web",
        "x open 2026-03-02T11:00Z first_use=0 platform=web",
        "y open 2026-03-02T12:00Z first_use=7 platform=ios",
        "x open 2026-03-03T10:00Z first_use=1 platform=web ok=0",
    )
    for grain in ("day", "week", "month"):
        filters = asking(nobody, date(2026, 3, 1), date(2026, 4, 1), grain=grain)
        for metric in ("actors", "mau", "stickiness", "events", "events_per_actor", "error_rate"):
            for by in (None, "platform"):
                assert differences(conn, filters, anyone(nobody), metric, by).empty


@pytest.mark.parametrize("metric", ["events", "failures", "error_rate", "actors", "sessions"])
@pytest.mark.parametrize("grain", ["hour", "day", "week"])
def test_the_statement_breaks_down_by_a_property(conn, berlin, add_events, metric, grain):
    sent = ['{"model":"m1"}', '{"model":"m2"}', '{"model":3}', '{"other":1}', '{"model":""}']
    add_events(
        berlin,
        *(
            f"u{n % 7} ask 2026-03-{27 + n % 4}T{n % 24:02}:30Z ok={n % 3} session=s{n % 5}"
            f" duration={n + 1} properties={sent[n % 5]}"
            for n in range(60)
        ),
        "u1 ask 2026-03-28T10:00Z",
        'u1 open 2026-03-28T10:00Z properties={"model":"m9"}',
    )
    filters = asking(berlin, date(2026, 3, 26), date(2026, 3, 31), grain=grain, event="ask")
    for reading in READINGS:
        args = (metric, "property:model", 2, reading)
        assert differences(conn, filters, anyone(berlin), *args).empty


def test_a_stranger_gets_no_rows_from_the_statement(conn, busy):
    filters = asking(busy, START, START + timedelta(days=3))
    for stranger in (PUBLIC, anyone(role="admin"), anyone(busy, role="member")):
        assert conn.execute(trend_sql(stranger, filters, "events")).all() == []


def test_what_the_question_refuses_its_statement_refuses(busy):
    filters = asking(busy, START, START + timedelta(days=3))
    with pytest.raises(BadFilters):
        trend_sql(anyone(busy), filters, "mau", None, 6, "cumulative")
    with pytest.raises(BadFilters):
        trend_sql(anyone(busy), filters, "events", "email")
