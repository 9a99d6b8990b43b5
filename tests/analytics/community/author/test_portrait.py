"""An author's package in full, with who uses it and what is said of it."""

import random
from datetime import UTC, datetime, time

import pytest
from sqlalchemy import insert

from analytics.community.author.audience import also_used, errors, places
from analytics.community.author.comments import PAGE, comments
from analytics.community.author.history import histories
from analytics.community.author.insights import Failing, most_frequent
from analytics.community.author.portrait import findings, findings_of, portrait
from analytics.community.author.releases import Uptake
from analytics.community.best import Best
from analytics.community.published import Sums
from analytics.scope import PUBLIC, Viewer
from db.tables import feedback, package_versions
from tests.analytics.community.author.conftest import ago
from tests.analytics.community.blocks import Ran, Rated, publish_days


def stranger(package):
    return Viewer(2, "bob@example.org", "author", frozenset(), packages=frozenset({package.id}))


@pytest.fixture
def planted(conn, reviewer):
    """2.0.0 came out 14 days ago, is rated higher and taken up; it works best on m1."""
    dice = random.Random(1)
    rows = []
    for day in range(28):
        for who in range(60):
            taken = day < 14 and who / 60 > 2 ** (-(14 - day) / 11)
            version, model = "2.0.0" if taken else "1.5.0", ("m1", "m2")[who % 2]
            ok = dice.random() > (0.02 if model == "m1" else 0.15)
            error = "" if ok else dice.choice(("timeout", "timeout", "parse"))
            country = ("DE", "FR", "")[who % 3]
            rows.append(Ran(who, ago(day), version, model, ok, 100.0, None, error, country))
            if day % 2:
                rows.append(Rated(who, ago(day), 5 if taken or who % 2 else 4, version))
    publish_days(conn, reviewer, rows)
    moment = datetime.combine(ago(14), time(9), UTC)
    released = {"package_id": reviewer.id, "version": "2.0.0", "released_at": moment}
    conn.execute(insert(package_versions).values(released))
    return rows


def test_what_came_late_for_a_day_counts_with_the_day(conn, author, reviewer, finder, planted):
    publish_days(conn, finder, planted[::2])
    publish_days(conn, finder, planted[1::2])
    found = {each.package.id: each for each in findings(conn, author, 30)}
    at_once, late = found[reviewer.id], found[finder.id]
    assert len(late.changes) == 3
    assert (late.changes, late.insights[0]) == (at_once.changes, at_once.insights[0])


def test_what_is_planted_is_told_with_its_evidence(conn, author, reviewer, planted):
    found = portrait(conn, author, reviewer.id, 30)
    best, *others, failing = found.insights
    assert isinstance(best, Best)
    assert (best.model, best.second) == ("m1", "m2")
    (uptake,) = [each for each in others if isinstance(each, Uptake)]
    rating = next(each for each in others if getattr(each, "measure", "") == "rating")
    assert rating.difference == pytest.approx(0.5, abs=0.1)
    assert rating.interval.low > 0
    assert (uptake.version, uptake.since) == ("2.0.0", ago(14))
    assert uptake.decline.half_life.low < 11 < uptake.decline.half_life.high
    assert isinstance(failing, Failing)
    assert failing.error_type == "timeout"
    assert failing.count == sum(row.error_type == "timeout" for row in planted if is_run(row))
    assert failing.failures == sum(not row.ok for row in planted if is_run(row))


def is_run(row):
    return isinstance(row, Ran)


def test_all_packages_at_once_are_each_as_alone(conn, author, reviewer, finder, planted):
    publish_days(conn, finder, [Ran(who, ago(3)) for who in range(8)])
    alone = [portrait(conn, author, each.id, 30) for each in (reviewer, finder)]
    for one, other in zip(findings(conn, author, 30), alone, strict=True):
        assert one.package == other.package
        assert one.insights == other.insights
        assert (one.changes, one.uptake) == (other.releases.changes, other.releases.uptake)


@pytest.mark.parametrize("days", [1, 6, 7, 14, 27, 28, 90])
def test_what_was_read_for_a_year_tells_every_window_of_it(conn, author, reviewer, planted, days):
    (found, _) = findings_of(histories(conn, author, 365), days)
    alone = portrait(conn, author, reviewer.id, days)
    assert found.package == alone.package
    assert found.insights == alone.insights
    assert (found.changes, found.uptake) == (alone.releases.changes, alone.releases.uptake)


def test_a_window_holds_only_its_days(conn, author, reviewer, planted):
    week = portrait(conn, author, reviewer.id, 7).releases.scorecard
    assert week["runs"].sum() == sum(is_run(row) and row.day > ago(7) for row in planted)


def test_errors_are_those_of_ninety_days_whatever_the_window(conn, author, reviewer, planted):
    runs = [row for row in planted if is_run(row)]
    assert any(not row.ok and row.day <= ago(7) for row in runs)
    for days in (7, 30, 90):
        cells = portrait(conn, author, reviewer.id, days).parts.of("runs", "error_type")
        assert sum(sums.failures for sums in cells.values()) == sum(not row.ok for row in runs)


