"""Days of experiments that are counted anew: of who was erased, and of exposures that came late.

Who asks for it only adds rows, which hold up nobody; the counter takes those away that it has read.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Insert, Select, delete, func, insert, select

from db.tables import experiment_recounts

QUARTER = timedelta(minutes=15)  # in every zone a day begins with one
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Asked(NamedTuple):
    """A recount that is asked for, of the days of who was exposed then."""

    id: int
    exposed_at: datetime


def asking(moments: Select[Any]) -> Insert:
    """The statement that asks for a recount.

    Of each exposure that is there no more, not yet or otherwise than it was: experiment_id,
    project_id, exposed_at.
    """
    found = moments.subquery("moments").c
    quarter = func.date_bin(QUARTER, found.exposed_at, EPOCH)
    each = select(found.experiment_id, found.project_id, quarter).distinct()
    names = ["experiment_id", "project_id", "exposed_at"]
    return insert(experiment_recounts).from_select(names, each)


def asked(conn: Connection) -> Mapping[int, list[Asked]]:
    """What is asked for, by experiment."""
    r = experiment_recounts.c
    found = defaultdict(list)
    for row in conn.execute(select(r.experiment_id, r.id, r.exposed_at)):
        found[row.experiment_id].append(Asked(row.id, row.exposed_at))
    return found


def settle(conn: Connection, done: Iterable[int]) -> None:
    """Take away what was counted, by id."""
    conn.execute(delete(experiment_recounts).where(experiment_recounts.c.id.in_(list(done))))
