"""Aggregation: chosen events added to every rollup, or with sign -1 taken out, by the same SQL.

Adding is linear: what a rollup holds is a sum over events, whatever the batches that they came in.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    Table,
    and_,
    delete,
    select,
)
from sqlalchemy.dialects import postgresql

from db.tables import (
    actor,
    actor_day,
    actor_event_day,
    ai_bins,
    ai_days,
    cell_day,
    duration_day,
    duration_hour,
    duration_value_day,
    error_hours,
    error_people,
    event_day,
    event_hour,
    event_minutes,
    session_day,
)
from jobs.ai_calls import by_model, by_model_and_bin, calling, gather_calls
from jobs.durations import add_up_bins, by_packed_bins
from jobs.error_bounds import join_others
from jobs.error_groups import keep_groups
from jobs.exposures import add_exposures
from jobs.failures import (
    by_cause_and_hour,
    by_cause_and_person,
    failing,
    gather_failures,
)
from jobs.grouping import (
    by_actor_day,
    by_actor_event,
    by_cell,
    by_duration_and_value,
    by_hour,
    by_kind_and_cell,
    by_minute,
    by_session,
)
from jobs.packing import pack_events, packing
from jobs.rolling import fill, rolling
from jobs.sightings import upsert_actors

ROLLUPS = (
    event_hour,
    duration_hour,
    duration_day,
    duration_value_day,
    event_day,
    cell_day,
    actor_day,
    actor_event_day,
    session_day,
    actor,
    event_minutes,
    error_hours,
    error_people,
    ai_days,
    ai_bins,
)


def add(conn: Connection, which: ColumnElement[bool], sign: int) -> None:
    """Add the chosen events to all rollups, or with sign -1 take them out.

    Packs only gain by it: what is taken out of rollups, `forget` and `repack` take out of them.
    """
    rolling.create(conn)
    fill(conn, which)
    upsert(conn, event_hour, by_hour(), sign)
    for table, moment in ((duration_hour, "hour"), (duration_day, "day")):
        upsert(conn, table, by_packed_bins(moment, sign), sign)
        add_up_bins(conn, table)
    upsert(conn, duration_value_day, by_duration_and_value(), sign)
    upsert(conn, event_day, by_kind_and_cell(), sign, packed_as="event")
    upsert(conn, cell_day, by_cell(), sign, packed_as="cell")
    upsert(conn, actor_day, by_actor_day(), sign, packed_as="actor")
    upsert(conn, actor_event_day, by_actor_event(), sign, packed_as="actor_event")
    upsert(conn, session_day, by_session(), sign, packed_as="session")
    upsert(conn, event_minutes, by_minute(), sign)
    upsert_actors(conn, sign)
    _add_failures(conn, sign)
    _add_ai_calls(conn, which, sign)
    if sign > 0:
        add_exposures(conn)
        pack_events(conn, rolling)
    rolling.drop(conn)


def _add_failures(conn: Connection, sign: int) -> None:
    if gather_failures(conn):
        join_others(conn, sign)
        upsert(conn, error_hours, by_cause_and_hour(), sign)
        upsert(conn, error_people, by_cause_and_person(), sign)
        keep_groups(conn, sign)
        failing.drop(conn)


def _add_ai_calls(conn: Connection, which: ColumnElement[bool], sign: int) -> None:
    if gather_calls(conn, which):
        upsert(conn, ai_days, by_model(), sign)
        upsert(conn, ai_bins, by_model_and_bin(), sign)
        calling.drop(conn)


def upsert(
    conn: Connection, table: Table, groups: Select[Any], sign: int, packed_as: str = ""
) -> None:
    """Add the groups to the table, in the order of its key, and forget rows that reach 0.

    What is added is packed too, under the name `packed_as`. Bytes are strung together; what is
    packed in them has the sign already.
    """
    new = groups.cte("new")
    keys = [column.name for column in table.primary_key]
    measures = [column.name for column in new.c if column.name not in keys]
    signed = [new.c[key] for key in keys] + [_signed(new.c[name], sign) for name in measures]
    ordered = select(*signed).order_by(*(new.c[key] for key in keys))
    adding = postgresql.insert(table).from_select([*keys, *measures], ordered)
    summed = {name: _sum(table.c[name], adding.excluded[name]) for name in measures}
    adding = adding.on_conflict_do_update(index_elements=keys, set_=summed)
    if packed_as and sign > 0:
        conn.execute(packing(packed_as, new).add_cte(adding.cte("added")))
        return
    conn.execute(adding)
    if sign < 0:
        _forget_empty(conn, table, keys, new)


def _signed(added: ColumnElement[Any], sign: int) -> ColumnElement[Any]:
    return added if isinstance(added.type, LargeBinary) else added * sign


def _sum(held: ColumnElement[Any], added: ColumnElement[Any]) -> ColumnElement[Any]:
    return held.concat(added) if isinstance(held.type, LargeBinary) else held + added


def _forget_empty(conn: Connection, table: Table, keys: list[str], touched: CTE) -> None:
    same = and_(*(table.c[key] == touched.c[key] for key in keys))
    conn.execute(delete(table).where(same, table.c.n == 0))
