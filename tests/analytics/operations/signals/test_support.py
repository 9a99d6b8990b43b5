"""Tickets as alerts look at them, against a plain walk through the tickets."""

import random
from datetime import timedelta
from statistics import median

import pytest
from sqlalchemy import insert

from db.tables import tickets
from tests.analytics.operations.signals.looking import MINUTE, NOW, START, window

HOUR = timedelta(hours=1)
BEGIN, END, LENGTH = START, START + 2 * HOUR, 120


@pytest.fixture
def asked(conn, project):
    """Two hundred tickets of four hours; some wait, and some were rated."""
    dice = random.Random(5)
    rows = []
    for number in range(200):
        opened = START - HOUR + dice.randrange(240) * MINUTE
        answered = opened + dice.randrange(90) * MINUTE if number % 5 else None
        resolved = opened + dice.randrange(200) * MINUTE if number % 3 else None
        csat = dice.choice([None, 2, 4, 5]) if resolved else None
        times = {"opened_at": opened, "first_response_at": answered, "resolved_at": resolved}
        named = {"ticket_id": str(number), "topic": dice.choice(["login", "bill"])}
        rows.append(named | times | {"updated_at": opened, "csat": csat})
    conn.execute(insert(tickets).values([row | {"project_id": project.id} for row in rows]))
    return rows


def inside(moment):
    return moment is not None and BEGIN <= moment < END


def waited(rows, until, unit):
    return [(row[until] - row["opened_at"]) / unit for row in rows if inside(row[until])]


@pytest.mark.parametrize("topic", ["", "login"])
def test_each_figure_is_that_of_a_walk_through_the_tickets(conn, project, asked, topic):
    rows = [row for row in asked if topic in ("", row["topic"])]
    more = {"topic": topic} if topic else {}

    def seen(key):
        return window(conn, project, key, END, LENGTH, now=NOW, start=BEGIN, **more)

    resolved = sum(inside(row["resolved_at"]) for row in rows)
    assert seen("tickets") == (sum(inside(row["opened_at"]) for row in rows),) * 2
    assert seen("tickets_resolved") == (resolved, resolved)
    answers = waited(rows, "first_response_at", MINUTE)
    assert seen("first_response") == (pytest.approx(median(answers)), len(answers))
    hours = waited(rows, "resolved_at", HOUR)
    assert seen("resolution") == (pytest.approx(median(hours)), len(hours))
    stars = [row["csat"] for row in rows if inside(row["resolved_at"]) and row["csat"]]
    share = sum(each >= 4 for each in stars) / len(stars)
    assert seen("ticket_csat") == (pytest.approx(share), len(stars))


def test_the_backlog_is_what_is_open_at_the_end_of_an_hour(conn, project, asked):
    for hours in (1, 2):
        end = START + hours * HOUR
        over = [row["resolved_at"] is not None and row["resolved_at"] < end for row in asked]
        came = [row["opened_at"] < end for row in asked]
        waiting = sum(each and not done for each, done in zip(came, over, strict=True))
        assert window(conn, project, "backlog", end + 5 * MINUTE, 60)[0] == waiting
