"""From a visit to a customer who stays, counted by hand and against plain Python."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.business.revenue.funnel import NAMES, STEPS, WINDOW, conversion
from analytics.business.revenue.funnel_sql import conversion_sql
from analytics.scope import PUBLIC
from db.access import project_secret
from db.business_settings import BusinessSettings
from db.identity import actor_key
from tests.analytics.business.revenue.books import NOW, add_changes, add_customers, asked
from tests.analytics.reference import anyone
from tests.thorough import thorough

USUAL = BusinessSettings()
PEOPLE = ("ann", "bob", "cem", "dan", "eva", "fay", "gus")
VISITS = (
    "ann page_view 2026-02-01T10:00Z",
    "ann sign_up 2026-02-01T10:05Z",
    "bob page_view 2026-02-01T10:00Z",
    "bob sign_up 2026-02-20T10:00Z",
    "cem page_view 2026-02-02T10:00Z",
    "dan page_view 2026-02-03T10:00Z",
    "dan sign_up 2026-05-01T10:00Z",  # after the window
    "eva page_view 2026-07-01T10:00Z",
    "eva sign_up 2026-07-01T11:00Z",
    "fay page_view 2025-12-30T10:00Z",  # before the range
    "fay page_view 2026-02-01T10:00Z",
    "gus open 2026-02-01T10:00Z",  # never visits
)
PAID = (
    "0 0 2026-02-10T10:00Z active pro 900",
    "1 1 2026-02-25T10:00Z active pro 900",
    "1 1 2026-03-10T10:00Z canceled pro 900",
    "4 4 2026-07-02T10:00Z active pro 900",
)


@pytest.fixture
def shop(conn, project, add_events):
    add_events(project, *VISITS)
    secret = project_secret(conn, project.id)
    keys = {number: actor_key(secret, who) for number, who in enumerate(PEOPLE)}
    add_customers(conn, project, keys)
    add_changes(conn, project, *PAID)
    return project


def counts(found):
    return found.steps["actors"].tolist()


def test_each_step_is_of_those_who_came_before_it(conn, shop):
    found = conversion(conn, anyone(shop), asked(shop), USUAL)
    assert found.steps["step"].tolist() == list(NAMES)
    assert counts(found) == [4, 2, 2, 1]
    assert found.steps["lost"].tolist() == [2, 0, 1, 0]
    assert found.steps["conversion"].tolist() == [1, 0.5, 0.5, 0.25]
    assert found.steps["step_conversion"].tolist()[1:] == [0.5, 1, 0.5]


def test_who_may_still_come_is_in_no_step(conn, shop):
    found = conversion(conn, anyone(shop), asked(shop), USUAL)
    assert found.maturing == 1  # eva: she visited nine days ago, and paid the day after


def test_a_visitor_counts_once_their_window_is_over(conn, shop):
    visited = datetime(2026, 7, 1, tzinfo=UTC)
    for after, steps in ((0, 4), (1, 5)):
        now = visited + timedelta(days=WINDOW + after, hours=12)
        found = conversion(conn, anyone(shop), asked(shop, now=now), USUAL)
        assert counts(found)[0] == steps


def test_a_payer_whose_days_are_not_over_is_left_out_of_who_stays(conn, shop):
    months = replace(USUAL, retained_days=140)
    found = conversion(conn, anyone(shop), asked(shop), months)
    # Ann paid on 10 February, 150 days ago; Bob on 25 February, and his 140 days end on 15 July.
    assert counts(found) == [4, 2, 2, 1]
    assert found.steps["maturing"].tolist() == [0, 0, 1, 0]
    assert found.steps["step_conversion"].iloc[-1] == 1
    assert found.steps["conversion"].iloc[-1] == 0.5


def test_whoever_had_paid_before_their_visit_is_no_visitor(conn, shop):
    add_changes(conn, shop, "2 2 2026-01-05T10:00Z active pro 900")  # cem
    assert counts(conversion(conn, anyone(shop), asked(shop), USUAL)) == [3, 2, 2, 1]


def test_other_events_may_begin_it(conn, shop, add_events):
    settings = replace(USUAL, visit_event="open", signup_event="page_view")
    add_events(shop, "gus page_view 2026-02-02T10:00Z")
    assert counts(conversion(conn, anyone(shop), asked(shop), settings)) == [1, 1, 0, 0]


def test_another_subscription_keeps_a_customer(conn, shop):
    add_changes(conn, shop, "1 11 2026-03-09T10:00Z active team 4900")
    assert counts(conversion(conn, anyone(shop), asked(shop), USUAL)) == [4, 2, 2, 2]


@pytest.mark.parametrize("hostile", ["'; DROP TABLE customers --", "%s", "no_such_event"])
def test_an_event_that_nobody_sends_is_only_a_name(conn, shop, hostile):
    found = conversion(conn, anyone(shop), asked(shop), replace(USUAL, visit_event=hostile))
    assert found.steps.empty


def test_a_stranger_and_an_anonymous_project_have_no_row(conn, shop):
    for viewer in (PUBLIC, anyone(shop, role="product")):
        assert conn.execute(conversion_sql(viewer, asked(shop), USUAL)).all() == []
        assert conversion(conn, viewer, asked(shop), USUAL).steps.empty
    found = conversion(conn, PUBLIC, asked(shop), USUAL)
    assert found.steps.dtypes.astype(str).to_dict() == STEPS
    nobody = replace(asked(shop), consent="anonymous")
    assert conversion(conn, anyone(shop), nobody, USUAL).steps.empty


def story(dice, begin):
    """What one person did: days of visits, of sign-ups, and when their subscription changed."""
    first = dice.randrange(170)
    visits = [first + dice.randrange(30) for _ in range(dice.randrange(3))]
    signs = [first + dice.randrange(90) for _ in range(dice.randrange(3))]
    changes = [
        (begin + timedelta(days=first + dice.randrange(-20, 120), hours=dice.randrange(24)), pays)
        for pays in (True, False, True)[: dice.randrange(4)]
    ]
    return visits, signs, sorted(changes)


def reference(people, begin):
    """How many came how far, one person after the other."""
    found, today = [0, 0, 0, 0], (NOW - begin).days
    for visits, signs, changes in people:
        seen = min([*visits, *signs], default=None)
        if not visits or seen is None or min(visits) >= today - WINDOW:
            continue
        visited = min(visits)
        paid_at = next((at for at, pays in changes if pays and at <= NOW), None)
        paid = (paid_at - begin).days if paid_at else None
        if paid is not None and paid < visited:
            continue
        signed = min((day for day in signs if visited <= day <= visited + WINDOW), default=None)
        came = signed is not None
        bought = came and paid is not None and signed <= paid <= visited + WINDOW
        kept = bought and paid_at + timedelta(days=30) <= NOW
        later = [pays for at, pays in changes if paid_at and at <= paid_at + timedelta(days=30)]
        for step, so in enumerate((True, came, bought, kept and later[-1])):
            found[step] += bool(so)
    return found


@thorough
@pytest.mark.parametrize("seed", range(3))
def test_a_plain_count_of_each_person_agrees(conn, project, add_events, seed):
    dice, begin = random.Random(seed), datetime(2026, 1, 1, tzinfo=UTC)
    people = [story(dice, begin) for _ in range(60)]
    lines, changes = [], []
    for number, (visits, signs, moves) in enumerate(people):
        for name, days in (("page_view", visits), ("sign_up", signs)):
            at = [begin + timedelta(days=day, hours=dice.randrange(24)) for day in days]
            lines += [f"u{number} {name} {each.isoformat()}" for each in at]
        for at, pays in moves:
            state = "active" if pays else "canceled"
            changes.append(f"{number} {number} {at.isoformat()} {state} pro 900")
    add_events(project, *lines)
    secret = project_secret(conn, project.id)
    keys = {number: actor_key(secret, f"u{number}") for number in range(len(people))}
    add_customers(conn, project, keys)
    add_changes(conn, project, *changes)
    found = conversion(conn, anyone(project), asked(project), USUAL)
    wanted = reference(people, begin)
    assert counts(found) == wanted
    row = conn.execute(conversion_sql(anyone(project), asked(project), USUAL)).one()
    assert list(row[:4]) == wanted
    assert (row.maturing, row.visiting) == (found.steps["maturing"].sum(), found.maturing)
    assert wanted[2] > 0
