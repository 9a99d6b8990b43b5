"""Whom a survey is shown to, and when it keeps quiet."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from db.access import create_project
from db.errors import SurveyIsOver, UnknownSurvey
from db.inviting import Occasion, in_sample, invite, invited, mark_answered
from db.questions import Question
from db.segments import create_segment, delete_segment
from db.surveys import Draft, end_survey, make_survey
from db.tables import invitations, segment_members

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)
NPS = Draft("NPS", (Question("nps", "How likely?"),), starts_at=NOW - DAY, quiet_days=30)
ANN, BOB = 11, -12


def shown(conn, project, who, now=NOW, **more):
    """The name of the survey that is shown to somebody, and None where there is none."""
    found = invite(conn, project.id, Occasion(who, **more), now)
    return found and found.survey.name


def test_a_survey_is_shown_to_everybody_once_and_that_is_recorded(conn, project):
    make_survey(conn, project.id, NPS)
    assert shown(conn, project, ANN) == "NPS"
    assert shown(conn, project, ANN) is None
    assert shown(conn, project, BOB) == "NPS"
    rows = conn.execute(select(invitations.c.actor_key, invitations.c.shown_at))
    assert {tuple(row) for row in rows} == {(ANN, NOW), (BOB, NOW)}


def test_nothing_is_recorded_where_nothing_is_shown(conn, project):
    make_survey(conn, project.id, replace(NPS, event="checkout"))
    assert shown(conn, project, ANN) is None
    assert conn.execute(select(func.count()).select_from(invitations)).scalar_one() == 0


def test_it_is_shown_from_its_start_to_just_before_its_end(conn, project):
    make_survey(conn, project.id, replace(NPS, starts_at=NOW, ends_at=NOW + DAY))
    just = timedelta(microseconds=1)
    assert shown(conn, project, ANN, NOW - just) is None
    assert shown(conn, project, ANN, NOW + DAY) is None
    assert shown(conn, project, ANN, NOW + DAY - just) == "NPS"
    assert shown(conn, project, BOB, NOW) == "NPS"


def test_it_keeps_quiet_for_its_days_and_then_asks_again(conn, project):
    make_survey(conn, project.id, NPS)
    assert shown(conn, project, ANN, NOW) == "NPS"
    assert shown(conn, project, ANN, NOW + 30 * DAY - timedelta(seconds=1)) is None
    assert shown(conn, project, ANN, NOW + 30 * DAY) == "NPS"


def test_it_keeps_quiet_after_any_other_survey_of_the_project(conn, project):
    make_survey(conn, project.id, replace(NPS, starts_at=NOW - 2 * DAY))
    make_survey(conn, project.id, replace(NPS, name="CSAT", quiet_days=7))
    assert shown(conn, project, ANN, NOW) == "NPS"
    assert shown(conn, project, ANN, NOW + 7 * DAY - timedelta(seconds=1)) is None
    assert shown(conn, project, ANN, NOW + 7 * DAY) == "CSAT"
    assert shown(conn, project, ANN, NOW + 37 * DAY) == "NPS"


def test_another_project_does_not_keep_it_quiet(conn, project, berlin):
    make_survey(conn, project.id, NPS)
    make_survey(conn, berlin.id, NPS)
    assert shown(conn, project, ANN) == "NPS"
    assert shown(conn, berlin, ANN) == "NPS"


def test_without_quiet_days_surveys_take_turns(conn, project):
    for name in ("first", "second"):
        make_survey(conn, project.id, replace(NPS, name=name, quiet_days=0))
    told = [shown(conn, project, ANN, NOW + number * DAY) for number in range(4)]
    assert told == ["first", "second", "first", "second"]


def test_a_survey_for_a_moment_goes_before_one_for_any_time(conn, project):
    make_survey(conn, project.id, replace(NPS, name="any", starts_at=NOW - 9 * DAY))
    make_survey(conn, project.id, replace(NPS, name="moment", event="checkout"))
    make_survey(conn, project.id, replace(NPS, name="both", event="checkout", role="admin"))
    assert shown(conn, project, ANN, event="checkout", role="admin") == "both"
    assert shown(conn, project, BOB, event="checkout", role="member") == "moment"
    assert shown(conn, project, 13, role="admin") == "any"
    assert shown(conn, project, BOB, NOW + 30 * DAY, event="checkout") == "any"


@pytest.mark.parametrize("target", ["role", "event"])
def test_a_survey_of_a_role_or_an_event_is_for_these_alone(conn, project, target):
    make_survey(conn, project.id, replace(NPS, **{target: "admin"}))
    assert shown(conn, project, ANN) is None
    assert shown(conn, project, ANN, **{target: "Admin"}) is None
    assert shown(conn, project, ANN, **{target: "admin"}) == "NPS"


def test_a_survey_for_all_is_for_every_role_and_event(conn, project):
    make_survey(conn, project.id, NPS)
    assert shown(conn, project, ANN, role="admin", event="checkout") == "NPS"


def test_a_survey_of_a_segment_is_for_its_members_alone(conn, project):
    segment = create_segment(conn, project.id, "payers", "{}", None)
    make_survey(conn, project.id, replace(NPS, segment_id=segment))
    member = {"project_id": project.id, "segment_id": segment, "actor_key": ANN}
    conn.execute(insert(segment_members).values(member))
    assert shown(conn, project, BOB) is None
    assert shown(conn, project, ANN) == "NPS"


def test_a_survey_of_a_segment_that_is_gone_is_for_nobody(conn, project):
    segment = create_segment(conn, project.id, "payers", "{}", None)
    make_survey(conn, project.id, replace(NPS, segment_id=segment))
    delete_segment(conn, project.id, segment)
    assert shown(conn, project, ANN) is None


def test_a_sample_is_its_share_of_people_and_always_the_same_ones():
    drawn = {actor for actor in range(20_000) if in_sample(1, actor, 0.1)}
    assert 1_850 < len(drawn) < 2_150  # within 3.5 standard deviations
    assert drawn == {actor for actor in range(20_000) if in_sample(1, actor, 0.1)}
    assert drawn < {actor for actor in range(20_000) if in_sample(1, actor, 0.2)}
    other = {actor for actor in range(20_000) if in_sample(2, actor, 0.1)}
    assert 140 < len(drawn & other) < 260  # a hundredth, as chance has it
    assert all(in_sample(1, actor, 1.0) for actor in range(-100, 100))


def test_who_is_not_in_the_sample_is_not_asked(conn, project):
    made = make_survey(conn, project.id, replace(NPS, sample=0.5))
    for who in range(40):
        asked = shown(conn, project, who + 1) is not None
        assert asked == in_sample(made.id, who + 1, 0.5)


def test_two_requests_at_once_show_one_survey(own_engine):
    with own_engine.begin() as conn:
        project = create_project(conn, "shop")
        for name in ("first", "second"):
            make_survey(conn, project.id, replace(NPS, name=name))
    told, start = [], threading.Barrier(4)

    def ask():
        with own_engine.begin() as conn:
            start.wait()
            told.append(shown(conn, project, ANN))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told, key=str) == [None, None, None, "first"]


def test_an_invitation_leads_to_its_survey_and_to_no_other(conn, project, berlin):
    make_survey(conn, project.id, NPS)
    other = make_survey(conn, project.id, replace(NPS, name="other", event="never"))
    made = invite(conn, project.id, Occasion(ANN), NOW)
    assert invited(conn, project.id, made.survey.id, (made.id, ANN), NOW) == made.survey
    for place, survey, invitation in [
        (berlin.id, made.survey.id, (made.id, ANN)),
        (project.id, other.id, (made.id, ANN)),
        (project.id, made.survey.id, (made.id, BOB)),
        (project.id, made.survey.id, (made.id + 1, ANN)),
        (project.id, other.id + 1, (made.id, ANN)),
    ]:
        with pytest.raises(UnknownSurvey):
            invited(conn, place, survey, invitation, NOW)


def test_a_survey_that_is_over_takes_no_answer(conn, project):
    make_survey(conn, project.id, NPS)
    made = invite(conn, project.id, Occasion(ANN), NOW)
    end_survey(conn, project.id, made.survey.id, NOW + DAY)
    invited(conn, project.id, made.survey.id, (made.id, ANN), NOW)
    with pytest.raises(SurveyIsOver):
        invited(conn, project.id, made.survey.id, (made.id, ANN), NOW + DAY)


def test_an_invitation_is_answered_when_it_first_was(conn, project):
    make_survey(conn, project.id, NPS)
    made = invite(conn, project.id, Occasion(ANN), NOW)
    invite(conn, project.id, Occasion(BOB), NOW)
    for day in (1, 2):
        mark_answered(conn, (made.id, ANN), NOW + day * DAY)
    rows = conn.execute(select(invitations.c.actor_key, invitations.c.answered_at))
    assert dict(tuple(row) for row in rows) == {ANN: NOW + DAY, BOB: None}
