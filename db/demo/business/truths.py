"""What is planted in what the demo product earns."""

from collections.abc import Iterator

from db.demo.business import rates
from db.demo.shape import Shape

Truth = tuple[str, str, dict[str, object], float, str]  # name, what, where, size and unit


def business_truths(shape: Shape) -> Iterator[Truth]:
    """One entry a truth."""
    for plan, rate in rates.CHURN.items():
        what = "Of those who pay by the month this share leaves in a month, from free will"
        yield f"churn_{plan}", what, {"plan": plan}, rate, "share a month"
    what = "Who pays the newer price leaves this many times as often"
    yield "price_rise", what, {"plan": rates.PRO}, rates.DEARER, "ratio"
    what = "In the days after the incident customers leave this many times as often"
    where: dict[str, object] = {
        "from": str(shape.date_of(shape.incident_day)),
        "days": rates.AFTER_INCIDENT,
    }
    yield "incident_churn", what, where, rates.INCIDENT_CHURN, "ratio"
    yield "trials_won", "This share of trials ends with a payment", {}, rates.TRIALS_WON, "share"
    what = "This share of invoices fails at the first try"
    yield "payments_failed", what, {}, rates.FAILS, "share"
    what = "This share of failed invoices is paid at a later try"
    yield "payments_recovered", what, {}, rates.RECOVERED, "share"
    for channel, cents in rates.COST.items():
        what = "It costs this much to win a customer"
        yield f"cost_{channel}", what, {"channel": channel}, cents / 100, "a customer"
