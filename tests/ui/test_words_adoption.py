"""What the titles of adoption, versions and commands say."""

from datetime import UTC, date, datetime

import pandas as pd

from analytics.filters import Filters
from analytics.product.adoption import Adoption
from analytics.product.commands import Runs
from ui import words_adoption as words

COLUMNS = ("subject", "users", "adoption", "uses", "uses_per_user", "repeat", "error_rate")


def found(*rows, subjects=None, **more):
    frame = pd.DataFrame([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    frame = frame.assign(starts=None, completion=float("nan")).assign(**more)
    return Adoption(100, subjects or len(rows), frame)


SEARCH = ("search", 400, 0.41, 800, 2.0, 0.5, 0.02)
VIEWS = ("saved_views", 60, 0.06, 360, 6.0, 0.7, 0.01)
RARE = ("![x](http://evil)", 2, 0.002, 40, 20.0, 1.0, 0.5)


def test_the_leader_is_held_against_what_fewer_use_more():
    assert words.adoption_finding(found(SEARCH, VIEWS)) == (
        "\u201csearch\u201d is used by 41% of users; \u201csaved\\_views\u201d by 6%, "
        "and 3.0 times as often"
    )


def test_a_title_does_not_speak_of_a_handful():
    told = words.adoption_finding(found(SEARCH, VIEWS, RARE))
    assert "saved" in told
    assert words.table_finding(found(SEARCH, RARE)).startswith("50% of its users come back")


def test_subjects_of_users_are_shown_as_text():
    assert "![" not in words.adoption_finding(found(RARE))


def test_what_is_completed_least_is_said_where_it_is_measured():
    measured = found(SEARCH, VIEWS, starts=[100, 50], completion=[0.8, 0.41])
    assert words.table_finding(measured) == "\u201csaved\\_views\u201d is completed least: 41%"


def test_a_list_says_what_it_leaves_out():
    assert words.listed(found(SEARCH, subjects=1)) == ""
    assert words.listed(found(SEARCH, subjects=312)) == "The 1 with the most users of 312."
    assert words.listed(found(SEARCH, VIEWS), most=1) == "The 1 with the most users of 2."


def errors(regressed):
    row = {"version": "3.3.0", "platform": "android", "error_rate": 0.055, "times": 4.07}
    return pd.DataFrame([row | {"regressed": regressed}])


def test_a_regression_is_named():
    assert words.regression_finding(errors(True)) == (
        "3\\.3\\.0 on android fails 4.1 times as often as other versions: 5.5%"
    )
    assert words.regression_finding(errors(False)).startswith("No version fails more")


def test_who_is_behind_is_told_with_the_newest_version():
    day = pd.Timestamp("2026-11-20")
    users = pd.DataFrame(
        [
            {"version": "2.0", "first_seen": day, "users": 10, "share": 0.1, "old": False},
            {"version": "1.0", "first_seen": day, "users": 80, "share": 0.8, "old": True},
            {"version": "(not set)", "first_seen": pd.NaT, "users": 10, "share": 0.1, "old": False},
        ]
    )
    assert words.versions_finding(users) == (
        "80% of users are not on 2\\.0 yet, which came on 20 Nov"
    )
    assert words.shares_finding(users) == "1\\.0 is used by most: 80% of users"


def test_what_was_read_raw_is_said():
    days = (date(2026, 3, 9), date(2026, 3, 11))
    since = datetime(2026, 3, 9, 11, tzinfo=UTC)
    filters = Filters(1, "Europe/Berlin", "opt-in", *days, now=since)
    nothing = pd.DataFrame()
    few = Runs(5, since, nothing, nothing, nothing, nothing, None)
    many = Runs(10_000, since, nothing, nothing, nothing, nothing, 45.0)
    assert words.read_from(few, filters) == "All 5 runs, read from raw events."
    assert words.read_from(many, filters) == (
        "The latest 10,000 runs, since 9 Mar, 12:00: raw events."
    )
    assert words.prompts_finding(few) == "No prompt lengths are sent"
