import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.filters import BadFilters
from analytics.measures.cutting import read
from analytics.periods import periods
from analytics.product.versions import (
    version_errors,
    version_shares,
    version_shares_sql,
    version_users,
    version_users_sql,
)
from analytics.product.versions.answer import SHARES, USERS
from analytics.scope import PUBLIC
from db.access import create_project
from tests.analytics.product.adoption.reference import history, kept
from tests.analytics.reference import anyone, asking
from tests.thorough import cases, thorough

START, END = date(2026, 3, 23), date(2026, 4, 2)
AT = "2026-03-24T10:00Z"
LINES = (
    "ann open 2026-03-01T10:00Z version=1.0",
    "ann open 2026-03-23T10:00Z version=1.0",
    "ann open 2026-03-24T10:00Z version=1.1",
    "ann open 2026-03-24T11:00Z version=1.0",
    "bob open 2026-03-23T10:00Z version=1.0",
    "bob open 2026-03-24T10:00Z",
    "cy open 2026-03-24T10:00Z",
)


def asked(project, **more):
    return asking(project, START, END, **more)


def listed(frame):
    return [tuple(row) for row in frame.itertuples(index=False)]


def test_who_used_two_versions_on_a_day_has_the_newer(conn, project, add_events):
    add_events(project, *LINES)
    shares = version_shares(conn, anyone(project), asked(project))
    second = shares[shares["period"] == "2026-03-24"].set_index("series")["value"]
    assert second.to_dict() == pytest.approx({"1.1": 1 / 3, "1.0": 0, "(not set)": 2 / 3})


def test_old_is_any_version_that_appeared_before_the_newest(conn, project, add_events):
    add_events(project, *LINES)
    users = version_users(conn, anyone(project), asked(project))
    columns = ["version", "first_seen", "users", "old"]
    assert listed(users[columns].head(2)) == [
        ("1.1", pd.Timestamp("2026-03-24"), 1, False),
        ("1.0", pd.Timestamp("2026-03-01"), 1, True),
    ]
    assert listed(users[["version", "users", "old"]])[2] == ("(not set)", 1, False)


def test_of_versions_that_appeared_on_one_day_the_higher_number_is_newer(conn, project, add_events):
    add_events(project, *(f"u{v} open {AT} version={v}" for v in ("2.9", "2.10", "1.30")))
    users = version_users(conn, anyone(project), asked(project))
    assert users["version"].tolist() == ["2.10", "2.9", "1.30"]
    assert users["old"].tolist() == [False, True, True]


def test_the_newest_version_is_shown_however_few_use_it(conn, project, add_events):
    old = [f"u{n}{v} open {AT} version=1.{v}" for n in range(2) for v in range(9)]
    add_events(project, *old, "x open 2026-03-25T10:00Z version=2.0")
    series = version_shares(conn, anyone(project), asked(project))["series"].unique().tolist()
    assert (series[0], series[-1], len(series)) == ("2.0", "Other", 8)


def test_hours_are_refused(conn, project):
    with pytest.raises(BadFilters, match="Version adoption"):
        version_shares(conn, anyone(project), asked(project, grain="hour"))


def test_a_version_that_fails_more_than_others_on_its_platform_is_a_regression(
    conn, project, add_events
):
    lines = []
    for platform in ("ios", "android"):
        for version in ("1.0", "1.1"):
            bad = 40 if (platform, version) == ("android", "1.1") else 5
            lines += [
                f"u{n} open {AT} platform={platform} version={version} ok={int(n > bad)}"
                for n in range(1, 101)
            ]
    add_events(project, *lines)
    errors = version_errors(conn, anyone(project), asked(project))
    first = errors.iloc[0]
    assert (first["version"], first["platform"], first["regressed"]) == ("1.1", "android", True)
    assert (first["error_rate"], first["others"], first["times"]) == (0.4, 0.05, pytest.approx(8))
    assert first["z"] == pytest.approx(0.35 / (0.225 * 0.775 / 50) ** 0.5)
    assert errors["regressed"].sum() == 1


def test_strangers_get_the_same_columns(conn, project, add_events):
    add_events(project, *LINES)
    for question in (version_shares, version_users, version_errors):
        theirs = question(conn, PUBLIC, asked(project))
        assert theirs.empty
        assert (
            theirs.dtypes.to_dict()
            == question(conn, anyone(project), asked(project)).dtypes.to_dict()
        )


def natural(version):
    return re.sub(r"\d+", lambda found: found[0].zfill(10), version)


def latest(events, filters, everything):
    """The version of each person: the newest of their last day with any."""
    first = {}
    for event in sorted(everything, key=lambda event: event.at):
        first.setdefault(event.version, event.day(filters))
    age = {version: (day, natural(version)) for version, day in first.items()}
    found = {}
    for event in events:
        mark = (bool(event.version), event.day(filters) if event.version else None)
        mark += (age[event.version] if event.version else None,)
        if event.who not in found or _later(mark, found[event.who][0]):
            found[event.who] = (mark, event.version or "(not set)")
    return {who: version for who, (_, version) in found.items()}


def _later(mark, other):
    if mark[0] != other[0]:
        return mark[0]
    return mark[0] and mark[1:] > other[1:]


@thorough
@settings(max_examples=cases(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    platform=st.sampled_from([(), ("web",)]),
    grain=st.sampled_from(["day", "week"]),
)
def test_shares_and_users_are_those_of_the_reference(conn, add_events, seed, platform, grain):
    transaction = conn.begin_nested()
    try:
        project = create_project(
            conn, "random", consent="opt-out", timezone="Europe/Berlin", retention_months=None
        )
        events = history(seed, date(2026, 3, 15), 20)
        add_events(project, *(event.line for event in events))
        filters = asked(project, platform=platform, grain=grain)
        on_platform = [e for e in events if not platform or e.platform in platform]
        shares = version_shares(conn, anyone(project), filters)
        users = version_users(conn, anyone(project), filters)
        assert_users(users, latest(kept(events, filters), filters, on_platform))
        for period in periods(filters):
            own = [e for e in kept(events, filters) if period.first <= e.day(filters) < period.last]
            rows = shares[shares["period"] == period.label]
            assert_shares(rows, latest(own, filters, on_platform))
        assert_same(shares, read(conn, version_shares_sql(anyone(project), filters)), SHARES)
        assert_same(users, read(conn, version_users_sql(anyone(project), filters)), USERS)
    finally:
        transaction.rollback()


def assert_users(users, expected):
    counts = pd.Series(expected).value_counts().to_dict()
    assert dict(zip(users["version"], users["users"], strict=True)) == counts


def assert_shares(rows, expected):
    counts = pd.Series(expected, dtype="str").value_counts()
    for row in rows.itertuples():
        share = counts.get(row.series, 0) / len(expected) if expected else None
        assert row.value == pytest.approx(share) if expected else pd.isna(row.value)


def assert_same(frame, of_sql, types):
    pd.testing.assert_frame_equal(frame, of_sql[list(types)].astype(types))
