"""What is noted in a transaction that a test never commits."""

from sqlalchemy import Connection, Row, select

from db.audit_waiting import waiting_of
from db.tables import audit_log


def write_notes(conn: Connection) -> None:
    """Write to the log what waits for the commit."""
    waiting_of(conn).write(conn)


def acts(conn: Connection, begin: str = "") -> list[Row]:
    """The rows of the log whose acts begin so, oldest first, as they are after a commit."""
    write_notes(conn)
    ours = audit_log.c.act.startswith(begin)
    return conn.execute(select(audit_log).where(ours).order_by(audit_log.c.id)).all()
