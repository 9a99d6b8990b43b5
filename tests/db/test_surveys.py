"""Surveys are made, found and ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from db.errors import BadSurvey, SurveyExists, UnknownSurvey
from db.questions import Question
from db.segments import create_segment
from db.surveys import Draft, end_survey, find_survey, list_surveys, make_survey

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
NPS = Draft("NPS", (Question("nps", "How likely?"),), starts_at=NOW)


def test_a_survey_comes_back_as_it_was_made(conn, project):
    segment = create_segment(conn, project.id, "everybody", "{}", None)
    draft = replace(
        NPS,
        segment_id=segment,
        role="admin",
        event="checkout",
        sample=0.25,
        quiet_days=30,
        ends_at=NOW + timedelta(days=9),
    )
    made = make_survey(conn, project.id, draft)
    assert find_survey(conn, project.id, "NPS") == made
    assert {name: getattr(made, name) for name in Draft.__slots__} == {
        name: getattr(draft, name) for name in Draft.__slots__
    }


def test_without_a_beginning_it_begins_now(conn, project):
    made = make_survey(conn, project.id, replace(NPS, starts_at=None))
    assert abs(datetime.now(UTC) - made.starts_at) < timedelta(minutes=1)
    assert made.ends_at is None


def test_a_name_is_used_once_in_a_project(conn, project, berlin):
    make_survey(conn, project.id, NPS)
    with pytest.raises(SurveyExists, match="'NPS'"):
        make_survey(conn, project.id, NPS)
    make_survey(conn, berlin.id, NPS)
    assert len(list_surveys(conn, project.id)) == 1


def test_what_else_is_wrong_is_not_told_as_a_name_in_use(conn, project):
    with pytest.raises(IntegrityError, match="person_id"):
        make_survey(conn, project.id, NPS, person_id=10**6)


def test_the_one_that_began_last_is_listed_first(conn, project):
    for day in (2, 3, 1):
        begins = NOW + timedelta(days=day)
        make_survey(conn, project.id, replace(NPS, name=f"day {day}", starts_at=begins))
    assert [each.name for each in list_surveys(conn, project.id)] == ["day 3", "day 2", "day 1"]


def test_it_ends_once_and_not_through_another_project(conn, project, berlin):
    made = make_survey(conn, project.id, NPS)
    assert not end_survey(conn, berlin.id, made.id, NOW + timedelta(days=1))
    assert end_survey(conn, project.id, made.id, NOW + timedelta(days=1))
    assert not end_survey(conn, project.id, made.id, NOW + timedelta(days=2))
    ended = find_survey(conn, project.id, "NPS")
    assert ended.ends_at == NOW + timedelta(days=1)
    assert ended.over(NOW + timedelta(days=1))
    assert not ended.over(NOW + timedelta(hours=23))


def test_one_that_is_still_to_begin_can_be_ended(conn, project):
    made = make_survey(conn, project.id, replace(NPS, starts_at=NOW + timedelta(days=7)))
    assert end_survey(conn, project.id, made.id, NOW)
    assert find_survey(conn, project.id, "NPS").over(NOW)


def test_a_survey_that_there_is_not_is_not_found(conn, project):
    with pytest.raises(UnknownSurvey, match="'NPS'"):
        find_survey(conn, project.id, "NPS")


def test_the_segment_of_another_project_is_refused(conn, project, berlin):
    theirs = create_segment(conn, berlin.id, "theirs", "{}", None)
    with pytest.raises(BadSurvey, match="segment"):
        make_survey(conn, project.id, replace(NPS, segment_id=theirs))


WRONG = {
    "no name": {"name": "  "},
    "a long name": {"name": "x" * 101},
    "a name that turns": {"name": "a\u202eb"},
    "a long role": {"role": "x" * 101},
    "a long event": {"event": "x" * 101},
    "nobody": {"sample": 0},
    "more than all": {"sample": 1.01},
    "a negative share": {"sample": -0.5},
    "no number": {"sample": float("nan")},
    "negative quiet": {"quiet_days": -1},
    "quiet for ever": {"quiet_days": 3_651},
    "over before it begins": {"ends_at": NOW},
    "no questions": {"questions": ()},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_what_can_not_be_a_survey_is_refused(conn, project, changes):
    with pytest.raises(BadSurvey):
        make_survey(conn, project.id, replace(NPS, **changes))
    assert list_surveys(conn, project.id) == []
