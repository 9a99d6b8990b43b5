"""Chance histories of subscriptions, around the ends of months and of the days of zones."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from db.revenue import Customer, SubscriptionChange
from db.tables import INTERVALS, SUBSCRIPTION_STATES

ZONES = ("UTC", "Europe/Berlin", "America/St_Johns")
START = datetime(2025, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 12, 1, tzinfo=UTC)

moments = st.one_of(
    st.integers(0, 270 * 24 * 4).map(lambda quarters: START + timedelta(minutes=15 * quarters)),
    st.sampled_from(
        [
            datetime.fromisoformat(moment)
            for moment in (
                "2025-12-31T23:00:00+00:00",
                "2026-01-01T00:00:00+00:00",
                "2026-01-01T03:29:59.999999+00:00",
                "2026-02-28T23:59:59+00:00",
                "2026-03-31T22:00:00+00:00",
            )
        ]
    ),
)
prices = st.one_of(st.sampled_from([0, 1, 999, 1_000, 9_999, 12_005]), st.integers(0, 10**6))
changes = st.builds(
    SubscriptionChange,
    customer_key=st.integers(-2, 2),
    subscription_key=st.integers(0, 2),
    change_id=st.uuids(version=4),
    occurred_at=moments,
    status=st.one_of(st.just("active"), st.sampled_from(SUBSCRIPTION_STATES)),
    plan=st.sampled_from(["", "pro", "team"]),
    currency=st.one_of(st.just("EUR"), st.sampled_from(["EUR", "USD", "JPY"])),
    amount=prices,
    interval=st.one_of(st.just("month"), st.sampled_from(INTERVALS)),
    interval_count=st.sampled_from([1, 1, 3]),
    is_whole=st.sampled_from([True, True, False]),
)
histories = st.lists(changes, max_size=25, unique_by=lambda change: change.change_id)
places = st.builds(
    Customer,
    customer_key=st.integers(-2, 2),
    country=st.sampled_from([None, "DE", "FR"]),
    channel=st.sampled_from([None, "ads"]),
)


def change(
    number: int, when: str, status: str = "active", amount: int = 1_000, **more: object
) -> SubscriptionChange:
    """A change of a customer's one subscription: "2026-03-02T10:00"."""
    told: dict[str, object] = {
        "customer_key": 1,
        "subscription_key": 1,
        "plan": "pro",
        "currency": "EUR",
    }
    told |= {"occurred_at": datetime.fromisoformat(when).replace(tzinfo=UTC)} | more
    return SubscriptionChange(change_id=UUID(int=number), status=status, amount=amount, **told)  # type: ignore[arg-type]
