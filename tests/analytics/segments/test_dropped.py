"""Who was lost in a funnel, as a condition of a segment."""

from datetime import UTC, datetime

import pytest

from analytics.product.funnels.asking import dropped
from analytics.product.funnels.definition import Funnel
from analytics.segments.definition import Definition, Dropped, LastDays, Rule, definition_of
from analytics.segments.members import lost_in, members_sql
from db.errors import BadSegment
from tests.analytics.reference import anyone
from tests.analytics.segments.test_members import asked, one, who_is_in
from tests.written import project_of

FUNNEL = Funnel.from_text("steps=visit~sign_up~buy&window=1d").text
OTHER = Funnel.from_text("steps=visit~buy&window=2d&order=strict").text
NOW = datetime(2026, 3, 12, 12, tzinfo=UTC)
EVERYBODY = {"ann", "bob", "cleo", "dora", "eve"}


@pytest.fixture(scope="module")
def shop(module_conn):
    return project_of(
        module_conn,
        "ann visit 2026-03-01T10:00Z",
        "bob visit 2026-03-01T10:00Z",
        "bob sign_up 2026-03-01T11:00Z",
        "cleo visit 2026-03-01T10:00Z",
        "cleo sign_up 2026-03-01T11:00Z",
        "cleo buy 2026-03-01T12:00Z",
        "dora visit 2026-03-12T11:00Z",
        "eve look 2026-03-12T11:00Z",
    )


@pytest.mark.parametrize(("step", "lost"), [(1, {"ann"}), (2, {"bob"}), (3, {"cleo"})])
def test_who_was_lost_after_a_step_and_not_who_may_still_come(conn, shop, step, lost):
    assert who_is_in(conn, shop, one(Dropped(FUNNEL, step)), EVERYBODY) == lost
    opposite = one(Dropped(FUNNEL, step), negated=True)
    assert who_is_in(conn, shop, opposite, EVERYBODY) == EVERYBODY - lost


def test_only_who_entered_in_the_span_counts(conn, shop):
    definition = one(Dropped(FUNNEL, 1, LastDays(7)))
    assert who_is_in(conn, shop, definition, EVERYBODY) == set()


def test_it_is_those_whom_the_funnel_page_names(conn, shop):
    condition = Dropped(FUNNEL, 1)
    day = asked(shop)
    theirs = day.over(datetime(2026, 2, 11, tzinfo=UTC).date(), day.end)
    found = dropped(conn, anyone(shop), theirs, condition.of, 1)
    members = conn.execute(members_sql(anyone(shop), day, one(condition))).scalars().all()
    assert members == found.tolist()


def test_packs_and_sql_find_the_same(conn, shop):
    rules = (Rule(Dropped(FUNNEL, 1)), Rule(Dropped(OTHER, 2), negated=True))
    for definition in (Definition(rules, "all"), Definition(rules, "any")):
        lost = lost_in(conn, anyone(shop), asked(shop), definition)
        found = members_sql(anyone(shop), asked(shop), definition, lost)
        in_sql = members_sql(anyone(shop), asked(shop), definition)
        keys = [set(conn.execute(query).scalars()) for query in (found, in_sql)]
        assert keys[0] == keys[1] != set()


def test_two_funnels_in_one_segment(conn, shop):
    rules = (Rule(Dropped(FUNNEL, 1)), Rule(Dropped(OTHER, 1)), Rule(Dropped(FUNNEL, 2)))
    assert who_is_in(conn, shop, Definition(rules, "any"), EVERYBODY) == {"ann", "bob", "cleo"}


def test_a_funnel_survives_json():
    definition = one(Dropped(FUNNEL, 2))
    assert definition_of(definition.json) == definition


@pytest.mark.parametrize(
    ("funnel", "step"), [("", 1), ("steps=", 1), ("steps=a~b", 0), ("steps=a~b", 3), ("order=x", 1)]
)
def test_what_is_no_funnel_is_refused(funnel, step):
    with pytest.raises(BadSegment):
        Dropped(funnel, step)
