"""Partitions are there before they are needed, and gone when nobody keeps them."""

import signal
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update

from db.access import Project, create_project, ensure_person, sign_in
from db.partitions import existing_months
from db.tables import access_tokens, cell_day, event_hour, events, ledger, projects, sign_ins
from db.tokens import create_token, list_tokens, revoke_token
from jobs import __main__ as worker
from jobs.catching_up import catch_up
from jobs.rollups import rebuild, rebuild_outdated
from jobs.upkeep import analyze, keep_up
from tests.jobs.conftest import store_batch
from tests.jobs.reference import Happened
from tests.thorough import thorough

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


def make(engine: Engine, name: str, months: int | None, *times: datetime) -> Project:
    with engine.begin() as conn:
        project = create_project(conn, name, consent="opt-out", retention_months=months)
        store_batch(conn, project, [Happened(time, 1) for time in times])
        return project


@pytest.fixture
def counted(rolled_engine, request):
    """A project counted by a former version, the first of whose two days may lose its events."""
    project = make(rolled_engine, request.node.name, None, NOW - timedelta(days=40), NOW)
    catch_up(rolled_engine)
    with rolled_engine.begin() as conn:
        conn.execute(update(projects).where(projects.c.id == project.id).values(rolled_as=1))
        conn.execute(update(cell_day).where(cell_day.c.project_id == project.id).values(n=7))
    return project


def days_of(engine: Engine, project: Project) -> list[int]:
    mine = select(cell_day.c.n).where(cell_day.c.project_id == project.id).order_by(cell_day.c.day)
    with engine.connect() as conn:
        return list(conn.execute(mine).scalars())


def test_what_a_former_version_counted_is_counted_anew(rolled_engine, counted):
    rebuild_outdated(rolled_engine)
    assert days_of(rolled_engine, counted) == [1, 1]


def test_what_a_former_version_counted_of_events_that_are_gone_is_left(rolled_engine, counted):
    with rolled_engine.begin() as conn:
        old = events.c.occurred_at < NOW - timedelta(days=30)
        conn.execute(delete(events).where(events.c.project_id == counted.id, old))
    rebuild_outdated(rolled_engine)
    assert days_of(rolled_engine, counted) == [7, 7]
    with rolled_engine.begin() as conn:
        rebuild(conn, counted.id)
    assert days_of(rolled_engine, counted) == [1]


def kept(engine: Engine, project: Project) -> list[datetime]:
    with engine.connect() as conn:
        mine = select(events.c.occurred_at).where(events.c.project_id == project.id)
        return sorted(conn.execute(mine).scalars())


def months(engine: Engine) -> set[date]:
    with engine.connect() as conn:
        return existing_months(conn)


def test_the_months_to_come_are_made_ahead(own_engine):
    keep_up(own_engine, datetime(2031, 11, 30, tzinfo=UTC))
    ahead = {date(2031, 11, 1), date(2031, 12, 1), date(2032, 1, 1)}
    assert ahead <= months(own_engine)


def test_each_project_loses_what_is_past_its_own_retention(own_engine):
    edge = datetime(2026, 1, 15, 12, tzinfo=UTC)
    before, after = edge - timedelta(seconds=1), edge + timedelta(seconds=1)
    short = make(own_engine, "two months", 2, before, edge, after)
    long = make(own_engine, "a year", 12, before)
    keep_up(own_engine, NOW)
    assert kept(own_engine, short) == [edge, after]
    assert kept(own_engine, long) == [before]


@thorough
def test_a_month_that_nobody_keeps_is_dropped_and_its_rollups_stay(own_engine):
    old = datetime(2025, 11, 30, 23, tzinfo=UTC)
    project = make(own_engine, "three months", 3, old, NOW)
    catch_up(own_engine)
    assert date(2025, 11, 1) in months(own_engine)
    keep_up(own_engine, NOW)
    assert date(2025, 11, 1) not in months(own_engine)
    assert date(2025, 12, 1) not in months(own_engine)
    assert kept(own_engine, project) == [NOW]
    with own_engine.connect() as conn:
        assert sorted(conn.execute(select(event_hour.c.n)).scalars()) == [1, 1]


