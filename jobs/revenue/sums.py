"""The sums of all customers: what some of them are is added, or taken out of them again."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Connection,
    Insert,
    Integer,
    Select,
    Table,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql

from db.rows import inserting
from db.tables import (
    billed_prices,
    customer_failures,
    customer_movements,
    customer_payments,
    customer_plans,
    customer_trials,
    customer_unpriced,
    mrr_cohorts,
    mrr_months,
    payment_months,
    plan_months,
)
from jobs.revenue.months import PLAN_COUNTS, movements, of, plans
from jobs.revenue.payments import PAID_COUNTS, failures, paid
from jobs.revenue.prices import billed, unpriced
from jobs.revenue.trials import trials

GAINED, LOST = ("new", "reactivation"), "churn"
SUMS = (mrr_months, mrr_cohorts, plan_months, payment_months)
AMOUNTS = ("amount", "collected", "refunded")
KEPT = (
    customer_plans,
    customer_movements,
    customer_payments,
    customer_failures,
    customer_trials,
    customer_unpriced,
)

Summing = Callable[[CTE, int], Select[Any]]


def add(conn: Connection, project_id: int, zone: str, keys: Sequence[int]) -> None:
    """Work out the rows of these customers, who have none, and add them to the sums."""
    for table, rows in (
        (customer_plans, plans(project_id, zone, keys)),
        (customer_movements, movements(project_id, keys)),
        (customer_payments, paid(project_id, zone, keys)),
        (customer_failures, failures(project_id, keys)),
        (customer_trials, trials(project_id, keys)),
        (customer_unpriced, unpriced(project_id, keys)),
    ):
        add_rows(conn, table, rows)
    add_billed(conn, project_id, keys)


def add_billed(conn: Connection, project_id: int, keys: Sequence[int]) -> None:
    """Keep how these customers were billed; what was ever billed stays."""
    new = inserting(billed_prices, billed(project_id, keys))
    conn.execute(new.on_conflict_do_nothing())


def add_rows(conn: Connection, table: Table, rows: Select[Any]) -> None:
    """Keep these rows of a table, and add them to the sums that are made of it."""
    names = [column.name for column in rows.selected_columns]
    new = insert(table).from_select(names, rows)
    _sum_up(conn, table, new.returning(*table.c).cte("made"), 1)


def take_out(conn: Connection, project_id: int, keys: Sequence[int]) -> bool:
    """Delete the rows of these customers, and take them out of the sums; whether there were any."""
    known = [table for table in KEPT if _has_any(conn, table, project_id, keys)]
    for table in known:
        drop_rows(conn, table, project_id, keys)
    return bool(known)


def drop_rows(conn: Connection, table: Table, project_id: int, keys: Sequence[int]) -> None:
    """Delete the rows of these customers from a table, and take them out of its sums."""
    gone = delete(table).where(of(table, project_id, keys)).returning(*table.c).cte("gone")
    _sum_up(conn, table, gone, -1)


def drop_zeros(conn: Connection, project_id: int) -> None:
    """Delete sums of nothing, so that they are as if what was taken out had never been there."""
    for table in SUMS:
        nothing = and_(*(table.c[name] == 0 for name in _counted_in(table)))
        conn.execute(delete(table).where(table.c.project_id == project_id, nothing))


def _has_any(conn: Connection, table: Table, project_id: int, keys: Sequence[int]) -> bool:
    found = select(table.c.customer_key).where(of(table, project_id, keys)).exists()
    return bool(conn.execute(select(found)).scalar_one())


def _sum_up(conn: Connection, table: Table, rows: CTE, sign: int) -> None:
    """Add these rows of a table to the sums that are made of it."""
    if table is customer_plans:
        conn.execute(_adding(plan_months, _by_plan(rows, sign)))
    elif table is customer_payments:
        conn.execute(_adding(payment_months, _by_payment(rows, sign)))
    elif table is customer_movements:
        months = _adding(mrr_months, _by_month(rows, sign)).cte("months")
        conn.execute(_adding(mrr_cohorts, _by_cohort(rows, sign)).add_cte(months))
    else:  # questions read the rows themselves
        conn.execute(select(func.count()).select_from(rows))


def _adding(table: Table, sums: Select[Any]) -> Insert:
    names = [column.name for column in sums.selected_columns]
    new = postgresql.insert(table).from_select(names, sums)
    more = {name: table.c[name] + new.excluded[name] for name in _counted_in(table)}
    return new.on_conflict_do_update(constraint=table.primary_key, set_=more)


def _counted_in(table: Table) -> list[str]:
    """The columns that are sums; the others are what they are by."""
    return [column.name for column in table.c if not column.primary_key]


def _by_plan(rows: CTE, sign: int) -> Select[Any]:
    by = [rows.c[name] for name in ("project_id", "currency", "month", "plan", "price")]
    return _summed(by, {name: sign * rows.c[name] for name in PLAN_COUNTS})


def _by_payment(rows: CTE, sign: int) -> Select[Any]:
    by = [rows.c[name] for name in ("project_id", "currency", "month")]
    return _summed(by, {name: sign * rows.c[name] for name in PAID_COUNTS})


def _by_month(rows: CTE, sign: int) -> Select[Any]:
    names = ("project_id", "currency", "month", "kind", "country", "channel")
    by = [rows.c[name] for name in names]
    return _summed(by, {"amount": sign * rows.c.amount, "customers": literal(sign)})


def _by_cohort(rows: CTE, sign: int) -> Select[Any]:
    r = rows.c
    first = func.min(r.month).over(partition_by=(r.customer_key, r.currency))
    cohorts = select(*r, first.label("cohort")).subquery("cohorts")
    c = cohorts.c
    heads = case((c.kind.in_(GAINED), sign), (c.kind == LOST, -sign), else_=0)
    by = [c[name] for name in ("project_id", "currency", "cohort", "month")]
    return _summed(by, {"amount": sign * c.amount, "customers": heads})


def _summed(by: list[Any], counted: dict[str, Any]) -> Select[Any]:
    """In the order of keys, in which all take the rows that they change."""
    sums = [
        cast(func.sum(value), BigInteger if name in AMOUNTS else Integer).label(name)
        for name, value in counted.items()
    ]
    return select(*by, *sums).group_by(*by).order_by(*by)
