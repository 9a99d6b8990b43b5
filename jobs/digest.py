"""The weekly digest: made once a week for every project, and put into the outbox."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from analytics.feedback.digest import (
    Digest,
    Quotes,
    as_html,
    digest,
    last_week,
    markdown_of,
    quoted,
    title_of,
)
from analytics.filters import Filters
from analytics.periods import midnight
from analytics.scope import Viewer
from db.access import Project, list_projects
from db.errors import LooplensError
from db.outbox import Letter, post
from db.tables import digests, feedback

DIGEST = "digest"  # the kind of its messages
MADE_AT = time(7)  # on Mondays, by the clock of the project
LONGEST_WAIT = timedelta(days=1)  # for the sentiment of all comments
WEEK = timedelta(weeks=1)
SILENCE = timedelta(hours=1)  # until it is looked again whether something came late

log = structlog.get_logger()


class DigestMaker:
    """Makes what is due, and looks no oftener than once an hour whether a silence has ended."""

    def __init__(self) -> None:
        self._silent_until: dict[int, datetime] = {}  # by project

    def make(self, engine: Engine, now: datetime | None = None) -> int:
        """Make the digests of the last whole week that are due and not made; returns how many."""
        moment = now or datetime.now(UTC)
        with engine.connect() as conn:
            projects = list_projects(conn)
        return sum(self._make(engine, project, moment) for project in projects)

    def _make(self, engine: Engine, project: Project, now: datetime) -> bool:
        """Whether one was made; the failure of one project does not keep others from theirs."""
        silent_until = self._silent_until.get(project.id)
        if silent_until is not None and now < silent_until:
            return False
        try:
            with engine.begin() as conn:
                asked = _asking(project, now)
                return _is_due(conn, project, asked) and self._keep(conn, project, asked)
        except (LooplensError, SQLAlchemyError) as error:
            log.warning("a digest was not made", project=project.id, error=type(error).__name__)
            return False

    def _keep(self, conn: Connection, project: Project, asked: Filters) -> bool:
        """Store the digest and put it into the outbox; not when there is nothing to tell."""
        made = digest(conn, _worker(project), asked)
        if made.is_silent:
            self._silent_until[project.id] = asked.now + SILENCE
            return False
        return _store(conn, project, made, asked.now)


def quotes_for(conn: Connection, project_id: int, week: str) -> Quotes:
    """What people said in the week that begins on this Monday, in their own words."""
    project = next(each for each in list_projects(conn) if each.id == project_id)
    following = date.fromisoformat(week) + WEEK
    asked = _asking(project, _on_clock(project, following))
    return quoted(conn, _worker(project), asked)


def _is_due(conn: Connection, project: Project, asked: Filters) -> bool:
    """Whether the last week's is not made yet, and its comments are scored or will never be."""
    since = asked.now - _on_clock(project, asked.end)
    ours = digests.c.project_id == project.id, digests.c.week == asked.start
    if since < timedelta(0) or conn.execute(select(digests.c.week).where(*ours)).first():
        return False
    unscored = select(feedback.c.id).where(
        feedback.c.project_id == project.id,
        feedback.c.comment.is_not(None),
        feedback.c.lexicon.is_(None),
        feedback.c.said_at < midnight(asked.end, asked.tz),
    )
    return since > LONGEST_WAIT or conn.execute(unscored.limit(1)).first() is None


def _store(conn: Connection, project: Project, made: Digest, now: datetime) -> bool:
    """Keep the digest and put it into the outbox, unless another worker was quicker."""
    markdown = markdown_of(made)
    letter = Letter(title_of(made, project.name), markdown, as_html(markdown))
    values = {"project_id": project.id, "week": made.week, "made_at": now}
    values |= {"markdown": markdown, "html": letter.html, "figures": made.figures}
    new = insert(digests).values(values).on_conflict_do_nothing().returning(digests.c.week)
    if conn.execute(new).first() is None:
        return False
    post(conn, project.id, DIGEST, made.week.isoformat(), letter, now)
    return True


def _asking(project: Project, now: datetime) -> Filters:
    """A question about the last whole week before now."""
    today = now.astimezone(ZoneInfo(project.timezone)).date()
    day = today, today + timedelta(days=1)
    return last_week(Filters(project.id, project.timezone, project.consent, *day, now))


def _on_clock(project: Project, day: date) -> datetime:
    """When digests are made on a day."""
    return datetime.combine(day, MADE_AT, ZoneInfo(project.timezone))


def _worker(project: Project) -> Viewer:
    return Viewer(None, "", "admin", frozenset({project.id}))
