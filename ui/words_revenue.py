"""Revenue in words: how MRR moved, what customers cost and bring in, and what is to come."""

from collections.abc import Mapping
from datetime import date, datetime

import pandas as pd

from analytics.business.revenue.acquisition import Acquisition, Channel
from analytics.business.revenue.forecast import NEEDED, Forecast
from analytics.business.revenue.funnel import WINDOW, Conversion
from analytics.business.revenue.lifetime import FEW, Lifetime
from analytics.business.revenue.standing import Month, Standing
from analytics.wording import NOTHING, amount, change, money
from db.business_settings import BusinessSettings
from ui.words import counted, listing

MOVED = {
    "new": "New",
    "expansion": "Expansion",
    "reactivation": "Reactivation",
    "contraction": "Contraction",
    "churn": "Churn",
}
BY = MOVED | {"new": "new customers", "reactivation": "customers who came back"}
WATERFALL = (
    "What the months that are over changed, to the cent: new customers, customers who pay more, "
    "who came back, who pay less, and who left. A customer is compared from the start of a month "
    "to its end."
)
MONTHLY = (
    "The same month by month: above zero what was added, below it what was lost, and as a line "
    "what remains. The paler month is not over; it ends now."
)
COHORTS = (
    "What customers pay who were new in the same month, of what they paid at the end of it. Above "
    "100% those who stay pay more than all did at first. Outlined months are not over."
)
FORECAST = (
    "MRR at the end of each month, and six months ahead with a 95% interval. Three methods told "
    "the past from what was before it; the one that was least wrong is used."
)
ACQUISITION = (
    "Spend / new customers by the channel that they came through, in the months that are over. "
    "Payback = CAC / (ARPA x gross margin). LTV = ARPA x gross margin / gross revenue churn."
)
FUNNEL = (
    f"People first seen in the range: who visited, signed up, paid within {WINDOW} days of the "
    "visit, and still paid {days} days later. Who may still get further is left out of the rates."
)
NO_FUNNEL = (
    "It is counted from the events {visit} and {sign_up} of people, and from customers whose "
    "user_id is the id that events carry. The settings below name other events."
)
BREAKDOWN = (
    "MRR at the end of the last month that is over, and how it changed over the months shown. "
    "Churn is the share of customers, or of a plan's subscriptions, that a month loses."
)
UNPRICED = (
    "Subscriptions in any currency that go on now. What is billed by use, and what is priced in "
    "tiers that Stripe does not send, counts nothing in MRR; a discount that Stripe tells by its "
    "id alone is not taken off."
)
PAYERS = "Customers in all currencies count, but only those whose user_id is known."
SEVERAL = 3  # cohorts, below which an average is that of single ones
METHODS = {
    "naive": "that it stays as it is",
    "seasonal naive": "that it is as a year before",
    "damped trend": "that its trend goes on and fades",
}


def month(of: date | datetime | pd.Timestamp) -> str:
    """A month with its year: "October 2026"."""
    return f"{of:%B %Y}"


def paid_back(months: float | None) -> str:
    """Until a customer has paid what they cost: "paid back in 4.2 months"; nothing if unknown."""
    return "" if months is None else f"paid back in {months:,.1f} months"


def signed(cents: float, currency: str) -> str:
    """An amount with its sign: "+€370"."""
    return f"{'+' if cents > 0 else ''}{money(cents, currency)}"


def times(value: float | None) -> str:
    """A ratio: "3.1x"; a dash for none."""
    return NOTHING if value is None else f"{value:,.1f}x"


def moved(now: float | None, before: float | None, than: Month) -> str:
    """The relative change of an amount: "+3.1% on September"; nothing where there is none."""
    if now is None or not before:
        return ""
    return f"{change(now / before - 1)} on {than.month:%B}"


def was(share: float | None, then: Month) -> str:
    """What a share was: "2.1% in September"; nothing where there was none."""
    return "" if share is None else f"{amount(share, 'share')} in {then.month:%B}"


def caption(now: Standing) -> str:
    """Of which month the figures are, and how the present one goes."""
    running, last = now.running, now.last
    so_far = signed(running.end - running.start, now.currency)
    return (
        f"At the end of {month(last.month)}, compared with {now.before.month:%B}. "
        f"{running.month:%B} so far: MRR {money(running.end, now.currency)} ({so_far})."
    )


def unpriced(count: int) -> str:
    """How many subscriptions are not all in MRR."""
    have = "has" if count == 1 else "have"
    said = f"{counted(count, 'subscription')} {have} no fixed price that is all known"
    return f"{said}: MRR counts what is known of {'it' if count == 1 else 'them'}."


def monthly_finding(now: Standing) -> str:
    """How the last month that is over went: "MRR up 3.1% in October 2026, by €370"."""
    by = now.last.end - now.last.start
    if not now.last.start or not by:
        return f"MRR was {money(now.last.end, now.currency)} at the end of {month(now.last.month)}"
    way = "up" if by > 0 else "down"
    share = change(abs(by) / now.last.start).lstrip("+")
    return f"MRR {way} {share} in {month(now.last.month)}, by {money(abs(by), now.currency)}"


