"""What is taken off the price of a subscription of Stripe for as long as it lasts.

Up to the API of 2024 one discount is sent whole, with its coupon; since 2025-03-31.basil all are
told by their id, and since 2025-09-30.clover a discount tells its coupon, as `source`, by id too:
https://docs.stripe.com/changelog/clover/2025-09-30/add-discount-source-property
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

Json = Mapping[str, Any]


def discounted(full: Fraction, subscription: Json) -> Fraction:
    """The price less the discounts that stay, as far as they are told."""
    for coupon in _coupons(subscription).values():
        if isinstance(coupon, Mapping) and coupon.get("duration") == "forever":
            full -= full * Fraction(str(coupon.get("percent_off") or 0)) / 100
            full -= coupon.get("amount_off") or 0
    return full


def are_told(subscription: Json) -> bool:
    """Whether it is known of every discount how much it takes off, and for how long."""
    items = (subscription.get("items") or {}).get("data") or ()
    of_items = any(item.get("discounts") for item in items)
    coupons = _coupons(subscription).values()
    return not of_items and all(isinstance(coupon, Mapping) for coupon in coupons)


def _coupons(subscription: Json) -> Mapping[str, Any]:
    """The coupon of each discount by the discount's id; an id or None where it is not sent."""
    listed = [*(subscription.get("discounts") or ()), subscription.get("discount")]
    return dict(_coupon(each) for each in listed if each)


def _coupon(discount: Any) -> tuple[str, Any]:
    if not isinstance(discount, Mapping):
        return str(discount), None
    source = discount.get("source") or {}
    return str(discount.get("id")), discount.get("coupon") or source.get("coupon")
