"""What anybody hears of public packages, in the shapes of the first days."""

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from db.tables import packages
from ingest_api.public.shapes import PackageOut
from tests.analytics.community.blocks import (
    Fetched,
    Ran,
    Rated,
    make_package,
    publish_days,
    publish_until,
)

LAST = date(2026, 3, 31)
PACKAGE = "/api/v1/analytics/package/"
PACKAGES = "/api/v1/analytics/packages/"
SEED = """
{
  "packageId": "5b0f1c9e-8a50-4d53-8d3b-0d6b1c9f8a10",
  "packageName": "code-reviewer",
  "totalRuns": 1247,
  "uniqueUsers": 89,
  "successRate": 96.3,
  "avgDuration": 2340,
  "avgTokens": 1823,
  "avgRating": 4.7,
  "modelBreakdown": [
    {"model": "claude-3-5-sonnet-20241022", "runs": 847, "avg_duration": 2100,
     "success_rate": 98.1},
    {"model": "gpt-4o", "runs": 400, "avg_duration": 2800, "success_rate": 93.5}
  ],
  "versionBreakdown": [
    {"package_version": "1.2.0", "runs": 723, "avg_rating": 4.8},
    {"package_version": "1.1.0", "runs": 524, "avg_rating": 4.6}
  ],
  "dailyUsage": [{"date": "2025-01-15", "runs": 45, "unique_users": 12}]
}
"""


def history():
    """Two weeks of 12 people: 40 runs a day in the last, 20 in the one before."""
    for number in range(14):
        day = LAST - timedelta(days=number)
        for run in range(40 if number < 7 else 20):
            model, version = ("m1", "1.2.0") if run % 4 else ("m2", "1.1.0")
            yield Ran(run % 12, day, version, model, bool(run % 8), 2_000.0, 1_500)
            yield Rated(run % 12, day, 5 if run % 4 else 4, version)
            yield Fetched(run % 12, day, "person" if run % 2 else "ci")


@pytest.fixture
def add_package(door):
    def add(name=None, *, public=True, rows=None):
        with door.engine.begin() as conn:
            publish_until(conn, door.project, LAST)
            name = name or f"package-{uuid4().hex}"
            package = make_package(conn, door.project, name, public=public)
            publish_days(conn, package, list(history() if rows is None else rows))
        return package

    return add


@pytest.fixture
def package(add_package):
    return add_package()


def test_the_example_of_the_first_days_is_an_answer_of_ours():
    told = PackageOut.model_validate_json(SEED)
    assert json.loads(told.model_dump_json()) == json.loads(SEED)


def test_a_package_is_told_in_the_shape_of_the_first_days(client, package):
    told = client.get(f"{PACKAGE}{package.uid}").json()
    days = told.pop("dailyUsage")
    assert told == {
        "packageId": str(package.uid),
        "packageName": package.name,
        "totalRuns": 420,
        "uniqueUsers": 10,
        "successRate": 86.7,
        "avgDuration": 2000,
        "avgTokens": 1500,
        "avgRating": 4.8,
        "modelBreakdown": [
            {"model": "m1", "runs": 315, "avg_duration": 2000, "success_rate": 100.0},
            {"model": "m2", "runs": 105, "avg_duration": 2000, "success_rate": 46.7},
        ],
        "versionBreakdown": [
            {"package_version": "1.2.0", "runs": 315, "avg_rating": 5.0},
            {"package_version": "1.1.0", "runs": 105, "avg_rating": 4.0},
        ],
    }
    assert len(days) == 14
    assert days[-1] == {"date": "2026-03-31", "runs": 40, "unique_users": 10}
    assert list(told) == [name for name in json.loads(SEED) if name != "dailyUsage"]


def test_days_choose_how_many_whole_days_are_told(client, package):
    assert client.get(f"{PACKAGE}{package.uid}?days=1").json()["totalRuns"] == 40
    assert client.get(f"{PACKAGE}{package.uid}?days=365").json()["totalRuns"] == 420


@pytest.mark.parametrize("days", ["0", "366", "-1", "x", ""])
def test_other_numbers_of_days_are_refused(client, package, days):
    answer = client.get(f"{PACKAGE}{package.uid}?days={days}")
    assert answer.status_code == 422
    assert "days" in answer.json()["detail"]


def test_a_package_is_found_by_its_name_even_with_a_slash_in_it(client, add_package):
    package = add_package(f"@scope/{uuid4().hex}")
    assert client.get(PACKAGE + package.name).json()["packageId"] == str(package.uid)
    assert client.get(f"/badge/{package.name}/runs.svg").status_code == 200


