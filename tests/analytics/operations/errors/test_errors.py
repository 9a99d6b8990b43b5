"""Errors are listed with what they did in the range, and told with what is known of them ever."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import select

from analytics.operations.errors.detail import error_group, error_releases, error_samples
from analytics.operations.errors.found import found_counts
from analytics.operations.errors.listing import ERRORS, PRESSING, error_groups
from analytics.operations.errors.over_time import DAYS, failures_by_day
from analytics.operations.errors.standing import error_standing
from analytics.scope import PUBLIC
from db.error_groups import ignore, resolve
from db.tables import error_groups as kept
from tests.analytics.reference import anyone, asking
from tests.thorough import thorough

SENT = (
    'ann error 2026-03-02T10:00Z subject=editor error=Crash properties={"message":"boom-1"}'
    " version=1.0 platform=web country=DE",
    'ann error 2026-03-02T10:30Z subject=editor error=Crash properties={"message":"boom-2"}'
    " version=1.1 platform=web",
    'bob error 2026-03-04T09:00Z subject=editor error=Crash properties={"message":"boom-3"}'
    " version=1.1 platform=ios",
    "bob save 2026-03-04T11:00Z subject=file error=Timeout ok=0",
    "ann save 2026-03-04T11:05Z subject=file",
)
MARCH = (date(2026, 3, 1), date(2026, 3, 8))


@pytest.fixture
def shop(project, add_events):
    """Three crashes of two people, and one time-out."""
    add_events(project, *SENT)
    return project


def listed(conn, project, days=MARCH, **more):
    return error_groups(conn, anyone(project), asking(project, *days), **more)


def of(conn, project, error_type):
    """The fingerprint of the error of this type."""
    mine = kept.c.project_id == project.id, kept.c.error_type == error_type
    return conn.execute(select(kept.c.fingerprint).where(*mine)).scalar_one()


def test_an_error_has_its_failures_people_and_ends(conn, shop):
    frame = listed(conn, shop)
    assert frame.dtypes.astype(str).to_dict() == ERRORS
    crash, timeout = frame.replace({"change": {np.nan: None}}).to_dict("records")
    assert crash | {"fingerprint": 0} == {
        "fingerprint": 0,
        "title": "boom-*",
        "error_type": "Crash",
        "name": "error",
        "subject": "editor",
        "n": 3,
        "people": 2,
        "first_seen": pd.Timestamp("2026-03-02 10:00"),
        "last_seen": pd.Timestamp("2026-03-04 09:00"),
        "first_release": "1.0",
        "last_release": "1.1",
        "state": "open",
        "is_new": True,
        "is_back": False,
        "is_growing": False,
        "change": None,
    }
    assert (timeout["title"], timeout["n"], timeout["people"]) == ("Timeout in file", 1, 1)


def test_only_failures_of_the_range_count(conn, shop):
    later = (date(2026, 3, 3), date(2026, 3, 5))
    timeout, crash = listed(conn, shop, later).to_dict("records")
    assert (crash["n"], crash["people"], crash["is_new"]) == (1, 1, False)
    assert crash["first_seen"] == pd.Timestamp("2026-03-02 10:00")
    assert timeout["is_new"]
    assert listed(conn, shop, (date(2026, 3, 5), date(2026, 3, 8))).empty


def test_days_are_those_of_the_project(conn, berlin, add_events):
    add_events(berlin, "ann error 2026-03-01T23:30Z", "ann error 2026-03-02T23:30Z")
    (only,) = listed(conn, berlin, (date(2026, 3, 2), date(2026, 3, 3))).to_dict("records")
    assert (only["n"], only["people"], only["first_seen"]) == (
        1,
        1,
        pd.Timestamp("2026-03-02 00:30"),
    )


def test_what_came_back_is_listed_first_and_what_is_decided_apart(conn, shop, add_events):
    crash, timeout = (of(conn, shop, name) for name in ("Crash", "Timeout"))
    resolve(conn, shop.id, timeout, None, datetime(2026, 3, 5, tzinfo=UTC))
    assert listed(conn, shop)["title"].tolist() == ["boom-*"]
    assert listed(conn, shop, state="resolved")["title"].tolist() == ["Timeout in file"]
    add_events(shop, "eve save 2026-03-06T11:00Z subject=file error=Timeout ok=0")
    back = listed(conn, shop)
    assert back[["title", "is_back"]].values.tolist() == [
        ["Timeout in file", True],
        ["boom-*", False],
    ]
    ignore(conn, shop.id, crash, None)
    assert listed(conn, shop, state="ignored")["title"].tolist() == ["boom-*"]
    assert len(listed(conn, shop, state="")) == 2


def crashes(add_events, shop, day, number):
    times = [f"2026-{day}T{minute // 60:02}:{minute % 60:02}Z" for minute in range(number)]
    if times:
        add_events(shop, *(f"ann error {at} error=Old" for at in times))


@pytest.mark.parametrize(
    ("earlier", "lately", "grows"),
    [(4, 20, True), (4, 5, False), (4, 12, False), (40, 59, False), (1_000, 1_200, False),
     (200, 310, True), (0, 9, False), (0, 10, True)],
)  # fmt: skip
def test_an_error_grows_where_it_fails_more_often_than_chance_explains(
    conn, project, add_events, earlier, lately, grows
):
    add_events(project, "ann error 2026-02-01T10:00Z error=Old")
    crashes(add_events, project, "02-22", earlier)
    crashes(add_events, project, "03-01", lately)
    (only,) = listed(conn, project).to_dict("records")
    assert (only["n"], only["is_new"], only["is_growing"]) == (lately, False, grows)
    assert only["change"] == (
        pytest.approx(lately / earlier - 1) if earlier else pytest.approx(np.nan, nan_ok=True)
    )
    assert len(listed(conn, project, state=PRESSING)) == int(grows)


@thorough
def test_growth_is_of_whole_days(conn, project, add_events):
    """On Wednesday at noon, Monday and Tuesday stand against those of the week before."""
    add_events(project, "ann error 2026-02-01T10:00Z error=Old")
    crashes(add_events, project, "02-23", 2)
    crashes(add_events, project, "02-25", 90)
    crashes(add_events, project, "03-03", 13)
    filters = replace(asking(project, date(2026, 3, 2), date(2026, 3, 5)),
                      now=datetime(2026, 3, 4, 12, tzinfo=UTC))  # fmt: skip
    (only,) = error_groups(conn, anyone(project), filters).to_dict("records")
    assert (only["is_growing"], only["change"]) == (False, 5.5)
    crashes(add_events, project, "03-02", 2)
    (only,) = error_groups(conn, anyone(project), filters).to_dict("records")
    assert (only["is_growing"], only["change"]) == (True, 6.5)


def test_for_review_is_what_is_open_and_new_back_or_growing(conn, shop, add_events):
    later = (date(2026, 3, 3), date(2026, 3, 8))
    assert listed(conn, shop, later, state=PRESSING)["title"].tolist() == ["Timeout in file"]
    crash, timeout = (of(conn, shop, name) for name in ("Crash", "Timeout"))
    ignore(conn, shop.id, timeout, None)
    assert listed(conn, shop, later, state=PRESSING).empty
    resolve(conn, shop.id, crash, None, datetime(2026, 3, 5, tzinfo=UTC))
    add_events(
        shop,
        'eve error 2026-03-06T11:00Z subject=editor error=Crash properties={"message":"boom-4"}',
    )
    assert listed(conn, shop, later, state=PRESSING)["is_back"].tolist() == [True]


@pytest.mark.parametrize(
    ("text", "found"),
    [("BOOM", {"boom-*"}), ("crash edit", {"boom-*"}), ("save", {"Timeout in file"}),
     ("o", {"boom-*", "Timeout in file"}), ("boom file", set()), ("%", set()), ("_", set()),
     ("bo_m", set()), ("/", set()), ("\\", set()), ("*", {"boom-*"}), ("boom\x00", {"boom-*"}),
     ("  ", {"boom-*", "Timeout in file"}), ("\ud800", {"boom-*", "Timeout in file"})],
)  # fmt: skip
def test_each_word_stands_somewhere_in_what_names_an_error(conn, shop, text, found):
    assert set(listed(conn, shop, text=text)["title"]) == found


def test_days_without_a_failure_are_0(conn, shop):
    frame = failures_by_day(conn, anyone(shop), asking(shop, *MARCH))
    assert frame.dtypes.astype(str).to_dict() == DAYS
    assert frame["n"].tolist() == [0, 2, 0, 2, 0, 0, 0]
    one = failures_by_day(conn, anyone(shop), asking(shop, *MARCH), of(conn, shop, "Timeout"))
    assert one["n"].tolist() == [0, 0, 0, 1, 0, 0, 0]
    nothing = failures_by_day(conn, PUBLIC, asking(shop, *MARCH))
    assert nothing.empty
    assert nothing.dtypes.astype(str).to_dict() == DAYS


def test_one_error_is_told_with_its_releases(conn, shop):
    filters, crash = asking(shop, *MARCH), of(conn, shop, "Crash")
    group = error_group(conn, anyone(shop), filters, crash)
    assert (group.n, group.people, group.title) == (3, 2, "boom-*")
    assert group.last_seen == datetime(2026, 3, 4, 9, tzinfo=UTC)
    releases = error_releases(conn, anyone(shop), filters, crash)
    assert releases[["release", "n"]].values.tolist() == [["1.1", 2], ["1.0", 1]]
    assert releases["share"].tolist() == pytest.approx([2 / 3, 1 / 3])


def test_samples_are_the_latest_of_that_error_alone(conn, shop, add_events):
    add_events(
        shop,
        'eve error 2026-03-04T08:30Z subject=editor error=Crash properties={"message":"boom-9",'
        '"to":"a@b.example"}',
        'eve error 2026-03-04T08:40Z subject=editor error=Crash properties={"message":"other"}',
        "eve error 2026-03-04T07:00Z subject=editor error=Crash",
    )
    crash = listed(conn, shop).query("title == 'boom-*'")["fingerprint"].item()
    frame = error_samples(conn, anyone(shop), asking(shop, *MARCH), crash)
    assert frame["at"].tolist() == [
        pd.Timestamp("2026-03-04 09:00"),
        pd.Timestamp("2026-03-04 08:30"),
    ]
    assert "boom-3" in frame["properties"][0]
    assert "a@b.example" not in frame["properties"][1]
    assert frame["platform"].tolist() == ["ios", ""]
    assert not {"actor_key", "session_key"} & set(frame.columns)


def test_there_is_no_other_error(conn, shop, berlin):
    filters = asking(shop, *MARCH)
    assert error_group(conn, anyone(shop), filters, 1) is None
    assert error_samples(conn, anyone(shop), filters, 1).empty
    crash = of(conn, shop, "Crash")
    assert error_group(conn, anyone(berlin), filters, crash) is None
    assert error_group(conn, anyone(shop, role="author"), filters, crash) is None


def test_new_errors_and_those_that_came_back_are_counted_by_stretches(conn, shop, add_events):
    resolve(conn, shop.id, of(conn, shop, "Timeout"), None, datetime(2026, 3, 5, tzinfo=UTC))
    add_events(shop, "eve save 2026-03-06T11:59Z subject=file error=Timeout ok=0")
    start = datetime(2026, 3, 2, 10, tzinfo=UTC)
    week = start + timedelta(days=7)
    frame = found_counts(conn, anyone(shop), shop.id, start, week, minutes=60)
    assert frame.values.tolist() == [
        [pd.Timestamp("2026-03-02 10:00"), 1, 0],
        [pd.Timestamp("2026-03-04 11:00"), 1, 0],
        [pd.Timestamp("2026-03-06 11:00"), 0, 1],
    ]
    later = found_counts(conn, anyone(shop), shop.id, start + timedelta(hours=1), week, minutes=60)
    assert len(later) == 2


def test_the_last_day_stands_against_the_one_before(conn, project, add_events):
    now = datetime.now(UTC)
    add_events(
        project,
        *(f"ann open {(now - timedelta(hours=hours)).isoformat()}" for hours in (1, 2, 3, 30)),
        f"ann error {(now - timedelta(hours=4)).isoformat()}",
        f"ann error {(now - timedelta(hours=40)).isoformat()} subject=old",
    )
    standing = error_standing(conn, anyone(project), project.id, now)
    assert (standing.failures, standing.attempts, standing.rate) == (1, 4, 0.25)
    assert (standing.before, standing.open, standing.new, standing.regressed) == (0.5, 2, 1, 0)
    nothing = error_standing(conn, PUBLIC, project.id, now)
    assert (nothing.attempts, nothing.rate, nothing.before, nothing.open) == (0, None, None, 0)
