"""What is read from packs are the events that the filters keep, and nothing else."""

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import func, insert, select, update

from analytics.measures import packs
from analytics.measures.cells import by_cells
from analytics.measures.packs import kinds_of, load_keys, load_log
from analytics.scope import visible_events
from db.access import project_secret
from db.errors import TooWide
from db.identity import actor_key, session_key
from db.tables import NO_BIN, cells, events, segment_members
from tests.analytics.reference import anyone, asking, history, keep
from tests.conftest import undone
from tests.written import platforms_of, project_of

START, END = date(2026, 3, 26), date(2026, 3, 31)
COLUMNS = ("actor", "at", "day", "kind", "cell", "session", "bin", "failed")
MICROSECONDS = 1_000_000


@pytest.fixture(scope="module", params=["Europe/Berlin", "America/New_York"])
def told(request, module_conn):
    """A project and its history, which begins before the range and ends after it."""
    events = history(3, date(2026, 3, 24), days=10)
    with undone(module_conn):
        lines = (event.line for event in events)
        yield project_of(module_conn, *lines, zone=request.param), events


def read_back(conn, project, log):
    """The log as a list of tuples, with texts in place of ids."""
    kinds = kinds_of(conn, anyone(project), project.id).set_index("id")["name"]
    platforms = platforms_of(conn, project)
    return [
        (int(log.keys[a]), int(at), int(day), kinds[kind], platforms[cell], int(session), bool(bad))
        for a, at, day, kind, cell, session, bad in zip(
            log.actor, log.at, log.day, log.kind, log.cell, log.session, log.failed, strict=True
        )
    ]


def as_read(conn, project, events, filters):
    secret, zone = project_secret(conn, project.id), ZoneInfo(filters.zone)
    return [
        (
            actor_key(secret, event.who),
            round(event.at.timestamp() * MICROSECONDS),
            (event.day(zone) - filters.start).days,
            event.name,
            event.platform or "(not set)",
            session_key(secret, event.session),
            not event.ok,
        )
        for event in events
    ]


@pytest.mark.parametrize(
    "more", [{}, {"platform": ("web",)}, {"platform": ("(not set)",), "plan": ("free",)}]
)
def test_the_log_holds_each_event_of_the_range_once(conn, told, more):
    project, events = told
    filters = asking(project, START, END, **more)
    log = load_log(conn, anyone(project), filters, columns=COLUMNS)
    expected = as_read(conn, project, keep(events, filters), filters)
    assert sorted(read_back(conn, project, log)) == sorted(expected)


def test_the_log_goes_by_actor_then_time_then_kind(conn, told):
    project, _ = told
    log = load_log(conn, anyone(project), asking(project, START, END))
    order = np.lexsort((log.kind, log.at, log.actor))
    assert (order == np.arange(len(order))).all()
    assert len(set(log.keys.tolist())) == len(log.keys) == log.actor.max() + 1


def test_events_of_the_same_instant_go_by_kind(conn, project, add_events):
    at = "2026-03-28T10:00Z"
    add_events(project, *(f"u1 {name} {at}" for name in ("a", "b", "c")))
    add_events(project, *(f"u1 {name} {at}" for name in ("c", "a")))
    log = load_log(conn, anyone(project), asking(project, START, END))
    assert log.kind.tolist() == sorted(log.kind.tolist())


def test_actors_and_times_that_do_not_fit_one_integer_are_ordered_too():
    columns = {name: np.empty(0, dtype) for name, (_, dtype) in packs.EVENT_COLUMNS.items()}
    columns |= {"actor": np.array([0, 1, 0, 0]), "at": np.array([2**62, 5, 7, 7])}
    columns |= {"kind": np.array([1, 1, 2, 1], np.int32), "day": np.empty(0, np.int32)}
    wide = packs.Log(keys=np.array([1, 2]), **columns)
    assert packs._order(wide).tolist() == [3, 2, 0, 1]


def test_only_the_columns_asked_for_are_there(conn, told):
    project, _ = told
    log = load_log(conn, anyone(project), asking(project, START, END), (), ("bin",), ordered=False)
    assert len(log.bin)
    assert (log.bin != NO_BIN).all()
    assert not any(len(getattr(log, name)) for name in ("keys", "actor", "at", "kind", "session"))


