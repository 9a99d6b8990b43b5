"""What a subscription of Stripe costs, by the prices of its items.

What items come to that are billed by use is not known before, prices in tiers are mostly sent
without them, and of many items only the first are sent: such items are left out. Of discounts only
those count that last as long as the subscription; newer versions of the API tell them by their id
alone. `is_whole` says whether anything of the kind is missing.
https://docs.stripe.com/api/subscriptions/object
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from db.revenue import A_MONTH, MOST_CENTS
from ingest_api.revenue.stripe_discounts import are_told, discounted
from ingest_api.revenue.stripe_tiers import amount_of, by_tiers

Json = Mapping[str, Any]
LONGEST_PLAN = 100


@dataclass(frozen=True, slots=True)
class Price:
    """A price each `interval_count` intervals, in the smallest unit of its currency; it is whole
    where the prices of all items are known, and what is taken off."""

    plan: str
    amount: int
    interval: str
    interval_count: int
    is_whole: bool


def price_of(subscription: Json) -> Price:
    """The price of all items together; a month is its interval where theirs differ."""
    items = [item for item in _listed(subscription) if _is_fixed(item)]
    rhythms = {_rhythm(item) for item in items}
    interval, number = rhythms.pop() if len(rhythms) == 1 else ("month", 1)
    full = sum((_each(item, interval, number) for item in items), Fraction())
    amount = round(discounted(full, subscription))
    plan = " + ".join(dict.fromkeys(_called(item) for item in items))[:LONGEST_PLAN]
    is_whole = are_told(subscription) and _are_priced(subscription)
    return Price(plan, min(max(amount, 0), MOST_CENTS), interval, number, is_whole)


def _listed(subscription: Json) -> Sequence[Json]:
    return (subscription.get("items") or {}).get("data") or ()


def _are_priced(subscription: Json) -> bool:
    """Whether all items are sent, each with a price that is fixed and told."""
    items = _listed(subscription)
    known = all(_is_fixed(item) and _cost(item) is not None for item in items)
    return known and bool(items) and not subscription["items"].get("has_more")


def _is_fixed(item: Json) -> bool:
    """Whether an item costs the same again and again, however much that is used."""
    recurring = _price(item).get("recurring") or {}
    return recurring.get("interval") in A_MONTH and recurring.get("usage_type") != "metered"


def _price(item: Json) -> Json:
    return item.get("price") or {}


def _rhythm(item: Json) -> tuple[str, int]:
    recurring = _price(item)["recurring"]
    return recurring["interval"], recurring.get("interval_count") or 1


def _each(item: Json, interval: str, number: int) -> Fraction:
    """What an item costs each so many intervals."""
    own, times = _rhythm(item)
    cost = _cost(item) or Fraction()
    return cost * A_MONTH[own] / times * number / A_MONTH[interval]


def _cost(item: Json) -> Fraction | None:
    """What an item costs each of its own intervals; None where that is not told."""
    price = _price(item)
    quantity = _packages(price, item.get("quantity") or 0)
    unit = amount_of(price, "unit_amount")
    if unit is not None:
        return unit * quantity
    tiers = price.get("tiers") or (item.get("plan") or {}).get("tiers")
    return by_tiers(tiers, price.get("tiers_mode") or "", quantity) if tiers else None


def _packages(price: Json, quantity: int) -> int:
    """How many are paid for where they are sold in packages, of which a begun one may count."""
    package = price.get("transform_quantity")
    if not package:
        return quantity
    size = int(package["divide_by"])
    return (quantity + (size - 1 if package["round"] == "up" else 0)) // size


def _called(item: Json) -> str:
    """The name that people gave the price, else its id."""
    price = _price(item)
    return str(price.get("nickname") or price.get("lookup_key") or price.get("id") or "")
