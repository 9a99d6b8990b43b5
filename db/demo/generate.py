"""The events of the demo, one seeded day after another, as Arrow tables."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from db.demo import columns, doings, moments
from db.demo.actors import Actors, population
from db.demo.scene import Scene
from db.demo.sessions import sessions_of
from db.demo.shape import Shape


def chunks(shape: Shape) -> Iterator[pa.Table]:
    """The events of each day up to now, sorted by actor and time; columns as in `columns`."""
    people = population(shape)
    late: list[pa.Table] = []  # what sessions of a day leave after its midnight
    for day in range(shape.days):
        table = pa.concat_tables([*late, _events_of(shape, people, day)])
        midnight = shape.instant(day + 1)
        late = [_between(table, midnight, shape.instant(day + 2))]
        until = min(midnight, shape.now)
        yield by_actor(_between(table, shape.instant(day), until))


def _events_of(shape: Shape, people: Actors, day: int) -> pa.Table:
    """All events of the sessions that begin on a day."""
    rng = np.random.default_rng([shape.seed, 2, day])
    scene = Scene(rng, shape, people, sessions_of(rng, shape, people, day), day)
    occurred = moments.occurred(scene)
    drawn = doings.drawn(scene)
    incident = moments.in_incident(shape, occurred, drawn)
    ok = doings.outcomes(scene, drawn, incident)
    code = doings.reported(scene, drawn, ok)
    return pa.table(
        columns.instants(scene, occurred, moments.received(scene, occurred))
        | columns.who(scene)
        | columns.what(scene, code, ok)
        | columns.measures(scene, code, incident)
    )


def _between(table: pa.Table, start: datetime, end: datetime) -> pa.Table:
    times = table["occurred_at"]
    since = pc.greater_equal(times, pa.scalar(start, times.type))
    return table.filter(pc.and_(since, pc.less(times, pa.scalar(end, times.type))))


def by_actor(table: pa.Table) -> pa.Table:
    """As the primary key has it, since ids sort by time; this is kind to the index."""
    times = table["occurred_at"].cast(pa.int64()).to_numpy()
    return table.take(np.lexsort((times, table["actor_key"].to_numpy())))
