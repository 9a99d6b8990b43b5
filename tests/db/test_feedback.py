"""One rating a person and interaction, its history, and what a team does about it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from db.access import ensure_person
from db.errors import BadFeedback, FeedbackChanged, UnknownFeedback
from db.feedback import (
    LONGEST_COMMENT,
    Said,
    assign,
    correct_sentiment,
    record,
    release,
    set_state,
    unrelease,
)
from db.tables import feedback, feedback_history, feedback_themes, themes

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
LATER, LATEST = AT + timedelta(hours=1), AT + timedelta(hours=2)


@pytest.fixture
def ann(conn, project):
    return ensure_person(conn, "ann@example.org", "product", (project.id,))


@pytest.fixture
def say(conn, project):
    """Record something of person 1; the row and what became of it."""

    def said(at=AT, actor=1, **words):
        return record(conn, project.id, actor, Said(at, **{"interaction": "i1"} | words))

    return said


@pytest.fixture
def kept(conn, project):
    """These columns of all that is kept, in the order of its making."""

    def read(*names):
        chosen = select(*(feedback.c[name] for name in names))
        mine = chosen.where(feedback.c.project_id == project.id).order_by(feedback.c.id)
        return [tuple(row) for row in conn.execute(mine)]

    return read


def history(conn):
    h = feedback_history.c
    chosen = select(h.score, h.helpful, h.comment, h.said_at, h.replaced_at).order_by(h.id)
    return [tuple(row) for row in conn.execute(chosen)]


def test_what_is_said_is_kept(say, kept):
    said = say(score=4, comment="Fast", subject="export", plan="pro", context={"screen": "home"})
    assert said.outcome == "stored"
    assert kept("actor_key", "kind", "score", "comment", "subject", "plan", "context", "state") == [
        (1, "rating", 4, "Fast", "export", "pro", {"screen": "home"}, "new")
    ]


def test_the_same_again_changes_nothing(conn, say, kept):
    first = say(score=4, comment="Fast")
    again = say(LATER, score=4, comment="Fast")
    assert (again.outcome, again.row) == ("unchanged", first.row)
    assert history(conn) == []


def test_the_same_person_and_interaction_again_replaces_and_keeps_the_history(conn, say, kept):
    say(score=2, comment="Slow")
    second = say(LATER, score=5, helpful=True)
    assert second.outcome == "replaced"
    third = say(LATEST, score=1)
    assert third.row.id == second.row.id
    assert kept("score", "helpful", "comment", "said_at", "changed_at") == [
        (1, None, None, AT, LATEST)
    ]
    assert history(conn) == [(2, None, "Slow", AT, LATER), (5, True, None, LATER, LATEST)]


def test_what_was_said_before_but_comes_late_goes_to_the_history_once(conn, say, kept):
    say(LATER, score=5)
    assert say(AT, score=2).outcome == "outdated"
    assert say(AT, score=2).outcome == "outdated"
    assert kept("score") == [(5,)]
    assert history(conn) == [(2, None, None, AT, LATER)]


def test_other_people_and_other_interactions_are_others(conn, project, berlin, say, kept):
    say(score=1)
    say(score=2, actor=2)
    say(score=3, interaction="i2")
    record(conn, berlin.id, 1, Said(AT, interaction="i1", score=4))
    assert kept("score") == [(1,), (2,), (3,)]


def test_without_an_interaction_each_is_one_of_its_own(say, kept):
    say(score=1, interaction="")
    say(score=1, interaction="")
    assert kept("score") == [(1,), (1,)]


def test_personal_data_is_masked_before_it_is_kept_and_counted(say, kept):
    say(
        comment="I am jane-17, mail a@mail.example or call +49 30 901820",
        context={"note": ["see b@mail.example"], "n": 3},
        ids=("jane-17",),
    )
    assert kept("comment", "context", "masked") == [
        (
            "I am [removed], mail [removed] or call [removed]",
            {"note": ["see [removed]"], "n": 3},
            4,
        )
    ]


def test_the_same_unmasked_words_again_change_nothing(conn, say):
    say(comment="mail a@mail.example")
    assert say(LATER, comment="mail a@mail.example").outcome == "unchanged"


@pytest.mark.parametrize(
    "said", [{}, {"comment": ""}, {"comment": " \n\x00"}, {"context": {"a": 1}}]
)
def test_nothing_said_is_refused(say, said):
    with pytest.raises(BadFeedback):
        say(**said)


def test_a_comment_is_never_cut(say, kept):
    with pytest.raises(BadFeedback, match="comment"):
        say(comment="x" * (LONGEST_COMMENT + 1))
    say(comment="x" * LONGEST_COMMENT)
    assert [len(comment) for (comment,) in kept("comment")] == [LONGEST_COMMENT]


SCORED = {
    "language": "en",
    "compound": -0.5,
    "sentiment": "negative",
    "lexicon": "1",
    "corrected": "neutral",
}


@pytest.mark.parametrize(("comment", "is_new"), [("Slow", False), ("Slower", True)])
def test_a_new_comment_is_scored_themed_and_released_anew(
    conn, project, say, kept, ann, comment, is_new
):
    said = say(score=2, comment="Slow").row
    conn.execute(feedback.update().values(SCORED))
    theme = {"kind": "pain", "name": "slow", "terms": {}, "found_at": AT, "project_id": project.id}
    theme_id = conn.execute(insert(themes).values(theme).returning(themes.c.id)).scalar_one()
    pair = {"feedback_id": said.id, "theme_id": theme_id, "weight": 1}
    conn.execute(insert(feedback_themes).values(pair))
    release(conn, project.id, said.id, ann, AT, seen="Slow")
    set_state(conn, project.id, said.id, "answered", ann)
    say(LATER, score=1, comment=comment)
    scored = (None,) * 5 if is_new else tuple(SCORED.values())
    assert kept(*SCORED) == [scored]
    assert kept("state", "assignee_id", "released_at") == [("new", ann, None if is_new else AT)]
    assert (conn.execute(select(feedback_themes)).all() == []) == is_new


def test_it_moves_on_and_who_answers_what_nobody_has_is_its_assignee(conn, project, say, kept, ann):
    said = say(comment="Help").row
    for state, assignee in (("seen", None), ("answered", ann), ("new", ann)):
        set_state(conn, project.id, said.id, state, ann)
        assert kept("state", "assignee_id") == [(state, assignee)]
    assign(conn, project.id, said.id, None)
    assert kept("assignee_id") == [(None,)]


def test_who_is_assigned_stays_so_when_another_answers(conn, project, say, kept, ann):
    said = say(comment="Help").row
    bob = ensure_person(conn, "bob@example.org", "product")
    assign(conn, project.id, said.id, bob)
    set_state(conn, project.id, said.id, "shipped", ann)
    assert kept("state", "assignee_id") == [("shipped", bob)]


def test_a_moderator_releases_and_takes_back(conn, project, say, kept, ann):
    said = say(comment="Great").row
    release(conn, project.id, said.id, ann, LATER, seen="Great")
    assert kept("released_by", "released_at") == [(ann, LATER)]
    unrelease(conn, project.id, said.id)
    assert kept("released_by", "released_at") == [(None, None)]


@pytest.mark.parametrize("comment", ["Buy at evil.example", None])
def test_what_was_changed_since_it_was_seen_is_not_released(conn, project, say, kept, ann, comment):
    said = say(score=5, comment="Great").row
    say(LATER, score=1, comment=comment)
    with pytest.raises(FeedbackChanged):
        release(conn, project.id, said.id, ann, LATEST, seen="Great")
    assert kept("released_by", "released_at") == [(None, None)]


def test_a_person_corrects_the_sentiment_and_takes_it_back(conn, project, say, kept, ann):
    said = say(comment="Sick!").row
    correct_sentiment(conn, project.id, said.id, "positive", ann)
    assert kept("corrected", "corrected_by") == [("positive", ann)]
    correct_sentiment(conn, project.id, said.id, None, ann)
    assert kept("corrected", "corrected_by") == [(None, None)]
    with pytest.raises(BadFeedback, match="sentiment"):
        correct_sentiment(conn, project.id, said.id, "not_scored", ann)


def test_nothing_is_changed_through_another_project(conn, project, berlin, say, kept, ann):
    said = say(comment="Help").row
    for change in (
        lambda: set_state(conn, berlin.id, said.id, "answered", ann),
        lambda: assign(conn, berlin.id, said.id, ann),
        lambda: release(conn, berlin.id, said.id, ann, AT, seen="Help"),
        lambda: unrelease(conn, berlin.id, said.id),
        lambda: correct_sentiment(conn, berlin.id, said.id, "neutral", ann),
    ):
        with pytest.raises(UnknownFeedback):
            change()
    assert kept("state", "assignee_id", "released_at", "corrected") == [("new", None, None, None)]


def test_a_state_that_there_is_not_is_refused(conn, project, say, ann):
    with pytest.raises(BadFeedback, match="state"):
        set_state(conn, project.id, say(comment="Help").row.id, "lost", ann)


def test_without_a_context_there_is_none_and_no_json_that_says_so(conn, say):
    say(score=1)
    assert conn.execute(select(feedback.c.id).where(feedback.c.context.is_(None))).one()