def test_a_project_that_keeps_everything_keeps_every_month(own_engine):
    old = datetime(2012, 5, 1, tzinfo=UTC)
    make(own_engine, "a month", 1, NOW)
    forever = make(own_engine, "forever", None, old)
    keep_up(own_engine, NOW)
    assert kept(own_engine, forever) == [old]


def test_ledger_rows_without_events_go_after_a_month(own_engine):
    project = make(own_engine, "ledger", None, NOW)
    empty = {"project_id": project.id, "received_at": NOW, "outcomes": {"bot": 1}, "accepted": 0}
    with own_engine.begin() as conn:
        for rolled_at in (None, NOW - timedelta(days=31), NOW - timedelta(days=29)):
            conn.execute(insert(ledger).values(empty | {"rolled_at": rolled_at}))
    keep_up(own_engine, NOW)
    with own_engine.connect() as conn:
        left = select(ledger.c.accepted, ledger.c.rolled_at).order_by(ledger.c.batch_id)
        assert [tuple(row) for row in conn.execute(left)] == [
            (1, None),
            (0, None),
            (0, NOW - timedelta(days=29)),
        ]


def test_sign_ins_that_have_run_out_go(own_engine):
    with own_engine.begin() as conn:
        sign_in(conn, ensure_person(conn, "a@mail.example", "product"))
    for later, left in ((timedelta(days=13), 1), (timedelta(days=15), 0)):
        keep_up(own_engine, datetime.now(UTC) + later)
        with own_engine.connect() as conn:
            assert len(conn.execute(select(sign_ins)).all()) == left


def test_tokens_that_have_run_out_or_were_revoked_go(own_engine):
    with own_engine.begin() as conn:
        ann = ensure_person(conn, "a@mail.example", "author")
        for name, days in (("short", 1), ("long", 30), ("revoked", 30)):
            create_token(conn, ann, name, days=days)
        revoke_token(conn, ann, list_tokens(conn, ann)[0].id)
    for later, left in ((timedelta(hours=23), ["short", "long"]), (timedelta(days=2), ["long"])):
        keep_up(own_engine, datetime.now(UTC) + later)
        with own_engine.connect() as conn:
            kept_names = select(access_tokens.c.name).order_by(access_tokens.c.id)
            assert conn.execute(kept_names).scalars().all() == left


def test_upkeep_gives_way_rather_than_hold_everybody_up(own_engine, monkeypatch):
    monkeypatch.setattr("jobs.upkeep.LONGEST_WAIT", "50ms")
    make(own_engine, "a month", 1, datetime(2025, 11, 30, tzinfo=UTC))
    with own_engine.connect() as reader:
        reader.execute(select(events.c.name)).all()
        with pytest.raises(Exception, match="lock timeout"):
            keep_up(own_engine, NOW)
    keep_up(own_engine, NOW)
    assert date(2025, 11, 1) not in months(own_engine)


@thorough
def test_rolling_goes_on_while_upkeep_fails(own_database, own_engine, monkeypatch):
    project = make(own_engine, "still rolled", None, NOW)
    handlers = {}

    def fail(engine):
        with engine.connect() as conn:
            conn.execute(text("SELECT * FROM nothing"))

    monkeypatch.setattr(worker, "keep_up", fail)
    monkeypatch.setattr(worker, "notify", lambda _: handlers[signal.SIGTERM]())
    monkeypatch.setattr(worker.signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(worker.gc, "freeze", lambda: None)
    monkeypatch.setattr(worker, "database_url", lambda: own_database)
    worker.main()
    with own_engine.connect() as conn:
        mine = select(event_hour.c.n).where(event_hour.c.project_id == project.id)
        assert conn.execute(mine).scalars().all() == [1]


def test_tables_that_were_just_filled_are_analyzed(own_engine):
    make(own_engine, "analyzed", None, NOW)
    catch_up(own_engine)
    analyze(own_engine)
    with own_engine.connect() as conn:
        known = text("SELECT reltuples FROM pg_class WHERE relname = 'event_hour'")
        assert conn.execute(known).scalar_one() == 1
