"""The page of funnels: built by clicking, in the address, from a link, and with its people."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from analytics.product.funnels.definition import Funnel, steps_of
from db.access import create_project, ensure_person
from db.views import Keeper, save_view

NOW = datetime.now(UTC)


def day(ago, hour=10):
    return (NOW - timedelta(days=ago)).strftime(f"%Y-%m-%dT{hour:02}:00Z")


@pytest.fixture
def shop(conn, project, add_events):
    """Ann buys, bob and cleo are lost on the way, dan came yesterday; opening is used most."""
    add_events(
        project,
        f"ann open {day(20)} platform=web subject=home",
        f"ann open {day(20)} platform=web subject=home",
        f"ann add {day(20, 11)} platform=web subject=shoe",
        f"ann buy {day(20, 12)} platform=web",
        f"bob open {day(20)} platform=ios subject=home",
        f"bob add {day(20, 11)} platform=ios subject=hat",
        f"cleo open {day(19)} platform=ios subject=sale",
        f"dan open {day(1)} platform=web subject=home",
        f"dan quit {day(1, 11)} platform=web",
    )
    conn.commit()
    return project


def texts(shown):
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "toast")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(shown, kind))


def names(shown):
    return [box.value for box in shown.selectbox if str(box.key).startswith("step_name_")]


def table(shown, name):
    keys = {"steps": "lost", "values": "entered", "abandonment": "loss"}
    return next(frame.value for frame in shown.dataframe if keys[name] in frame.value)


def test_the_most_used_events_are_a_funnel_at_once(show, shop):
    shown = show("funnels", "product", shop)
    assert not shown.exception
    assert names(shown) == ["open", "add", "buy"]
    assert "25% come to buy so far; the biggest loss is before add" in texts(shown)
    assert "1 may still come" in texts(shown)


def test_an_address_is_a_funnel(show, shop):
    link = {"steps": "add~buy", "window": "1d", "order": "strict", "without": "quit"}
    shown = show("funnels", "product", shop, **link)
    assert not shown.exception
    assert names(shown) == ["add", "buy"]
    assert shown.selectbox(key="window").value == "1d"
    assert shown.segmented_control(key="order").value == "strict"
    assert shown.multiselect(key="without_names").value == ["quit"]
    assert "50% come to buy" in texts(shown)


def test_steps_are_chosen_added_and_removed_by_clicking(show, shop):
    shown = show("funnels", "product", shop)
    shown = shown.button(key="remove_step_2").click().run()
    assert names(shown) == ["open", "add"]
    shown = shown.selectbox(key="step_name_1").select("quit").run()
    assert shown.text_input(key="steps").value == "open~quit"
    assert "25% come to quit" in texts(shown)
    shown = shown.button(key="add_step").click().run()
    assert names(shown) == ["open", "quit", "add"]
    assert not shown.exception


def test_a_breakdown_has_a_row_a_value(show, shop):
    shown = show("funnels", "product", shop, by="Platform")
    assert table(shown, "values")["value"].tolist() == ["ios", "web"]


def test_conditions_of_a_link_apply_and_are_told(show, shop):
    shown = show("funnels", "product", shop, steps="open!subject:eq:home~add!subject:has:sho")
    assert "33% come to add \u00b7 subject contains sho" in texts(shown)


@pytest.mark.parametrize(
    "link",
    [
        {"steps": "open!subject:is:x~add"},
        {"steps": "<script>"},
        {"window": "soon"},
        {"without": "open~open~open~open~open"},
        {"order": "none"},
    ],
)
def test_a_wrong_address_is_told_in_a_sentence(show, shop, link):
    shown = show("funnels", "product", shop, **link)
    assert not shown.exception
    assert len(shown.title) == 1


def test_who_is_lost_can_become_a_segment(show, shop):
    shown = show("funnels", "product", shop)
    assert shown.selectbox(key="dropped_after").options[0] == "Who is lost after 1 open"


def test_saved_funnels_are_listed_by_who_is_lost(show, conn, shop):
    person = ensure_person(conn, "product@example.org", "product", (shop.id,))
    query = urlencode(Funnel(steps_of("open~buy")).to_query(), doseq=True)
    save_view(conn, Keeper(shop.id, person), "funnels", "Buying", query, ())
    save_view(conn, Keeper(shop.id, person), "funnels", "No steps", "range=7d", ())
    shown = show("funnels", "product", shop)
    assert table(shown, "abandonment")["funnel"].tolist() == ["Buying"]
    assert "Most are lost in \u201cBuying\u201d before buy: 2" in texts(shown)


def test_without_two_events_one_learns_what_is_needed(show, conn, project, add_events):
    add_events(project, f"ann open {day(1)}")
    conn.commit()
    shown = show("funnels", "product", project)
    assert "needs two different events" in texts(shown)


def test_without_ids_the_page_says_so(show, conn):
    project = create_project(conn, "nobody", consent="anonymous", retention_months=None)
    shown = show("funnels", "product", project)
    assert "keeps no ids" in texts(shown)
