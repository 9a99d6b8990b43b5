"""What a rule sees, in words: the same in messages and on the page."""

from analytics.metrics import Metric
from analytics.wording import amount, money
from db.alert_rules import Rule

UNKNOWN = "unknown"
NAMED = ("points", "days", "s", "h", "months", "times", "requests/s")  # units that are said
MINUTES = ((7 * 24 * 60, "week"), (24 * 60, "day"), (60, "hour"), (1, "minute"))
BYTES = ("B", "kB", "MB", "GB", "TB")


def figure(value: float | None, unit: str, currency: str = "") -> str:
    """A figure with its unit: 12.3% · 340 ms · 1,204 · 98 points · €46.80 (of 4,680 cents)."""
    if value is None or value != value:
        return UNKNOWN
    if unit == "share" and (abs(value) < 0.01 or 0.99 < value < 1):
        return f"{value:.2%}"
    if unit == "bytes":
        return _bytes(value)
    if unit == "cents":
        return money(value, currency, exact=True).strip()
    return f"{amount(value, unit)} {unit}" if unit in NAMED else amount(value, unit)


def time_of(minutes: int) -> str:
    """A number of minutes as people say it: 90 minutes · 1 hour · 3 days."""
    for length, name in MINUTES:
        if minutes % length == 0:
            number = minutes // length
            return f"{number} {name}{'' if number == 1 else 's'}"
    return f"{minutes} minutes"


def sentence(rule: Rule, metric: Metric, level: float | None, currency: str = "") -> str:
    """What a rule saw, as a message begins: "Error rate 12.3%, at or above 5.0%"."""
    if rule.kind == "no_data":
        return f"{metric.label}: nothing came for {time_of(rule.window_minutes)}"
    if level is None or level != level:
        return f"{metric.label}: {UNKNOWN}"
    return f"{metric.label} {_seen(rule, metric, level, currency)}"


def condition(rule: Rule, metric: Metric, currency: str = "") -> str:
    """When a rule fires: "at or above 5.0% in 5 minutes, for 10 minutes"."""
    window = time_of(rule.window_minutes)
    if rule.kind == "no_data":
        return f"when nothing came for {window}"
    said = f"{_limit(rule, metric, currency)} in {window}"
    return f"{said}, for {time_of(rule.delay_minutes)}" if rule.delay_minutes else said


def _seen(rule: Rule, metric: Metric, level: float, currency: str) -> str:
    match rule.kind:
        case "change":
            return f"{_moved(level)} on {_before(rule)}; the limit is {_moved(rule.value)}"
        case "anomaly":
            way = "more" if level > 0 else "less"
            return f"is {abs(level):.1f} times its usual variation {way} than usual at this time"
        case "burn":
            return f"{level:.1f} times what the budget allows; the limit is {rule.value:g} times"
        case _:
            return f"{figure(level, metric.unit, currency)}, {_limit(rule, metric, currency)}"


def _limit(rule: Rule, metric: Metric, currency: str) -> str:
    match rule.kind:
        case "change":
            return f"{_moved(rule.value)} or more on {_before(rule)}"
        case "anomaly":
            way = "more" if rule.above else "less"
            return f"{abs(rule.value):g} times its usual variation {way} than usual at that time"
        case "burn":
            return f"{rule.value:g} times what the error budget allows"
        case _:
            limit = figure(rule.value, metric.unit, currency)
            return f"at or {'above' if rule.above else 'below'} {limit}"


def _moved(share: float) -> str:
    return f"{'up' if share > 0 else 'down'} {abs(share):.0%}"


def _before(rule: Rule) -> str:
    weeks = -(-rule.window_minutes // MINUTES[0][0])
    return "a week earlier" if weeks == 1 else f"{weeks} weeks earlier"


def _bytes(value: float) -> str:
    power = 0
    while abs(value) >= 1_000 and power < len(BYTES) - 1:
        value, power = value / 1_000, power + 1
    return f"{value:,.1f} {BYTES[power]}" if power else f"{value:,.0f} {BYTES[0]}"
