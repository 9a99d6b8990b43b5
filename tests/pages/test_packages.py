"""The pages of packages: what everybody may see, and what authors see of their own."""

import random
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from sqlalchemy import insert

from db.access import ensure_person
from db.package_authors import add_author
from db.tables import feedback
from ingest_api.public.figures import Metric
from tests.analytics.community.blocks import (
    Fetched,
    Ran,
    Rated,
    make_package,
    publish_days,
    publish_until,
)
from tests.thorough import thorough

TODAY = datetime.now(UTC).date()
LAST = TODAY - timedelta(days=1)
HOSTILE = "![x](http://evil.example/x.png) <b>bold</b> :material/home:"


def ago(days):
    return LAST - timedelta(days=days)


def history(version="1.5.0", newer="2.0.0"):
    """Four weeks of sixty people: the last two weeks they move to a better version."""
    dice = random.Random(1)
    rows = []
    for day in range(28):
        for who in range(60):
            taken = day < 14 and who / 60 > 2 ** (-(14 - day) / 11)
            ran, model = newer if taken else version, ("m1", "m2")[who % 2]
            ok = dice.random() > (0.02 if model == "m1" else 0.15)
            error = "" if ok else "timeout"
            rows.append(Ran(who, ago(day), ran, model, ok, 100.0, 50, error, "DE", "linux"))
            rows.append(Rated(who, ago(day), 5 if taken or who % 2 else 4, ran))
    return [*rows, *(Fetched(who, ago(3), "ci" if who % 2 else "person") for who in range(40))]


@pytest.fixture
def reviewer(conn, project):
    """A public package with four weeks of runs."""
    publish_until(conn, project, LAST)
    package = make_package(conn, project, summary="Reviews code")
    publish_days(conn, package, history())
    conn.commit()
    return package


@pytest.fixture
def secret(conn, project, reviewer):
    """A package that is not public, run by the same people."""
    package = make_package(conn, project, "secret-sauce", public=False)
    publish_days(conn, package, history())
    conn.commit()
    return package


@pytest.fixture
def authored(conn, reviewer):
    """Make the person that `show` signs in as an author of packages."""

    def make(*packages):
        for package in packages or (reviewer,):
            add_author(conn, package.id, "author@example.org")
        conn.commit()

    return make


def texts(shown):
    kinds = ("title", "header", "subheader", "markdown", "text", "caption", "info")
    return "\n".join(str(each.value) for kind in kinds for each in getattr(shown, kind))


def cards(shown):
    return [each.value.replace("\\", "") for each in shown.subheader]


def figures(shown):
    return {metric.label: metric.value for metric in shown.metric}


def table(shown, column):
    return next(each.value for each in shown.dataframe if column in each.value)


def labels(shown):
    return {popover.proto.popover.label for popover in shown.get("popover")}


@pytest.mark.parametrize("wanted", ["name", "uid"])
def test_a_stranger_sees_a_public_package(show, reviewer, wanted):
    asked = "code-reviewer" if wanted == "name" else str(reviewer.uid)
    shown = show("package", None, id=asked)
    assert not shown.exception
    assert [each.value for each in shown.header] == ["code-reviewer"]
    assert figures(shown)["Runs"] == "1,680"
    assert figures(shown)["People"] == "60+"
    assert figures(shown)["Success"].startswith("9")
    assert "Run 1,680 times by 60 people or more in 30 days" in texts(shown)
    assert any("Works best on m1" in title for title in cards(shown))
    assert table(shown, "tokens")["model"].tolist() == ["m1", "m2"]
    assert table(shown, "rating_told")["version"].tolist() == ["2.0.0", "1.5.0"]
    assert "20 downloads by people, 20 by CI, bots and mirrors" in cards(shown)
    assert {"1.0.0 makes 100%", "linux makes 100%", "pip makes 100%"} <= set(cards(shown))
    assert "2.0.0 against 1.5.0: success" in texts(shown)
    assert len(shown.get("vega_lite_chart")) == 1
    assert "Query" not in labels(shown)


def test_every_badge_is_shown_with_its_code_in_either_theme(show, reviewer):
    shown = show("package", None, id="code-reviewer")
    badges, card = (each.value for each in shown.code)
    for metric in get_args(Metric):
        assert f"/badge/{reviewer.uid}/{metric}.svg?theme=light)]" in badges
    assert f"/card/{reviewer.uid}.svg?theme=light" in card
    shown.session_state["badge_theme"] = "dark"
    badges, card = (each.value for each in shown.run().code)
    assert badges.count("theme=dark") == len(get_args(Metric))
    assert "theme=dark" in card


def test_who_signed_in_may_ask_for_the_query(show, project, reviewer):
    shown = show("package", "product", project, id="code-reviewer")
    assert len(shown.title) == 1
    assert "Query" in labels(shown)


@thorough
@pytest.mark.parametrize("wanted", ["secret-sauce", "uid", "no-such-package", "x" * 500, "\0"])
def test_what_is_not_public_is_as_if_it_were_not_there(show, secret, wanted):
    shown = show("package", None, id=str(secret.uid) if wanted == "uid" else wanted)
    assert not shown.exception
    assert [each.value for each in shown.info] == ["No package of this name or id is public."]
    assert not shown.metric
    assert table(shown, "summary")["name"].tolist() == ["code-reviewer"]  # the way on


