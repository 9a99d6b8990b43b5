"""Payments, trials and prices in words."""

import pandas as pd

from analytics.business.revenue.lifetime import FEW
from analytics.business.revenue.payments import RECOVERY
from analytics.wording import NOTHING, amount, money

DAYS = RECOVERY.days
COLLECTED = "Payments that succeeded less refunds, in the month in which each happened."
FAILED = (
    "Payments whose first try failed, by the month of that try: recovered where a later try "
    f"succeeded within {DAYS} days, open while these are not over, else lost."
)
REASONS = "Why first tries failed, as whoever sent them names it, and how many were recovered."
TRIALS = (
    "Subscriptions that began with a trial, by the month in which it began: converted once they "
    "are paid for, open while the trial goes on, else lost."
)
BY_PLAN = "The same by the plan that was tried."
PRICES = (
    "Plans and their prices a month, and how often they are billed: how many subscriptions began "
    "and ended in the months that are over, the share that ends in a month with its 95% interval "
    "(Wilson), and their lifetime value: price x gross margin / churn. Prices are compared with "
    "those of the same plan that are billed as often: who paid for a year stays for other reasons."
)
WORTH = f"While fewer than {FEW} subscriptions of the price ended, by the ends of that of churn."


def collected_finding(rows: pd.DataFrame, currency: str) -> str:
    """What came in, and what of it went back: "€12,000 came in, 1.2% of it was refunded"."""
    paid, back = rows["collected"].sum(), rows["refunded"].sum()
    if not paid:
        return "Nothing was collected"
    share = amount(back / paid, "share")
    return f"{money(paid, currency)} came in; {share} of it was refunded"


def failed_finding(rows: pd.DataFrame) -> str:
    """How many were recovered: "63% of failed payments were recovered within 14 days"."""
    over = rows["failed"].sum() - rows["open"].sum()
    if not over:
        return "Failed payments"
    share = rows["recovered"].sum() / over
    return f"{share:.0%} of failed payments were recovered within {DAYS} days"


def reasons_finding(rows: pd.DataFrame) -> str:
    """The reason of most: "expired_card is behind 42% of failures"."""
    if rows.empty:
        return "Why payments fail"
    first = rows.iloc[0]
    return f"{first['reason']} is behind {first['failed'] / rows['failed'].sum():.0%} of failures"


def trials_finding(rows: pd.DataFrame) -> str:
    """How many were paid for: "38% of trials that are over were paid for"."""
    over = rows["began"].sum() - rows["open"].sum()
    if not over:
        return "Trials"
    return f"{rows['converted'].sum() / over:.0%} of trials that are over were paid for"


def by_plan_finding(rows: pd.DataFrame) -> str:
    """The plan whose trials are paid for most often."""
    known = rows.dropna(subset="conversion")
    if known.empty:
        return "Trials by plan"
    best = known.sort_values("conversion", ascending=False).iloc[0]
    return f"{best['plan']} is paid for after {best['conversion']:.0%} of its trials"


def prices_finding(rows: pd.DataFrame, currency: str) -> str:
    """Whether one price of a plan keeps more than another that is billed as often, where the
    intervals tell."""
    known = rows[(rows["billed"] != "") & ~rows["billed"].str.contains(" or ")]
    for (plan, billed), of in known.dropna(subset="churn").groupby(["plan", "billed"], sort=False):
        ranked = of.sort_values("churn")
        best, worst = ranked.iloc[0], ranked.iloc[-1]
        if best["high"] < worst["low"]:
            low, high = (money(each["price"], currency) for each in (best, worst))
            return (
                f"{plan}, billed each {billed}, keeps more of its customers at {low} a month "
                f"than at {high}"
            )
    return "No price is shown to keep more customers than another of its plan, billed as often"


def interval(low: float, high: float) -> str:
    """Both ends of a share: "2.1% to 4.3%"; a dash for none."""
    if low != low or high != high:
        return NOTHING
    return f"{amount(low, 'share')} to {amount(high, 'share')}"


def worth_interval(low: float, high: float, currency: str) -> str:
    """Both ends of a lifetime value: "€120 to €410", "at least €120"; a dash for none."""
    if low != low:
        return NOTHING
    if high != high:
        return f"at least {money(low, currency)}"
    return f"{money(low, currency)} to {money(high, currency)}"
