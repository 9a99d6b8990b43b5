"""The page of surveys: building by clicking, starting, counting and ending."""

from datetime import UTC, datetime, timedelta

import pytest

from db import tables
from db.access import create_project
from db.inviting import Occasion, invite, mark_answered
from db.questions import Question, written
from db.segments import create_segment
from db.surveys import Draft, list_surveys, make_survey
from tests.thorough import thorough

NOW = datetime.now(UTC)
NPS = Question("nps", "How likely?")
CHOICE = Question("choice", "Which?", ("Web", "Phone"))


@pytest.fixture
def shop(conn, project, add_events):
    add_events(project, f"ann checkout {NOW:%Y-%m-%dT%H:%M}Z platform=web")
    conn.commit()
    return project


def texts(shown):
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "toast")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(shown, kind))


def click(shown, label):
    (button,) = [button for button in shown.button if button.label == label]
    return button.click().run()


def figures(shown):
    return {metric.label: metric.value for metric in shown.metric}


def kept(conn, project):
    conn.rollback()
    return list_surveys(conn, project.id)


def running(conn, project, **more):
    draft = Draft("Quarter", (NPS,), starts_at=NOW - timedelta(days=1), **more)
    return make_survey(conn, project.id, draft)


def test_without_a_survey_the_page_teaches(show, shop):
    shown = show("surveys", "product", shop)
    assert "Nothing has been asked yet" in texts(shown)
    assert "No survey runs" in texts(shown)


@thorough
def test_a_survey_is_built_by_clicking_and_runs(show, conn, shop):
    segment = create_segment(conn, shop.id, "Payers", "{}", None)
    shown = click(show("surveys", "product", shop), "Recommendation (NPS)")
    shown = click(shown, "Choice")
    shown = shown.text_area(key="question_options_1").input("Web\n Phone \n\nTV").run()
    shown = shown.text_input(key="question_text_1").input("Which of them?").run()
    shown = shown.segmented_control(key="question_several_1").select(True).run()
    shown.text_input(key="survey_name").input("Quarter")
    shown.selectbox(key="survey_segment").select("Payers")
    shown.text_input(key="survey_role").input("admin")
    shown.selectbox(key="survey_event").select("checkout")
    shown.number_input(key="survey_sample").set_value(25)
    shown.number_input(key="survey_quiet").set_value(30)
    shown.number_input(key="survey_days").set_value(14)
    shown = click(shown, "Start survey")
    assert not shown.exception
    (made,) = kept(conn, shop)
    assert [question.kind for question in made.questions] == ["nps", "choice"]
    options = ("Web", "Phone", "TV")
    assert made.questions[1] == Question("choice", "Which of them?", options, several=True)
    assert (made.name, made.segment_id, made.role, made.event) == (
        "Quarter",
        segment,
        "admin",
        "checkout",
    )
    assert (made.sample, made.quiet_days) == (0.25, 30)
    assert made.ends_at - made.starts_at == timedelta(days=14)
    assert "One survey runs" in texts(shown)
    assert "25% of members of Payers with the role admin, just after checkout" in texts(shown)
    assert not [text for text in shown.text_input if text.key == "survey_name"]


def test_questions_are_moved_and_removed(show, shop):
    shown = show("surveys", "product", shop, questions=written((NPS, CHOICE)))
    shown = shown.button(key="question_up_1").click().run()
    assert shown.text_input(key="question_text_0").value == "Which?"
    shown = shown.button(key="question_remove_0").click().run()
    assert shown.text_input(key="question_text_0").value == "How likely?"
    shown = shown.button(key="question_remove_0").click().run()
    assert not [text for text in shown.text_input if text.key == "question_text_0"]
    assert not shown.exception


def test_the_questions_are_shown_as_people_will_see_them(show, shop):
    shown = show("surveys", "product", shop, questions=written((NPS, CHOICE)))
    offered = [list(group.options) for group in shown.get("button_group")]
    assert [str(number) for number in range(11)] in offered
    assert ["Web", "Phone"] in offered
    assert "0: not at all likely" in texts(shown)


