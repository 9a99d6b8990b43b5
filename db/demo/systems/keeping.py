"""Store how the demo product's systems did, in place of what an earlier fill stored."""

from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, delete, insert, select

from db.access import Project
from db.demo.copying import copy_rows
from db.demo.shape import INCIDENT_HOURS, INCIDENT_SUBJECT, Shape
from db.demo.systems.probing import API, EVERY, RESULTS_KEPT, WATCHED, by_hour, results
from db.demo.systems.requests import SERVICE, served
from db.demo.systems.tickets import ticket_rows
from db.request_stats import Served, record
from db.tables import (
    annotations,
    incident_updates,
    incidents,
    probe_hours,
    probe_results,
    probes,
    request_stats,
    slos,
    tickets,
)

UPDATES = (  # hours of the incident's day, by the project's clock
    (INCIDENT_HOURS[0], "investigating", "Runs fail and are slow since the top of the hour."),
    (INCIDENT_HOURS[0] + 1, "identified", "A full queue holds up all that writes."),
    (INCIDENT_HOURS[1] - 1, "monitoring", "The queue is emptied; runs get faster."),
    (INCIDENT_HOURS[1], "resolved", "All runs are as fast as before."),
)


def keep_systems(conn: Connection, project: Project, shape: Shape) -> None:
    """Requests, probes with their results and objectives, tickets and the incident."""
    for table in (request_stats, tickets, slos, probes, incidents):
        conn.execute(delete(table).where(table.c.project_id == project.id))
    _keep_requests(conn, project, shape)
    asked = pa.Table.from_pylist([*ticket_rows(shape)])
    copy_rows(conn, tickets, {"project_id": project.id}, asked)
    probe_ids = {each.name: _keep_probe(conn, project, shape, each) for each in WATCHED}
    conn.execute(insert(slos), [{"project_id": project.id} | each for each in _slos(probe_ids)])
    _keep_incident(conn, project, shape)


def _keep_requests(conn: Connection, project: Project, shape: Shape) -> None:
    told: dict[int, list[Served]] = {}
    for minutes, each in served(shape):
        told.setdefault(minutes, []).append(each)
    for minutes, rows in told.items():
        record(conn, project.id, rows, minutes)


def _keep_probe(conn: Connection, project: Project, shape: Shape, watched: Any) -> int:
    values = {
        "project_id": project.id,
        "name": watched.name,
        "kind": watched.kind,
        "address": watched.address,
        "every_seconds": EVERY,
        "is_paused": True,
    }
    new = insert(probes).values(values).returning(probes.c.id)
    probe_id: int = conn.execute(new).scalar_one()
    found = [*results(shape, watched)]
    late = [row for row in found if row["at"] >= shape.now - RESULTS_KEPT]
    ours = {"probe_id": probe_id}
    copy_rows(conn, probe_results, ours, pa.Table.from_pylist(late))
    copy_rows(conn, probe_hours, ours, pa.Table.from_pylist([*by_hour(found)]))
    return probe_id


def _slos(probe_ids: dict[str, int]) -> list[dict[str, Any]]:
    none = {"probe_id": None, "service": "", "threshold_ms": None}
    return [
        none | {"name": "The API answers", "kind": "uptime", "objective": 0.999}
        | {"probe_id": probe_ids[API]},
        none | {"name": "Requests succeed", "kind": "errors", "objective": 0.999}
        | {"service": SERVICE},
        none | {"name": "Requests are fast", "kind": "latency", "objective": 0.95}
        | {"service": SERVICE, "threshold_ms": 500.0},
    ]  # fmt: skip


def _keep_incident(conn: Connection, project: Project, shape: Shape) -> None:
    """The incident with its timeline, beside the annotation of it that the charts show."""
    begin, end = (shape.instant(shape.incident_day, hour) for hour in INCIDENT_HOURS)
    if end > shape.now:
        return
    mark = select(annotations.c.id).where(
        annotations.c.project_id == project.id,
        annotations.c.kind == "incident",
        annotations.c.at == begin,
    )
    values = {
        "project_id": project.id,
        "title": f"{INCIDENT_SUBJECT} fails and is slow",
        "severity": "critical",
        "state": UPDATES[-1][1],
        "started_at": begin,
        "resolved_at": end,
        "annotation_id": conn.execute(mark.limit(1)).scalar_one_or_none(),
    }
    new = insert(incidents).values(values).returning(incidents.c.id)
    incident_id = conn.execute(new).scalar_one()
    told = [
        {"incident_id": incident_id, "at": shape.instant(shape.incident_day, hour)}
        | {"state": state, "note": note}
        for hour, state, note in UPDATES
    ]
    conn.execute(insert(incident_updates), told)
