"""Whatever is sent as feedback is understood or refused, and tells nobody's id."""

from datetime import UTC, datetime

from hypothesis import given

from ingest_api import steps
from ingest_api.event import Circumstances, Drop, Event, Reject, Sender
from ingest_api.formats.feedback import (
    FeedbackIn,
    Remark,
    RunFeedbackIn,
    parse,
    parse_of_a_run,
    said,
)
from tests.ingest_api.strategies import json_values, nearly_right
from tests.thorough import thorough

PERSON = "person-8f14e45f"
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
WORDS = {"user_id": PERSON, "interaction_id": f"chat of {PERSON}", "rating": 4}
RUN = {"userId": PERSON, "usageId": "r1", "wasHelpful": True, "package": f"{PERSON}/tool"}


def seen(mode="opt-out"):
    return Circumstances(Sender(1, mode, b"secret", None), NOW)


def recorded(remark, mode="opt-out"):
    """What is recorded of it, or why nothing is."""
    circumstances = seen(mode)
    verdict = steps.run(remark.event, circumstances)
    return said(remark, verdict, circumstances) if isinstance(verdict, Event) else verdict


def understood(parsed):
    if isinstance(parsed, Reject):
        assert parsed.message
        return
    kept = recorded(parsed)
    assert isinstance(kept, Drop | Reject) or kept.said_at <= NOW


@thorough
@given(nearly_right(FeedbackIn, WORDS))
def test_any_members_are_understood_or_refused(sent):
    understood(parse(sent))


@given(nearly_right(RunFeedbackIn, RUN))
def test_any_members_of_a_run_are_understood_or_refused(sent):
    understood(parse_of_a_run(sent))


@given(json_values)
def test_any_json_is_understood_or_refused(sent):
    assert isinstance(parse(sent), Remark | Reject)
    assert isinstance(parse_of_a_run(sent), Remark | Reject)


def test_a_persons_id_is_not_part_of_what_is_recorded_but_to_be_looked_for():
    for parsed in (parse(WORDS | {"subject": PERSON}), parse_of_a_run(RUN)):
        kept = recorded(parsed)
        assert PERSON not in repr(kept)
        assert kept.ids == (PERSON,)


def test_only_a_comment_is_a_text_and_all_else_a_rating():
    assert recorded(parse({"user_id": "u1", "comment": "Hm"})).kind == "text"
    assert recorded(parse({"user_id": "u1", "helpful": False})).kind == "rating"


def test_an_anonymous_project_keeps_no_interaction_that_it_could_not_tell_a_person_by():
    alone = {"interaction_id": "i1", "rating": 4}
    assert recorded(parse(alone), "anonymous").interaction == ""
    of_somebody = recorded(parse(WORDS), "anonymous").interaction
    assert of_somebody
    assert PERSON not in of_somebody
