"""Units are copied into a table that ends with the transaction, and added up there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from psycopg import Connection as PsycopgConnection
from psycopg import sql
from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Double,
    MetaData,
    Select,
    Table,
    Text,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from analytics.experiments.statistics.moments import Sums
from db.tables import OUTCOME_PRODUCTS, OUTCOME_SUMS
from ingest_api.importing.trials.terms import Outcome, Terms
from ingest_api.importing.trials.units import Unit


@dataclass(frozen=True, slots=True)
class Exposed:
    """How many units were first in a variant, and of them, how many were in another as well."""

    n: int
    mixed: int


@dataclass(frozen=True, slots=True)
class Added:
    """What there is of each unit, in a table of the transaction that copied it."""

    table: Table
    terms: Terms

    def exposures(self, conn: Connection) -> dict[str, Exposed]:
        """The exposures of each variant, by its key."""
        u = self._by_unit()
        mixed = func.count().filter(u.c.variants > 1)
        query = select(u.c.variant, func.count(), mixed).group_by(u.c.variant).order_by(u.c.variant)
        return {variant: Exposed(n, mixed) for variant, n, mixed in conn.execute(query)}

    def repeated(self, conn: Connection) -> int:
        """How many units have several rows of one and the same variant."""
        u = self._by_unit()
        again = select(func.count()).where(u.c.variants == 1, u.c.rows > 1)
        return conn.execute(again).scalar_one()

    def sums(self, conn: Connection, outcome: Outcome) -> dict[str, Sums]:
        """The sums of an outcome, of units that were in one variant alone."""
        parts = self._parts(outcome)
        query: Select[Any] = select(parts.c.variant, func.count())
        for name in OUTCOME_SUMS:
            query = query.add_columns(func.sum(parts.c[name]))
        for pair in OUTCOME_PRODUCTS:
            query = query.add_columns(func.sum(parts.c[pair[0]] * parts.c[pair[1]]))
        rows = conn.execute(query.group_by(parts.c.variant))
        return {variant: Sums(*numbers) for variant, *numbers in rows}

    def is_share(self, conn: Connection, outcome: Outcome) -> bool:
        """Whether it is 0 or 1 of every unit."""
        value = self._number(self.table, outcome.value)
        query = select(func.bool_and(value.in_((0.0, 1.0))))
        return bool(conn.execute(query).scalar_one()) and not outcome.over

    def _parts(self, outcome: Outcome) -> CTE:
        """Each unit's variant, y, d, x and z."""
        u, one, none = self._by_unit(), literal(1.0), literal(0.0)
        over = self._number(u, outcome.over) if outcome.over else one
        past = self._capped(u, outcome.past, outcome) if outcome.past else none
        past_over = self._number(u, outcome.past_over) if outcome.past_over else one
        columns = (
            self._capped(u, outcome.value, outcome).label("y"),
            over.label("d"),
            past.label("x"),
            past_over.label("z"),
        )
        return select(u.c.variant, *columns).where(u.c.variants == 1).cte("parts")

    def _by_unit(self) -> CTE:
        """One row a unit: its first variant, how many rows and variants it has, its numbers."""
        t = self.table
        in_order: ColumnElement[Any] = aggregate_order_by(t.c.variant, t.c.line)
        first = func.array_agg(in_order, type_=ARRAY(Text))[1]
        numbers = [func.max(self._number(t, name)) for name in self.terms.numbers]
        query = select(
            t.c.unit,
            first.label("variant"),
            func.count().label("rows"),
            func.count(t.c.variant.distinct()).label("variants"),
            *(number.label(f"c{place}") for place, number in enumerate(numbers)),
        )
        return query.group_by(t.c.unit).cte("by_unit")

    def _number(self, of: Table | CTE, column: str) -> ColumnElement[float]:
        return of.c[f"c{self.terms.numbers.index(column)}"]

    def _capped(self, of: CTE, column: str, outcome: Outcome) -> ColumnElement[float]:
        number = self._number(of, column)
        return number if outcome.cap is None else func.least(number, outcome.cap)


def add_up(conn: Connection, terms: Terms, rows: Iterable[Unit]) -> Added:
    """Copy units into a temporary table."""
    numbers = [Column(f"c{place}", Double) for place in range(len(terms.numbers))]
    table = Table(
        "trial_units",
        MetaData(),
        Column("line", BigInteger),
        Column("unit", Text),
        Column("variant", Text),
        *numbers,
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    table.create(conn)
    columns = [column.name for column in table.columns]
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    driver = cast(PsycopgConnection, conn.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    return Added(table, terms)
