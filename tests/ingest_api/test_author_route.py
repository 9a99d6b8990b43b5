"""An author's packages over HTTP: their figures, what stands out, and nobody else's."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from db.tables import packages
from ingest_api.private.author import AuthorOut
from tests.analytics.community.blocks import Fetched, Ran, Rated, publish_days, publish_until
from tests.ingest_api.callers import becomes_author, caller, stranger
from tests.ingest_api.registered import package_of, registry
from tests.thorough import thorough

ME = "/api/v1/analytics/author/me"
LAST = datetime.now(UTC).date() - timedelta(days=1)


def history():
    """Four weeks of sixty people: the last two weeks they move to a better version."""
    dice = random.Random(1)
    rows = []
    for day in range(28):
        for who in range(60):
            taken = day < 14 and who / 60 > 2 ** (-(14 - day) / 11)
            version, model = "2.0.0" if taken else "1.5.0", ("m1", "m2")[who % 2]
            ok = dice.random() > (0.02 if model == "m1" else 0.2)
            at = LAST - timedelta(days=day)
            rows.append(Ran(who, at, version, model, ok, 2100.4, 50, "" if ok else "timeout"))
            rows.append(Rated(who, at, 5 if taken or who % 2 else 4, version))
    return [*rows, *(Fetched(who, LAST, "ci" if who % 2 else "person") for who in range(40))]


@pytest.fixture
def door(open_door):
    """A project in which a package of an author is run, and another one is not theirs."""
    made = registry(open_door)
    with made.engine.begin() as conn:
        publish_until(conn, made.project, LAST)
        publish_days(conn, package_of(made), history())
        publish_days(conn, package_of(made, "seo-optimizer"), history())
    return made


@pytest.fixture
def author(door):
    """Somebody who wrote one of them."""
    who = caller(door, "author", "read")
    becomes_author(who, package_of(door))
    return who


@thorough
def test_an_author_hears_of_their_packages(author, door):
    body = author.told("GET", ME)
    assert AuthorOut.model_validate(body)
    assert (body["days"], body["totalRuns"]) == (30, 1680)
    (package,) = body["packages"]
    ran = [row for row in history() if isinstance(row, Ran)]
    assert package["name"] == "code-reviewer"
    assert package["id"] == str(package_of(door).uid)
    assert package["published_until"] == LAST.isoformat()
    assert package["unique_users"] == 60
    assert package["success_rate"] == round(100 * sum(row.ok for row in ran) / len(ran), 1)
    assert (package["avg_duration"], package["avg_tokens"]) == (2100, 50)
    assert (package["downloads"], package["ratings"]) == (20, 1680)
    assert (package["weekly_runs"], package["weekly_growth"]) == (420, 0.0)


@thorough
def test_what_stands_out_comes_with_its_evidence(author):
    (package,) = author.told("GET", ME)["packages"]
    best, adoption, error = (package[key] for key in ("best_model", "adoption", "top_error"))
    assert (best["model"], best["second"]) == ("m1", "m2")
    assert best["low"] < best["success_rate"] < best["high"]
    assert best["low"] > best["second_high"]
    rating = next(each for each in package["changes"] if each["measure"] == "avg_rating")
    assert (rating["version"], rating["against"], rating["sure"]) == ("2.0.0", "1.5.0", True)
    assert 0 < rating["low"] < rating["difference"] < rating["high"]
    assert adoption["version"] == "2.0.0"
    assert adoption["half_life_low"] < 11 < adoption["half_life_high"]
    assert 3 < adoption["weeks_left"] < 7
    assert (error["error_type"], error["share"]) == ("timeout", 100.0)
    assert error["failures"] == error["of_failures"]


def test_the_days_are_those_asked_for(author):
    assert author.told("GET", ME, days="7")["totalRuns"] == 420
    for wrong in ("0", "366", "x"):
        assert author.call("GET", ME, days=wrong).status_code == 422


def test_an_author_of_nothing_has_no_packages(door):
    for role in ("author", "admin", "member"):
        body = caller(door, role, "read").told("GET", ME)
        assert body == {"days": 30, "totalRuns": 0, "packages": []}


def test_nobody_hears_it_without_a_token(door):
    answer = stranger(door).call("GET", ME)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@thorough
def test_it_is_kept_by_no_cache_on_the_way(author):
    answer = author.call("GET", ME)
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_package_that_nothing_is_published_of_has_no_figures(open_door):
    made = registry(open_door)
    who = caller(made, "author", "read")
    becomes_author(who, package_of(made))
    (package,) = who.told("GET", ME)["packages"]
    assert (package["runs"], package["unique_users"]) == (0, 0)
    assert package["success_rate"] is None
    assert package["weekly_growth"] is None
    assert package["adoption"] is None
    assert package["changes"] == []


@thorough
def test_it_is_worked_out_once_in_a_while(author, door):
    told = author.told("GET", ME)
    with door.engine.begin() as conn:
        publish_days(conn, package_of(door), [Ran(who, LAST) for who in range(5)])
    assert author.told("GET", ME) == told
    assert author.told("GET", ME, days="29")["totalRuns"] == told["totalRuns"] + 5


@thorough
def test_windows_are_cut_from_one_reading_until_something_is_published(author, door):
    name = author.told("GET", ME)["packages"][0]["name"]
    ours = packages.c.id == package_of(door).id
    with door.engine.begin() as conn:
        conn.execute(update(packages).where(ours).values(name="renamed"))
    (package,) = author.told("GET", ME, days="28")["packages"]
    assert (package["name"], package["runs"]) == (name, 1680)
    with door.engine.begin() as conn:
        publish_days(conn, package_of(door, "renamed"), [Ran(who, LAST) for who in range(5)])
    (package,) = author.told("GET", ME, days="27")["packages"]
    assert (package["name"], package["runs"]) == ("renamed", 1625)


@thorough
def test_who_writes_another_package_hears_of_it_at_once(author, door):
    assert len(author.told("GET", ME)["packages"]) == 1
    becomes_author(author, package_of(door, "seo-optimizer"))
    assert len(author.told("GET", ME)["packages"]) == 2
