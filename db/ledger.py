"""The ledger: how far the rollups are behind what was stored."""

from sqlalchemy import Connection, func, select

from db.tables import ledger


def lag_seconds(conn: Connection, project_id: int | None = None) -> float:
    """The age in seconds of the oldest batch that is not in the rollups; 0 when all are."""
    oldest = select(func.extract("epoch", func.now() - func.min(ledger.c.received_at))).where(
        ledger.c.rolled_at.is_(None)
    )
    if project_id is not None:
        oldest = oldest.where(ledger.c.project_id == project_id)
    return max(0.0, float(conn.execute(oldest).scalar() or 0.0))
