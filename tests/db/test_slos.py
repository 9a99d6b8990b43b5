"""Objectives are kept by their name, of probes of their own project."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from db.errors import BadObjective
from db.probes import Draft, save_probe
from db.slos import SloDraft, remove_slo, save_slo
from db.tables import slos

FAST = SloDraft("Fast", "latency", 0.95, service="shop", threshold_ms=200.0)


def kept(conn, project):
    return conn.execute(select(slos).where(slos.c.project_id == project.id)).all()


def test_an_objective_is_replaced_by_its_name(conn, project):
    first = save_slo(conn, project.id, FAST)
    again = save_slo(conn, project.id, replace(FAST, objective=0.9, days=7))
    assert first == again
    assert [(row.objective, row.days) for row in kept(conn, project)] == [(0.9, 7)]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": " "}),
        ("kind", {"kind": "beauty"}),
        ("objective", {"objective": 1.0}),
        ("objective", {"objective": float("nan")}),
        ("objective", {"objective": 0.1}),
        ("days", {"days": 0}),
        ("days", {"days": 91}),
        ("service", {"service": "x" * 201}),
        ("threshold_ms", {"threshold_ms": None}),
        ("threshold_ms", {"threshold_ms": float("inf")}),
        ("threshold_ms", {"kind": "errors"}),
        ("probe_id", {"probe_id": 1}),
        ("probe_id", {"kind": "uptime", "threshold_ms": None}),
    ],
)
def test_what_can_not_be_promised_is_refused_by_its_field(conn, project, field, change):
    with pytest.raises(BadObjective) as refused:
        save_slo(conn, project.id, replace(FAST, **change))
    assert str(refused.value).startswith(f"{field}:")


def test_an_uptime_is_of_a_probe_of_the_same_project(conn, project, berlin):
    probe = save_probe(conn, project.id, Draft("Shop", "tcp", "shop:80"))
    promise = SloDraft("Up", "uptime", 0.999, probe_id=probe)
    save_slo(conn, project.id, promise)
    with pytest.raises(BadObjective):
        save_slo(conn, berlin.id, promise)


def test_nobody_removes_the_objective_of_another_project(conn, project, berlin):
    slo = save_slo(conn, project.id, FAST)
    assert not remove_slo(conn, berlin.id, slo)
    assert remove_slo(conn, project.id, slo)
    assert not remove_slo(conn, project.id, slo)
