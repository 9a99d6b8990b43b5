"""Events of Stripe as what is kept of revenue.

Deliveries come late, repeated and in any order. The id of an event, or of what it is about, tells
repetitions, and the instant at which it was made tells its place. These are whole seconds: within
one, a subscription is created first and deleted last.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from db.revenue import Customer, SubscriptionChange, unlink_customer
from db.tables import PAYING
from ingest_api.event import Reject, Sender
from ingest_api.revenue.kinds import CUSTOMERS, PAYMENTS, REFUNDS, SUBSCRIPTIONS, Kind
from ingest_api.revenue.stripe_prices import price_of

Outcome = Literal["stored", "stored_without_price", "duplicate", "ignored", "not_understood"]
Item = dict[str, Any]
Told = tuple[Kind, Item]
SUBSCRIPTION = "customer.subscription."
GONE = "customer.deleted"
CREATED, DELETED = f"{SUBSCRIPTION}created", f"{SUBSCRIPTION}deleted"
STATES = {"incomplete": "unpaid", "incomplete_expired": "canceled"}  # that are named otherwise here
STRANGE = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)  # of another shape


class Data(BaseModel):
    """What an event is about, and what of it was otherwise before."""

    object: dict[str, Any]
    previous_attributes: dict[str, Any] | None = None


class StripeEvent(BaseModel):
    """An event, as far as it is read."""

    id: str = Field(min_length=1, max_length=255)
    type: str = Field(max_length=255)
    created: int = Field(ge=0, lt=2**33)
    data: Data

    @property
    def at(self) -> datetime:
        """When it was made, by the microsecond in the order of its kind."""
        later = {CREATED: 0, DELETED: 2}.get(self.type, 1)
        return datetime.fromtimestamp(self.created, UTC) + timedelta(microseconds=later)


def keep(conn: Connection, sender: Sender, event: StripeEvent, now: datetime) -> Outcome:
    """Keep what an event tells; what became of it."""
    try:
        told = told_by(event)
    except STRANGE:
        return "not_understood"
    if told is None:
        return "ignored"
    kind, item = told
    row = kind.read(item, sender.secret, now)
    if isinstance(row, Reject):
        return "not_understood"
    known = _known(row, event)
    is_new = kind.keep(conn, sender, [known], now)
    if event.type == GONE:
        unlink_customer(conn, sender.project_id, known.customer_key, event.at)
    if not is_new:
        return "duplicate"
    return "stored_without_price" if _lacks_price(known) else "stored"


def _known(row: Any, event: StripeEvent) -> Any:
    """The row with what servers don't tell: since when it is so, or whether its price is whole."""
    if isinstance(row, Customer):
        return replace(row, told_at=event.at)
    if isinstance(row, SubscriptionChange):
        return replace(row, is_whole=price_of(event.data.object).is_whole)
    return row


def _lacks_price(row: Any) -> bool:
    """Whether MRR is not all of what a subscription costs, since its event does not tell it."""
    return isinstance(row, SubscriptionChange) and row.status in PAYING and not row.is_whole


def told_by(event: StripeEvent) -> Told | None:
    """What an event tells, as a server would tell it; None where it is nothing of revenue.

    Raises one of STRANGE for what has another shape than Stripe's.
    """
    is_of_subscription = event.type.startswith(SUBSCRIPTION)
    reader = _subscription if is_of_subscription else READERS.get(event.type)
    return reader(event) if reader else None


def _customer(event: StripeEvent) -> Told:
    """Of the metadata, user_id and channel are read; of the address, the country."""
    theirs = event.data.object
    noted: Mapping[str, Any] = theirs.get("metadata") or {}
    item = {
        "customer_id": theirs["id"],
        "user_id": None if event.type == GONE else noted.get("user_id") or None,
        "channel": noted.get("channel") or "",
        "country": (theirs.get("address") or {}).get("country") or "",
        "signed_up_at": datetime.fromtimestamp(theirs["created"], UTC),
    }
    return CUSTOMERS, item


def _subscription(event: StripeEvent) -> Told:
    theirs = event.data.object
    price = price_of(theirs)
    item = {
        "id": event.id,
        "customer_id": theirs["customer"],
        "subscription_id": theirs["id"],
        "status": _status(theirs),
        "plan": price.plan,
        "currency": theirs["currency"],
        "amount": price.amount,
        "interval": price.interval,
        "interval_count": price.interval_count,
        "occurred_at": event.at,
    }
    return SUBSCRIPTIONS, item


def _status(theirs: Mapping[str, Any]) -> str:
    """Whose payments are not collected for a while is paused."""
    status = str(theirs["status"])
    if status in PAYING and theirs.get("pause_collection"):
        return "paused"
    return STATES.get(status, status)


def _paid(event: StripeEvent) -> Told | None:
    """An invoice that was paid, which two kinds of events tell; nothing where it was of nothing."""
    theirs = event.data.object
    paid_at = (theirs.get("status_transitions") or {}).get("paid_at")
    item = _of_an_invoice(event, f"{theirs['id']} paid", theirs["amount_paid"]) | {
        "occurred_at": datetime.fromtimestamp(paid_at, UTC) if paid_at else event.at
    }
    return (PAYMENTS, item) if item["amount"] else None


def _failed(event: StripeEvent) -> Told:
    """One of several tries to pay an invoice."""
    theirs = event.data.object
    tried = f"{theirs['id']} failed {theirs['attempt_count']}"
    owed = theirs.get("amount_remaining") or theirs["amount_due"]
    return PAYMENTS, _of_an_invoice(event, tried, owed) | {"status": "failed"}


def _of_an_invoice(event: StripeEvent, given: str, amount: int) -> Item:
    theirs = event.data.object
    return {
        "id": given,
        "customer_id": theirs["customer"],
        "invoice_id": theirs["id"],
        "currency": theirs["currency"],
        "amount": amount,
        "occurred_at": event.at,
    }


def _refunded(event: StripeEvent) -> Told | None:
    """What went back now: a charge tells what went back in all, and did before."""
    theirs = event.data.object
    before = (event.data.previous_attributes or {}).get("amount_refunded") or 0
    if not theirs.get("customer"):
        return None
    item = {
        "id": f"{theirs['id']} {theirs['amount_refunded']}",
        "customer_id": theirs["customer"],
        "invoice_id": theirs.get("invoice"),
        "currency": theirs["currency"],
        "amount": theirs["amount_refunded"] - before,
        "occurred_at": event.at,
    }
    return REFUNDS, item


READERS: Mapping[str, Callable[[StripeEvent], Told | None]] = {
    "customer.created": _customer,
    "customer.updated": _customer,
    GONE: _customer,
    "invoice.paid": _paid,
    "invoice.payment_succeeded": _paid,
    "invoice.payment_failed": _failed,
    "charge.refunded": _refunded,
}
