"""Which project's themes are due: an hour after the last look, if anything was said or changed."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from db.tables import SENTIMENTS, feedback, projects, requests, theme_runs

EVERY = timedelta(hours=1)
FEWEST = 20  # texts that themes are first looked for in


def next_due(conn: Connection, now: datetime, resting: Collection[int] = frozenset()) -> int | None:
    """The project that waits longest, but for those `resting`.

    A first run waits until all comments are scored. A project in which nothing is new counts as
    looked at.
    """
    for row in _not_looked_at_since(conn, now - EVERY):
        if row.id in resting:
            continue
        basis = basis_of(conn, row.id)
        if row.basis is None:
            if basis["waiting"] == 0 and basis["comments"] + basis["requests"] >= FEWEST:
                return int(row.id)
        elif basis != row.basis:
            return int(row.id)
        else:
            mark(conn, row.id, basis, now)
    return None


def basis_of(conn: Connection, project_id: int) -> dict[str, Any]:
    """What there is to find themes in, as figures that change with what is said or corrected."""
    f, r = feedback.c, requests.c
    comments = select(
        func.count().label("comments"),
        func.count().filter(f.lexicon.is_(None)).label("waiting"),
        func.coalesce(func.max(f.id), 0).label("latest"),
        func.coalesce(func.extract("epoch", func.max(f.changed_at)), 0).label("changed"),
        *(func.count().filter(f.corrected == label).label(label) for label in SENTIMENTS[:3]),
    ).where(f.project_id == project_id, f.comment.is_not(None))
    asked = select(
        func.count().label("requests"), func.coalesce(func.max(r.id), 0).label("latest_request")
    ).where(r.project_id == project_id, r.merged_into.is_(None))
    found = conn.execute(comments).one()._asdict() | conn.execute(asked).one()._asdict()
    return found | {"changed": float(found["changed"])}


def mark(conn: Connection, project_id: int, basis: dict[str, Any], now: datetime) -> None:
    """Remember that this was looked at."""
    looked = insert(theme_runs).values(project_id=project_id, looked_at=now, basis=basis)
    again = {"looked_at": now, "basis": basis}
    conn.execute(looked.on_conflict_do_update(index_elements=["project_id"], set_=again))


def _not_looked_at_since(conn: Connection, moment: datetime) -> Sequence[Any]:
    """Projects (id and basis, None before the first run), longest ago first."""
    runs = theme_runs.c
    waits = or_(runs.looked_at.is_(None), runs.looked_at <= moment)
    query = select(projects.c.id, runs.basis).outerjoin(
        theme_runs, runs.project_id == projects.c.id
    )
    longest_first = (runs.looked_at.asc().nulls_first(), projects.c.id)
    return conn.execute(query.where(waits).order_by(*longest_first)).all()
