"""What a subscription of Stripe costs, by the prices of its items.

What items come to that are billed by use is not known before, and prices in tiers are mostly sent
without them: such items are left out, and `is_whole` says so. Of discounts only those count that
last as long as the subscription.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from db.revenue import A_MONTH, MOST_CENTS
from ingest_api.revenue.stripe_tiers import amount_of, by_tiers

Json = Mapping[str, Any]
LONGEST_PLAN = 100


@dataclass(frozen=True, slots=True)
class Price:
    """A price each `interval_count` intervals, in the smallest unit of its currency; it is whole
    where the prices of all items are known."""

    plan: str
    amount: int
    interval: str
    interval_count: int
    is_whole: bool


def price_of(subscription: Json) -> Price:
    """The price of all items together; a month is its interval where theirs differ."""
    recurring = list(_items(subscription))
    items = [item for item in recurring if not _is_by_use(item)]
    rhythms = {_rhythm(item) for item in items}
    interval, number = rhythms.pop() if len(rhythms) == 1 else ("month", 1)
    full = sum((_each(item, interval, number) for item in items), Fraction())
    amount = round(_discounted(full, subscription))
    plan = " + ".join(dict.fromkeys(_called(item) for item in items))[:LONGEST_PLAN]
    is_whole = len(items) == len(recurring) and all(_cost(item) is not None for item in items)
    return Price(plan, min(max(amount, 0), MOST_CENTS), interval, number, is_whole)


def _items(subscription: Json) -> Iterator[Json]:
    """The items with a price that comes again and again."""
    for item in (subscription.get("items") or {}).get("data") or ():
        recurring = _price(item).get("recurring") or {}
        if recurring.get("interval") in A_MONTH:
            yield item


def _is_by_use(item: Json) -> bool:
    return bool(_price(item)["recurring"].get("usage_type") == "metered")


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
    price, quantity = _price(item), item.get("quantity") or 0
    unit = amount_of(price, "unit_amount")
    if unit is not None:
        return unit * quantity
    tiers = price.get("tiers") or (item.get("plan") or {}).get("tiers")
    return by_tiers(tiers, price.get("tiers_mode") or "", quantity) if tiers else None


def _called(item: Json) -> str:
    """The name that people gave the price, else its id."""
    price = _price(item)
    return str(price.get("nickname") or price.get("lookup_key") or price.get("id") or "")


def _discounted(full: Fraction, subscription: Json) -> Fraction:
    """The price less the discounts that stay; those that are told by id alone are not known."""
    listed = [subscription.get("discount"), *(subscription.get("discounts") or ())]
    known = {str(each.get("id")): each for each in listed if isinstance(each, Mapping)}
    for coupon in (each.get("coupon") or {} for each in known.values()):
        if coupon.get("duration") == "forever":
            full -= full * Fraction(str(coupon.get("percent_off") or 0)) / 100
            full -= coupon.get("amount_off") or 0
    return full
