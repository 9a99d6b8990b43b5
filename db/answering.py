"""The answers to a survey: each becomes a row of feedback, once an invitation and question."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from db.feedback import Said, record
from db.inviting import mark_answered
from db.locks import hold_off_erasing
from db.questions import Question, Reply, check_replies
from db.surveys import Survey


def answer(
    conn: Connection,
    survey: Survey,
    invitation: tuple[int, int],
    replies: Sequence[Reply],
    about: Said,
) -> int:
    """Keep the replies to an invitation (its id and its actor); returns how many they are.

    `about` says when and where they were given. A reply to a question that was answered before
    takes the place of what was said, which goes to the history. Raises BadReply and BadFeedback.
    """
    check_replies(survey.questions, replies)
    hold_off_erasing(conn)
    invitation_id, actor_key = invitation
    for reply in sorted(replies, key=lambda reply: reply.question):
        question = survey.questions[reply.question]
        said = replace(_said(question, reply, about), survey_id=survey.id)
        interaction = f"survey-{invitation_id}-{reply.question}"
        record(conn, survey.project_id, actor_key, replace(said, interaction=interaction))
    mark_answered(conn, invitation, about.said_at)
    return len(replies)


def _said(question: Question, reply: Reply, about: Said) -> Said:
    return replace(
        about,
        kind=question.kind,
        question=reply.question,
        score=reply.score,
        choices=list(reply.choices) or None,
        comment=reply.text,
    )
