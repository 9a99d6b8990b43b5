"""Support is counted as a plain walk through the tickets counts it."""

import random
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from math import isnan
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from analytics.operations.support.breakdowns import support_by
from analytics.operations.support.over_time import as_series, support_by_period
from analytics.operations.support.signals import ticket_counts
from analytics.operations.support.summary import SupportSummary, support_summary
from analytics.scope import PUBLIC
from db.tables import tickets
from tests.analytics.reference import anyone, asking

START, END = date(2026, 3, 1), date(2026, 3, 29)
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
TOPICS = ("billing", "bug", "")


def ticket(number, opened, answer=None, solution=None, **more):
    """One by hours: when it was opened, and how long answer and solution took."""
    at = FIRST + timedelta(hours=opened)
    times = [None if each is None else at + timedelta(hours=each) for each in (answer, solution)]
    row = {"first_response_at": times[0], "resolved_at": times[1], "csat": None, "topic": ""}
    return row | {"ticket_id": str(number), "opened_at": at, "updated_at": at} | more


@pytest.fixture
def keep(conn, project):
    def keep(*rows):
        conn.execute(insert(tickets).values([row | {"project_id": project.id} for row in rows]))
        return rows

    return keep


@pytest.fixture
def many(keep):
    """Three months of tickets, of which some wait and some were rated."""
    rng = random.Random(11)

    def one(number):
        answer = rng.choice([None, rng.expovariate(1.0)])
        solution = rng.choice([None, rng.expovariate(0.05)])
        rated = {"csat": rng.randint(1, 5)} if solution and rng.random() < 0.6 else {}
        topic = {"topic": rng.choice(TOPICS)}
        return ticket(number, rng.uniform(-24 * 30, 24 * 60), answer, solution, **rated, **topic)

    return keep(*(one(number) for number in range(400)))


def reference(rows, start, end):
    """What a walk through the tickets finds of [start, end)."""

    def inside(moment):
        return moment is not None and start <= moment < end

    answers = [
        (row["first_response_at"] - row["opened_at"]).total_seconds() / 60
        for row in rows
        if inside(row["first_response_at"])
    ]
    solved = [row for row in rows if inside(row["resolved_at"])]
    hours = [(row["resolved_at"] - row["opened_at"]).total_seconds() / 3600 for row in solved]
    stars = [row["csat"] for row in solved if row["csat"] is not None]
    waiting = [
        row
        for row in rows
        if row["opened_at"] < end and (row["resolved_at"] is None or row["resolved_at"] >= end)
    ]
    return SupportSummary(
        opened=sum(inside(row["opened_at"]) for row in rows),
        answered=len(answers),
        prompt=sum(minutes <= 60 for minutes in answers),
        first_response_minutes=pytest.approx(median(answers)) if answers else None,
        resolved=len(solved),
        resolution_hours=pytest.approx(median(hours)) if hours else None,
        rated=len(stars),
        content=sum(each >= 4 for each in stars),
        backlog=len(waiting),
    )


def midnight(day, zone):
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def test_the_summary_is_what_a_walk_through_the_tickets_finds(conn, project, many):
    found = support_summary(conn, anyone(project), asking(project, START, END))
    assert found == reference(many, midnight(START, "UTC"), midnight(END, "UTC"))
    assert found.csat == found.content / found.rated
    assert found.prompt_share == found.prompt / found.answered


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_each_period_is_what_a_walk_through_its_tickets_finds(conn, berlin, many, grain):
    rows = [row | {"project_id": berlin.id} for row in many]
    conn.execute(insert(tickets).values(rows))
    filters = asking(berlin, START, END, grain=grain)
    found = support_by_period(conn, anyone(berlin), filters)
    days = [each.date() for each in found["period"]] + [END]
    days[0] = max(days[0], START)
    spans = zip(found.to_dict("records"), days[:-1], days[1:], strict=True)
    for row, first, following in spans:
        bounds = (midnight(day, berlin.timezone) for day in (first, following))
        for name, value in asdict(reference(rows, *bounds)).items():
            assert isnan(row[name]) if value is None else row[name] == value


def test_a_ticket_counts_when_it_is_opened_answered_and_resolved(conn, project, keep):
    keep(ticket(1, 1, 0.5, 30, csat=5), ticket(2, 2, 2.5), ticket(3, -5, 10, 11, csat=2))
    two = asking(project, START, date(2026, 3, 3))
    found = support_by_period(conn, anyone(project), two)
    assert found["opened"].tolist() == [2, 0]
    assert found["answered"].tolist() == [3, 0]
    assert found["prompt"].tolist() == [1, 0]
    assert found["first_response_minutes"].iloc[0] == 150.0
    assert found["resolved"].tolist() == [1, 1]
    assert found["resolution_hours"].tolist() == [11.0, 30.0]
    assert found["backlog"].tolist() == [2, 1]
    assert found["csat"].tolist() == [0.0, 1.0]


def test_topics_add_up_to_all_and_are_compared_with_the_time_before(conn, project, many):
    filters = asking(project, START, END)
    found = support_by(conn, anyone(project), filters, "topic").set_index("label")
    whole = support_summary(conn, anyone(project), filters)
    assert set(found.index) == {"billing", "bug", "(not set)"}
    assert (found["opened"].sum(), found["resolved"].sum()) == (whole.opened, whole.resolved)
    before = midnight(START, "UTC") - timedelta(days=28)
    bugs = [row for row in many if row["topic"] == "bug"]
    assert found["before"]["bug"] == reference(bugs, before, midnight(START, "UTC")).opened
    assert found["change"]["bug"] == found["opened"]["bug"] / found["before"]["bug"] - 1


def test_series_are_the_columns_one_below_the_other(conn, project, keep):
    keep(ticket(1, 1, 0.5, 30))
    found = support_by_period(conn, anyone(project), asking(project, START, date(2026, 3, 3)))
    series = as_series(found, {"opened": "Opened", "resolved": "Resolved"})
    told = list(zip(series["series"], series["value"], series["which"], strict=True))
    assert told == [
        ("Opened", 1.0, "current"),
        ("Opened", 0.0, "current"),
        ("Resolved", 0.0, "current"),
        ("Resolved", 1.0, "current"),
    ]


def test_alerts_see_tickets_by_stretches(conn, project, keep):
    keep(ticket(1, 1.1), ticket(2, 1.2, topic="bug"), ticket(3, 2.6))
    start, end = FIRST, FIRST + timedelta(hours=3)
    found = ticket_counts(conn, anyone(project), project.id, start, end, 30)
    assert found["at"].dt.hour.tolist() == [1, 2]
    assert found["at"].dt.minute.tolist() == [0, 30]
    assert found["value"].tolist() == found["n"].tolist() == [2.0, 1.0]
    bugs = ticket_counts(conn, anyone(project), project.id, start, end, 30, topic="bug")
    assert bugs["n"].tolist() == [1.0]


def test_a_stranger_sees_nothing(conn, project, many):
    filters = asking(project, START, END)
    assert support_summary(conn, PUBLIC, filters) == SupportSummary()
    assert support_by_period(conn, PUBLIC, filters).empty
    assert support_by(conn, PUBLIC, filters, "topic").empty
