"""The page on the data's quality as people of each role see it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from db.tables import grants, intake_hour

NOW = datetime.now(UTC)


@pytest.fixture
def shop(conn, project, add_events):
    """Two events yesterday, one of them new; a third of what was sent had no consent."""
    for ago, name in ((1, "open"), (1, "fresh"), (40, "open")):
        add_events(project, f"ann {name} {(NOW - timedelta(days=ago)).isoformat()} platform=web")
    hour = (NOW - timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    for outcome, n in (("accepted", 2), ("no_consent", 1)):
        row = {"project_id": project.id, "hour": hour, "outcome": outcome, "n": n}
        conn.execute(insert(intake_hour).values(row))
    said = {"project_id": project.id, "actor_key": 1, "granted": 1, "refused": 2}
    conn.execute(insert(grants).values(said))
    conn.commit()
    return project


def titles(shown):
    return [each.value for each in shown.subheader]


@pytest.mark.parametrize("role", ["admin", "executive", "product", "operations"])
def test_it_says_first_whether_to_believe_the_charts(show, shop, role):
    shown = show("quality", role, shop)
    assert not shown.exception
    assert titles(shown)[0].endswith("33.3% of events are not kept, without consent")
    assert "66.7% of the events that could be kept" in shown.markdown[0].value


def test_it_tells_what_is_new_and_what_was_granted(show, shop):
    told = titles(show("quality", "product", shop))
    assert "Of 2 events 1 is new" in told
    assert "Granted least: features, by 0.0% of those who decided" in told


def test_filters_on_dimensions_change_nothing(show, shop):
    assert titles(show("quality", "product", shop, platform="ios")) == titles(
        show("quality", "product", shop)
    )


@pytest.mark.parametrize("query", ["losses", "clocks", "volumes", "consent"])
def test_every_card_shows_its_query(show, shop, query):
    shown = show("quality", "product", shop)
    shown.session_state[f"query_{query}"] = True
    shown.run()
    assert not shown.exception
    assert "SELECT" in shown.code[0].value
    assert f"project_id = {shop.id}" in shown.code[0].value


def test_it_runs_without_any_event(show, project):
    shown = show("quality", "product", project)
    assert not shown.exception
    assert titles(shown)[0] == "There is no data yet"


@pytest.mark.parametrize("role", ["author", "member"])
def test_roles_without_the_field_learn_nothing(show, shop, role):
    shown = show("quality", role, shop)
    assert "does not include this page" in shown.info[0].value
    assert not shown.subheader


def test_a_stranger_learns_nothing(show, shop):
    shown = show(None, None, path="pages/quality.py")
    assert shown.info[0].value == "Sign in to see this page."
    assert not shown.subheader
