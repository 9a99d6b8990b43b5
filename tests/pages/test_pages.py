"""The pages as people of each role see them, on a real database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ui.filters import LABELS
from ui.words import plain

NOW = datetime.now(UTC)
PAGES = ("home", "executive", "trends")


def day(ago):
    return (NOW - timedelta(days=ago)).strftime("%Y-%m-%dT10:00Z")


@pytest.fixture
def shop(conn, project, add_events):
    """Two people yesterday, one of them also five weeks ago; one failure."""
    add_events(
        project,
        f"ann page_view {day(1)} platform=web subject=start",
        f"ann feature_use {day(1)} platform=web subject=export",
        f"bob feature_use {day(1)} platform=ios subject=export ok=0",
        f"ann page_view {day(30)} platform=web subject=start",
    )
    conn.commit()
    return project


def texts(shown):
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(shown, kind))


def figures(shown):
    return {metric.label: metric.value for metric in shown.metric}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_for_an_administrator(show, shop, page):
    shown = show(page, "admin")
    assert not shown.exception
    assert not shown.error
    assert len(shown.title) == 1


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_without_any_event(show, project, page):
    shown = show(page, "admin")
    assert not shown.exception
    assert not shown.error


def test_without_any_project_one_learns_how_to_make_one(show):
    shown = show("home", "admin")
    assert "python -m db project" in shown.code[0].value


def test_the_executive_summary_counts_what_was_sent(show, shop):
    shown = show("executive", "executive", shop)
    assert figures(shown)["Active users"] == "2"
    assert figures(shown)["Events"] == "3"
    assert figures(shown)["Error rate"] == "33.3%"


def test_filters_of_the_address_apply(show, shop):
    shown = show("executive", "executive", shop, platform="ios")
    assert figures(shown)["Events"] == "1"
    assert shown.multiselect(key="platform").value == ["ios"]


def test_what_clients_say_of_themselves_is_no_markdown(show, conn, shop, add_events):
    add_events(shop, f"eve page_view {day(1)} channel=![](https://evil.example/x.png)")
    conn.commit()
    shown = show("executive", "executive", shop, channel="![](https://evil.example/x.png)")
    (told,) = [caption.value for caption in shown.caption if caption.value.startswith("Only")]
    assert told == f"Only **Channel** {plain('![](https://evil.example/x.png)')}"
    assert "![](" not in texts(shown)


def test_folded_filters_are_drawn_when_they_are_unfolded_or_say_something(show, shop):
    def drawn():
        return {each.key for each in (*shown.multiselect, *shown.selectbox, *shown.toggle)}

    shown = show("executive", "executive", shop)
    assert drawn() == set()
    shown = unfolded(shown)
    assert drawn() == {*LABELS, "segment", "compare"}
    shown.multiselect(key="platform").set_value(["ios"])
    shown.toggle(key="compare").set_value(False).run()
    assert figures(shown)["Events"] == "1"
    shown = unfolded(shown, False)
    assert drawn() == {"platform", "compare"}
    assert figures(shown)["Events"] == "1"
    assert not any(metric.delta for metric in shown.metric if metric.label == "Events")
    shown.toggle(key="compare").set_value(True)
    shown.multiselect(key="platform").set_value([]).run()
    assert figures(shown)["Events"] == "3"
    assert drawn() == set()


def test_a_comparison_that_the_address_switches_off_is_a_filter_that_is_set(show, shop):
    shown = show("executive", "executive", shop, compare="false")
    assert [toggle.value for toggle in shown.toggle] == [False]


def unfolded(shown, is_open=True):
    shown.session_state["more"] = is_open
    return shown.run()


def test_a_wrong_value_in_the_address_is_the_default(show, shop):
    shown = show("executive", "executive", shop, range="<script>", platform="none-such")
    assert not shown.exception
    assert shown.segmented_control(key="range").value == "28d"
    assert figures(shown)["Events"] == "3"


@pytest.mark.parametrize("ahead", [1, 20_000])
def test_a_range_that_goes_on_after_today_ends_with_it(show, shop, ahead):
    until = datetime.now(UTC).date() + timedelta(days=ahead)
    shown = show("executive", "executive", shop, range="custom", dates=["2026-01-05", str(until)])
    assert not shown.exception
    assert shown.date_input(key="dates").value == (date(2026, 1, 5), until)
    assert figures(shown)["Events"] == "4"


@pytest.mark.parametrize("dates", [["2100-01-01", "2100-01-05"], ["then"], ["2026-01-05"]])
def test_a_range_that_is_none_is_the_usual_one(show, shop, dates):
    shown = show("executive", "executive", shop, range="custom", dates=dates)
    assert not shown.exception
    assert figures(shown)["Events"] == "3"


def test_a_link_to_a_project_one_may_not_see_shows_ones_own(show, shop, berlin):
    shown = show("executive", "executive", shop, project="berlin")
    assert figures(shown)["Events"] == "3"
    assert "berlin" not in texts(shown)


def test_a_role_without_the_field_gets_a_note_and_no_figures(show, shop):
    shown = show("executive", "product", shop)
    assert "does not include this page" in texts(shown)
    assert not shown.metric


@pytest.mark.parametrize("role", ["author", "org_admin", "member"])
def test_roles_without_figures_see_none_at_home(show, shop, role):
    shown = show("home", role, shop)
    assert not shown.exception
    assert "no figures" in texts(shown)
    assert "Active users" not in texts(shown)


def test_signed_out_the_public_page_is_all_there_is(show, shop):
    shown = show(None, None)
    assert shown.title[0].value == "See how your product is used"
    assert "export" not in texts(shown)
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        shown.switch_page("pages/executive.py")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_runs_without_app_py_shows_nothing_to_a_stranger(show, shop, page):
    shown = show(None, None, path=f"pages/{page}.py")
    assert texts(shown) == "Sign in to see this page."
    assert not shown.metric
    assert not shown.get("vega_lite_chart")


def test_the_public_page_offers_an_access_link_where_there_is_no_demo(show):
    shown = show(None, None)
    assert "python -m db invite" in shown.code[0].value


def test_the_first_events_code_holds_the_key_that_was_made(show, conn, berlin):
    shown = show("home", "product", berlin)
    assert "YOUR_KEY" in shown.code[0].value
    shown.button[0].click().run()
    assert "lli_" in shown.code[0].value
    assert shown.success


def test_who_may_not_make_keys_has_no_button(show, berlin):
    assert not show("home", "executive", berlin).button
