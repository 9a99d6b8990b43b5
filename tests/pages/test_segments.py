"""The page of segments: building by clicking, keeping, using, changing and forgetting."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.segments.definition import Definition, Did, InStage, Rule, Trait, definition_of
from db.access import create_project, ensure_person
from db.segments import create_segment, list_segments
from tests.thorough import thorough

NOW = datetime.now(UTC)
SAVED = Definition((Rule(Did("save")),))


def day(ago):
    return (NOW - timedelta(days=ago)).strftime("%Y-%m-%dT10:00Z")


@pytest.fixture
def shop(conn, project, add_events):
    add_events(
        project,
        f"ann open {day(1)} platform=web subject=home",
        f"ann save {day(1)} platform=web subject=file",
        f"bob open {day(1)} platform=ios subject=home",
        f"cleo open {day(20)} platform=ios subject=home",
    )
    conn.commit()
    return project


def texts(shown):
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "toast")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(shown, kind))


def people(shown):
    return [metric.value for metric in shown.metric if metric.label == "People"]


def click(shown, label):
    (button,) = [button for button in shown.button if button.label == label]
    return button.click().run()


def kept(conn, project):
    conn.rollback()
    return list_segments(conn, project.id)


def test_without_a_segment_the_page_teaches_and_offers_examples(show, shop):
    shown = show("segments", "product", shop)
    assert "A segment is a set of people" in texts(shown)
    shown = click(shown, "Very active")
    assert not shown.exception
    assert people(shown) == ["0"]


@thorough
def test_a_segment_is_built_by_clicking_with_its_size_live(show, shop):
    shown = click(show("segments", "product", shop), "Event")
    assert people(shown) == ["3"]  # the first name of the alphabet: open
    shown = shown.selectbox(key="0_name").select("save").run()
    assert people(shown) == ["1"]
    shown = shown.selectbox(key="0_subject").select(("file",)).run()
    assert people(shown) == ["1"]
    shown = shown.selectbox(key="0_negated").select(True).run()
    assert people(shown) == ["2"]
    shown = click(shown, "Dimension")
    shown = shown.multiselect(key="1_values").set_value(["ios"]).run()
    assert people(shown) == ["2"]
    shown = shown.number_input(key="1_days").set_value(7).run()
    assert people(shown) == ["1"]
    shown = shown.segmented_control(key="match").select("any").run()
    assert people(shown) == ["2"]
    assert not shown.exception


def test_what_is_built_is_kept_and_counted(show, conn, shop):
    shown = click(show("segments", "product", shop), "Event")
    shown = shown.selectbox(key="0_name").select("save").run()
    shown.text_input(key="segment_name").input("Savers")
    shown = click(shown, "Keep segment")
    (segment,) = kept(conn, shop)
    assert (segment.name, segment.size, segment.maker) == ("Savers", 1, "product@example.org")
    assert definition_of(segment.definition) == SAVED
    assert "Kept, with 1 person." in texts(shown)
    assert "**Savers**" in texts(shown)


def test_a_draft_in_the_address_fills_the_builder(show, shop):
    draft = Definition((Rule(Trait("platform", ("web",))), Rule(InStage("dormant"))), "any")
    shown = show("segments", "product", shop, draft=draft.json)
    assert shown.multiselect(key="0_values").value == ["web"]
    assert shown.selectbox(key="1_stage").value == "dormant"
    assert shown.segmented_control(key="match").value == "any"


@pytest.mark.parametrize("draft", ["<script>", "{}", '{"rules": [{"condition": 1}]}', "[" * 999])
def test_a_hostile_draft_is_an_empty_one(show, shop, draft):
    shown = show("segments", "product", shop, draft=draft)
    assert not shown.exception
    assert "A segment is a set of people" in texts(shown)


def test_values_that_are_no_choice_any_more_stay_chosen(show, shop):
    rules = (Rule(Trait("plan", ("gone",))), Rule(Did("gone", "gone")))
    shown = show("segments", "product", shop, draft=Definition(rules).json)
    assert not shown.exception
    assert shown.multiselect(key="0_values").value == ["gone"]
    assert shown.selectbox(key="1_subject").value == ("gone",)


def test_an_incomplete_condition_says_what_it_lacks(show, shop):
    shown = show("segments", "product", shop, draft=Definition((Rule(Trait("plan", ())),)).json)
    assert "Choose at least one value in condition 1." in texts(shown)
    assert not people(shown)
    assert next(b for b in shown.button if b.label == "Keep segment").disabled


def test_a_name_that_is_taken_is_told_and_nothing_is_lost(show, conn, shop):
    create_segment(conn, shop.id, "Savers", SAVED.json, None)
    shown = show("segments", "product", shop, draft=SAVED.json)
    shown.text_input(key="segment_name").input("Savers")
    shown = click(shown, "Keep segment")
    assert "exists already" in texts(shown)
    assert shown.selectbox(key="0_name").value == "save"
    assert len(kept(conn, shop)) == 1


@thorough
def test_only_its_maker_and_administrators_change_and_delete(show, conn, shop):
    maker = ensure_person(conn, "other@example.org", "product", (shop.id,))
    create_segment(conn, shop.id, "Theirs", SAVED.json, maker)
    labels = {button.label for button in show("segments", "product", shop).button}
    assert not labels & {"Change", "Delete it"}
    shown = click(show("segments", "admin", shop), "Change")
    assert shown.text_input(key="segment_name").value == "Theirs"
    shown = shown.selectbox(key="0_name").select("open").run()
    shown = click(shown, "Keep changes")
    (segment,) = kept(conn, shop)
    assert (segment.size, segment.maker) == (3, "other@example.org")
    click(show("segments", "admin", shop), "Delete it")
    assert kept(conn, shop) == []


@thorough
def test_a_segment_is_a_filter_of_every_page(show, conn, shop):
    shown = show("segments", "product", shop, draft=SAVED.json)
    shown.text_input(key="segment_name").input("Savers")
    click(shown, "Keep segment")
    shown = show("executive", "executive", shop, segment="Savers")
    figures = {metric.label: metric.value for metric in shown.metric}
    assert (figures["Active users"], figures["Events"]) == ("1", "2")
    assert "**Segment** Savers (1 person, counted" in texts(shown)


@thorough
def test_the_segment_of_another_project_is_no_choice(show, conn, shop, berlin):
    create_segment(conn, berlin.id, "Theirs", SAVED.json, None)
    shown = show("executive", "executive", shop, segment="Theirs")
    figures = {metric.label: metric.value for metric in shown.metric}
    assert figures["Active users"] == "3"


@pytest.mark.parametrize("role", ["author", "org_admin", "member"])
def test_roles_without_the_field_see_no_segment(show, conn, shop, role):
    create_segment(conn, shop.id, "Savers", SAVED.json, None)
    shown = show("segments", role, shop)
    shown.session_state["more"] = True
    shown.run()
    assert "does not include this page" in texts(shown)
    assert "Savers" not in texts(shown)
    assert "Savers" not in shown.selectbox(key="segment").options


def test_an_anonymous_project_is_told_why_nobody_is_in_a_segment(show, conn, add_events):
    project = create_project(conn, "anonymous", consent="anonymous", retention_months=None)
    add_events(project, f"ann open {day(1)} first_use=7")
    shown = show("segments", "product", project, draft=Definition((Rule(Did("open")),)).json)
    assert "keeps no ids" in texts(shown)
    assert people(shown) == ["0"]


def test_its_uses_are_links_with_the_segment_as_filter(show, conn, shop):
    create_segment(conn, shop.id, "A & B <b>", SAVED.json, None)
    shown = show("segments", "product", shop, range="7d", draft=SAVED.json)
    (links,) = [html.proto.body for html in shown.get("html") if "/trends?" in html.proto.body]
    assert 'href="/trends?range=7d&amp;segment=A+%26+B+%3Cb%3E"' in links
