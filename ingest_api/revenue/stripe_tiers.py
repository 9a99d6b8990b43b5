"""What a quantity costs by the tiers of a price: https://docs.stripe.com/api/prices/object."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

Json = Mapping[str, Any]


def amount_of(price: Json, name: str) -> Fraction | None:
    """An amount of Stripe's, exact where it has parts of a cent; None where it is not told."""
    told = price.get(f"{name}_decimal")
    told = price.get(name) if told is None else told
    return None if told is None else Fraction(str(told))


def by_tiers(tiers: Sequence[Json], mode: str, quantity: int) -> Fraction:
    """What so many units cost: by volume all at the price of the tier that the last one lies in,
    else ("graduated") each at that of its own; with what a tier costs once it is reached."""
    reached = _reached(tiers, quantity)
    if mode == "volume":
        return _cost(reached[-1][0], quantity)
    return sum((_cost(tier, units) for tier, units in reached), Fraction())


def _reached(tiers: Sequence[Json], quantity: int) -> list[tuple[Json, int]]:
    """The tiers up to the one that the quantity lies in, and how many units each holds of it."""
    reached, before = [], 0
    for tier in tiers:
        end = tier.get("up_to")
        reached.append((tier, quantity - before if end is None else min(quantity, end) - before))
        if end is None or quantity <= end:
            break
        before = end
    return reached


def _cost(tier: Json, units: int) -> Fraction:
    each = amount_of(tier, "unit_amount") or Fraction()
    return each * units + (amount_of(tier, "flat_amount") or Fraction())
