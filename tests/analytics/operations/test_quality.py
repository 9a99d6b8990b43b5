"""Whether data is whole, on numbers that can be counted by eye."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import insert, update

from analytics.operations.quality import (
    consent,
    consent_sql,
    losses,
    losses_sql,
    rolling,
    whole_project,
)
from analytics.operations.samples import clocks, clocks_sql, new_properties, new_properties_sql
from analytics.operations.volumes import volumes, volumes_sql
from analytics.scope import PUBLIC
from db.tables import events, grants, intake_hour, ledger
from tests.analytics.reference import anyone, asking
from tests.thorough import thorough

MONDAY = date(2026, 3, 2)


def week(project, start=MONDAY, days=7, **more):
    return asking(project, start, start + timedelta(days=days), **more)


def sent(conn, project, *rows):
    """What became of what was sent: (hour, outcome, n)."""
    for hour, outcome, n in rows:
        at = datetime.fromisoformat(hour).replace(tzinfo=UTC)
        row = {"project_id": project.id, "hour": at, "outcome": outcome, "n": n}
        conn.execute(insert(intake_hour).values(row))


def same(conn, query, frame):
    """Whether the statement that is shown gives the rows of the answer."""
    rows = pd.read_sql(query, conn)[list(frame.columns)]
    pd.testing.assert_frame_equal(rows, frame, check_dtype=False)


def test_losses_are_shares_of_what_was_sent_on_the_day(conn, project):
    sent(
        conn,
        project,
        ("2026-03-02T10:00", "accepted", 60),
        ("2026-03-02T11:00", "no_consent", 30),
        ("2026-03-02T12:00", "bot", 10),
        ("2026-03-03T10:00", "accepted", 5),
    )
    frame = losses(conn, anyone(project), week(project, days=2))
    assert frame[["series", "n", "value"]].to_numpy().tolist() == [
        ["no_consent", 30, 0.3],
        ["no_consent", 0, 0.0],
        ["bot", 10, 0.1],
        ["bot", 0, 0.0],
    ]
    shown = frame[frame["n"] > 0][["series", "n", "value"]].reset_index(drop=True)
    same(conn, losses_sql(anyone(project), week(project, days=2)), shown)


def test_losses_belong_to_the_days_of_the_project(conn, berlin):
    sent(conn, berlin, ("2026-03-01T23:00", "bot", 1), ("2026-03-02T23:00", "bot", 2))
    frame = losses(conn, anyone(berlin), week(berlin, days=1))
    assert frame[["period", "n"]].to_numpy().tolist() == [[pd.Timestamp("2026-03-02"), 1]]


def test_where_everything_was_kept_nothing_is_lost(conn, project):
    sent(conn, project, ("2026-03-02T10:00", "accepted", 60))
    full = losses(conn, anyone(project), week(project))
    assert full.empty
    sent(conn, project, ("2026-03-02T10:00", "bot", 1))
    assert losses(conn, anyone(project), week(project)).dtypes.to_dict() == full.dtypes.to_dict()


def test_events_are_new_or_gone_quiet(conn, project, add_events):
    add_events(
        project,
        "u1 old 2026-02-24T10:00Z",
        "u1 steady 2026-02-24T10:00Z",
        "u1 steady 2026-03-02T10:30Z",
        "u1 steady 2026-03-03T10:00Z",
        "u1 fresh 2026-03-04T10:00Z",
    )
    frame = volumes(conn, anyone(project), week(project))
    told = frame.astype({"state": "object"}).replace({float("nan"): None})
    assert told[["name", "events", "before", "state"]].to_numpy().tolist() == [
        ["steady", 2, 1, None],
        ["fresh", 1, 0, "new"],
        ["old", 0, 1, "quiet"],
    ]
    assert frame["change"].tolist()[0] == 1.0
    assert frame["first_seen"].tolist()[1] == pd.Timestamp("2026-03-04 10:00")
    assert frame["last_seen"].tolist()[0] == pd.Timestamp("2026-03-03 10:00")
    same(conn, volumes_sql(anyone(project), week(project)), frame)


@thorough
def test_a_change_compares_the_days_that_are_over_with_as_many_before(conn, project, add_events):
    add_events(
        project,
        "u1 open 2026-02-23T10:00Z",
        "u1 open 2026-03-02T10:00Z",
        "u1 open 2026-03-03T10:00Z",
    )
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    (row,) = volumes(conn, anyone(project), week(project, days=2, now=now)).itertuples()
    assert (row.events, row.before, row.change) == (2, 1, 0.0)


def test_consent_is_counted_by_purpose_of_those_who_decided(conn, project, berlin):
    rows = [(1, 0b00011, 0), (2, 0b00001, 0b00010), (3, 0, 0b00001), (4, 0, 0)]
    for actor, granted, refused in rows:
        row = {"project_id": project.id, "actor_key": actor, "granted": granted}
        conn.execute(insert(grants).values(row | {"refused": refused}))
    frame = consent(conn, anyone(project), project.id)
    assert frame.to_numpy().tolist() == [
        ["usage", 2, 1, pytest.approx(2 / 3)],
        ["features", 1, 1, 0.5],
    ]
    same(conn, consent_sql(anyone(project), project.id), frame)
    assert consent(conn, anyone(berlin), berlin.id).empty


def test_rolling_is_how_long_batches_waited(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z", "u1 open 2026-03-02T11:30Z")
    conn.execute(insert(ledger).values(_batch(project, 10)))
    waited = rolling(conn, anyone(project), project.id)
    assert (waited.batches, waited.median_seconds, waited.p95_seconds) == (2, 5.0, 9.5)
    assert waited.version
    assert rolling(conn, PUBLIC, project.id).batches == 0


def _batch(project, seconds):
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    rolled = at + timedelta(seconds=seconds)
    counts = {"accepted": 1, "outcomes": {"accepted": 1}}
    return {"project_id": project.id, "received_at": at, "rolled_at": rolled} | counts


def test_clocks_are_told_by_how_late_events_arrive(conn, project, add_events):
    late = {0: 0, 1: 150, 2: 151, 3: -151, 4: 4_000, 5: 90_000}
    add_events(project, *(f"u{n} open 2026-03-02T1{n}:00Z" for n in late))
    for hour, seconds in late.items():
        at = datetime(2026, 3, 2, 10 + hour, tzinfo=UTC)
        moved = update(events).where(events.c.occurred_at == at)
        conn.execute(moved.values(received_at=at + timedelta(seconds=seconds)))
    frame = clocks(conn, anyone(project), week(project))
    assert frame[["delay", "events"]].to_numpy().tolist() == [
        ["Ahead of its arrival", 1],
        ["Within 150 s", 2],
        ["Within an hour", 1],
        ["Within a day", 1],
        ["Later", 1],
    ]
    assert frame["share"].sum() == pytest.approx(1)
    same(conn, clocks_sql(anyone(project), week(project)), frame)


def carrying(conn, project, add_events, at, name="open", **properties):
    """An event of this moment with these properties."""
    add_events(project, f"u1 {name} {at}")
    moment = datetime.fromisoformat(at)
    mine = (events.c.occurred_at == moment) & (events.c.name == name)
    conn.execute(update(events).where(mine).values(properties=properties))


def test_a_property_is_new_when_the_event_did_not_carry_it_before(conn, project, add_events):
    carrying(conn, project, add_events, "2026-02-10T10:00:00+00:00", a=1)
    carrying(conn, project, add_events, "2026-02-11T10:00:00+00:00", "save", b=1)
    carrying(conn, project, add_events, "2026-03-03T10:00:00+00:00", a=1, b=1)
    carrying(conn, project, add_events, "2026-03-04T10:00:00+00:00", a=1)
    carrying(conn, project, add_events, "2026-03-04T11:00:00+00:00", "first", c=1)
    frame = new_properties(conn, anyone(project), week(project))
    assert frame.to_numpy().tolist() == [["open", "b", 1, 0.5]]
    same(conn, new_properties_sql(anyone(project), week(project)), frame)


def test_the_whole_project_is_asked_about_whatever_is_filtered(project):
    whole = whole_project(week(project, platform=("web",), grain="week", event="open"))
    assert (whole.dimensions, whole.grain, whole.event) == ({}, "day", "")
    assert (whole.start, whole.days) == (MONDAY, 7)


def test_a_strangers_frames_have_the_same_columns(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z")
    for question in (losses, volumes, clocks, new_properties):
        theirs = question(conn, PUBLIC, week(project))
        ours = question(conn, anyone(project), week(project))
        assert theirs.empty
        assert theirs.dtypes.to_dict() == ours.dtypes.to_dict()
