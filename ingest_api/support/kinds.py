"""How a ticket is read, and how it is kept."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from db.identity import actor_key, revenue_id
from db.tickets import Ticket, record_tickets
from ingest_api.event import Sender
from ingest_api.revenue.kinds import Kind
from ingest_api.revenue.linking import linked
from ingest_api.scrubbing import ids_to_find, scrubbed_text
from ingest_api.support.shapes import TicketIn

TOLD = ("first_response_at", "resolved_at", "topic", "channel", "priority", "csat")


def ticket(sent: TicketIn, secret: bytes, _: datetime) -> Ticket:
    """A ticket by keyed hashes, with what was said of it."""
    ids = ids_to_find(sent.id, sent.user_id or "")
    told = {name: getattr(sent, name) for name in TOLD if name in sent.model_fields_set}
    labels = {name: scrubbed_text(told[name], ids) for name in ("topic", "channel") if name in told}
    return Ticket(
        str(revenue_id(secret, "ticket", sent.id)),
        sent.opened_at,
        told | labels,
        sent.updated_at,
        actor_key(secret, sent.user_id) if sent.user_id else None,
    )


def _keep(conn: Connection, sender: Sender, rows: Sequence[Ticket], now: datetime) -> int:
    return record_tickets(conn, sender.project_id, linked(conn, sender, rows), now)


TICKETS = Kind("tickets", TicketIn, ticket, _keep)
