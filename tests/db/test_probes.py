"""Probes are kept, given out in turn, and counted; their addresses are told to nobody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select

from db.access import create_project
from db.errors import BadProbe
from db.probe_results import HOURS_KEPT, RESULTS_KEPT, Result, drop_old, keep_results
from db.probes import (
    MOST_AT_ONCE,
    MOST_PROBES,
    Draft,
    list_probes,
    pause_probe,
    remove_probe,
    save_probe,
    take_due,
)
from db.tables import INSTALLATION, probe_hours, probe_results, probes, slos
from tests.noted import acts
from tests.thorough import thorough

NOW = datetime(2026, 3, 2, 12, 0, 0, 700_000, tzinfo=UTC)
SHOP = Draft("Shop", "http", "https://ann:secret@shop.example.org/health?key=secret")


@pytest.fixture(autouse=True)
def only_ours(conn):
    """Without the probes that every installation begins with."""
    conn.execute(delete(probes))


def named(taken):
    return [probe.name for probe in taken]


def test_a_probe_is_due_at_once_and_then_in_its_time(conn, project):
    save_probe(conn, project.id, replace(SHOP, every_seconds=30))
    assert named(take_due(conn, NOW, 10)) == ["Shop"]
    assert take_due(conn, NOW + timedelta(seconds=29), 10) == []
    assert named(take_due(conn, NOW + timedelta(seconds=30), 10)) == ["Shop"]


def test_a_late_look_does_not_shift_the_schedule_and_missed_ones_are_not_made_up(conn, project):
    save_probe(conn, project.id, SHOP)
    take_due(conn, NOW, 10)
    late = NOW + timedelta(seconds=75)
    take_due(conn, late, 10)
    assert conn.execute(select(probes.c.due_at)).scalar_one() == NOW + timedelta(seconds=120)
    later = NOW + timedelta(hours=5)
    take_due(conn, later, 10)
    assert conn.execute(select(probes.c.due_at)).scalar_one() == later + timedelta(seconds=60)


def test_one_project_leaves_room_for_the_others(conn, project):
    other = create_project(conn, "other", consent="opt-out", retention_months=None).id
    for number in range(MOST_AT_ONCE + 5):
        save_probe(conn, project.id, replace(SHOP, name=str(number)))
    save_probe(conn, other, replace(SHOP, name="theirs"))
    taken = take_due(conn, NOW, 50, {project.id: 2})
    assert len(taken) == MOST_AT_ONCE - 2 + 1
    assert "theirs" in named(taken)
    assert take_due(conn, NOW, 50, {project.id: MOST_AT_ONCE, other: 1}) == []
    assert len(take_due(conn, NOW, 50)) == 7


def test_who_has_waited_longest_comes_first_and_no_more_than_asked_for(conn, project):
    for name in ("a", "b", "c"):
        save_probe(conn, project.id, replace(SHOP, name=name))
    assert len(take_due(conn, NOW, 2)) == 2
    assert named(take_due(conn, NOW, 2)) == ["c"]


def test_a_paused_probe_is_not_looked_at_until_it_goes_on(conn, project):
    probe = save_probe(conn, project.id, SHOP)
    assert pause_probe(conn, project.id, probe)
    assert take_due(conn, NOW, 10) == []
    assert pause_probe(conn, project.id, probe, paused=False)
    assert named(take_due(conn, NOW, 10)) == ["Shop"]


def test_nobody_touches_the_probes_of_another_project(conn, project, berlin):
    probe = save_probe(conn, project.id, SHOP)
    assert not pause_probe(conn, berlin.id, probe)
    assert not remove_probe(conn, berlin.id, probe)
    assert remove_probe(conn, project.id, probe)
    assert list_probes(conn, project.id) == []


def test_saved_again_it_keeps_its_address_unless_another_is_given(conn, project):
    probe = save_probe(conn, project.id, SHOP)
    again = save_probe(conn, project.id, replace(SHOP, address="", every_seconds=120))
    kept = list_probes(conn, project.id)
    assert (again, len(kept), kept[0].every_seconds) == (probe, 1, 120)
    assert kept[0].address == SHOP.address
    with pytest.raises(BadProbe, match="address: it is missing"):
        save_probe(conn, project.id, replace(SHOP, address="", kind="tcp"))


def test_an_address_is_in_no_repr_and_in_no_audit(conn, project):
    save_probe(conn, project.id, SHOP)
    assert "secret" not in repr(SHOP) + repr(list_probes(conn, project.id))
    rows = [row for row in acts(conn) if row.project_id == project.id]
    assert "probe.set" in [row.act for row in rows]
    assert "secret" not in repr(rows)


WRONG = {
    "name": [{"name": ""}, {"name": "x" * 101}, {"name": "a\u202eb"}],
    "kind": [{"kind": "icmp"}],
    "every_seconds": [{"every_seconds": 9}, {"every_seconds": 86_401}],
    "timeout_seconds": [
        {"timeout_seconds": 0.1},
        {"timeout_seconds": float("nan")},
        {"timeout_seconds": 20.0, "every_seconds": 10},
    ],
    "expected_status": [{"expected_status": 99}, {"expected_status": 600}],
    "expected_text": [{"expected_text": "x" * 201}],
    "minimum_days": [{"minimum_days": 0}],
    "address": [
        {"address": address}
        for address in (
            "ftp://example.org",
            "https://",
            "https://a b.example.org",
            "https://example.org\\@inner",
            "https://[::1",
            "file:///etc/passwd",
            "looplens:api",
            "https://example.org/" + "x" * 2_000,
        )
    ]
    + [{"kind": "tcp", "address": address} for address in ("host", "a@host:1", "host:99999", ":1")]
    + [
        {"kind": "postgres", "address": address}
        for address in (
            "mysql://host/db",
            "postgresql:///db",
            "postgresql://host/db?sslkey=/etc/key",
            "postgresql://host/db?host=other",
        )
    ]
    + [{"kind": "certificate", "address": "https://host"}],
}


@pytest.mark.parametrize(
    ("field", "change"),
    [(field, change) for field, changes in WRONG.items() for change in changes],
)
def test_what_can_not_be_looked_at_is_refused_by_its_field(conn, project, field, change):
    with pytest.raises(BadProbe) as refused:
        save_probe(conn, project.id, replace(SHOP, **change))
    assert str(refused.value).startswith(f"{field}:")
    assert list_probes(conn, project.id) == []


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("http", "http://user:p%40ss@10.0.0.1:8080/a?b=c"),
        ("tcp", "redis.internal:6379"),
        ("tcp", "[::1]:6379"),
        ("postgres", "postgresql://user:pw@db:5432/shop?sslmode=require"),
        ("certificate", "shop.example.org"),
        ("certificate", "shop.example.org:8443"),
    ],
)
def test_these_can_be_looked_at(conn, project, kind, address):
    save_probe(conn, project.id, replace(SHOP, kind=kind, address=address))
    assert list_probes(conn, project.id)[0].address == address


def test_a_project_has_a_bounded_number_of_probes(conn, project):
    row = {"project_id": project.id, "kind": "tcp", "address": "host:1"}
    rows = [row | {"name": str(number)} for number in range(MOST_PROBES)]
    conn.execute(insert(probes), rows)
    with pytest.raises(BadProbe, match="at most 200"):
        save_probe(conn, project.id, SHOP)
    save_probe(conn, project.id, replace(SHOP, name="7"))


def found(probe, *minutes, ok=True):
    at = [NOW.replace(hour=10) + timedelta(minutes=minute) for minute in minutes]
    return [Result(probe, each, ok, 20.0 if ok else None) for each in at]


def test_results_are_kept_once_and_counted_by_the_hour(conn, project):
    probe = save_probe(conn, project.id, SHOP)
    results = [*found(probe, 0, 1), *found(probe, 2, ok=False), *found(probe, 61)]
    assert keep_results(conn, results) == 4
    assert keep_results(conn, [*results, *found(probe, 62)]) == 1
    hours = conn.execute(select(probe_hours).order_by(probe_hours.c.hour)).all()
    told = [(row.hour.hour, row.n, row.good, row.duration_sum) for row in hours]
    assert told == [(10, 3, 2, 40.0), (11, 2, 2, 40.0)]


@thorough
def test_what_waited_through_a_long_outage_is_kept_at_once(conn, project):
    probe = save_probe(conn, project.id, SHOP)
    waited = found(probe, *range(12_000))
    assert keep_results(conn, waited) == 12_000
    assert keep_results(conn, waited) == 0
    hours = conn.execute(select(probe_hours.c.n)).scalars().all()
    assert hours == [60] * 200


def test_what_a_removed_probe_found_is_forgotten_with_it(conn, project):
    probe = save_probe(conn, project.id, SHOP)
    keep_results(conn, found(probe, 0))
    remove_probe(conn, project.id, probe)
    assert keep_results(conn, found(probe, 1)) == 0
    assert conn.execute(select(probe_results)).all() == []
    assert conn.execute(select(probe_hours)).all() == []


def test_old_results_go_and_their_hours_stay_longer(conn, project):
    probe = save_probe(conn, project.id, SHOP)
    keep_results(conn, found(probe, 0, 60))
    at = NOW.replace(hour=10)
    drop_old(conn, at + RESULTS_KEPT + timedelta(minutes=1))
    assert len(conn.execute(select(probe_results)).all()) == 1
    assert len(conn.execute(select(probe_hours)).all()) == 2
    drop_old(conn, at + HOURS_KEPT + timedelta(hours=2))
    assert conn.execute(select(probe_hours)).all() == []


def test_an_installation_begins_with_probes_and_objectives_of_itself(own_engine):
    with own_engine.connect() as conn:
        kinds = {each.name: each.kind for each in list_probes(conn, INSTALLATION)}
        promised = dict(conn.execute(select(slos.c.name, slos.c.objective)).all())
    assert kinds == {"API": "http", "Dashboard": "http", "Database": "postgres"}
    assert promised["API answers"] == 0.999
    assert promised["Requests without errors"] == 0.999
    assert promised["Requests within 200 ms"] == 0.95
