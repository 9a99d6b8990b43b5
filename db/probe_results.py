"""What probes found: each result for some days, and the sums of every hour for longer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from db.tables import probe_hours, probe_results, probes

RESULTS_KEPT = timedelta(days=14)
HOURS_KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Result:
    """What one look found: `reason` says in words why it is not ok, without any address."""

    probe_id: int
    at: datetime
    ok: bool
    duration_ms: float | None = None
    days_left: float | None = None
    reason: str = ""


def keep_results(conn: Connection, results: Sequence[Result]) -> int:
    """Keep them, and count them by the hour; returns how many are new.

    What is there already is not counted again; what a removed probe found is forgotten.
    """
    ids = sorted({result.probe_id for result in results})
    there = select(probes.c.id).where(probes.c.id.in_(ids)).order_by(probes.c.id)
    known = set(conn.execute(there.with_for_update(read=True, key_share=True)).scalars())
    rows = [asdict(result) for result in results if result.probe_id in known]
    if not rows:
        return 0
    new = insert(probe_results).on_conflict_do_nothing()
    kept = conn.execute(new.returning(probe_results), rows).all()
    _count(conn, kept)
    return len(kept)


def drop_old(conn: Connection, now: datetime) -> None:
    """Forget what is older than is kept."""
    conn.execute(delete(probe_results).where(probe_results.c.at < now - RESULTS_KEPT))
    conn.execute(delete(probe_hours).where(probe_hours.c.hour < now - HOURS_KEPT))


def _count(conn: Connection, kept: Sequence[Any]) -> None:
    """Add them to the hours in which they were found."""
    sums: dict[tuple[int, datetime], list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for row in kept:
        hour = sums[row.probe_id, row.at.replace(minute=0, second=0, microsecond=0)]
        hour[0] += 1
        hour[1] += row.ok
        hour[2] += (row.duration_ms or 0.0) if row.ok else 0.0
    rows = [
        {"probe_id": probe, "hour": hour, "n": n, "good": good, "duration_sum": duration}
        for (probe, hour), (n, good, duration) in sorted(sums.items())
    ]
    if rows:
        new = insert(probe_hours)
        added = {
            name: probe_hours.c[name] + new.excluded[name] for name in ("n", "good", "duration_sum")
        }
        keys = ["probe_id", "hour"]
        conn.execute(new.on_conflict_do_update(index_elements=keys, set_=added), rows)
