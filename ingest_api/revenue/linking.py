"""Whether a customer may be known as the person who uses the product: only with their consent."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import ARRAY, BigInteger, Connection, any_, literal, select

from db.locks import hold_off_erasing
from db.revenue import Customer
from db.tables import grants
from db.tickets import Ticket
from ingest_api.event import Sender
from ingest_api.steps import PURPOSE_BITS, allowed_purposes

Linked = TypeVar("Linked", Customer, Ticket)


def linked(conn: Connection, sender: Sender, rows: Sequence[Linked]) -> list[Linked]:
    """The rows, without who it is where the usage of that person may not be kept.

    An anonymous project knows nobody. Nobody is erased until this transaction ends.
    """
    keys = {row.actor_key for row in rows if row.actor_key is not None}
    if not keys:
        return list(rows)
    hold_off_erasing(conn)
    known = set() if sender.consent == "anonymous" else _consenting(conn, sender, keys)
    return [row if row.actor_key in known else replace(row, actor_key=None) for row in rows]


def _consenting(conn: Connection, sender: Sender, keys: set[int]) -> set[int]:
    """Those among these actors whose usage may be kept."""
    g = grants.c
    ours = (g.project_id == sender.project_id) & (
        g.actor_key == any_(literal(sorted(keys), ARRAY(BigInteger)))
    )
    held = select(g.actor_key, g.granted, g.refused).where(ours).order_by(g.actor_key)
    rows = conn.execute(held.with_for_update(read=True))
    on_record = {row.actor_key: (row.granted, row.refused) for row in rows}
    return {key for key in keys if _allows(sender, *on_record.get(key, (0, 0)))}


def _allows(sender: Sender, granted: int, refused: int) -> bool:
    return bool(allowed_purposes(sender.consent, granted, refused, None) & PURPOSE_BITS["usage"])