@pytest.mark.parametrize("draft", ["<script>", "{}", '[{"kind": "x", "text": 1}]', "[" * 999])
def test_a_hostile_draft_is_an_empty_one(show, shop, draft):
    shown = show("surveys", "product", shop, questions=draft)
    assert not shown.exception
    assert not [button for button in shown.button if button.label == "Start survey"]


def test_what_a_draft_lacks_is_said_and_it_can_not_start(show, shop):
    shown = show("surveys", "product", shop, questions=written((Question("choice", "Which?"),)))
    assert "Question 1: a choice has 2 to 20 options." in texts(shown)
    assert next(b for b in shown.button if b.label == "Start survey").disabled


def test_a_name_that_is_taken_is_told_and_nothing_is_lost(show, conn, shop):
    running(conn, shop)
    shown = show("surveys", "product", shop, questions=written((NPS,)))
    shown.text_input(key="survey_name").input("Quarter")
    shown = click(shown, "Start survey")
    assert "exists already" in texts(shown)
    assert shown.text_input(key="question_text_0").value == "How likely?"
    assert shown.text_input(key="survey_name").value == "Quarter"
    assert len(kept(conn, shop)) == 1


def test_the_turnout_of_the_range_is_shown(show, conn, shop):
    running(conn, shop)
    made = [invite(conn, shop.id, Occasion(who), NOW) for who in (1, 2, 3, 4)]
    mark_answered(conn, (made[0].id, 1), NOW)
    shown = show("surveys", "product", shop)
    assert figures(shown) == {"Shown": "4", "Answered": "1", "Response rate": "25.0%"}
    assert "One survey runs; 25.0% of 4 shown were answered" in texts(shown)


def test_a_survey_is_ended(show, conn, shop):
    running(conn, shop)
    shown = click(show("surveys", "product", shop), "End it")
    assert not shown.exception
    (ended,) = kept(conn, shop)
    assert ended.over(datetime.now(UTC))
    assert "No survey runs" in texts(shown)
    assert not [button for button in shown.button if button.label == "End it"]


@pytest.mark.parametrize("label", ["Start survey", "End it"])
def test_who_lost_their_role_starts_and_ends_nothing(show, conn, shop, label):
    running(conn, shop)
    shown = show("surveys", "product", shop, questions=written((NPS,)))
    shown.text_input(key="survey_name").input("Another")
    person = tables.people.c.email == "product@example.org"
    conn.execute(tables.people.update().where(person).values(role="member"))
    conn.commit()
    click(shown, label)
    (survey,) = kept(conn, shop)
    assert not survey.over(datetime.now(UTC))


@pytest.mark.parametrize("label", ["Start survey", "End it"])
def test_who_lost_the_project_is_told_so(show, conn, shop, label):
    running(conn, shop)
    shown = show("surveys", "product", shop, questions=written((NPS,)))
    shown.text_input(key="survey_name").input("Another")
    conn.execute(tables.memberships.delete())
    conn.commit()
    shown = click(shown, label)
    (survey,) = kept(conn, shop)
    assert not survey.over(datetime.now(UTC))
    assert "It runs." not in texts(shown)


def test_names_and_questions_are_only_text(show, conn, shop):
    hostile = "![x](https://evil.example/a.png) <b>"
    draft = Draft(hostile, (Question("text", hostile),), role=hostile, event=hostile)
    make_survey(conn, shop.id, draft)
    shown = show("surveys", "product", shop)
    assert not shown.exception
    assert "![x]" not in texts(shown)


@pytest.mark.parametrize("role", ["operations", "author", "org_admin", "member"])
def test_roles_without_the_field_see_no_survey(show, conn, shop, role):
    running(conn, shop)
    shown = show("surveys", role, shop)
    assert "does not include this page" in texts(shown)
    assert "Quarter" not in texts(shown)


def test_an_anonymous_project_is_told_why_nobody_is_asked(show, conn, add_events):
    project = create_project(conn, "anonymous", consent="anonymous", retention_months=None)
    add_events(project, f"ann open {NOW:%Y-%m-%dT%H:%M}Z first_use=7")
    assert "keeps no ids" in texts(show("surveys", "product", project))
