"""Membership as Postgres computes it, against the definitions in plain Python."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.filters import Filters
from analytics.scope import PUBLIC, Viewer
from analytics.segments.definition import (
    Between,
    Definition,
    Did,
    FirstSeen,
    InStage,
    LastDays,
    Rule,
    Trait,
)
from analytics.segments.members import members_sql
from db.access import create_project, project_secret
from db.errors import BadSegment
from db.identity import actor_key
from tests.analytics.reference import anyone
from tests.analytics.segments import reference
from tests.thorough import cases, thorough
from tests.written import project_of

NOW = datetime(2026, 3, 12, 12, tzinfo=UTC)  # a Thursday
DEFINITIONS_A_LOG = 12


def asked(project, now=NOW, **more):
    today = now.date()
    return Filters(
        project.id, project.timezone, project.consent, today, today + timedelta(days=1), now, **more
    )


def who_is_in(conn, project, definition, people, now=NOW, viewer=None, **more):
    """The people of a test who are in the segment, by their names."""
    secret = project_secret(conn, project.id)
    names = {actor_key(secret, who): who for who in people}
    query = members_sql(viewer or anyone(project), asked(project, now, **more), definition)
    found = [names[row.actor_key] for row in conn.execute(query)]
    assert len(found) == len(set(found))
    return set(found)


def one(condition, negated=False):
    return Definition((Rule(condition, negated),))


@thorough
@settings(
    max_examples=cases(30),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(log=reference.logs(), data=st.data())
def test_membership_is_what_the_definitions_say(conn, add_events, log, data):
    with conn.begin_nested() as savepoint:
        project = create_project(
            conn, "random", consent="opt-out", timezone=log.zone, retention_months=None
        )
        add_events(project, *(event.line for event in log.events))
        for _ in range(DEFINITIONS_A_LOG):
            definition = data.draw(reference.definitions(log.today))
            found = who_is_in(conn, project, definition, log.everybody, log.now)
            assert found == reference.members(log, definition), definition
        savepoint.rollback()


@pytest.fixture(scope="module")
def people(module_conn):
    """ann came in January and pays since yesterday; bob came this week; cleo left in February."""
    return project_of(
        module_conn,
        "ann open 2026-01-10T10:00Z subject=home platform=web plan=free",
        "ann save 2026-03-03T10:00Z subject=file platform=web plan=free",
        "ann save 2026-03-11T10:00Z subject=file platform=web plan=pro",
        "bob open 2026-03-10T10:00Z subject=home platform=ios plan=free",
        "bob open 2026-03-12T10:00Z subject=help platform=ios plan=free",
        "cleo open 2026-02-20T10:00Z subject=home platform= plan=free",
    )


EVERYBODY = {"ann", "bob", "cleo"}
CASES = {
    "used a value in the last days": (Trait("platform", ("web",), within=LastDays(7)), {"ann"}),
    "a value that is not set": (Trait("platform", ("(not set)",)), {"cleo"}),
    "one of two values": (Trait("platform", ("web", "ios")), {"ann", "bob"}),
    "used once": (Trait("plan", ("free",), within=LastDays(10)), {"ann", "bob"}),
    "on the latest day": (Trait("plan", ("free",), when="latest"), {"bob", "cleo"}),
    "at first": (Trait("plan", ("free",), when="first"), EVERYBODY),
    "did it": (Did("save"), {"ann"}),
    "did it to a subject": (Did("open", "help"), {"bob"}),
    "did it twice": (Did("save", times=2), {"ann"}),
    "did it twice in time": (Did("save", times=2, within=LastDays(5)), set()),
    "at most once": (Did("save", comparison="at most"), {"bob", "cleo"}),
    "exactly twice": (Did("open", comparison="exactly", times=2), {"bob"}),
    "never": (Did("open", comparison="exactly", times=0, within=LastDays(365)), set()),
    "anything": (Did(within=LastDays(2)), {"ann", "bob"}),
    "between dates": (
        Did("open", within=Between(date(2026, 1, 1), date(2026, 2, 20))),
        {"ann"},
    ),
    "first seen of late": (FirstSeen(LastDays(30)), {"bob", "cleo"}),
    "first seen between": (FirstSeen(Between(date(2026, 1, 10), date(2026, 1, 11))), {"ann"}),
    "new this week": (InStage("new", ago=0), {"bob"}),
    "returning this week": (InStage("returning", ago=0), {"ann"}),
    "resurrecting last week": (InStage("resurrecting"), {"ann"}),
    "dormant this month": (InStage("dormant", "month", ago=0), {"cleo"}),
}


@pytest.mark.parametrize(("condition", "expected"), CASES.values(), ids=CASES)
def test_each_condition_and_its_opposite(conn, people, condition, expected):
    assert who_is_in(conn, people, one(condition), EVERYBODY) == expected
    assert who_is_in(conn, people, one(condition, negated=True), EVERYBODY) == EVERYBODY - expected


def test_all_and_any(conn, people):
    rules = (Rule(Did("open", within=LastDays(3))), Rule(Trait("plan", ("pro",))))
    assert who_is_in(conn, people, Definition(rules, "all"), EVERYBODY) == set()
    assert who_is_in(conn, people, Definition(rules, "any"), EVERYBODY) == {"ann", "bob"}


def test_what_the_filters_ask_for_besides_does_not_matter(conn, people):
    more = {"platform": ("ios",), "event": "save", "segment": 12, "grain": "hour"}
    assert who_is_in(conn, people, one(Did("save")), EVERYBODY, **more) == {"ann"}


def test_days_are_those_of_the_project(conn, berlin, add_events):
    add_events(berlin, "ann open 2026-03-28T23:30Z", "bob open 2026-03-28T22:30Z")
    now = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert who_is_in(conn, berlin, one(Did("open", within=LastDays(1))), ["ann", "bob"], now) == {
        "ann"
    }


def test_a_segment_holds_people_of_its_own_project_only(conn, people, berlin, add_events):
    add_events(berlin, "dora save 2026-03-11T10:00Z plan=pro")
    both = anyone(people, berlin)
    everywhere = one(Did("save"))
    assert who_is_in(conn, people, everywhere, EVERYBODY, viewer=both) == {"ann"}
    assert who_is_in(conn, berlin, everywhere, {"dora"}, viewer=both) == {"dora"}


@pytest.mark.parametrize("stranger", [PUBLIC, Viewer(7, "x@example.org", "admin", frozenset({-1}))])
@pytest.mark.parametrize("negated", [False, True])
def test_a_stranger_finds_nobody(conn, people, stranger, negated):
    for condition, _ in CASES.values():
        definition = one(condition, negated)
        assert who_is_in(conn, people, definition, EVERYBODY, viewer=stranger) == set()


def test_hostile_values_are_only_values(conn, people):
    hostile = "' OR 1=1; --"
    for condition in (Trait("platform", (hostile,)), Did(hostile, hostile), Did("%s", "%(x)s")):
        assert who_is_in(conn, people, one(condition), EVERYBODY) == set()


def test_an_incomplete_definition_is_not_computed(people):
    for definition in (Definition(), one(Trait("plan", ()))):
        with pytest.raises(BadSegment):
            members_sql(anyone(people), asked(people), definition)


def test_an_anonymous_project_has_nobody_to_find(conn, add_events):
    project = create_project(conn, "anonymous", consent="anonymous", retention_months=None)
    add_events(project, "ann open 2026-03-11T10:00Z first_use=7")
    assert who_is_in(conn, project, one(Did("open")), set()) == set()
    assert who_is_in(conn, project, one(Did("open"), negated=True), set()) == set()
