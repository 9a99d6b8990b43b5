"""The one-page summary: made at the pace that a project has chosen, and put into the outbox."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, Engine, exists, select
from sqlalchemy.dialects.postgresql import insert

from analytics.business.overview import Overview, letter_of, overview
from analytics.filters import Filters, add_months
from analytics.scope import Viewer
from db.access import Project, list_projects
from db.business_settings import business_settings_of
from db.outbox import Letter, post
from db.sentry import tell
from db.tables import summaries, targets
from jobs.beside import Beside

SUMMARY = "summary"  # the kind of its messages
MADE_AT = time(7)  # by the clock of the project
LATE = timedelta(days=2)  # after which the one that was missed is not sent any more

LONGEST_SECONDS = 600.0  # then a pass is left alone

log = structlog.get_logger()


class Summariser(Beside):
    """Makes summaries beside the worker: they ask about everything, and are drawn."""

    def __init__(self) -> None:
        super().__init__(summarise, LONGEST_SECONDS)


def summarise(engine: Engine, now: datetime | None = None) -> int:
    """Make the summaries that are due and not made; returns how many."""
    moment = now or datetime.now(UTC)
    with engine.connect() as conn:
        projects = list_projects(conn)
    return sum(_summarise(engine, project, moment) for project in projects)


def due_span(pace: str, today: date) -> tuple[date, date] | None:
    """The whole days that the summary of a day is about, by its pace; None on other days."""
    if pace == "daily":
        return today - timedelta(days=1), today
    if pace == "weekly" and today.weekday() == 0:
        return today - timedelta(weeks=1), today
    if pace == "monthly" and today.day == 1:
        return add_months(today, -1), today
    return None


def _summarise(engine: Engine, project: Project, now: datetime) -> bool:
    """Whether one was made; the failure of one project does not keep others from theirs."""
    try:
        with engine.begin() as conn:
            pace = business_settings_of(conn, project.id).summary_pace
            span = _due(project, pace, now)
            if span is None or not _is_wanted(conn, project.id):
                return False
            return _make(conn, project, pace, span, now)
    except Exception as error:  # noqa: BLE001 - the others still want theirs
        log.warning("a summary was not made", project=project.id, error=type(error).__name__)
        tell(error)
        return False


def _due(project: Project, pace: str, now: datetime) -> tuple[date, date] | None:
    """The span of the summary that was due last, if that was within LATE."""
    zone = ZoneInfo(project.timezone)
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1), today - timedelta(days=2)):
        since = now - datetime.combine(day, MADE_AT, zone)
        span = due_span(pace, day)
        if span is not None and timedelta(0) <= since < LATE:
            return span
    return None


def _is_wanted(conn: Connection, project_id: int) -> bool:
    """Whether any target takes summaries: for nobody none is made."""
    ours = (targets.c.project_id == project_id) & (targets.c.kinds.any_() == SUMMARY)
    return bool(conn.execute(select(exists().where(ours))).scalar_one())


def _make(
    conn: Connection, project: Project, pace: str, span: tuple[date, date], now: datetime
) -> bool:
    """Make it and put it into the outbox, unless another worker was quicker."""
    values = {"project_id": project.id, "until": span[1], "pace": pace, "made_at": now}
    new = insert(summaries).values(values).on_conflict_do_nothing().returning(summaries.c.until)
    if conn.execute(new).first() is None:
        return False
    worker = Viewer(None, "", "admin", frozenset({project.id}))
    filters = Filters(project.id, project.timezone, project.consent, *span, now)
    made: Overview | None = overview(conn, worker, filters, project.name)
    if made is None:
        return False
    letter: Letter = letter_of(made)
    post(conn, project.id, SUMMARY, f"{pace} {span[1].isoformat()}", letter, now)
    return True
