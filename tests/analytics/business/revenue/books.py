"""The books of a business as a test writes them down, in the tables that questions read."""

from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import insert

from analytics.filters import Filters
from db import tables
from jobs.revenue.counting import mark_counted
from jobs.revenue.payments import failures, paid
from jobs.revenue.prices import unpriced
from jobs.revenue.sums import add_billed, add_rows, drop_rows
from jobs.revenue.trials import trials

EUR = "EUR"
NOW = datetime(2026, 7, 10, 12, tzinfo=UTC)


def asked(project, start="2026-01", end="2026-08", now=NOW):
    """Filters from the first of a month to the first of another, on 10 July 2026."""
    return Filters(
        project.id, project.timezone, project.consent, first(start), first(end), now, grain="month"
    )


def first(month):
    """The first day of "2026-03"."""
    return date.fromisoformat(f"{month}-01")


def add(conn, table, project, rows):
    """Rows of a project; columns that a row leaves out are what the table says."""
    if rows:
        conn.execute(insert(table), [{"project_id": project.id, **row} for row in rows])


def add_months(conn, project, *lines):
    """`2026-01 new 3 9000 DE ads`: a month's movement of customers, amount in cents, and whose."""
    rows = []
    for line in lines:
        month, kind, customers, amount, *whose = line.split()
        country, channel, currency = (*whose, *("", "", EUR)[len(whose) :])
        rows.append(
            {
                "month": first(month),
                "kind": kind,
                "customers": int(customers),
                "amount": int(amount),
                "country": country,
                "channel": channel,
                "currency": currency,
            }
        )
    add(conn, tables.mrr_months, project, rows)


def add_movements(conn, project, *lines):
    """`2026-01 churn -900 DE ads`: what a month changed for one customer."""
    rows = []
    for number, line in enumerate(lines):
        month, kind, amount, *whose = line.split()
        country, channel = (*whose, *("", "")[len(whose) :])
        rows.append(
            {
                "customer_key": number,
                "month": first(month),
                "kind": kind,
                "amount": int(amount),
                "mrr": 0,
                "country": country,
                "channel": channel,
                "currency": EUR,
            }
        )
    add(conn, tables.customer_movements, project, rows)


def add_cohorts(conn, project, *lines):
    """`2026-01 2026-03 -900 -1`: what a month changed of what the customers of a month pay."""
    rows = []
    for line in lines:
        cohort, month, amount, customers = line.split()
        changed = {"amount": int(amount), "customers": int(customers), "currency": EUR}
        rows.append({"cohort": first(cohort), "month": first(month), **changed})
    add(conn, tables.mrr_cohorts, project, rows)


def add_spend(conn, project, *lines):
    """`2026-01-05 ads 120000 EUR`: what was spent on a day."""
    columns = ("day", "channel", "amount", "currency")
    rows = [dict(zip(columns, (*line.split(), EUR)[:4], strict=True)) for line in lines]
    for row in rows:
        row |= {"day": date.fromisoformat(row["day"]), "amount": int(row["amount"])}
        row["channel"] = row["channel"].strip("-")
    add(conn, tables.spend, project, rows)


def add_plans(conn, project, *lines):
    """`2026-01 pro 1500 30000 20 20 0`: amount, subscriptions, started and ended of a price."""
    rows = []
    for line in lines:
        month, plan, price, amount, subscriptions, started, ended = line.split()
        counts = {"amount": amount, "subscriptions": subscriptions}
        counts |= {"price": price, "started": started, "ended": ended}
        whole = {name: int(value) for name, value in counts.items()}
        rows.append({"month": first(month), "plan": plan.strip("-"), "currency": EUR, **whole})
    add(conn, tables.plan_months, project, rows)


def add_changes(conn, project, *lines):
    """`7 7 2026-01-05T10:00Z active pro 1500 month 1 part`: customer, subscription, when, what it
    is then, how often it is billed, and whether only a part of its price is known."""
    rows = []
    for line in lines:
        customer, subscription, at, status, plan, mrr, *more = line.split()
        interval, count, known = (*more, *("month", "1", "whole")[len(more) :])
        rows.append(
            {
                "customer_key": int(customer),
                "subscription_key": int(subscription),
                "change_id": uuid4(),
                "occurred_at": datetime.fromisoformat(at),
                "received_at": NOW,
                "status": status,
                "plan": plan.strip("-"),
                "currency": EUR,
                "amount": int(mrr),
                "mrr": int(mrr),
                "interval": interval,
                "interval_count": int(count),
                "is_whole": known == "whole",
            }
        )
    add(conn, tables.subscription_changes, project, rows)
    keys = [row["customer_key"] for row in rows]
    for table, counted in (
        (tables.customer_trials, trials(project.id, keys)),
        (tables.customer_unpriced, unpriced(project.id, keys)),
    ):
        drop_rows(conn, table, project.id, keys)
        add_rows(conn, table, counted)
    add_billed(conn, project.id, keys)
    mark_counted(conn, project.id, keys)


def add_customers(conn, project, of_actors):
    """Customers by number, each with the key of the actor that it is."""
    rows = [{"customer_key": key, "actor_key": actor} for key, actor in of_actors.items()]
    add(conn, tables.customers, project, rows)


def add_payments(conn, project, *lines):
    """`7 100 2026-01-05T10:00Z payment failed 900 expired`: customer, invoice or -, and so on."""
    rows = []
    for line in lines:
        customer, invoice, at, kind, status, amount, *reason = line.split()
        rows.append(
            {
                "customer_key": int(customer),
                "payment_id": uuid4(),
                "invoice_key": None if invoice == "-" else int(invoice),
                "occurred_at": datetime.fromisoformat(at),
                "received_at": NOW,
                "kind": kind,
                "status": status,
                "currency": EUR,
                "amount": int(amount),
                "reason": "".join(reason),
            }
        )
    add(conn, tables.payments, project, rows)
    keys = [row["customer_key"] for row in rows]
    for table, counted in (
        (tables.customer_payments, paid(project.id, project.timezone, keys)),
        (tables.customer_failures, failures(project.id, keys)),
    ):
        drop_rows(conn, table, project.id, keys)
        add_rows(conn, table, counted)
