"""The overview as a report of one page: the numbers of the page, in words."""

from collections.abc import Iterator

from analytics.business.goals import Tracked
from analytics.business.overview.asking import Overview
from analytics.business.overview.wording import (
    STATES,
    change_on_month,
    goal_value,
    headline_change,
    health_line,
    made,
    of_score,
    span,
)
from analytics.business.revenue.standing import Month, Standing
from analytics.one_page import NONE, Page, Row, Table, Tile, shortened
from analytics.wording import amount, money

MOVEMENTS = ("start", "new", "expansion", "reactivation", "contraction", "churn", "end")
LESS = ("contraction", "churn")


def page_of(overview: Overview) -> Page:
    """One page: figures, four tables, what is in danger, and what the figures mean."""
    filters = overview.filters
    return Page(
        title=f"{shortened(overview.project)}: summary",
        subtitle=f"{span(filters)}; {made(filters)}",
        made_at=filters.now.astimezone(filters.tz),
        tiles=tuple(_tiles(overview)),
        tables=(_revenue(overview.revenue), _users(overview), _goals(overview), _systems(overview)),
        recommendations=tuple(_dangers(overview)),
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
    yield Tile("Uptime", amount(health.uptime, "share"), "in the last 24 hours")


def _revenue(standing: Standing | None) -> Table:
    if standing is None:
        return Table("Revenue", ("", NONE), (("Nobody has paid yet", NONE),))
    months = (standing.before, standing.last, standing.running)
    shown = [_moved(month) for month in months]
    rows = [
        (name.capitalize(), *(money(each[name], standing.currency) for each in shown))
        for name in MOVEMENTS
    ]
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
    rows = tuple(_goal(each, overview) for each in overview.goals)
    return Table("Goals", ("", "Goal", "Now", "State"), rows or (("No goals", NONE, NONE, NONE),))


def _goal(each: Tracked, overview: Overview) -> Row:
    currency = overview.revenue.currency if overview.revenue else ""
    label = each.figure.metric.label
    values = (
        goal_value(each, each.goal.value, currency),
        goal_value(each, each.tracking.current, currency),
    )
    return label, *values, STATES[each.tracking.state]


def _systems(overview: Overview) -> Table:
    health, support = overview.health, overview.support
    rows = (
        ("Uptime, 24 hours", amount(health.uptime, "share")),
        ("Requests, 95th percentile", amount(health.p95_ms, "ms")),
        ("Requests that failed", amount(health.error_rate, "share")),
        ("Open incidents", f"{health.open_incidents:,}"),
        ("Alerts firing", f"{health.firing:,}"),
        ("Tickets opened", f"{support.opened:,}"),
        ("Tickets waiting", f"{support.backlog:,}"),
        ("First answer, median", amount(support.first_response_minutes, "min")),
    )
    return Table("Systems and support", ("", "Now"), rows)


def _dangers(overview: Overview) -> Iterator[str]:
    """What to look at, the most urgent first."""
    if overview.health.worry == "act":
        yield health_line(overview.health)
    currency = overview.revenue.currency if overview.revenue else ""
    for each in overview.in_danger:
        now, wanted = (
            goal_value(each, value, currency) for value in (each.tracking.current, each.goal.value)
        )
        yield f"{each.figure.metric.label} is {now}; the goal is {wanted}."


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
