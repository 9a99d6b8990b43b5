"""The overview as a report of one page: the numbers of the page, in words."""

from collections.abc import Iterator

from analytics.business.goals import Tracked, worst_first
from analytics.business.overview.asking import Overview
from analytics.business.overview.wording import (
    STATES,
    change_on_month,
    goal_value,
    goal_wanted,
    headline_change,
    made,
    of_score,
    of_support,
    span,
)
from analytics.business.revenue.standing import Month, Standing
from analytics.one_page import NONE, Page, Row, Table, Tile, shortened
from analytics.operations.health.reasons import verdict
from analytics.wording import amount, exact_share, listing, money

MOVEMENTS = ("start", "new", "expansion", "reactivation", "contraction", "churn", "end")
LESS = ("contraction", "churn")
GOALS = ("", "Goal", "Now", "State")
MOST_GOALS, MOST_DANGERS = 9, 5  # that one page has room for


def page_of(overview: Overview) -> Page:
    """One page: what is in danger, figures, four tables, and what the figures mean."""
    filters = overview.filters
    return Page(
        title=f"{shortened(overview.project)}: summary",
        subtitle=f"{span(filters)}; {made(filters)}",
        made_at=filters.now.astimezone(filters.tz),
        worries=tuple(_worries(overview)),
        tiles=tuple(_tiles(overview)),
        tables=(_revenue(overview.revenue), _users(overview), _goals(overview), _systems(overview)),
        notes=_notes(overview),
    )


def _tiles(overview: Overview) -> Iterator[Tile]:
    revenue, health = overview.revenue, overview.health
    if revenue:
        last = revenue.last
        rose = change_on_month(last.end, last.start)
        yield Tile(f"MRR, {last.month:%B}", money(last.end, revenue.currency), rose)
        yield Tile("Net revenue retention", amount(last.nrr, "share"), f"in {last.month:%B}")
    for figure in overview.users[:1]:
        value = amount(figure.value, figure.metric.unit)
        yield Tile(figure.metric.label, value, headline_change(figure, overview.filters))
    for score in overview.satisfaction[:1]:
        yield Tile(score.measure.metric.label, *of_score(score))
    yield Tile("Uptime", exact_share(health.uptime), "in the last 24 hours")


def _revenue(standing: Standing | None) -> Table:
    if standing is None:
        return Table("Revenue", ("", NONE), (("Nobody has paid yet", NONE),))
    months = (standing.before, standing.last, standing.running)
    shown = [_moved(month) for month in months]
    rows = [
        (name.capitalize(), *(money(each[name], standing.currency) for each in shown))
        for name in MOVEMENTS
    ]
    rows.append(("ARR", *(money(month.arr, standing.currency) for month in months)))
    rows.append(("Customers", *(f"{month.customers_end:,}" for month in months)))
    rows.append(("Customer churn", *(amount(month.logo_churn, "share") for month in months)))
    head = ("MRR", *(f"{month.month:%B}" for month in months[:2]), "so far")
    return Table("Revenue", head, tuple(rows))


def _moved(month: Month) -> dict[str, int]:
    """The bridge of a month; what takes is below 0."""
    values = {name: int(getattr(month, name)) for name in MOVEMENTS}
    return values | {name: -values[name] for name in LESS}


def _users(overview: Overview) -> Table:
    rows: list[Row] = [
        (each.metric.label, amount(each.value, each.metric.unit), headline_change(each))
        for each in overview.users
    ]
    rows += [(score.measure.metric.label, *of_score(score)) for score in overview.satisfaction]
    return Table("Users", ("", "Now", "Change or answers"), tuple(rows))


def _goals(overview: Overview) -> Table:
    ranked = worst_first(overview.goals)
    rows = [_goal(each, overview.currency) for each in ranked[:MOST_GOALS]]
    if more := len(ranked) - len(rows):
        rows.append((f"{more} more are on the page", NONE, NONE, NONE))
    return Table("Goals", GOALS, tuple(rows) or (("No goals", NONE, NONE, NONE),))


def _goal(each: Tracked, currency: str) -> Row:
    now = goal_value(each, each.tracking.current, currency)
    return each.figure.metric.label, goal_wanted(each, currency), now, STATES[each.tracking.state]


def _systems(overview: Overview) -> Table:
    health, support = overview.health, overview.support
    rows = (
        ("Uptime, 24 hours", exact_share(health.uptime)),
        ("Requests, 95th percentile", amount(health.p95_ms, "ms")),
        ("Requests that failed", exact_share(health.error_rate)),
        ("Objectives missed", f"{len(health.missed):,}"),
        ("Open incidents", f"{health.open_incidents:,}"),
        ("Alerts firing", f"{health.firing:,}"),
        ("Tickets opened", f"{support.opened:,}"),
        ("Tickets waiting", f"{support.backlog:,}"),
        ("First answer, median", amount(support.first_response_minutes, "min")),
        ("Support CSAT", of_support(support)),
    )
    return Table("Systems and support", ("", "Now"), rows)


def _worries(overview: Overview) -> Iterator[str]:
    """What to look at, the most urgent first: systems, then goals."""
    health, dangers = overview.health, overview.in_danger
    said = verdict(health)
    if health.worry in ("act", "watch"):
        yield f"{said}."
    if any(name not in said for name in health.missed):
        yield f"Objectives missed: {listing(health.missed)}."
    yield from (_danger(each, overview.currency) for each in dangers[:MOST_DANGERS])
    if len(dangers) > MOST_DANGERS:
        yield f"{len(dangers) - MOST_DANGERS} more goals are missed or at risk: see below."


def _danger(each: Tracked, currency: str) -> str:
    """How a goal is missed, or may be: "NPS is 12; the goal is ≥ 30 by 1 May 2026: at risk."."""
    now, state = goal_value(each, each.tracking.current, currency), each.tracking.state
    by = f" by {each.goal.due:%-d %B %Y}" if each.goal.due else ""
    wanted = f"the goal {'was' if state == 'missed' else 'is'} {goal_wanted(each, currency)}{by}"
    return f"{each.figure.metric.label} is {now}; {wanted}: {STATES[state]}."


def _notes(overview: Overview) -> tuple[str, ...]:
    told = [each.metric for each in overview.users]
    defined = [f"{metric.label}: {metric.definition}" for metric in told]
    filters = overview.filters
    kept = [f"{name} {', '.join(values)}" for name, values in filters.dimensions.items()]
    return (
        f"Counted in {filters.zone}; users where {' and '.join(kept) or 'anything'} is so. "
        "Revenue is of all customers in one currency, by whole months; systems are of the last 24 "
        f"hours. {_besides(overview)}",
        " ".join(defined),
        "MRR: what active subscriptions cost a month, without tax. Net revenue retention: 1 - "
        "(churn + contraction - expansion - reactivation) / MRR at the start. Goals are at risk "
        "where the trend of the last 12 whole weeks or months does not reach or hold them.",
    )


def _besides(overview: Overview) -> str:
    """What is earned in other currencies."""
    told = [
        f"MRR of {money(each.last.end, each.currency)} of {each.last.customers_end:,} customers"
        for each in overview.besides
    ]
    return f"Besides: {', '.join(told)}." if told else ""