def waterfall_finding(totals: Mapping[str, int], count: int, currency: str) -> str:
    """From where to where, and what did most: "MRR from €9,000 to €12,000 in 10 months"."""
    over = counted(count, "month")
    bridge = f"MRR from {money(totals['start'], currency)} to {money(totals['end'], currency)}"
    most = max(MOVED, key=lambda kind: totals[kind])
    if not totals[most]:
        return f"{bridge} in {over}"
    sign = "-" if most in ("churn", "contraction") else "+"
    return f"{bridge} in {over}; most by {BY[most].lower()}: {sign}{money(totals[most], currency)}"


def cohorts_finding(averages: pd.DataFrame) -> str:
    """What is left after the longest time that several cohorts tell of: "After 6 months 5 cohorts
    pay 84% of what they began with"."""
    told = averages["interval"].between(1, 12) & (averages["cohorts"] >= SEVERAL)
    later = averages[told].dropna(subset="share")
    if later.empty:
        return "Revenue by the month in which customers were new"
    at = later.iloc[-1]
    after = counted(int(at["interval"]), "month")
    several = f"{int(at['cohorts'])} cohorts"
    return f"After {after} {several} pay {at['share']:.0%} of what they began with"


def forecast_finding(found: Forecast, currency: str) -> str:
    """What is to come: "MRR in April 2027: about €15,000 (between €13,800 and €16,300)"."""
    if not found.method:
        return "MRR by month"
    last = found.course.iloc[-1]
    value, low, high = (money(last[name], currency) for name in ("value", "low", "high"))
    return f"MRR in {month(last['month'])}: about {value} (between {low} and {high})"


def forecast_note(found: Forecast) -> str:
    """Which method it is, and how wrong each was."""
    if not found.method:
        return f"A forecast needs {NEEDED} months that are over."
    others = [
        f"{METHODS[name]}, by {amount(error, 'share')}"
        for name, error in found.errors.items()
        if name != found.method
    ]
    worse = f" Assuming {listing(others)}." if others else ""
    return (
        f"It assumes {METHODS[found.method]}. Tried on {counted(found.tried, 'earlier month')}, "
        f"this was wrong by {amount(found.error, 'share')} on average.{worse}"
    )


def lifetime(found: Lifetime, currency: str) -> str:
    """LTV, or what it is at least: "€480", "over €310"."""
    if found.value is None and found.low is not None:
        return f"over {money(found.low, currency)}"
    return money(found.value, currency)


def lifetime_interval(found: Lifetime, currency: str) -> str:
    """Its interval where few left: "€310 to €820"."""
    if found.low is None or found.value is None:
        return ""
    if found.high is None:
        return f"at least {money(found.low, currency)}"
    return f"{money(found.low, currency)} to {money(found.high, currency)}"


def lifetime_help(found: Lifetime, settings: BusinessSettings) -> str:
    """What LTV is made of."""
    made = (
        "What a customer brings in before they leave: ARPA x gross margin "
        f"({settings.gross_margin:.0%}) / gross revenue churn of the months shown."
    )
    if found.churned >= FEW:
        return made
    return f"{made} {counted(found.churned, 'customer')} left, so it has a 95% interval."


def acquisition_finding(found: Acquisition, currency: str) -> str:
    """The dearest and the cheapest: "A customer costs €90 by search and €240 by ads"."""
    known = [each for each in found.channels if each.cac is not None]
    if not known:
        return "What customers cost, by channel"
    best = min(known, key=_cost)
    said = f"A customer costs {money(best.cac, currency)} by {best.channel}"
    worst = max(known, key=_cost)
    return said if worst is best else f"{said} and {money(worst.cac, currency)} by {worst.channel}"


def acquisition_note(found: Acquisition) -> str:
    """What was left out."""
    if not found.elsewhere:
        return "Channels without spend on record have no cost a customer."
    return f"Spend in {listing(found.elsewhere)} is left out: nothing is converted."


def funnel_finding(found: Conversion) -> str:
    """How many of the visitors pay: "2.1% of visitors pay within 60 days"."""
    steps = dict(zip(found.steps["step"], found.steps["conversion"], strict=True))
    share = amount(steps.get("Paid"), "share")
    if share == NOTHING:
        return "From a visit to a customer who stays"
    return f"{share} of visitors pay within {WINDOW} days"


def funnel_note(found: Conversion) -> str:
    """Who is left out, and that the currency that was chosen changes nothing."""
    maturing = f"{counted(found.maturing, 'visitor')} of the last {WINDOW} days may still come."
    return f"{maturing} {PAYERS}"


def breakdown_finding(parts: pd.DataFrame, label: str) -> str:
    """Who brings most: "DE brings in 42% of MRR"."""
    if parts.empty or parts["share"].isna().all():
        return f"MRR by {label.lower()}"
    first = parts.iloc[0]
    return f"{first['part']} brings in {first['share']:.0%} of MRR"


def _cost(channel: Channel) -> float:
    return channel.cac or 0.0