def test_names_an_event_and_a_subject_narrow_the_log(conn, told):
    project, events = told
    filters = asking(project, START, END)
    kept = keep(events, filters)
    saved = [event for event in kept if event.name == "save"]
    assert len(load_log(conn, anyone(project), filters, ("save",)).at) == len(saved)
    for more, count in (({"subject": "s"}, len(saved)), ({"subject": "t"}, 0), ({}, len(saved))):
        narrow = asking(project, START, END, event="save", **more)
        assert len(load_log(conn, anyone(project), narrow).at) == count
        assert len(load_log(conn, anyone(project), narrow, ("open",)).at) == 0


def test_a_segment_keeps_the_events_of_its_members(conn, told):
    project, events = told
    secret = project_secret(conn, project.id)
    members = [
        {"project_id": project.id, "segment_id": 9, "actor_key": actor_key(secret, who)}
        for who in ("u1", "u2")
    ]
    conn.execute(insert(segment_members), members)
    filters = asking(project, START, END, segment=9)
    theirs = [e for e in keep(events, filters) if e.who in ("u1", "u2")]
    log = load_log(conn, anyone(project), filters, columns=COLUMNS)
    assert sorted(read_back(conn, project, log)) == sorted(as_read(conn, project, theirs, filters))
    keys = load_keys(conn, anyone(project), filters, "actor")
    assert set(keys.key.tolist()) == {row["actor_key"] for row in members}
    sessions = load_keys(conn, anyone(project), filters, "session")
    assert set(sessions.key.tolist()) == {session_key(secret, event.session) for event in theirs}


@pytest.mark.parametrize("more", [{}, {"country": ("DE",)}])
def test_keys_are_the_different_ones_of_each_day(conn, told, more):
    project, events = told
    filters = asking(project, START, END, **more)
    found = load_keys(conn, anyone(project), filters, "actor_event", ("open", "share"))
    names = kinds_of(conn, anyone(project), project.id).set_index("id")["name"]
    rows = [
        (int(day), int(key), names[kind])
        for day, key, kind in zip(found.day, found.key, found.kind, strict=True)
    ]
    kept = [e for e in keep(events, filters) if e.name in ("open", "share")]
    expected = {(day, who, name) for who, _, day, name, *_ in as_read(conn, project, kept, filters)}
    assert set(rows) == expected


def test_the_values_of_a_dimension_part_the_entries(conn, told):
    project, events = told
    filters = asking(project, START, END)
    log = load_log(conn, anyone(project), filters, columns=("cell",), ordered=False)
    parts = by_cells(conn, anyone(project), filters, log.cell, "country")
    counted = {value: len(log.cell[part]) for value, part in parts.items()}
    kept = keep(events, filters)
    assert counted == {v: sum(e.country == v for e in kept) for v in ("DE", "US")}


def test_who_says_not_set_is_counted_with_those_who_say_nothing(conn, project, add_events):
    add_events(project, "u1 open 2026-03-28T10:00Z platform=x", "u2 open 2026-03-28T10:00Z")
    for table in (events, cells):
        conn.execute(update(table).where(table.c.platform == "x").values(platform="(not set)"))
    filters = asking(project, START, END, platform=("(not set)",))
    assert len(load_log(conn, anyone(project), filters).at) == 2
    found = select(func.count()).select_from(visible_events(anyone(project), filters))
    assert conn.execute(found).scalar_one() == 2


def test_a_range_without_events_is_empty(conn, told):
    project, _ = told
    filters = asking(project, date(2020, 1, 1), date(2020, 2, 1), platform=("web",))
    assert len(load_log(conn, anyone(project), filters, columns=COLUMNS).at) == 0
    assert len(load_keys(conn, anyone(project), filters, "actor").key) == 0


def test_more_events_than_are_read_at_once_are_refused(conn, told, monkeypatch):
    project, _ = told
    monkeypatch.setattr(packs, "MOST_EVENTS", 10)
    with pytest.raises(TooWide, match="Choose fewer days"):
        load_log(conn, anyone(project), asking(project, START, END))
