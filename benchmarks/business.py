"""Revenue: changes of subscriptions imported, a million counted, and questions about them."""

import csv
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import (
    CTE,
    URL,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    case,
    cast,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from analytics.business.revenue.acquisition import acquisition
from analytics.business.revenue.breakdown import revenue_by
from analytics.business.revenue.cohorts import cohorts
from analytics.business.revenue.forecast import forecast
from analytics.business.revenue.funnel import Conversion, conversion
from analytics.business.revenue.lifetime import lifetime
from analytics.business.revenue.movements import movements
from analytics.business.revenue.payments import collected, failures, reasons
from analytics.business.revenue.pricing import prices
from analytics.business.revenue.standing import standing
from analytics.business.revenue.trials import trials, trials_by_plan
from analytics.filters import Filters
from analytics.scope import Viewer
from benchmarks import visits
from benchmarks.results import Result
from db.access import Project, create_project
from db.business_settings import BusinessSettings
from db.engine import make_engine
from db.tables import customers, payments, subscription_changes
from ingest_api.importing import import_file
from jobs.revenue import count_waiting
from jobs.upkeep import analyze

IMPORTED, CHANGES, CUSTOMERS = 100_000, 1_000_000, 250_000
LATE = 20_000  # changes that come when all is counted
DAYS = 3 * 365
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ROWS_A_SECOND, COUNT_SECONDS, TILE_MS = 5_000, 300, 200
ROUNDS = 5
GROUP = "business"
PLANS = (("starter", 900), ("pro", 2_900), ("team", 9_900))
HEAD = (
    *("id", "customer_id", "subscription_id", "status", "plan"),
    *("currency", "amount", "occurred_at"),
)
COUNTRIES, CHANNELS = ("DE", "US", "FR", "GB", "IN", "JP"), ("ads", "search", "fairs", "partner")

Ask = Callable[[Connection, Viewer, Filters], Any]


def measure(url: URL) -> list[Result]:
    """Import, count and ask, on a database that is empty or holds earlier rounds."""
    engine = make_engine(url)
    try:
        with engine.begin() as conn:
            project = create_project(conn, f"business {time.time_ns()}", consent="opt-out")
            visited = create_project(conn, f"visits {time.time_ns()}", consent="opt-out")
        results = list(_filled(engine, url, project))
        visits.fill(engine, visited, NOW)
        analyze(engine)
        results += _asked(engine, project, QUESTIONS)
        return [*results, *_asked(engine, visited, {FUNNEL: _funnel})]
    finally:
        engine.dispose()


def _filled(engine: Engine, url: URL, project: Project) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        file = _written(Path(folder, "changes.csv"))
        seconds = _import(url, project, file)
        rate = IMPORTED / seconds
        yield Result(GROUP, "changes imported", rate, "rows/s", ROWS_A_SECOND, least=True)
    _made(engine, project.id, CHANGES, NOW)
    yield Result(GROUP, f"{CHANGES:,} changes counted", _count(engine), "s", COUNT_SECONDS)
    _made(engine, project.id, LATE, NOW + timedelta(days=1))
    yield Result(GROUP, f"{LATE:,} late changes counted", _count(engine), "s", COUNT_SECONDS)


def _asked(engine: Engine, project: Project, questions: Mapping[str, Ask]) -> Iterator[Result]:
    start = (NOW - timedelta(days=365)).date()
    filters = Filters(project.id, project.timezone, project.consent, start, NOW.date(), NOW)
    viewer = Viewer(None, "", "admin", frozenset({project.id}))
    with engine.connect() as conn:
        for name, ask in questions.items():
            took = [_timed(ask, conn, viewer, filters) for _ in range(ROUNDS)]
            yield Result(GROUP, name, statistics.median(took), "ms", TILE_MS)


def _funnel(conn: Connection, viewer: Viewer, filters: Filters) -> Conversion:
    return conversion(conn, viewer, filters, BusinessSettings())


FUNNEL = f"funnel of {visits.PEOPLE:,} newcomers"
QUESTIONS: dict[str, Ask] = {
    "MRR and its movements over a year": movements,
    "cohorts of a year": cohorts,
    "standing": standing,
    "lifetime value": lambda conn, viewer, f: lifetime(conn, viewer, f, "EUR", 0.8),
    "MRR by country": lambda conn, viewer, f: revenue_by(conn, viewer, f, "EUR", "country"),
    "MRR by plan": lambda conn, viewer, f: revenue_by(conn, viewer, f, "EUR", "plan"),
    "plans and prices": lambda conn, viewer, f: prices(conn, viewer, f, "EUR", 0.8),
    "trials": lambda conn, viewer, f: trials(conn, viewer, f, "EUR"),
    "trials by plan": lambda conn, viewer, f: trials_by_plan(conn, viewer, f, "EUR"),
    "acquisition by channel": lambda conn, viewer, f: acquisition(conn, viewer, f, "EUR", 0.8),
    "payments collected": lambda conn, viewer, f: collected(conn, viewer, f, "EUR"),
    "payments failed and recovered": lambda conn, viewer, f: failures(conn, viewer, f, "EUR"),
    "why payments failed": lambda conn, viewer, f: reasons(conn, viewer, f, "EUR"),
    "forecast": lambda conn, viewer, f: forecast(conn, viewer, f, "EUR"),
}


def _timed(ask: Ask, conn: Connection, viewer: Viewer, filters: Filters) -> float:
    started = time.perf_counter()
    ask(conn, viewer, filters)
    return (time.perf_counter() - started) * 1_000


def _import(url: URL, project: Project, file: Path) -> float:
    started = time.perf_counter()
    done = import_file(url, file, project.name, "", None, lambda *_: None, "all", "subscriptions")
    if done.accepted != IMPORTED:
        raise RuntimeError(f"{file.name} has rows that were not stored")
    return time.perf_counter() - started


def _count(engine: Engine) -> float:
    """The seconds that the worker needs for all that waits."""
    started = time.perf_counter()
    while count_waiting(engine):
        pass
    return time.perf_counter() - started


# What is counted -----------------------------------------------------------------------------


def _written(path: Path) -> Path:
    """A file of changes of random customers at random times."""
    dice = Random(1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for number in range(IMPORTED):
            who, (plan, price) = dice.randrange(CUSTOMERS), dice.choice(PLANS)
            at = (NOW - timedelta(seconds=dice.randrange(DAYS * 86_400))).isoformat()
            writer.writerow((number, f"c{who}", f"s{who}", "active", plan, "EUR", price, at))
    return path


def _made(engine: Engine, project_id: int, count: int, received: datetime) -> None:
    """Changes made inside the database, with customers and payments, all in no order."""
    number = func.generate_series(1, count).table_valued("number").render_derived(name="made")
    who = cast(func.floor(func.random() * CUSTOMERS), BigInteger)
    at = literal(NOW) - func.random() * literal(timedelta(days=DAYS))
    drawn = select(
        number.c.number,
        who.label("who"),
        at.label("at"),
        func.floor(func.random() * len(PLANS)).label("plan"),
        func.random().label("chance"),
    ).cte("drawn")
    with engine.begin() as conn:
        conn.execute(_customers(project_id))
        conn.execute(_changes(project_id, drawn, received))
        conn.execute(_payments(project_id, drawn, received))
        s = subscription_changes.c
        changed = select(s.customer_key).where(
            s.project_id == project_id, s.received_at == received
        )
        theirs = customers.c.customer_key.in_(changed) & (customers.c.project_id == project_id)
        conn.execute(update(customers).where(theirs).values(is_counted=False))


def _customers(project_id: int) -> Insert:
    key = func.generate_series(0, CUSTOMERS - 1).table_valued("key").render_derived(name="made")
    named = {
        "project_id": literal(project_id),
        "customer_key": key.c.key,
        "country": _one_of(COUNTRIES, key.c.key % len(COUNTRIES)),
        "channel": _one_of(CHANNELS, key.c.key % len(CHANNELS)),
    }
    adding = insert(customers).from_select([*named], select(*named.values()))
    return adding.on_conflict_do_nothing()


def _changes(project_id: int, drawn: CTE, received: datetime) -> Insert:
    d = drawn.c
    price = _one_of([cents for _, cents in PLANS], d.plan)
    named = {
        "project_id": literal(project_id),
        "customer_key": d.who,
        "subscription_key": d.who,
        "change_id": func.gen_random_uuid(),
        "occurred_at": d.at,
        "received_at": literal(received),
        "status": case((d.chance < 0.8, "active"), (d.chance < 0.9, "canceled"), else_="trialing"),
        "plan": _one_of([plan for plan, _ in PLANS], d.plan),
        "currency": literal("EUR"),
        "amount": price,
        "mrr": price,
    }
    return insert(subscription_changes).from_select([*named], select(*named.values()))


def _payments(project_id: int, drawn: CTE, received: datetime) -> Insert:
    """Tries to pay, of which one in twenty fails."""
    d = drawn.c
    named = {
        "project_id": literal(project_id),
        "customer_key": d.who,
        "payment_id": func.gen_random_uuid(),
        "invoice_key": d.number,
        "occurred_at": d.at,
        "received_at": literal(received),
        "kind": literal("payment"),
        "status": case((d.chance < 0.95, "succeeded"), else_="failed"),
        "currency": literal("EUR"),
        "amount": literal(1_000),
    }
    return insert(payments).from_select([*named], select(*named.values()))


def _one_of(values: Sequence[Any], number: ColumnElement[Any]) -> ColumnElement[Any]:
    *first, last = values
    return case(*((number == at, value) for at, value in enumerate(first)), else_=last)
