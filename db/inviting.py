"""Whom a survey is shown to: one survey at a time, and none again for a while."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from db.errors import SurveyIsOver, UnknownSurvey
from db.locks import INVITING_LOCK, hold_off_erasing
from db.surveys import COLUMNS, Survey, survey_of
from db.tables import invitations, segment_members, surveys

NEVER = datetime.min.replace(tzinfo=UTC)
ALL = 2**64  # as many hashes of eight bytes as there are
POSITIVE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Occasion:
    """Somebody who could be asked now: who, as what, and what they have just done."""

    actor_key: int
    role: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A survey that is shown to somebody."""

    id: int
    survey: Survey


@dataclass(frozen=True, slots=True)
class Turnout:
    """To how many people a survey was shown, and how many of these answered."""

    shown: int
    answered: int


def invite(
    conn: Connection, project_id: int, occasion: Occasion, now: datetime
) -> Invitation | None:
    """Choose the survey that fits and record that it is shown; None when none fits.

    Two requests for the same person wait for each other, so that only one of them invites.
    """
    hold_off_erasing(conn)
    alone = func.pg_advisory_xact_lock(INVITING_LOCK, occasion.actor_key & POSITIVE)
    conn.execute(select(alone))
    shown = _last_shown(conn, project_id, occasion.actor_key)
    survey = fitting(_running(conn, project_id, occasion, now), shown, occasion.actor_key, now)
    if survey is None:
        return None
    place = {"project_id": project_id, "survey_id": survey.id, "actor_key": occasion.actor_key}
    new = insert(invitations).values(place | {"shown_at": now}).returning(invitations.c.id)
    return Invitation(conn.execute(new).scalar_one(), survey)


def fitting(
    candidates: Iterable[Survey], shown: Mapping[int, datetime], actor_key: int, now: datetime
) -> Survey | None:
    """Of those that this actor may be asked, the one that was shown to them the longest ago.

    `shown` tells when each survey was last shown to the actor; a survey keeps quiet for its days
    after any of them. Between those that were never shown, the one that is meant for the fewest:
    a survey for everybody, at any time, would else use up the moments of all others.
    """
    latest = max(shown.values(), default=NEVER)
    open_ = (
        survey
        for survey in candidates
        if now - latest >= timedelta(days=survey.quiet_days)
        and in_sample(survey.id, actor_key, survey.sample)
    )

    def turn(survey: Survey) -> tuple[datetime, int, datetime, int]:
        before = shown.get(survey.id, NEVER)
        return before, -survey.aims, survey.starts_at, survey.id

    return min(open_, key=turn, default=None)


def in_sample(survey_id: int, actor_key: int, share: float) -> bool:
    """Whether an actor belongs to this share of people: always the same ones of a survey.

    Who is in a share is in every larger one; two surveys draw independently of each other.
    """
    drawn = blake2b(f"{survey_id}:{actor_key}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") < share * ALL


def invited(
    conn: Connection,
    project_id: int,
    survey_id: int,
    invitation: tuple[int, int],
    now: datetime,
) -> Survey:
    """The survey of an invitation (its id and its actor); raises UnknownSurvey, SurveyIsOver."""
    ours = (surveys.c.project_id == project_id) & (surveys.c.id == survey_id)
    row = conn.execute(select(*COLUMNS).where(ours)).one_or_none()
    if row is None:
        raise UnknownSurvey()
    survey = survey_of(row)
    if survey.over(now):
        raise SurveyIsOver()
    found = select(invitations.c.id).where(_is(*invitation), invitations.c.survey_id == survey_id)
    if conn.execute(found).one_or_none() is None:
        raise UnknownSurvey()
    return survey


def mark_answered(conn: Connection, invitation: tuple[int, int], now: datetime) -> None:
    """Remember when an invitation was answered first."""
    first = func.coalesce(invitations.c.answered_at, now)
    conn.execute(update(invitations).where(_is(*invitation)).values(answered_at=first))


def turnouts(conn: Connection, project_id: int) -> dict[int, Turnout]:
    """The turnout of each survey that was shown, by its id."""
    i = invitations.c
    counted = select(i.survey_id, func.count(), func.count(i.answered_at))
    rows = conn.execute(counted.where(i.project_id == project_id).group_by(i.survey_id))
    return {row[0]: Turnout(row[1], row[2]) for row in rows}


def _is(invitation_id: int, actor_key: int) -> ColumnElement[bool]:
    return (invitations.c.id == invitation_id) & (invitations.c.actor_key == actor_key)


def _running(conn: Connection, project_id: int, occasion: Occasion, now: datetime) -> list[Survey]:
    """The surveys that run now and are meant for such an occasion."""
    s, m = surveys.c, segment_members.c
    a_member = (
        select(m.actor_key)
        .where(
            m.project_id == project_id,
            m.segment_id == s.segment_id,
            m.actor_key == occasion.actor_key,
        )
        .exists()
    )
    query = select(*COLUMNS).where(
        s.project_id == project_id,
        s.starts_at <= now,
        s.ends_at.is_(None) | (s.ends_at > now),
        s.role.in_(("", occasion.role)),
        s.event.in_(("", occasion.event)),
        s.segment_id.is_(None) | a_member,
    )
    return [survey_of(row) for row in conn.execute(query)]


def _last_shown(conn: Connection, project_id: int, actor_key: int) -> dict[int, datetime]:
    """When each survey was last shown to this actor."""
    i = invitations.c
    query = select(i.survey_id, func.max(i.shown_at)).where(
        i.project_id == project_id, i.actor_key == actor_key
    )
    return {row[0]: row[1] for row in conn.execute(query.group_by(i.survey_id))}
