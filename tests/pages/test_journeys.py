"""Journeys and sessions as a reader meets them."""

import pytest

from db.access import create_project


@pytest.fixture
def shop(conn, project, add_events):
    """Ten visits: all begin at home, half go on to pricing, and of those two buy."""
    visits = ["home"] * 5 + ["home pricing"] * 3 + ["home pricing buy"] * 2
    days = ("2026-03-02", "2026-03-03")
    add_events(
        project,
        *(
            f"u{visit} view {days[visit % 2]}T10:{minute:02}Z subject={page} platform=web "
            f"channel=ads session=s{visit}"
            for visit, pages in enumerate(visits)
            for minute, page in enumerate(pages.split())
        ),
    )
    conn.commit()
    return project


MARCH = {"range": "custom", "dates": ["2026-03-01", "2026-03-05"]}


def titles(shown):
    return [title.value for title in shown.subheader]


def test_a_journey_is_titled_by_where_most_go(show, shop):
    shown = show("journeys", "product", shop, journey_level="subject", **MARCH)
    assert titles(shown)[:2] == [
        "Half of visits go on to pricing after their first step",
        "The commonest path, of 50%: home \u2192 Left",
    ]


def test_a_journey_can_be_linked(show, shop):
    linked = {"journey_level": "subject", "journey_start": "view \u00b7 buy"}
    shown = show("journeys", "product", shop, journey_direction="before", **linked, **MARCH)
    assert titles(shown)[0] == "All visits come from pricing to buy"
    assert any("2 of 10 visits (20%) come to view: buy." in note.value for note in shown.caption)


def test_a_path_can_be_opened_as_a_funnel(show, shop):
    shown = show("journeys", "product", shop, journey_level="subject", **MARCH)
    link = next(link for link in shown.get("page_link") if "funnel" in link.proto.label)
    assert "steps=view%21subject%3Aeq%3Ahome~view%21subject%3Aeq%3Apricing" in str(link.proto)


def test_sessions_say_where_visits_begin_and_end(show, shop):
    shown = show("sessions", "product", shop, **MARCH)
    assert "All visits begin with home" in titles(shown)
    assert "Half of visits end on home" in titles(shown)
    metrics = {metric.label: metric.value for metric in shown.metric}
    assert (metrics["Sessions"], metrics["Bounce rate"]) == ("10", "50.0%")


@pytest.mark.parametrize("page", ["journeys", "sessions"])
def test_without_sessions_the_page_teaches_what_they_are(show, conn, page):
    empty = create_project(conn, "quiet", consent="anonymous", retention_months=None)
    shown = show(page, "product", empty)
    assert not shown.exception
    assert "session id" in shown.info[0].value
