"""What the page of an experiment reads: phases apart, drafts unread, and A/A tests by chance."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from analytics.experiments.definition import Measure, Metric
from analytics.experiments.results import results, segments, verdicts
from analytics.experiments.self_test import self_test
from analytics.experiments.statistics import reading
from analytics.feedback.hypotheses import tried
from analytics.scope import PUBLIC
from db import tables
from db.experiments.checking import draft_of
from db.experiments.drafting import change_experiment, create_experiment
from db.experiments.kept import Variant, find_experiment
from db.experiments.running import decide_experiment
from tests.analytics.reference import anyone, asking
from tests.pages.trials import NOW, draft, run
from tests.thorough import thorough


@contextmanager
def counted(conn):
    """The statements that are run meanwhile."""
    told = []

    def note(*run):
        told.append(run[2])

    event.listen(conn, "before_cursor_execute", note)
    yield told
    event.remove(conn, "before_cursor_execute", note)


EVENTS = Metric(1, "secondary", "Events", Measure("events"))


def test_a_draft_has_no_results(conn, project):
    create_experiment(conn, project.id, draft())
    assert results(conn, anyone(project), project.id, "short") is None
    assert verdicts(conn, anyone(project), project.id) == {}


def test_who_may_not_see_it_learns_nothing(conn, project):
    run(conn, project)
    assert results(conn, PUBLIC, project.id, "short") is None
    assert tried(conn, PUBLIC, project.id, "short") is None
    assert segments(conn, PUBLIC, project.id, "short", "platform", 1) is None


@thorough
def test_the_list_concludes_as_the_pages_do_in_as_many_statements_as_for_one(conn, project):
    ran = {
        "won": {},
        "lost": {"bought": (500, 400)},
        "harmed": {"failed": (50, 150)},
        "split": {"exposed": (1_100, 900)},
        "empty": {"exposed": (0, 0), "bought": (0, 0), "failed": (0, 0)},
    }
    run(conn, project, "first")
    with counted(conn) as of_one:
        verdicts(conn, anyone(project), project.id)
    for key, sums in ran.items():
        run(conn, project, key, **sums)
    with counted(conn) as of_all:
        found = verdicts(conn, anyone(project), project.id)
    assert len(of_all) == len(of_one)
    assert set(found) == {"first", *ran}
    for key, verdict in found.items():
        page = results(conn, anyone(project), project.id, key).reading.verdict
        assert (verdict.kind, verdict.variant) == (page.kind, page.variant)
        assert verdict.progress == page.progress


def test_the_list_survives_metrics_that_can_not_be_read(conn, project):
    run(conn, project)
    number = run(conn, project, "bad")
    theirs = tables.experiments.c.id == number
    conn.execute(tables.experiments.update().where(theirs).values(metrics=[{"id": 1}]))
    found = verdicts(conn, anyone(project), project.id)
    assert (found["short"].kind, found["bad"].kind) == ("better", "undefined")


def test_the_list_survives_numbers_that_can_not_be_read(conn, project, monkeypatch):
    run(conn, project)
    run(conn, project, "bad", bought=(400, 401))

    def fragile(metrics, design, sums, *more):
        if 401 in sums["y"].tolist():
            raise ZeroDivisionError
        return reading(metrics, design, sums, *more)

    monkeypatch.setattr("analytics.experiments.results.reading", fragile)
    found = verdicts(conn, anyone(project), project.id)
    assert (found["short"].kind, found["bad"].kind) == ("better", "undefined")


@pytest.mark.parametrize(("days_ago", "read"), [(0, False), (1, True)])
def test_the_test_is_read_when_the_projects_day_is_over(conn, project, days_ago, read):
    run(conn, project)
    today = datetime.now(ZoneInfo(project.timezone)).date()
    day = today - timedelta(days=days_ago)
    conn.execute(tables.outcome_days.update().values(day=day))
    found = results(conn, anyone(project), project.id, "short").reading.estimates[0]
    assert (found.read_on, found.read_people) == ((day, 2_000) if read else (None, None))


def test_what_was_decided_is_not_read_for_the_list(conn, project):
    run(conn, project)
    decide_experiment(conn, project.id, "short", "shipped", "brief", "")
    assert verdicts(conn, anyone(project), project.id) == {}


def test_phases_are_read_apart(conn, project):
    run(conn, project)
    wanted = draft_of(find_experiment(conn, project.id, "short"))
    other = (Variant("long", 2_000), Variant("brief", 8_000))
    change_experiment(conn, project.id, "short", replace(wanted, variants=other))
    viewer = anyone(project)
    assert results(conn, viewer, project.id, "short").reading.verdict.kind == "empty"
    first = results(conn, viewer, project.id, "short", 1)
    assert (first.phase.number, first.reading.verdict.kind) == (1, "better")
    assert first.counted == 2_000
    assert results(conn, viewer, project.id, "short", 99).phase.number == 2


def test_a_hypothesis_is_measured_by_its_experiment(conn, project):
    run(conn, project)
    found = tried(conn, anyone(project), project.id, "short")
    assert found.change.change == pytest.approx(0.25)
    assert found.change.low < 0.25 < found.change.high
    assert (found.change.before, found.change.after) == (0.4, 0.5)


def test_a_wrong_split_measures_no_hypothesis(conn, project):
    run(conn, project, exposed=(1_100, 900))
    found = tried(conn, anyone(project), project.id, "short")
    assert found.verdict.kind == "split"
    assert found.estimate is None
    assert found.change is None


@thorough
def test_halves_that_got_the_same_rarely_look_different(conn, project, add_events):
    day = NOW - timedelta(days=10)
    add_events(
        project,
        *(
            f"n{who} open {day + timedelta(minutes=minute):%Y-%m-%dT%H:%M}Z"
            for who in range(400)
            for minute in range(1 + who % 7)
        ),
    )
    today = datetime.now(UTC).date()
    filters = asking(project, today - timedelta(days=28), today, now=datetime.now(UTC))
    found = self_test(conn, anyone(project), filters, EVENTS)
    assert found.tested == len(found.rows) == 100
    assert (found.rows["n"] == 400).all()
    # at 5 % of 100, more than 12 come by chance in less than 1 of 500 cases (binomial)
    assert found.different <= 12
    assert found.rows["p"].between(0, 1).all()
