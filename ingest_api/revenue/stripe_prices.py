"""What a subscription of Stripe costs, by the prices of its items.

Items that are billed by use cost nothing here: what they will come to is not known before. Of
discounts only those count that last as long as the subscription.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from db.revenue import A_MONTH, MOST_CENTS

Json = Mapping[str, Any]
LONGEST_PLAN = 100


@dataclass(frozen=True, slots=True)
class Price:
    """A price each `interval_count` intervals, in the smallest unit of its currency."""

    plan: str
    amount: int
    interval: str
    interval_count: int


def price_of(subscription: Json) -> Price:
    """The price of all items together; a month is its interval where theirs differ."""
    items = list(_items(subscription))
    rhythms = {_rhythm(item) for item in items}
    interval, number = rhythms.pop() if len(rhythms) == 1 else ("month", 1)
    full = sum((_each(item, interval, number) for item in items), Fraction())
    amount = round(_discounted(full, subscription))
    plan = " + ".join(dict.fromkeys(_called(item) for item in items))[:LONGEST_PLAN]
    return Price(plan, min(max(amount, 0), MOST_CENTS), interval, number)


def _items(subscription: Json) -> Iterator[Json]:
    """The items with a price that comes again and again, whatever is used."""
    for item in (subscription.get("items") or {}).get("data") or ():
        recurring = _price(item).get("recurring") or {}
        if recurring.get("interval") in A_MONTH and recurring.get("usage_type") != "metered":
            yield item


def _price(item: Json) -> Json:
    return item.get("price") or {}


def _rhythm(item: Json) -> tuple[str, int]:
    recurring = _price(item)["recurring"]
    return recurring["interval"], recurring.get("interval_count") or 1


def _each(item: Json, interval: str, number: int) -> Fraction:
    """What an item costs each so many intervals."""
    price = _price(item)
    unit = price.get("unit_amount_decimal") or price.get("unit_amount") or 0
    whole = Fraction(unit) * (item.get("quantity") or 0)
    own, times = _rhythm(item)
    return whole * A_MONTH[own] / times * number / A_MONTH[interval]


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
