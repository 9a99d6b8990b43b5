"""A little revenue around the 2nd of March 2026: a row in every table of it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Connection

from db.access import Project, project_secret
from db.business_settings import BusinessSettings, set_business_settings
from db.identity import actor_key
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
from db.tables import goals
from jobs.revenue import count_customers

SETTINGS = BusinessSettings("EUR", visit_event="open", signup_event="save")
DAYS_AND_PART = {"dimension": "country", "days": 30}  # what questions about it mean by these names


def earn(conn: Connection, project: Project) -> None:
    """One customer who pays more, one who leaves, one on trial; a payment that fails at first."""
    ann = actor_key(project_secret(conn, project.id), "u1")
    record_customers(conn, project.id, [Customer(1, ann, "DE", "ads", _at("2026-03-02"))])
    changes = [
        _change(1, 2, "2026-01-05", "active", 1_000),
        _change(2, 2, "2026-03-05", "canceled", 1_000),
        _change(3, 4, "2026-02-05", "active", 1_000),
        _change(4, 4, "2026-03-04", "active", 2_000),
        _change(5, 1, "2026-03-02", "trialing", 1_000),
        _change(6, 1, "2026-03-04", "active", 1_000),
        replace(_change(7, 5, "2026-03-04", "active", 0), is_whole=False),
    ]
    now = _at("2026-03-20")
    record_changes(conn, project.id, changes, now)
    tries = [
        Payment(1, UUID(int=1), _at("2026-03-03"), "payment", "failed", "EUR", 1_190, 1, "expired"),
        Payment(1, UUID(int=2), _at("2026-03-04"), "payment", "succeeded", "EUR", 1_190, 1),
        Payment(1, UUID(int=3), _at("2026-03-06"), "refund", "succeeded", "EUR", 100, 1),
    ]
    record_payments(conn, project.id, tries, now)
    record_spend(conn, project.id, [Spend(date(2026, 3, 2), "ads", "EUR", 5_000)])
    set_business_settings(conn, project.id, SETTINGS)
    conn.execute(goals.insert().values(project_id=project.id, metric="mrr", value=5_000))
    count_customers(conn, project.id)


def _change(number: int, customer: int, day: str, status: str, amount: int) -> SubscriptionChange:
    change_id = UUID(int=number)
    return SubscriptionChange(customer, customer, change_id, _at(day), status, "pro", "EUR", amount)


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=UTC)
