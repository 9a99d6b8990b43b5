"""The five kinds of things that are told of revenue: how each is read, and how it is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection

from db.identity import actor_key, customer_key, invoice_key, revenue_id, subscription_key
from db.revenue import (
    Customer,
    Payment,
    Spend,
    SubscriptionChange,
    record_changes,
    record_customers,
    record_payments,
    record_spend,
)
from ingest_api.event import Reject, Sender
from ingest_api.formats.fields import rejection
from ingest_api.revenue.holding import of_their_holders
from ingest_api.revenue.linking import linked
from ingest_api.revenue.shapes import CustomerIn, PaymentIn, RefundIn, SpendIn, SubscriptionIn
from ingest_api.scrubbing import ids_to_find, scrubbed_text

Keep = Callable[[Connection, Sender, Sequence[Any], datetime], int]


@dataclass(frozen=True, slots=True)
class Kind:
    """`row` makes what is kept of what was sent; `keep` returns how many were new or changed."""

    called: str
    shape: type[BaseModel]
    row: Callable[[Any, bytes, datetime], Any]
    keep: Keep

    @property
    def fields(self) -> tuple[str, ...]:
        """What may be told, by name."""
        return tuple(self.shape.model_fields)

    @property
    def needed(self) -> tuple[str, ...]:
        """What has to be told."""
        known = self.shape.model_fields.items()
        return tuple(name for name, field in known if field.is_required())

    def read(self, item: Any, secret: bytes, now: datetime) -> Any | Reject:
        """One item as it is kept, or what is wrong with it."""
        try:
            return self.row(self.shape.model_validate(item), secret, now)
        except ValidationError as error:
            return rejection(error)


def customer(sent: CustomerIn, secret: bytes, _: datetime) -> Customer:
    """A customer by keyed hashes."""
    return Customer(
        customer_key(secret, sent.customer_id),
        actor_key(secret, sent.user_id) if sent.user_id else None,
        sent.country.upper(),
        _clean(sent.channel, sent.customer_id, sent.user_id or ""),
        sent.signed_up_at,
    )


def change(sent: SubscriptionIn, secret: bytes, now: datetime) -> SubscriptionChange:
    """A change of a subscription; without an id and a time of its own, it is one of now."""
    return SubscriptionChange(
        customer_key(secret, sent.customer_id),
        subscription_key(secret, sent.subscription_id),
        _id(secret, "change", sent.id or sent.model_dump_json()),
        sent.occurred_at or now,
        sent.status,
        _clean(sent.plan, sent.customer_id, sent.subscription_id),
        sent.currency,
        sent.amount,
        sent.interval,
        sent.interval_count,
    )


def payment(sent: PaymentIn, secret: bytes, now: datetime) -> Payment:
    """A try to pay."""
    reason = "" if sent.status == "succeeded" else sent.reason
    return _paid(sent, "payment", sent.status, reason, secret, now)


def refund(sent: RefundIn, secret: bytes, now: datetime) -> Payment:
    """A refund."""
    return _paid(sent, "refund", "succeeded", sent.reason, secret, now)


def spend(sent: SpendIn, _: bytes, __: datetime) -> Spend:
    """What was spent."""
    return Spend(sent.day, scrubbed_text(sent.channel), sent.currency, sent.amount)


def _paid(
    sent: PaymentIn | RefundIn, kind: str, status: str, reason: str, secret: bytes, now: datetime
) -> Payment:
    return Payment(
        customer_key(secret, sent.customer_id),
        _id(secret, kind, sent.id),
        sent.occurred_at or now,
        kind,
        status,
        sent.currency,
        sent.amount,
        invoice_key(secret, sent.invoice_id) if sent.invoice_id else None,
        reason,
    )


def _id(secret: bytes, kind: str, given: str) -> UUID:
    return revenue_id(secret, kind, given)


def _clean(text: str, *ids: str) -> str:
    """Without mailboxes, addresses and these ids, which some put into names of plans."""
    return scrubbed_text(text, ids_to_find(*ids))


def _keep_customers(conn: Connection, sender: Sender, rows: Sequence[Customer], _: datetime) -> int:
    return record_customers(conn, sender.project_id, linked(conn, sender, rows))


def _keep_changes(
    conn: Connection, sender: Sender, rows: Sequence[SubscriptionChange], now: datetime
) -> int:
    held = of_their_holders(conn, sender.project_id, rows)
    return record_changes(conn, sender.project_id, held, now)


def _keep_payments(conn: Connection, sender: Sender, rows: Sequence[Payment], now: datetime) -> int:
    return record_payments(conn, sender.project_id, rows, now)


def _keep_spend(conn: Connection, sender: Sender, rows: Sequence[Spend], _: datetime) -> int:
    return record_spend(conn, sender.project_id, rows)


CUSTOMERS = Kind("customers", CustomerIn, customer, _keep_customers)
SUBSCRIPTIONS = Kind("subscriptions", SubscriptionIn, change, _keep_changes)
PAYMENTS = Kind("payments", PaymentIn, payment, _keep_payments)
REFUNDS = Kind("refunds", RefundIn, refund, _keep_payments)
SPEND = Kind("spend", SpendIn, spend, _keep_spend)
KINDS = {kind.called: kind for kind in (CUSTOMERS, SUBSCRIPTIONS, PAYMENTS, REFUNDS, SPEND)}