@thorough
def test_an_author_sees_their_package_before_it_is_public(show, secret, authored):
    authored(secret)
    shown = show("package", "author", id="secret-sauce")
    assert figures(shown)["Runs"] == "1,680"
    assert not shown.code  # no badges of what nobody else may see


@thorough
def test_without_a_package_the_public_ones_are_listed(show, secret):
    shown = show("package", None)
    assert not shown.exception
    assert table(shown, "summary")["name"].tolist() == ["code-reviewer"]
    assert "1 package" in cards(shown)
    assert not shown.get("button_group")  # days, which change nothing there


def test_a_package_that_nothing_is_published_of_says_so(show, conn, project, reviewer):
    make_package(conn, project, "new-one")
    shown = show("package", None, id="new-one")
    assert not shown.exception
    assert "Nothing is published of this package yet." in texts(shown)


@thorough
def test_nothing_that_a_user_named_is_rendered(show, conn, project):
    publish_until(conn, project, LAST)
    package = make_package(conn, project, HOSTILE, summary=HOSTILE)
    publish_days(conn, package, history(version=HOSTILE, newer=HOSTILE + "2"))
    add_author(conn, package.id, "author@example.org")
    for page, role in (("package", None), ("packages", "author")):
        shown = show(page, role, id=str(package.uid))
        assert not shown.exception
        rendered = [
            str(each.value) for kind in ("title", "header", "subheader", "markdown", "caption")
            for each in getattr(shown, kind)
        ]  # fmt: skip
        named = [text for text in rendered if "evil" in text]
        assert named
        assert not [text for text in named if "![x](" in text or "<b>" in text.replace("\\<", "")]


def test_a_stranger_is_shown_the_way_to_public_packages(show, reviewer):
    assert [each.proto.label for each in show("home", None).get("page_link")] == [
        "See the public packages"
    ]


def test_without_public_packages_there_is_no_way_to_them(show, conn, project):
    make_package(conn, project, "secret-sauce", public=False)
    assert not show("home", None).get("page_link")


def test_a_stranger_reaches_no_other_page(show, reviewer):
    shown = show("packages", None, id="code-reviewer")
    assert not shown.metric
    assert "Looplens turns the events" in texts(shown)


@thorough
def test_opened_without_the_app_the_pages_are_no_more_open(show, secret):
    assert "is public" in texts(show(None, None, path="pages/package.py", id="secret-sauce"))
    own = show(None, None, path="pages/packages.py")
    assert [each.value for each in own.info] == ["Sign in to see this page."]


@thorough
def test_an_author_sees_what_was_found_of_their_packages(show, reviewer, secret, authored):
    authored(reviewer, secret)
    shown = show("packages", "author", of_package="code-reviewer")
    assert not shown.exception
    assert "2 packages, run 3,360 times" in cards(shown)
    told = texts(shown).replace("\\", "")
    assert "Works best on **m1**" in told
    assert "**2.0.0** is rated" in told
    assert "Adoption of **2.0.0** is" in told
    assert "half-life" in told
    assert "older versions could be dropped in about" in told
    assert "**timeout** makes 100% of the failures" in told
    assert figures(shown)["People"] == "60+"
    assert table(shown, "success_change_told")["version"].tolist() == ["2.0.0", "1.5.0"]
    assert table(shown, "failures")["error_type"].tolist() == ["timeout"]
    assert "secret-sauce is also used by 60 or more" in cards(shown)
    assert len(shown.get("vega_lite_chart")) == 1


def test_an_author_chooses_which_package_to_look_into(show, conn, project, reviewer, authored):
    quiet = make_package(conn, project, "quiet-one")
    authored(reviewer, quiet)
    shown = show("packages", "author")
    assert figures(shown)["Runs"] == "1,680"
    shown = shown.selectbox(key="of_package").select("quiet-one").run()
    assert figures(shown)["Runs"] == "\u2013"
    assert "Nothing is published of this package yet." in texts(shown)


def test_who_wrote_nothing_is_told_how_to_become_an_author(show, reviewer):
    shown = show("packages", "author")
    assert not shown.exception
    assert "You are not an author of a package." in texts(shown)
    assert not shown.metric


def test_other_roles_see_no_authors_page(show, project, reviewer):
    shown = show("packages", "product", project)
    assert "Your role does not include this page." in texts(shown)
    assert not shown.metric


@thorough
def test_released_comments_are_read_as_they_were_written(show, conn, reviewer, authored):
    authored()
    at = datetime.now(UTC) - timedelta(days=2)
    said = {"project_id": reviewer.project_id, "kind": "rating", "said_at": at, "score": 1}
    said |= {"package_id": reviewer.id, "app_version": "2.0.0"}
    for who, released in ((1, at), (2, None)):
        comment = f"{HOSTILE} {who}"
        row = said | {"actor_key": who, "comment": comment, "released_at": released}
        conn.execute(insert(feedback).values(row))
    shown = show("packages", "author")
    assert not shown.exception
    assert f"{HOSTILE} 1" in [each.value for each in shown.text]
    assert f"{HOSTILE} 2" not in texts(shown)
    assert "1 comment" in cards(shown)


def test_an_author_of_the_past_sees_nothing(show, conn, reviewer):
    ensure_person(conn, "author@example.org", "author", ())
    shown = show("packages", "author", of_package="code-reviewer")
    assert not shown.dataframe
