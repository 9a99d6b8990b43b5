"""What people say: recorded once a person and interaction, and what a team does about it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update
from sqlalchemy.dialects import postgresql

from db.audit import note
from db.errors import BadFeedback, FeedbackChanged, UnknownFeedback
from db.locks import hold_off_erasing
from db.masking import mask, mask_json
from db.tables import FEEDBACK_STATES, SENTIMENTS, feedback, feedback_history, feedback_themes

LONGEST_COMMENT = 10_000  # characters
DONE = ("answered", "shipped")
ANSWER = ("kind", "score", "helpful", "choices", "comment", "context")  # what is said, and replaced
UNSCORED = {"language": None, "compound": None, "sentiment": None, "lexicon": None} | {
    "corrected": None,
    "corrected_by": None,
}
UNRELEASED: dict[str, None] = {"released_by": None, "released_at": None}

Outcome = Literal["stored", "replaced", "unchanged", "outdated"]


@dataclass(frozen=True, slots=True)
class Said:
    """A rating or an answer to one question of a survey, as it came.

    `interaction` is what it was about, such as one reply of a model: of a person and an
    interaction one is kept. Without an interaction each is kept on its own.
    """

    said_at: datetime
    kind: str = "rating"
    interaction: str = ""
    score: int | None = None
    helpful: bool | None = None
    choices: list[str] | None = None
    comment: str | None = None
    context: dict[str, Any] | None = None
    subject: str = ""
    package: str = ""
    package_id: int | None = None
    organisation_id: int = 0
    model: str = ""
    platform: str = ""
    app_version: str = ""
    country: str = ""
    channel: str = ""
    plan: str = ""
    survey_id: int | None = None
    question: int | None = None
    ids: tuple[str, ...] = field(default=(), repr=False)  # of the person, to be masked in texts


class Recorded(NamedTuple):
    """The row of `feedback` as it is kept now, and what became of what was said."""

    row: Row[Any]
    outcome: Outcome


def record(conn: Connection, project_id: int, actor_key: int, said: Said) -> Recorded:
    """Keep what was said, its texts masked.

    The same person about the same interaction again replaces what they said, which goes to the
    history; the same words again change nothing, and neither do older ones that come late (they
    only go to the history). Raises BadFeedback when nothing is said or a comment is too long.
    """
    values = _masked(said) | {"project_id": project_id, "actor_key": actor_key}
    hold_off_erasing(conn)
    adding = postgresql.insert(feedback).values(values)
    if said.interaction:
        adding = adding.on_conflict_do_nothing(
            index_elements=["project_id", "actor_key", "interaction"],
            index_where=feedback.c.interaction != "",
        )
    stored = conn.execute(adding.returning(feedback)).one_or_none()
    if stored is not None:
        return Recorded(stored, "stored")
    same = and_(*(feedback.c[name] == values[name] for name in ("project_id", "actor_key")))
    mine = select(feedback).where(same, feedback.c.interaction == said.interaction)
    return _again(conn, conn.execute(mine.with_for_update()).one(), values)


def _again(conn: Connection, kept: Row[Any], values: dict[str, Any]) -> Recorded:
    """What a person says of an interaction after they said something of it before."""
    if all(getattr(kept, name) == values[name] for name in ANSWER):
        return Recorded(kept, "unchanged")
    since, at = kept.changed_at or kept.said_at, values["said_at"]
    if at < since:
        _remember(conn, kept.id, values["said_at"], since, values)
        return Recorded(kept, "outdated")
    _remember(conn, kept.id, since, at, kept._asdict())
    changed = {name: value for name, value in values.items() if name != "said_at"}
    changed |= {"changed_at": at, "state": "new"}
    if kept.comment != values["comment"]:
        changed |= UNSCORED | UNRELEASED
        conn.execute(delete(feedback_themes).where(feedback_themes.c.feedback_id == kept.id))
    replacing = update(feedback).where(feedback.c.id == kept.id).values(changed)
    return Recorded(conn.execute(replacing.returning(feedback)).one(), "replaced")


def _remember(
    conn: Connection, feedback_id: int, said_at: datetime, replaced_at: datetime, said: Any
) -> None:
    """Add to the history, unless it is there already."""
    h = feedback_history
    known = select(h.c.id).where(h.c.feedback_id == feedback_id, h.c.said_at == said_at)
    if conn.execute(known).first() is None:
        words = {name: said[name] for name in ("score", "helpful", "comment")}
        times = {"said_at": said_at, "replaced_at": replaced_at}
        conn.execute(insert(h).values(feedback_id=feedback_id, **words, **times))


def _masked(said: Said) -> dict[str, Any]:
    """The columns of what was said, with personal data masked and counted."""
    values = asdict(said)
    ids = values.pop("ids")
    if len(said.comment or "") > LONGEST_COMMENT:
        raise BadFeedback(f"comment: it has more than {LONGEST_COMMENT:,} characters.")
    comment, masked = mask(said.comment or "", ids)
    context, masked_within = mask_json(said.context)
    values |= {"comment": comment or None, "context": context or None}
    if all(values[name] is None for name in ("score", "helpful", "choices", "comment")):
        raise BadFeedback()
    return values | {"masked": masked + masked_within}


# What a team does about it ------------------------------------------------------------------


def set_state(
    conn: Connection, project_id: int, feedback_id: int, state: str, person_id: int | None
) -> None:
    """Move it on; who answers or ships what nobody is assigned to is its assignee from then on.

    Raises BadFeedback for a state that there is not, and UnknownFeedback.
    """
    if state not in FEEDBACK_STATES:
        raise BadFeedback(f"state: it is one of {', '.join(FEEDBACK_STATES)}.")
    _change(conn, project_id, feedback_id, {"state": state})
    if state in DONE:
        nobodys = feedback.c.assignee_id.is_(None)
        mine = update(feedback).where(_is(project_id, feedback_id), nobodys)
        conn.execute(mine.values(assignee_id=person_id))
    note(conn, "feedback.set_state", f"feedback {feedback_id}", project_id, state=state)


def assign(conn: Connection, project_id: int, feedback_id: int, assignee_id: int | None) -> None:
    """Give it to a person, or to nobody; raises UnknownFeedback."""
    _change(conn, project_id, feedback_id, {"assignee_id": assignee_id})
    note(conn, "feedback.assign", f"feedback {feedback_id}", project_id, person=assignee_id)


def release(
    conn: Connection, project_id: int, feedback_id: int, person_id: int, at: datetime, *, seen: str
) -> None:
    """Let the public see the comment, as this moderator answers for who has `seen` it.

    Raises FeedbackChanged where the comment is another by now, and UnknownFeedback.
    """
    as_seen = _is(project_id, feedback_id) & (feedback.c.comment == seen)
    releasing = update(feedback).where(as_seen).values(released_by=person_id, released_at=at)
    if conn.execute(releasing.returning(feedback.c.id)).one_or_none() is None:
        known = select(feedback.c.id).where(_is(project_id, feedback_id))
        raise UnknownFeedback() if conn.execute(known).first() is None else FeedbackChanged()
    note(conn, "feedback.release", f"feedback {feedback_id}", project_id)


def unrelease(conn: Connection, project_id: int, feedback_id: int) -> None:
    """Take the comment back from the public; raises UnknownFeedback."""
    _change(conn, project_id, feedback_id, UNRELEASED)
    note(conn, "feedback.unrelease", f"feedback {feedback_id}", project_id)


def correct_sentiment(
    conn: Connection, project_id: int, feedback_id: int, label: str | None, person_id: int
) -> None:
    """Set the sentiment that a person reads in it, or none to go by the score again.

    Raises BadFeedback for a label that there is not, and UnknownFeedback.
    """
    if label is not None and label not in SENTIMENTS[:3]:
        raise BadFeedback(f"sentiment: it is one of {', '.join(SENTIMENTS[:3])}.")
    who = None if label is None else person_id
    _change(conn, project_id, feedback_id, {"corrected": label, "corrected_by": who})
    note(conn, "feedback.correct", f"feedback {feedback_id}", project_id, sentiment=label)


def _change(conn: Connection, project_id: int, feedback_id: int, values: Mapping[str, Any]) -> None:
    changing = update(feedback).where(_is(project_id, feedback_id)).values(values)
    if conn.execute(changing.returning(feedback.c.id)).one_or_none() is None:
        raise UnknownFeedback()


def _is(project_id: int, feedback_id: int) -> ColumnElement[bool]:
    return (feedback.c.project_id == project_id) & (feedback.c.id == feedback_id)
