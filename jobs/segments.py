"""Segments are counted anew every ten minutes, the one that waits longest first."""

import time
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from analytics.scope import Viewer
from analytics.segments.counting import recount
from db.access import Project, list_projects
from db.errors import LooplensError
from db.segments import segments_counted_before

COUNTED_EVERY = timedelta(minutes=10)
SECONDS_A_PASS = 2.0  # then batches are rolled up again, and the rest waits for the next pass

log = structlog.get_logger()


def count_due(engine: Engine, now: datetime | None = None) -> int:
    """Count the segments that are due, for a while; returns how many were counted."""
    now, stop = now or datetime.now(UTC), time.monotonic() + SECONDS_A_PASS
    with engine.connect() as conn:
        due = segments_counted_before(conn, now - COUNTED_EVERY)
        projects = {project.id: project for project in list_projects(conn)} if due else {}
    counted = 0
    for project_id, segment_id in due:
        counted += _count(engine, projects[project_id], segment_id, now)
        if time.monotonic() > stop:
            break
    return counted


def _count(engine: Engine, project: Project, segment_id: int, now: datetime) -> bool:
    """Whether one segment could be counted; another's failure does not keep it from being so."""
    worker = Viewer(None, "", "admin", frozenset({project.id}))
    try:
        with engine.begin() as conn:
            recount(conn, worker, project, segment_id, now)
    except (LooplensError, SQLAlchemyError) as error:
        log.warning("a segment was not counted", segment=segment_id, error=type(error).__name__)
        return False
    return True
