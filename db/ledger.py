"""The ledger: what became of what was sent, and how far the rollups are behind it."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from db.tables import ledger


def lag_seconds(conn: Connection, project_id: int | None = None) -> float:
    """The age in seconds of the oldest batch that is not in the rollups; 0 when all are."""
    oldest = select(func.extract("epoch", func.now() - func.min(ledger.c.received_at))).where(
        ledger.c.rolled_at.is_(None)
    )
    if project_id is not None:
        oldest = oldest.where(ledger.c.project_id == project_id)
    return max(0.0, float(conn.execute(oldest).scalar() or 0.0))


def count_outcome(conn: Connection, project_id: int, outcome: str, received_at: datetime) -> None:
    """Count what became of something that is no event: `accepted`, `duplicate` or why it is not."""
    row = {"project_id": project_id, "received_at": received_at, "accepted": 0}
    conn.execute(insert(ledger).values(row | {"outcomes": {outcome: 1}}))
