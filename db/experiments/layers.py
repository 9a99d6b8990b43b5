"""Layers: running experiments of one layer take slices of the buckets that don't overlap.

So nobody is in two of them. An experiment without a layer takes the first buckets of its own.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from db.errors import BadExperiment
from db.experiments.checking import percent
from db.experiments.kept import Experiment
from db.locks import LAYER_LOCK
from db.tables import BUCKETS, experiments

Slice = tuple[int, int]  # the buckets [start, end)


def place(conn: Connection, experiment: Experiment) -> Slice:
    """The slice that an experiment of this share gets when it starts; raises BadExperiment."""
    if not experiment.layer:
        return 0, experiment.share
    gaps = _gaps(_taken(conn, experiment))
    fitting = [start for start, end in gaps if end - start >= experiment.share]
    if not fitting:
        raise _full(experiment.layer, max((end - start for start, end in gaps), default=0))
    return fitting[0], fitting[0] + experiment.share


def resized(conn: Connection, experiment: Experiment, share: int) -> Slice:
    """Its slice with another share; raises BadExperiment.

    In a layer it only grows, and in place: buckets that it leaves would go to another experiment,
    while those who were exposed keep what they had.
    """
    start, end = experiment.share_from, experiment.share_from + share
    if not experiment.layer:
        return start, end
    if share < experiment.share:
        raise BadExperiment(
            "In a layer the share of a running experiment can't shrink: its people would come "
            "into another one. Stop it instead."
        )
    after = [begin for begin, _ in _taken(conn, experiment) if begin >= experiment.share_to]
    if (limit := min(after, default=BUCKETS)) < end:
        raise _full(experiment.layer, limit - start, "beside its neighbours")
    return start, end


def _taken(conn: Connection, experiment: Experiment) -> Sequence[Slice]:
    """The slices of the others that run in its layer, which stay so until this transaction ends."""
    e = experiments.c
    lock = func.pg_advisory_xact_lock(LAYER_LOCK, experiment.project_id)
    conn.execute(select(lock))
    others = select(e.share_from, e.share_to).where(
        e.project_id == experiment.project_id,
        e.layer == experiment.layer,
        e.state == "running",
        e.id != experiment.id,
    )
    return [(row.share_from, row.share_to) for row in conn.execute(others.order_by(e.share_from))]


def _gaps(taken: Sequence[Slice]) -> list[Slice]:
    ends = [0, *(end for _, end in taken)]
    starts = [*(start for start, _ in taken), BUCKETS]
    return list(zip(ends, starts, strict=True))


def _full(layer: str, left: int, where: str = "in one piece") -> BadExperiment:
    return BadExperiment(f"The layer '{layer}' has only {percent(left)} left {where}.")
