"""How large segments are, how much of the activity they hold, and who may change them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from analytics.product.trends import trend
from analytics.scope import PUBLIC, Viewer
from analytics.segments.asking import may_change, segments_of, shares, size_of, size_sql
from analytics.segments.counting import recount
from analytics.segments.definition import Definition, Did, Dropped, LastDays, Rule, Trait
from db.access import ensure_person
from db.errors import BadSegment
from db.segments import create_segment
from tests.analytics.reference import anyone, asking
from tests.written import project_of

NOW = datetime(2026, 3, 12, 12, tzinfo=UTC)
OPENED = Definition((Rule(Did("open", within=LastDays(365))),))
SAVED = Definition((Rule(Did("save", within=LastDays(365))),))


@pytest.fixture(scope="module")
def shop(module_conn):
    return project_of(
        module_conn,
        "ann open 2026-03-10T10:00Z platform=web",
        "ann save 2026-03-10T11:00Z platform=web",
        "bob open 2026-03-11T10:00Z platform=ios",
        "cleo save 2026-01-11T10:00Z platform=web",
    )


def asked(project, **more):
    return replace(asking(project, date(2026, 3, 9), date(2026, 3, 13), **more), now=NOW)


def keep(conn, project, name, definition):
    segment = create_segment(conn, project.id, name, definition.json, None)
    recount(conn, anyone(project), project, segment, NOW)
    return segment


def held(conn, project, filters=None, viewer=None):
    """The shares of all segments of a project."""
    listed = segments_of(conn, anyone(project), project.id)
    return shares(conn, viewer or anyone(project), filters or asked(project), listed)


def test_the_size_counts_all_members_and_the_share_those_active_in_the_range(conn, shop):
    size = size_of(conn, anyone(shop), asked(shop), SAVED)
    assert (size.people, size.active, size.everybody, size.share) == (2, 1, 2, 0.5)


def test_filters_narrow_who_is_active_and_not_who_is_a_member(conn, shop):
    size = size_of(conn, anyone(shop), asked(shop, platform=("ios",)), SAVED)
    assert (size.people, size.active, size.everybody, size.share) == (2, 0, 1, 0.0)


def test_where_nobody_is_active_there_is_no_share(conn, shop):
    assert size_of(conn, anyone(shop), asked(shop, platform=("tv",)), SAVED).share is None


def test_the_query_of_a_size_gives_its_numbers(conn, shop):
    definition = Definition((*SAVED.rules, Rule(Dropped("steps=open~save&window=1d"))), "any")
    for filters in (asked(shop), asked(shop, platform=("web",))):
        row = conn.execute(size_sql(anyone(shop), filters, definition)).one()
        size = size_of(conn, anyone(shop), filters, definition)
        assert (row.people, row.active, row.everybody) == (size.people, size.active, size.everybody)


def test_an_incomplete_definition_has_no_size(conn, shop):
    with pytest.raises(BadSegment):
        size_of(conn, anyone(shop), asked(shop), Definition((Rule(Trait("plan", ())),)))


def test_stored_and_live_sizes_agree(conn, shop):
    kept = {keep(conn, shop, name, one): one for name, one in (("o", OPENED), ("s", SAVED))}
    found = held(conn, shop).set_index("segment_id")
    listed = {segment.id: segment for segment in segments_of(conn, anyone(shop), shop.id)}
    for number, definition in kept.items():
        live = size_of(conn, anyone(shop), asked(shop), definition)
        assert (found["active"][number], found["share"][number]) == (live.active, live.share)
        assert listed[number].size == live.people


def test_the_share_is_that_of_the_trend_with_the_segment_as_filter(conn, shop):
    segment = keep(conn, shop, "opened", OPENED)
    filters = replace(asked(shop), grain="month", segment=segment)
    active = trend(conn, anyone(shop), filters, "actors")["value"].sum()
    assert held(conn, shop, filters)["active"].tolist() == [active] == [2]


def test_a_segment_without_anybody_active_holds_nothing(conn, shop):
    keep(conn, shop, "saved", SAVED)
    (row,) = held(conn, shop, asked(shop, platform=("ios",))).to_dict("records")
    assert (row["active"], row["everybody"], row["share"]) == (0, 1, 0.0)
    assert held(conn, shop, asked(shop, platform=("tv",)))["share"].isna().all()


def test_the_shares_of_nothing_keep_their_types(conn, shop):
    keep(conn, shop, "opened", OPENED)
    theirs = held(conn, shop, viewer=PUBLIC)
    assert theirs.empty
    assert theirs.dtypes.to_dict() == held(conn, shop).dtypes.to_dict()


def test_segments_of_another_project_are_neither_listed_nor_counted(conn, shop, berlin):
    keep(conn, shop, "opened", OPENED)
    both = anyone(shop, berlin)
    assert segments_of(conn, anyone(berlin), shop.id) == []
    assert segments_of(conn, both, berlin.id) == []
    foreign = segments_of(conn, both, shop.id)
    assert shares(conn, both, asked(berlin), foreign).empty


def test_a_segment_of_another_project_as_filter_holds_nobody(conn, shop, berlin, add_events):
    add_events(berlin, "ann open 2026-03-10T10:00Z")
    theirs = keep(conn, berlin, "opened", OPENED)
    filters = asked(shop, segment=theirs)
    assert trend(conn, anyone(shop, berlin), filters, "actors")["value"].sum() == 0


def test_its_maker_and_administrators_may_change_a_segment(conn, shop, berlin):
    maker = ensure_person(conn, "pm@example.org", "product", (shop.id,))
    create_segment(conn, shop.id, "mine", OPENED.json, maker)
    (segment,) = segments_of(conn, anyone(shop), shop.id)
    seen, other = frozenset({shop.id}), frozenset({berlin.id})
    assert may_change(Viewer(maker, "pm@example.org", "product", seen), segment)
    assert may_change(Viewer(99, "root@example.org", "admin", seen), segment)
    assert not may_change(Viewer(98, "pm2@example.org", "product", seen), segment)
    assert not may_change(Viewer(maker, "pm@example.org", "member", seen), segment)
    assert not may_change(Viewer(99, "root@example.org", "admin", other), segment)
    assert not may_change(PUBLIC, segment)
    assert not may_change(PUBLIC, replace(segment, person_id=None))
