"""An experiment with a million actors, whose exposures and events Postgres makes up by itself."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Engine,
    Integer,
    Interval,
    Select,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import array

from analytics.experiments.definition import METRICS, Metric
from db.access import Project, create_project, list_projects
from db.partitions import ensure_months
from db.tables import (
    actor_day,
    cells,
    events,
    experiment_phases,
    experiments,
    exposures,
)
from jobs.upkeep import analyze

KEY = "million"
SECONDS_A_DAY = 86_400
ACTORS = 1_000_000
EVENTS_EACH = 11  # of which one lies in the future, as it were, and is left out
DAYS = 35  # that the experiment has run
AROUND = 14  # days before and after an exposure in which somebody's events lie
NAMES = ("open", "search", "save", "purchase", "export")
VARIANTS = [{"key": key, "weight": 5_000} for key in ("A", "B")]
PLATFORMS, COUNTRIES = ("web", "ios", "android"), ("US", "DE", "FR", "IN")
FAILED, TIMED = 0.03, 0.5  # shares of the events
LONGEST_MS, DEAREST = 1_000.0, 100.0


def filled(engine: Engine, metrics: Sequence[Metric]) -> Project:
    """The project with the experiment, filled unless it was before."""
    with engine.connect() as conn:
        known = list_projects(conn)
    if known:
        return known[0]
    now = datetime.now(UTC)
    begin = now - timedelta(days=DAYS)
    with engine.begin() as conn:
        project = create_project(conn, "bench", consent="opt-out", retention_months=None)
        conn.execute(select(func.setseed(0.5)))
        number = _experiment(conn, project, begin, metrics)
        _expose(conn, project, number, begin)
        days = range(-AROUND, DAYS + 1)
        ensure_months(conn, [begin.date() + timedelta(days=day) for day in days])
        _act(conn, project, now)
        _count_actor_days(conn, project, begin)
    analyze(engine)
    return project


def _experiment(
    conn: Connection, project: Project, begin: datetime, metrics: Sequence[Metric]
) -> int:
    about = {"project_id": project.id, "key": KEY, "kind": "experiment", "name": "Million"}
    about |= {"state": "running", "variants": VARIANTS, "control": "A", "salt": "s"}
    about |= {"metrics": METRICS.dump_python(tuple(metrics), mode="json"), "started_at": begin}
    row = insert(experiments).values(about).returning(experiments.c.id)
    number: int = conn.execute(row).scalar_one()
    phase: dict[str, Any] = {"experiment_id": number, "number": 1, "project_id": project.id}
    phase |= {"started_at": begin, "variants": VARIANTS}
    conn.execute(insert(experiment_phases).values(phase))
    return number


def _expose(conn: Connection, project: Project, number: int, begin: datetime) -> None:
    """Everybody once, at any moment since the beginning, in one of twelve cells."""
    places = [{"platform": one, "country": other} for one, other in product(PLATFORMS, COUNTRIES)]
    made = insert(cells).returning(cells.c.id)
    ids = [
        conn.execute(made.values(project_id=project.id, **place)).scalar_one() for place in places
    ]
    n = func.generate_series(1, ACTORS).table_valued("n", name="actors").render_derived().c.n
    columns = {
        "experiment_id": literal(number),
        "actor_key": func.hashint8extended(n, 1),
        "project_id": literal(project.id),
        "phase": literal(1),
        "variant": case((n % 2 == 0, "A"), else_="B"),
        "exposed_at": literal(begin) + _seconds(func.random() * DAYS * SECONDS_A_DAY),
        "cell_id": _any_of(ids),
    }
    _insert(conn, exposures, select(*_named(columns)))


def _act(conn: Connection, project: Project, now: datetime) -> None:
    """Events of everybody before and after their exposure, as far as that is not the future."""
    e = exposures.c
    away = (func.random() * 2 - 1) * AROUND * SECONDS_A_DAY
    columns = {
        "project_id": literal(project.id),
        "actor_key": e.actor_key,
        "event_id": func.gen_random_uuid(),
        "occurred_at": e.exposed_at + _seconds(away),
        "received_at": literal(now),
        "batch_id": literal(0),
        "session_key": func.hashint8(e.actor_key),
        "ok": func.random() > FAILED,
        "duration_ms": case((func.random() < TIMED, func.random() * LONGEST_MS)),
        "value": func.random() * DEAREST,
        "name": _any_of(NAMES),
        "purpose": literal("usage"),
    }
    each = func.generate_series(1, EVENTS_EACH).table_valued("n", name="each").render_derived()
    made = select(*_named(columns)).select_from(exposures).join(each, true()).subquery("made")
    _insert(conn, events, select(made).where(made.c.occurred_at <= now))


def _count_actor_days(conn: Connection, project: Project, since: datetime) -> None:
    """The one rollup that base rates are found by."""
    day = cast(func.timezone(project.timezone, events.c.occurred_at), Date).label("day")
    keys = [events.c.project_id, day, events.c.actor_key, exposures.c.cell_id]
    query = select(*keys, func.count().label("n")).where(events.c.occurred_at >= since)
    same = exposures.c.actor_key == events.c.actor_key
    _insert(conn, actor_day, query.join_from(events, exposures, same).group_by(*keys))


def _insert(conn: Connection, table: Table, query: Select[Any]) -> None:
    conn.execute(insert(table).from_select(query.selected_columns.keys(), query))


def _named(columns: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [column.label(name) for name, column in columns.items()]


def _any_of(values: Sequence[Any]) -> ColumnElement[Any]:
    place = cast(func.floor(func.random() * len(values)), Integer) + 1
    return array([literal(value) for value in values])[place]


def _seconds(number: ColumnElement[float]) -> ColumnElement[timedelta]:
    seconds = func.make_interval(0, 0, 0, 0, 0, 0, number, type_=Interval)
    return seconds
