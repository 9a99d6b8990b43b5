"""Sessions as they are stored: some days around a night on which the clocks change."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import text

from analytics.measures.packs import load_log
from analytics.product.sessions.cutting import COLUMNS
from analytics.showing import shown
from tests.analytics.product.sessions.reference import Event, sessions
from tests.analytics.reference import anyone, asking, history
from tests.written import platforms_of, project_of

NIGHTS = {  # a day on which the clocks change, or half an hour is odd
    "Europe/Berlin": date(2026, 3, 29),
    "America/New_York": date(2026, 11, 1),
    "Asia/Kolkata": date(2026, 3, 29),
    "Pacific/Auckland": date(2026, 4, 5),
}


def visited(conn, zone):
    """A project with sessions that clients tell and visits that nobody does, and filters on it."""
    night = NIGHTS[zone]
    told = history(5, night - timedelta(days=8), 14, events=150)
    lines = [*(event.line for event in told), *alone(night)]
    project = project_of(conn, *lines, zone=zone, name=zone)
    return project, asking(project, night - timedelta(days=2), night + timedelta(days=3))


def alone(night):
    """What three people and a server do over some days without session ids."""
    dice = np.random.default_rng(7)
    lines, at = [], datetime(night.year, night.month, night.day, tzinfo=UTC) - timedelta(days=6)
    while at < datetime(night.year, night.month, night.day, tzinfo=UTC) + timedelta(days=4):
        at += timedelta(minutes=int(dice.choice([0, 1, 5, 29, 30, 31, 200])))
        what = dice.choice(["view subject=home", "view subject=pricing", "buy"])
        name, _, subject = what.partition(" ")
        platform = dice.choice(["web", "ios", "cli", ""], p=[0.5, 0.3, 0.1, 0.1])
        who = f"a{dice.integers(3)}"
        lines.append(f"{who} {name} {at.isoformat()} {subject} platform={platform} channel=ads")
    return lines


def as_events(conn, project, filters):
    """The events of the range as the reference takes them."""
    log = load_log(conn, anyone(project), filters, columns=COLUMNS)
    columns = (log.keys[log.actor], log.at, log.kind, log.cell, log.session)
    return [Event(*map(int, row)) for row in zip(*columns, strict=True)]


def by_reference(conn, project, filters):
    platforms = platforms_of(conn, project)
    servers = {cell for cell, name in platforms.items() if name == "cli"}
    return sessions(as_events(conn, project, filters), servers)


def pasted(conn, statement):
    """The rows of a statement as a reader pastes it."""
    result = conn.execute(text(shown(statement).replace(":", r"\:")))
    return [tuple(row) for row in result.all()]
