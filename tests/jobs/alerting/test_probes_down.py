"""A probe that is down is told of once and in time, however often it is looked at."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from analytics.operations.alerts.defaults import USUAL
from db.access import create_project
from db.alert_rules import add_rule
from db.probe_results import Result, keep_results
from db.probes import Draft, save_probe
from db.tables import alert_episodes, probes
from jobs.alerting import evaluate
from tests.thorough import thorough

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
SETTLED = 20 * SECOND
ADDRESSES = {"tcp": "host:1", "postgres": "postgresql://user:secret@host/name"}
PHASES = (5, 25, 45)  # seconds past the minute
LONGEST = 60  # seconds until a look is given up, and at most until the next one


@dataclass
class Watched:
    """A probe with its rule: what it is going to find, each with when that is stored."""

    engine: object
    project_id: int
    probe: int
    waiting: list

    def pass_at(self, moment):
        """Store what is known by then, and look at the rules."""
        known = [result for stored, result in self.waiting if stored <= moment]
        self.waiting = [each for each in self.waiting if each[0] > moment]
        with self.engine.begin() as conn:
            keep_results(conn, known)

    def episodes(self):
        e = alert_episodes.c
        with self.engine.connect() as conn:
            ours = select(e.started_at, e.resolved_at).where(e.project_id == self.project_id)
            return conn.execute(ours.order_by(e.id)).all()


@pytest.fixture
def watch(own_engine):
    """A project with a probe that fails from one look to another, and a usual rule."""

    def planted(name, every, phase, failing, looks, hangs=False, rule="down"):
        kind = "postgres" if rule == "database_down" else "tcp"
        with own_engine.begin() as conn:
            made = create_project(conn, name)
            draft = Draft(
                "p", kind, ADDRESSES[kind], every_seconds=every, timeout_seconds=min(every, LONGEST)
            )
            probe = save_probe(conn, made.id, draft)
            conn.execute(update(probes).values(created_at=START))
            add_rule(conn, made.id, USUAL[rule], START)
        waiting = []
        for look in range(looks):
            at = START + (phase + every * look) * SECOND
            fails = look in failing
            waiting.append(
                (
                    at + (min(every, LONGEST) if fails and hangs else 0) * SECOND,
                    Result(probe, at, not fails),
                )
            )
        return Watched(own_engine, made.id, probe, waiting)

    return planted


def run(own_engine, watched, minutes):
    """A pass a minute, as early as a minute is looked at."""
    for minute in range(1, minutes + 1):
        now = START + minute * MINUTE + SETTLED
        for each in watched:
            each.pass_at(now)
        evaluate(own_engine, now)


@thorough
@pytest.mark.parametrize("hangs", [False, True], ids=["refused", "hangs"])
@pytest.mark.parametrize(("every", "first", "last"), [(10, 12, 60), (60, 2, 10), (300, 1, 4)])
def test_what_is_down_is_one_episode_soon_after_the_second_look(
    own_engine, watch, every, first, last, hangs
):
    looks = last + max(2, 420 // every)
    minutes = every * looks // 60 + 1
    watched = [
        watch(f"p{phase}", every, phase, range(first, last), looks, hangs) for phase in PHASES
    ]
    run(own_engine, watched, minutes)
    for phase, each in zip(PHASES, watched, strict=True):
        ((started, resolved),) = each.episodes()
        second = START + (phase + every * (first + 1)) * SECOND
        well = START + (phase + every * last) * SECOND
        late = (min(every, LONGEST) if hangs else 0) * SECOND
        assert second <= started <= second + MINUTE + late
        assert well < resolved <= well + (USUAL["down"].clear_minutes + 2) * MINUTE


@thorough
@pytest.mark.parametrize("hangs", [False, True], ids=["refused", "hangs"])
@pytest.mark.parametrize("every", [10, 60, 300])
def test_a_database_that_is_down_is_told_within_two_minutes(own_engine, watch, every, hangs):
    failing = range(2, 2 + max(2, 240 // every))
    looks = failing.stop + max(2, 420 // every)
    watched = [
        watch(f"p{phase}", every, phase, failing, looks, hangs, "database_down") for phase in PHASES
    ]
    run(own_engine, watched, every * looks // 60 + 1)
    for phase, each in zip(PHASES, watched, strict=True):
        ((started, resolved),) = each.episodes()
        assert started + SETTLED <= START + (phase + every * 2) * SECOND + 2 * MINUTE
        assert resolved is not None


def test_one_look_that_fails_is_not_down(own_engine, watch):
    watched = watch("shop", 60, 5, (3,), 12)
    run(own_engine, [watched], 14)
    assert watched.episodes() == []


def test_an_outage_that_is_stored_after_the_first_pass_is_told(own_engine, watch):
    """While the database is away there are no passes, and what probes find waits."""
    watched = watch("shop", 10, 5, range(30, 54), 90, rule="database_down")
    back = START + 9 * MINUTE
    watched.waiting = [
        (stored if result.ok else back + 2 * SECOND, result) for stored, result in watched.waiting
    ]
    run(own_engine, [watched], 5)
    watched.pass_at(back)
    evaluate(own_engine, back)
    assert watched.episodes() == []
    run(own_engine, [watched], 14)
    ((started, resolved),) = watched.episodes()
    assert (started, resolved is None) == (back, False)


@thorough
def test_what_is_not_looked_at_any_more_is_neither_down_nor_well(own_engine, watch):
    watched = watch("shop", 60, 5, range(3, 8), 8)
    run(own_engine, [watched], 60)
    ((_, resolved),) = watched.episodes()
    assert resolved is None
    with own_engine.begin() as conn:
        conn.execute(update(probes).values(is_paused=True))
    evaluate(own_engine, START + 70 * MINUTE)
    ((_, resolved),) = watched.episodes()
    assert resolved is not None
