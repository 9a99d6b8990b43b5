"""What it costs to win a customer, by the channel that they came through, and when it is back.

CAC = spend / new customers; payback = CAC / (ARPA x gross margin), in months. Spend and customers
are of the months of the range that are over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, cast, func, select

from analytics.business.revenue.lifetime import (
    FEW,
    Lifetime,
    Losses,
    lifetime,
    lifetime_of,
    losses_of,
)
from analytics.business.revenue.months import months_of
from analytics.business.revenue.sums import Sums, sums, sums_by
from analytics.filters import NOT_SET, Filters
from analytics.measures.cutting import ALL
from analytics.scope import Viewer, visible_spend


@dataclass(frozen=True, slots=True)
class Channel:
    """What one channel cost and brought: `spend` in cents, `won` new customers.

    `arpa` (cents a month) and `lifetime` are of all who ever came through it; `margin` is the
    gross margin.
    """

    channel: str
    spend: int
    won: int
    arpa: float | None
    lifetime: Lifetime
    margin: float

    @property
    def cac(self) -> float | None:
        """Cents a new customer; None where nobody came, or where no spend is on record."""
        return self.spend / self.won if self.won and self.spend else None

    @property
    def payback(self) -> float | None:
        """Months until a customer has brought in what it cost to win them."""
        monthly = (self.arpa or 0) * self.margin
        return self.cac / monthly if self.cac is not None and monthly > 0 else None

    @property
    def ltv_cac(self) -> float | None:
        """How many times what it cost a customer brings in."""
        value = self.lifetime.value
        return value / self.cac if value is not None and self.cac else None


@dataclass(frozen=True, slots=True)
class Acquisition:
    """All channels together, each of them (most spend first), and spend left out.

    `elsewhere` names the other currencies in which something was spent: nothing is converted.
    """

    whole: Channel | None
    channels: tuple[Channel, ...]
    elsewhere: tuple[str, ...]


def acquisition(
    conn: Connection, viewer: Viewer, filters: Filters, currency: str, margin: float
) -> Acquisition:
    """What customers cost in one currency. `whole` is None where nothing is known of any."""
    spent = _spent(conn, viewer, filters)
    by_channel = spent.pop(currency, {})
    parts = {part.part: part for part in sums_by(conn, viewer, filters, currency, "channel")}
    few = any(part.lost < FEW for part in parts.values())
    losses = losses_of(conn, viewer, filters, currency, "channel") if few else {}
    channels = [
        _channel(name, by_channel.get(name, 0), parts.get(name, Sums()), losses, margin)
        for name in sorted({*parts, *by_channel})
    ]
    if not channels:
        return Acquisition(None, (), tuple(sorted(spent)))
    everybody = sums(conn, viewer, filters, currency)
    worth = lifetime(conn, viewer, filters, currency, margin)
    spend = sum(by_channel.values())
    whole = Channel(ALL, spend, everybody.won, everybody.arpa, worth, margin)
    ranked = sorted(channels, key=lambda each: (-each.spend, -each.won, each.channel))
    return Acquisition(whole, tuple(ranked), tuple(sorted(spent)))


def _channel(
    name: str, spend: int, part: Sums, losses: Mapping[str, Losses], margin: float
) -> Channel:
    worth = lifetime_of(part, losses.get(name, Losses()), margin)
    return Channel(name or NOT_SET, spend, part.won, part.arpa, worth, margin)


def _spent(conn: Connection, viewer: Viewer, filters: Filters) -> dict[str, dict[str, int]]:
    """Cents by currency and channel."""
    found: dict[str, dict[str, int]] = {}
    for row in conn.execute(spend_sql(viewer, filters)):
        found.setdefault(row.currency, {})[row.channel] = row.spend
    return found


def spend_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """One row a currency and channel: currency, channel (str), spend (int64, cents)."""
    s = visible_spend(viewer, filters.project_id).c
    spend = cast(func.sum(s.amount), BigInteger).label("spend")
    return (
        select(s.currency, s.channel, spend)
        .where(months_of(filters).inside(s.day))
        .group_by(s.currency, s.channel)
        .order_by(s.currency, s.channel)
    )
