"""The worker over thirty days by a simulated clock, stopped and killed again and again."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import func, insert, select

from db.access import create_project
from db.alert_rules import Rule, add_rule
from db.tables import alert_episodes, alert_history, event_minutes, messages
from db.targets import set_target
from jobs.alerting import telling
from jobs.alerting.watching import watch
from tests.thorough import thorough

START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAYS, INCIDENTS, LASTS = 30, 5, 45
RULE = Rule(
    "Errors",
    "error_rate",
    "threshold",
    value=0.05,
    recovery=0.03,
    window_minutes=5,
    delay_minutes=10,
    clear_minutes=10,
    minimum=20,
)


class Killed(BaseException):
    """What ends a process whatever it is doing."""


@pytest.fixture
def shop(own_engine):
    with own_engine.begin() as conn:
        made = create_project(conn, "shop", timezone="Europe/Berlin")
        set_target(conn, made.id, "team", "json://127.0.0.1:9/alerts", ("alert",))
        add_rule(conn, made.id, RULE, START)
    return made


@pytest.fixture
def begun(own_engine, shop):
    """When each planted incident begins, in minutes from the start."""
    chance = np.random.default_rng(7)
    minutes = DAYS * 1_440
    begun = [int(day * 1_440 + chance.integers(0, 1_440)) for day in range(3, 28, 5)]
    share = np.full(minutes, 0.01)
    for minute in begun:
        share[minute : minute + LASTS] = 0.4
    n = chance.poisson(30, minutes)
    failures = chance.binomial(n, share)
    rows = [
        {"project_id": shop.id, "minute": START + k * MINUTE, "name": "api_request"}
        | {"n": int(n[k]), "failures": int(failures[k])}
        for k in range(minutes)
    ]
    with own_engine.begin() as conn:
        conn.execute(insert(event_minutes), rows)
    return begun


@thorough
def test_each_incident_is_told_once_however_often_the_worker_is_killed(
    own_engine, shop, begun, monkeypatch
):
    chance = np.random.default_rng(3)
    looked = sorted({*chance.integers(1, DAYS * 1_440, 80).tolist(), DAYS * 1_440 - 1})
    near = [minute + after for minute in begun for after in (6, 11, 14, 15, 16, 17, 40)]
    for number, minute in enumerate(sorted({*looked, *near})):
        now = START + int(minute) * MINUTE + timedelta(seconds=25)
        if number % 3 == 0:
            kill(own_engine, now, monkeypatch)
        watch(own_engine, now)
    with own_engine.connect() as conn:
        e = alert_episodes.c
        episodes = conn.execute(select(e).order_by(e.id)).all()
        told = conn.execute(select(messages.c.created_at)).all()
        acts = dict(
            conn.execute(
                select(alert_history.c.act, func.count()).group_by(alert_history.c.act)
            ).all()
        )
    for row, planted in zip(episodes, begun, strict=True):
        assert 0 < late(row.started_at, planted) <= late(row.notified_at, planted)
        assert late(row.notified_at, planted) <= RULE.promise_minutes
    assert all(row.resolved_at for row in episodes)
    assert len(told) == len(begun)
    assert acts == {"fired": len(begun), "notified": len(begun), "resolved": len(begun)}


def late(started_at, minute):
    """How many minutes after its beginning an incident was noticed."""
    return (started_at - START) // MINUTE - minute


def kill(engine, now, monkeypatch):
    """A pass that ends where it tells, with nothing of that kept."""

    def killed(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(telling, "_mark", killed)
        try:
            watch(engine, now)
        except Killed:
            return