def test_a_foreign_and_a_missing_package_are_nothing(conn, author, foreign, planted):
    publish_days(conn, foreign, [Ran(who, ago(3)) for who in range(8)])
    assert portrait(conn, author, foreign.id, 30) is None
    assert portrait(conn, author, 0, 30) is None
    assert findings(conn, PUBLIC, 30) == []


def test_places_are_shares_of_all_runs(conn, author, reviewer, planted):
    cells = portrait(conn, author, reviewer.id, 30).parts.of("runs", "country")
    rows = places(cells).set_index("value")
    assert rows["runs"].to_dict() == {"DE": 560, "FR": 560, "": 560}
    assert rows["share"].sum() == pytest.approx(1)
    of_germany = [row for row in planted if is_run(row) and row.country == "DE"]
    share = sum(row.ok for row in of_germany) / len(of_germany)
    assert rows.loc["DE", "success"] == pytest.approx(share)


def test_errors_are_told_by_what_failed_and_what_is_merged_comes_last():
    cells = {
        "": Sums(n=900),
        "timeout": Sums(n=20, failures=20),
        "other": Sums(n=80, failures=60),
        "parse": Sums(n=30, failures=30),
    }
    rows = errors(cells)
    assert rows["error_type"].tolist() == ["parse", "timeout", "other"]
    assert rows["share"].tolist() == pytest.approx([30 / 110, 20 / 110, 60 / 110])
    assert rows["of_runs"].tolist() == pytest.approx([30 / 1030, 20 / 1030, 60 / 1030])
    assert errors({}).empty
    assert places({}).empty


@pytest.mark.parametrize(
    "cells", [{}, {"": Sums(n=9)}, {"a": Sums(19, 19)}, {"other": Sums(50, 50)}]
)
def test_few_failures_have_no_most_frequent_error(cells):
    assert most_frequent(cells) is None


def test_what_else_people_use_is_counted_by_those_who_ran_both(
    conn, author, reviewer, finder, foreign
):
    publish_days(conn, reviewer, [Ran(who, ago(3)) for who in range(40)])
    publish_days(conn, foreign, [Ran(who, ago(5)) for who in range(17, 60)])
    publish_days(conn, finder, [Ran(who, ago(2)) for who in range(36, 80)])
    found = also_used(conn, author, reviewer.id, 30)
    assert found["name"].tolist() == ["seo-optimizer"]  # four people of the finder are too few
    assert found["people"].tolist() == [20]  # of 23
    assert also_used(conn, author, reviewer.id, 4).empty
    assert also_used(conn, stranger(foreign), reviewer.id, 30).empty
    assert also_used(conn, PUBLIC, reviewer.id, 30).empty


def test_packages_that_are_not_public_are_told_to_nobody_else(
    conn, author, reviewer, finder, foreign
):
    for package in (reviewer, finder, foreign):
        publish_days(conn, package, [Ran(who, ago(3)) for who in range(40)])
    seen = also_used(conn, stranger(foreign), foreign.id, 30)
    assert seen["name"].tolist() == ["code-reviewer"]


@pytest.fixture
def said(conn, project, reviewer):
    """Say something of the package."""

    def say(number, comment="Good", released=True, package=reviewer):
        at = datetime.combine(ago(number), time(22, 30), UTC)
        row = {
            "project_id": project.id,
            "actor_key": number + 1,
            "interaction": f"i{number}",
            "kind": "rating",
            "score": 5,
            "comment": comment,
            "said_at": at,
            "package_id": package.id,
            "app_version": "2.0.0",
            "released_at": at if released else None,
        }
        conn.execute(insert(feedback).values(row))

    return say


def test_released_comments_are_told_by_the_day_and_without_a_rating(
    conn, author, reviewer, finder, said
):
    said(3, "Saved me <b>hours</b>")
    said(2, "Not for everybody", released=False)
    said(1, "Of another", package=finder)
    found = comments(conn, author, reviewer.id)
    assert found["comment"].tolist() == ["Saved me <b>hours</b>"]
    assert found["said_on"].dt.date.tolist() == [ago(3)]
    assert found.columns.tolist() == ["said_on", "version", "comment", "found"]


def test_comments_are_told_in_pages_to_their_author_alone(conn, author, reviewer, said, foreign):
    for number in range(PAGE + 3):
        said(number)
    first, second = (comments(conn, author, reviewer.id, page) for page in (1, 2))
    assert (len(first), len(second)) == (PAGE, 3)
    assert first["found"].iloc[0] == PAGE + 3
    assert first["said_on"].is_monotonic_decreasing
    assert comments(conn, stranger(foreign), reviewer.id).empty
    assert comments(conn, PUBLIC, reviewer.id).empty
