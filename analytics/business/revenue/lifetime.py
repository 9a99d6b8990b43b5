"""What a customer brings in before they leave (LTV), and how sure that is.

LTV = ARPA x gross margin / gross revenue churn, over the months of the range that are over. With
few churned customers it has an interval: losses come like a Poisson process, each with an amount of
its own, and their sum has the gamma interval of Fay and Feuer (1997, Statistics in Medicine 16,
791-801). For equal amounts that is the exact interval of Garwood (1936).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scipy.special import gammaincinv  # quantiles of gamma; scipy.stats takes a second to import
from sqlalchemy import BigInteger, Connection, Double, Select, cast, func, literal, select

from analytics.business.revenue.months import months_of
from analytics.business.revenue.sums import LOSSES, Sums, sums
from analytics.filters import Filters
from analytics.measures.cutting import ALL
from analytics.scope import Viewer, visible_customer_movements

FEW = 30  # churned customers, below which a value has an interval
TAIL = 0.025  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Losses:
    """What single customers took away: the sum of the squares of it, and the most (cents)."""

    squares: float = 0.0
    most: float = 0.0


@dataclass(frozen=True, slots=True)
class Lifetime:
    """What a customer brings in (cents), None where nothing was lost or nothing was at stake.

    `low` and `high` are a 95 % interval where fewer than `FEW` customers churned, else None; an
    interval without `high` has no upper end. `churned` counts the customers who left.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    churned: int = 0


def lifetime(
    conn: Connection, viewer: Viewer, filters: Filters, currency: str, margin: float
) -> Lifetime:
    """Of all customers together; `margin` is the gross margin, a share of the price."""
    whole = sums(conn, viewer, filters, currency)
    losses = losses_of(conn, viewer, filters, currency) if whole.lost < FEW else {}
    return lifetime_of(whole, losses.get(ALL, Losses()), margin)


def lifetime_of(part: Sums, losses: Losses, margin: float) -> Lifetime:
    """The same from sums that were read."""
    if part.arpa is None or part.at_stake <= 0:
        return Lifetime(churned=part.lost)
    worth = part.arpa * margin * part.at_stake  # / what is lost = LTV
    value = worth / part.lost_mrr if part.lost_mrr else None
    if part.lost >= FEW:
        return Lifetime(value, churned=part.lost)
    least, most = lost_between(part.lost_mrr, losses, part.arpa)
    return Lifetime(value, worth / most, worth / least if least else None, part.lost)


def lost_between(lost: float, losses: Losses, usual: float) -> tuple[float, float]:
    """The 95 % interval of what is lost on average where `lost` was; `usual` if one more were."""
    most = max(losses.most, usual)
    squares, more = losses.squares, losses.squares + most**2
    least = squares / lost * gammaincinv(lost**2 / squares, TAIL) if lost and squares else 0.0
    shape = (lost + most) ** 2 / more
    return float(least), float(more / (lost + most) * gammaincinv(shape, 1 - TAIL))


def losses_of(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    currency: str,
    dimension: str | None = None,
) -> Mapping[str, Losses]:
    """The losses of all customers, or by country or channel; those without any have no entry."""
    rows = conn.execute(losses_sql(viewer, filters, currency, dimension))
    return {row.part: Losses(row.squares, row.most) for row in rows}


def losses_sql(
    viewer: Viewer, filters: Filters, currency: str, dimension: str | None = None
) -> Select[Any]:
    """One row a value: part (str), squares, most (float64, cents), and how many there were (n)."""
    m = visible_customer_movements(viewer, filters.project_id).c
    months = months_of(filters)
    part = m[dimension] if dimension else literal(ALL)
    amount = cast(-m.amount, Double)
    return (
        select(
            part.label("part"),
            func.sum(amount * amount).label("squares"),
            func.max(amount).label("most"),
            cast(func.count(), BigInteger).label("n"),
        )
        .where(m.currency == currency, m.kind.in_(LOSSES), months.inside(m.month))
        .group_by(part if dimension else m.project_id)
    )
