"""How the demo product's systems did, and how what is planted in it is measured."""

from collections import Counter
from datetime import timedelta
from functools import cache
from statistics import median
from typing import Any

from db.demo.shape import INCIDENT_HOURS
from db.demo.systems import probing, requests, tickets
from tests.db.demo.frames import SHAPE, Where

BEGIN, END = (SHAPE.instant(SHAPE.incident_day, hour) for hour in INCIDENT_HOURS)


@cache
def told() -> list[Any]:
    return [*requests.served(SHAPE)]


@cache
def asked() -> list[dict[str, Any]]:
    return [*tickets.ticket_rows(SHAPE)]


def of_endpoint(endpoint: str) -> list[Any]:
    return [each for _, each in told() if each.endpoint == endpoint]


def served_incident(_: Any, where: Where) -> float:
    """Also: at other times the endpoint hardly ever fails."""
    ours = of_endpoint(where["endpoint"])
    hit, usual = [], []
    for each in ours:
        (hit if BEGIN <= each.at < END else usual).append(each)
    assert sum(each.failures for each in usual) / sum(each.n for each in usual) < 0.002
    return sum(each.failures for each in hit) / sum(each.n for each in hit)


def probed_incident(_: Any, where: Where) -> float:
    watched = next(each for each in probing.WATCHED if each.name == where["probe"])
    hit = [row for row in probing.results(SHAPE, watched) if BEGIN <= row["at"] < END]
    assert len(hit) == (INCIDENT_HOURS[1] - INCIDENT_HOURS[0]) * 3600 / probing.EVERY
    return sum(not row["ok"] for row in hit) / len(hit)


def slower_endpoint(_: Any, where: Where) -> float:
    ours = of_endpoint(where["endpoint"])
    since = SHAPE.instant(int(SHAPE.release_days[-1]), 9)
    parts = [each for each in ours if each.at >= since], [each for each in ours if each.at < since]
    means = [sum(e.duration_sum for e in part) / sum(e.n for e in part) for part in parts]
    return float(means[0] / means[1])


def ticket_spike(_: Any, where: Where) -> float:
    """Against the same day of the week before and after."""
    days = Counter(row["opened_at"].date() for row in asked())
    day = SHAPE.date_of(SHAPE.incident_day)
    near = [days[day + timedelta(days=n)] for n in (-14, -7, 7, 14)]
    return days[day] / (sum(near) / len(near))


def first_response(_: Any, where: Where) -> float:
    waits = [row["first_response_at"] - row["opened_at"] for row in asked() if row["resolved_at"]]
    return median(wait.total_seconds() for wait in waits) / 60


SERVED_MEASURES = {
    "served_incident": (served_incident, 0.05),
    "probed_incident": (probed_incident, 0.35),
    "slower_endpoint": (slower_endpoint, 0.05),
    "ticket_spike": (ticket_spike, 0.45),
    "first_response": (first_response, 0.15),
}
