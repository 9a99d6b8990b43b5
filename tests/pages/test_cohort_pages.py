"""The pages of retention and lifecycle, on a real database."""

from datetime import UTC, datetime, timedelta

import pytest

from db.access import create_project

NOW = datetime.now(UTC)
PAGES = ("retention", "lifecycle")


def day(ago):
    return (NOW - timedelta(days=ago)).strftime("%Y-%m-%dT00:00:01Z")


@pytest.fixture
def shop(conn, project, add_events):
    """Four people who came nine days ago; the two who used export are back a week later."""
    add_events(
        project,
        *(f"u{n} page_view {day(9)} platform=web" for n in range(4)),
        *(f"u{n} feature_use {day(9)} platform=web subject=export" for n in range(2)),
        *(f"u{n} page_view {day(2)} platform=web" for n in range(2)),
        f"u3 page_view {day(1)} platform=web",
    )
    conn.commit()
    return project


def titles(shown):
    return [element.value for element in shown.subheader]


def test_the_finding_is_the_title(show, shop):
    shown = show("retention", "product", shop)
    assert not shown.exception
    assert "Of new users, 50% are back after a week" in titles(shown)


def test_the_terms_are_in_the_address(show, shop):
    export = "feature_use \u00b7 export"
    shown = show("retention", "product", shop, start=export, when="on or after", interval="day")
    said = "Of those who did export for the first time, 100% are back after a week or later"
    assert said in titles(shown)
    assert shown.selectbox(key="start").value == export


def test_what_was_done_at_the_start_splits_the_cohorts(show, shop):
    query = {"split": "What they did first", "did": "feature_use \u00b7 export"}
    shown = show("retention", "product", shop, **query)
    table = shown.dataframe[0].value.set_index("series")
    assert table["7"].to_dict() == {"All": 0.5, "Did it": 1.0, "Did not": 0.0}
    assert table["size"].to_dict() == {"All": 4, "Did it": 2, "Did not": 2}


def test_filters_of_the_bar_apply(show, shop):
    assert "Of new users, 50% are back after a week" in titles(
        show("retention", "product", shop, platform="web")
    )


def test_lifecycle_shows_phases_ratio_and_days(show, shop):
    shown = show("lifecycle", "product", shop, interval="day")
    assert not shown.exception
    assert "On the last whole day 1 people were won and 2 lost" in titles(shown)
    assert len(shown.get("vega_lite_chart")) == 4


def test_somebody_may_be_active_by_one_event_only(show, shop):
    shown = show("lifecycle", "product", shop, active_by="feature_use", interval="day")
    assert "Half of all people came on 1 day of 28" in titles(shown)


@pytest.mark.parametrize("page", PAGES)
def test_days_are_not_offered_for_a_year(show, shop, page):
    shown = show(page, "product", shop, range="12m", interval="day")
    assert not shown.exception
    assert shown.segmented_control(key="interval").value == "auto"


@pytest.mark.parametrize("page", PAGES)
def test_without_ids_the_pages_say_why_there_is_nothing(show, conn, add_events, page):
    anonymous = create_project(conn, "anon", consent="anonymous", retention_months=None)
    add_events(anonymous, f"u1 open {day(1)}")
    shown = show(page, "product", anonymous)
    assert not shown.exception
    assert "stores no ids" in shown.info[0].value
    assert not shown.get("vega_lite_chart")