def test_who_has_an_answer_hears_that_it_has_not_changed(client, package):
    first = client.get(f"{PACKAGE}{package.uid}")
    assert first.headers["cache-control"] == "public, max-age=300"
    tag = first.headers["etag"]
    again = client.get(f"{PACKAGE}{package.uid}", headers={"If-None-Match": f'"x", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    other = client.get(f"{PACKAGE}{package.uid}", headers={"If-None-Match": '"x"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        PACKAGE + "{}",
        PACKAGES + "{}/downloads",
        PACKAGES + "{}/compare?versions=1.1.0,1.2.0",
        "/badge/{}/runs.svg",
        "/card/{}.svg",
    ],
)
def test_a_package_that_is_not_public_is_answered_like_one_that_does_not_exist(
    client, add_package, path
):
    hidden = add_package(public=False)
    foreign = [client.get(path.format(wanted)) for wanted in (hidden.uid, hidden.name)]
    missing = client.get(path.format(uuid4()))
    assert missing.status_code == 404
    assert {each.content for each in foreign} == {missing.content}
    assert "etag" not in missing.headers


@pytest.mark.parametrize("wanted", ["%00", "%FF", "..%2F..", "' or 1=1 --", "x" * 201, "🙂", "%25"])
def test_a_hostile_name_is_no_package(client, wanted):
    for path in (PACKAGE + wanted, f"/badge/{wanted}/runs.svg", f"/card/{wanted}.svg"):
        assert client.get(path).status_code in (404, 422)


def test_versions_are_compared_in_percentage_points_stars_and_percent(client, package):
    told = client.get(f"{PACKAGES}{package.uid}/compare?versions=1.1.0,1.2.0").json()
    old, new = told["versions"]
    assert (old["package_version"], old["runs"], old["success_rate"]) == ("1.1.0", 105, 46.7)
    assert old["success_rate_low"] < 46.7 < old["success_rate_high"]
    assert new["models"] == [
        {"model": "m1", "runs": 315, "avg_duration": 2000, "success_rate": 100.0}
    ]
    success, duration, rating = told["differences"]
    assert (success["measure"], success["against"]) == ("success_rate", "1.1.0")
    assert success["difference"] == 53.3
    assert success["low"] < 53.3 < success["high"]
    assert duration == {
        "package_version": "1.2.0",
        "against": "1.1.0",
        "measure": "avg_duration",
        "difference": 0.0,
        "low": None,
        "high": None,
    }
    assert (rating["measure"], rating["difference"]) == ("avg_rating", 1.0)


@pytest.mark.parametrize("versions", ["", "1.0", "a,", ",", "a,b,c,d,e,f", "a%00,b", "x" * 2_000])
def test_what_is_not_two_to_five_versions_is_refused(client, package, versions):
    answer = client.get(f"{PACKAGES}{package.uid}/compare?versions={versions}")
    assert answer.status_code == 422
    assert "versions" in answer.json()["detail"]


def test_downloads_by_people_are_told_apart_from_the_others(client, package):
    told = client.get(f"{PACKAGES}{package.uid}/downloads").json()
    assert told["downloads"] == 210
    assert told["audienceBreakdown"] == [
        {"value": "ci", "downloads": 210},
        {"value": "person", "downloads": 210},
    ]
    assert told["installerBreakdown"] == [{"value": "pip", "downloads": 210}]


def test_what_grows_is_listed_with_its_growth_in_percent(client, add_package):
    days = ((LAST - timedelta(days=number), 20 if number < 7 else 10) for number in range(14))
    package = add_package(rows=[Ran(who, day) for day, people in days for who in range(people)])
    found = client.get(PACKAGES + "trending?limit=100").json()["packages"]
    mine = next(each for each in found if each["packageId"] == str(package.uid))
    assert (mine["runs"], mine["growth"], mine["uniqueUsers"]) == (140, 100.0, 20)


def test_downloads_that_are_not_told_are_null_and_not_nought(client, add_package):
    told = client.get(f"{PACKAGES}{add_package(rows=[]).uid}/downloads").json()
    assert (told["downloads"], told["audienceBreakdown"]) == (None, [])


def test_a_package_that_nobody_used_yet_has_no_figures(client, add_package):
    told = client.get(f"{PACKAGE}{add_package(rows=[]).uid}").json()
    assert (told["totalRuns"], told["uniqueUsers"], told["successRate"]) == (0, 0, None)
    assert (told["avgDuration"], told["avgRating"], told["dailyUsage"]) == (None, None, [])


def test_an_answer_is_worked_out_once_for_everybody(client, ingest_engine, package):
    client.get(f"{PACKAGE}{package.uid}")
    with ingest_engine.begin() as conn:
        conn.execute(update(packages).where(packages.c.id == package.id).values(name=uuid4().hex))
    assert client.get(f"{PACKAGE}{package.uid}").json()["packageName"] == package.name
