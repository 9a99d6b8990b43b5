"""What customers pay and what was lost over some months, in all or by country or channel."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, case, cast, func, literal, select

from analytics.business.revenue.months import months_of, total
from analytics.filters import BadFilters, Filters
from analytics.measures.cutting import ALL
from analytics.scope import Viewer, visible_mrr_months

PARTS = ("country", "channel")
ARRIVALS = ("new", "reactivation")
LOSSES = ("churn", "contraction")


@dataclass(frozen=True, slots=True)
class Sums:
    """The customers of one value of a breakdown, over the months of a range that are over.

    `mrr` (cents) and `customers` are at the end of the last of them, `before` (cents) is the MRR
    before the first. `won` and `lost` count customers who were new and who left, `lost_mrr` is
    what churn and contraction took (cents, positive). `at_stake` and `customers_at_stake` add up
    the MRR and the customers at the start of each month: what could be lost in it.
    """

    part: str = ALL
    mrr: int = 0
    customers: int = 0
    before: int = 0
    won: int = 0
    lost: int = 0
    lost_mrr: int = 0
    at_stake: int = 0
    customers_at_stake: int = 0

    @property
    def arpa(self) -> float | None:
        """MRR / customers, in cents a month."""
        return self.mrr / self.customers if self.customers > 0 else None

    @property
    def gross_churn(self) -> float | None:
        """The share of MRR lost a month: (churn + contraction) / MRR at the start."""
        return self.lost_mrr / self.at_stake if self.at_stake > 0 else None

    @property
    def logo_churn(self) -> float | None:
        """The share of customers lost a month."""
        return self.lost / self.customers_at_stake if self.customers_at_stake > 0 else None


def sums(conn: Connection, viewer: Viewer, filters: Filters, currency: str) -> Sums:
    """Of all customers together."""
    row = conn.execute(sums_sql(viewer, filters, currency)).mappings().one_or_none()
    return Sums(**row) if row else Sums()


def sums_by(
    conn: Connection, viewer: Viewer, filters: Filters, currency: str, dimension: str
) -> list[Sums]:
    """Of each country or channel, most MRR first. Raises BadFilters for another dimension."""
    rows = conn.execute(sums_sql(viewer, filters, currency, dimension)).mappings()
    return [Sums(**row) for row in rows]


def sums_sql(
    viewer: Viewer, filters: Filters, currency: str, dimension: str | None = None
) -> Select[Any]:
    """One row a value, in the columns of `Sums`; no row where nobody ever paid."""
    if dimension is not None and dimension not in PARTS:
        raise BadFilters(f"Revenue is broken down by {', '.join(PARTS)}, not by '{dimension}'.")
    months = months_of(filters)
    m = visible_mrr_months(viewer, filters.project_id).c
    part = m[dimension] if dimension else literal(ALL)
    left, lost = m.kind == "churn", m.kind.in_(LOSSES)
    moved = case((m.kind.in_(ARRIVALS), m.customers), (left, -m.customers), else_=0)
    over, inside = m.month < months.whole, months.inside(m.month)
    at_stake = months.later(m.month)
    mrr = total(m.amount, over)
    columns = {
        "mrr": mrr,
        "customers": total(moved, over),
        "before": total(m.amount, m.month < months.start),
        "won": total(m.customers, inside & (m.kind == "new")),
        "lost": total(m.customers, inside & left),
        "lost_mrr": total(-m.amount, inside & lost),
        "at_stake": cast(func.coalesce(func.sum(m.amount * at_stake), 0), BigInteger),
        "customers_at_stake": cast(func.coalesce(func.sum(moved * at_stake), 0), BigInteger),
    }
    named = [column.label(name) for name, column in columns.items()]
    query = select(part.label("part"), *named).where(m.currency == currency, over)
    return query.group_by(part if dimension else m.project_id).order_by(mrr.desc(), "part")
