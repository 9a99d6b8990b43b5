"""What may be an attack, and what leaves the house: counted by hour, in memory until written."""

from collections import Counter
from datetime import UTC, datetime
from threading import Lock
from typing import Literal

from sqlalchemy import Connection, Engine, delete
from sqlalchemy.dialects.postgresql import insert

from db.tables import security_hours

Kind = Literal[
    "failed_sign_in",
    "unknown_key",
    "wrong_scope",
    "unknown_token",
    "bad_signature",
    "rate_limited",
    "exports",
    "exported_rows",
]
Place = tuple[int, datetime, str]  # project, hour and kind
WRITE_SECONDS = 5.0


class Tally:
    """Counts that wait to be written; any thread may add to them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: Counter[Place] = Counter()

    def count(
        self, kind: Kind, project_id: int = 0, n: int = 1, now: datetime | None = None
    ) -> None:
        """Count it for the next writing; project 0 is where no project is known."""
        hour = (now or datetime.now(UTC)).replace(minute=0, second=0, microsecond=0)
        with self._lock:
            self._waiting[project_id, hour, kind] += n

    def take(self) -> Counter[Place]:
        """What waits, which then waits no more."""
        with self._lock:
            taken, self._waiting = self._waiting, Counter()
        return taken

    def write(self, engine: Engine) -> None:
        """Add what waits to the hours, in a transaction of its own; where that fails it waits."""
        taken = self.take()
        if not taken:
            return
        try:
            with engine.begin() as conn:
                add_counts(conn, taken)
        except BaseException:
            with self._lock:
                self._waiting.update(taken)
            raise


TALLY = Tally()  # of this process
count = TALLY.count


def count_export(project_id: int, rows: int) -> None:
    """Count that so many rows were taken along."""
    count("exports", project_id)
    count("exported_rows", project_id, rows)


def add_counts(conn: Connection, counts: Counter[Place]) -> None:
    """Add to the hours, in the order of their key: who writes at once doesn't wait in a circle."""
    names = ("project_id", "hour", "kind", "n")
    rows = [dict(zip(names, (*place, n), strict=True)) for place, n in sorted(counts.items())]
    if rows:
        new = insert(security_hours)
        added = {"n": security_hours.c.n + new.excluded.n}
        conn.execute(new.on_conflict_do_update(index_elements=names[:3], set_=added), rows)


def forget_counts(conn: Connection, before: datetime) -> None:
    """Keep no hours from before this moment."""
    conn.execute(delete(security_hours).where(security_hours.c.hour < before))
