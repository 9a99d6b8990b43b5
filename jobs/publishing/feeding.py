"""Feeding: what runs, downloads and ratings add to the sums that are not published yet."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from db.locks import PUBLISHING_LOCK
from db.tables import NO_ORGANISATION, SUMS, feedback, projects, runs, unpublished
from jobs.grouping import NOBODY

GOOD = 4  # stars, or more
UNNAMED = "unknown"  # the type of an error that came without one: '' says that there was none
TEXTS = ("version", "model", "team", "error_type", "platform", "country", "installer", "audience")
OF_PACKAGE = ("version", "model", "error_type", "platform", "country", "installer", "audience")
OF_ORGANISATION = ("team", "model")


def feed(conn: Connection, which: ColumnElement[bool]) -> None:
    """Add the chosen runs and downloads to what is not published; each is to be fed once.

    Waits for the turn of who closes blocks, who may not lose what comes in meanwhile.
    """
    chosen = and_(which, runs.c.actor_key != NOBODY)
    if not conn.execute(select(select(runs.c.run_id).where(chosen).exists())).scalar_one():
        return
    conn.execute(select(func.pg_advisory_xact_lock_shared(PUBLISHING_LOCK)))
    each = _runs(chosen).cte("each")
    _add(conn, each, each.c.stream == "runs")


def feed_ratings(conn: Connection, project_id: int, until: date) -> None:
    """Add the ratings that were given up to this day of the project, and mark them as added."""
    f = feedback.c
    marking = (
        update(feedback)
        .where(f.project_id == project_id, projects.c.id == f.project_id, f.kind == "rating")
        .where(f.package_id.is_not(None), f.score.is_not(None), ~f.published)
        .where(_day(f.said_at) <= until)
        .values(published=True)
    )
    marked = conn.execute(marking.returning(f.id)).scalars().all()
    if marked:
        _add(conn, _ratings(marked).cte("each"), true())


def _add(conn: Connection, each: CTE, of_organisations: ColumnElement[bool]) -> None:
    """Each row once for its package, and once more for its organisation if it has one."""
    has_one = each.c.organisation_id != NO_ORGANISATION
    both: CompoundSelect[Any] = union_all(
        _summed(each, "package", OF_PACKAGE),
        _summed(each, "organisation", OF_ORGANISATION).where(has_one, of_organisations),
    )
    conn.execute(insert(unpublished).from_select(both.selected_columns.keys(), both))


def _summed(each: CTE, owner: str, names: tuple[str, ...]) -> Select[Any]:
    """The sums by person, day and what the blocks of such an owner are cut by."""
    owner_id = each.c[f"{owner}_id"].label("owner_id")
    ids = [each.c[name] for name in ("package_id", "organisation_id", "project_id", "stream")]
    keys = [*ids, each.c.day, each.c.actor_key, *(each.c[name] for name in names)]
    blank = [literal("").label(name) for name in TEXTS if name not in names]
    texts = sorted([*(each.c[name] for name in names), *blank], key=lambda column: column.name)
    sums = [func.sum(each.c[name]).label(name) for name in SUMS]
    chosen = [literal(owner).label("owner"), owner_id, *keys[:6], *texts, *sums]
    return select(*chosen).group_by(*keys)


def _runs(chosen: ColumnElement[bool]) -> Select[Any]:
    """Runs and downloads as sums of one."""
    r = runs.c
    error = case((r.ok, ""), (r.error_type == "", UNNAMED), else_=r.error_type)
    return (
        select(
            *(r.project_id, r.actor_key, r.package_id, r.organisation_id),
            *(r.version, r.model, r.team, r.platform, r.country, r.installer, r.audience),
            error.label("error_type"),
            case((r.kind == "run", "runs"), else_="downloads").label("stream"),
            _day(r.occurred_at).label("day"),
            literal(1).label("n"),
            cast(~r.ok, Integer).label("failures"),
            cast(r.duration_ms.is_not(None), Integer).label("timed"),
            cast(r.tokens.is_not(None), Integer).label("metered"),
            func.coalesce(r.tokens, 0).label("tokens"),
            r.credits,
            literal(0).label("score_sum"),
            literal(0).label("good"),
            func.coalesce(r.duration_ms, 0.0).label("duration_sum"),
        )
        .join(projects, projects.c.id == r.project_id)
        .where(chosen)
    )


def _ratings(marked: Sequence[int]) -> Select[Any]:
    """The marked ratings as sums of one, but for those that are nobody's."""
    f = feedback.c
    blank = [literal("").label(name) for name in TEXTS if name not in ("version", "model")]
    none = [literal(0).label(name) for name in ("failures", "timed", "metered", "tokens")]
    return (
        select(
            *(f.project_id, f.actor_key, f.package_id, f.organisation_id),
            *(f.app_version.label("version"), f.model, *blank),
            literal("ratings").label("stream"),
            _day(f.said_at).label("day"),
            literal(1).label("n"),
            *none,
            literal(0).label("credits"),
            f.score.label("score_sum"),
            cast(f.score >= GOOD, Integer).label("good"),
            literal(0.0).label("duration_sum"),
        )
        .join(projects, projects.c.id == f.project_id)
        .where(f.id == func.any(cast(marked, ARRAY(BigInteger))), f.actor_key != NOBODY)
    )


def _day(moment: ColumnElement[Any]) -> ColumnElement[date]:
    """The day in the project's zone; the statement joins the projects."""
    return cast(func.timezone(projects.c.timezone, moment), Date)
