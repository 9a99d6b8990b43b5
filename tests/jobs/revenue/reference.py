"""The sums of revenue once more, from their definitions, month by month in plain Python."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, select

from db.revenue import Customer, SubscriptionChange
from db.tables import mrr_cohorts, mrr_months, plan_months

Sums = dict[tuple[object, ...], tuple[int, ...]]
State = tuple[str, str, int]  # currency, plan, price
Place = tuple[str, str]  # country, channel
PAYING = ("active", "past_due")


def sums_of(
    changes: Iterable[SubscriptionChange], customers: Mapping[int, Customer], zone: str
) -> dict[str, Sums]:
    """What the three tables hold, by name and key, of changes in the order they were stored in."""
    changes = list(changes)
    found: dict[str, Counter[tuple[object, ...]]] = defaultdict(Counter)
    for key in sorted({change.customer_key for change in changes}):
        mine = [change for change in changes if change.customer_key == key]
        of_plans(found["plan_months"], mine, zone)
        known = customers.get(key, Customer(key))
        of_money(found, mine, (known.country or "", known.channel or ""), zone)
    summed = {name: rows_of(counted) for name, counted in found.items()}
    return {name: rows for name, rows in summed.items() if rows}


def rows_of(counted: Counter[tuple[object, ...]]) -> Sums:
    """The counts by name of each key as one row, without rows of nothing."""
    names: dict[tuple[object, ...], dict[str, int]] = defaultdict(dict)
    for (*key, name), value in counted.items():
        names[tuple(key)][str(name)] = value
    wanted = {4: ("amount", "subscriptions", "started", "ended"), 5: ("amount", "customers")}
    rows = {
        key: tuple(values.get(name, 0) for name in wanted[4 if "started" in values else 5])
        for key, values in names.items()
    }
    return {key: row for key, row in rows.items() if any(row)}


def months_of(changes: list[SubscriptionChange], zone: str) -> Iterator[date]:
    """Every month from the first change to a month after the last."""
    days = [change.occurred_at.astimezone(ZoneInfo(zone)).date() for change in changes]
    month, last = min(days).replace(day=1), following(max(days).replace(day=1))
    while month <= last:
        yield month
        month = following(month)


def following(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def at_the_end(changes: list[SubscriptionChange], month: date, zone: str) -> dict[int, State]:
    """What is paid for by subscription, when a month ends."""
    end = datetime.combine(following(month), datetime.min.time(), ZoneInfo(zone))
    last: dict[int, SubscriptionChange] = {}
    for change in changes:  # of the same instant, the one that was stored later
        before = last.get(change.subscription_key)
        if change.occurred_at < end and not (before and before.occurred_at > change.occurred_at):
            last[change.subscription_key] = change
    return {
        key: (change.currency, change.plan, change.mrr)
        for key, change in last.items()
        if change.status in PAYING and change.mrr > 0
    }


def of_plans(
    counted: Counter[tuple[object, ...]], changes: list[SubscriptionChange], zone: str
) -> None:
    before: dict[int, State] = {}
    for month in months_of(changes, zone):
        now = at_the_end(changes, month, zone)
        for key in before.keys() | now.keys():
            old, new = before.get(key), now.get(key)
            if old == new:
                continue
            same = bool(old and new and old[0] == new[0])
            for state, sign in ((old, -1), (new, 1)):
                if state:
                    currency, plan, price = state
                    place = (currency, month, plan, price)
                    counted[*place, "amount"] += sign * price
                    counted[*place, "subscriptions"] += sign
                    counted[*place, "started"] += sign == 1 and not same
                    counted[*place, "ended"] += sign == -1 and not same
        before = now


def of_money(
    found: dict[str, Counter[tuple[object, ...]]],
    changes: list[SubscriptionChange],
    place: Place,
    zone: str,
) -> None:
    for currency in {change.currency for change in changes}:
        before, cohort = 0, None
        for month in months_of(changes, zone):
            states = at_the_end(changes, month, zone).values()
            now = sum(price for theirs, _, price in states if theirs == currency)
            if now != before:
                kind = kind_of(before, now, cohort)
                cohort = cohort or month
                heads = {"new": 1, "reactivation": 1, "churn": -1}.get(kind, 0)
                key = (currency, month, kind, *place)
                found["mrr_months"][*key, "amount"] += now - before
                found["mrr_months"][*key, "customers"] += 1
                found["mrr_cohorts"][currency, cohort, month, "amount"] += now - before
                found["mrr_cohorts"][currency, cohort, month, "customers"] += heads
            before = now


def kind_of(before: int, now: int, cohort: date | None) -> str:
    if cohort is None:
        return "new"
    if before == 0:
        return "reactivation"
    if now == 0:
        return "churn"
    return "expansion" if now > before else "contraction"


def stored(conn: Connection, project_id: int) -> dict[str, Sums]:
    """What the tables hold of a project."""
    found = {
        table.name: _rows(conn, table, project_id)
        for table in (mrr_months, mrr_cohorts, plan_months)
    }
    return {name: rows for name, rows in found.items() if rows}


def _rows(conn: Connection, table: Table, project_id: int) -> Sums:
    rows = conn.execute(select(table).where(table.c.project_id == project_id)).all()
    keys = len(table.primary_key)
    return {tuple(row[1:keys]): tuple(row[keys:]) for row in rows}
