"""Experiments and flags as the tables hold them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Text, cast, select, update

from db.errors import UnknownExperiment
from db.tables import BUCKETS, experiment_phases, experiments, people


@dataclass(frozen=True, slots=True)
class Variant:
    """What somebody may get. `weight` is in buckets; those of an experiment sum to 10,000.

    `value` is what clients are given: any JSON.
    """

    key: str
    weight: int
    value: Any = None

    @property
    def served(self) -> Any:
        """What clients are given: the key where no value was set, since null has no type."""
        return self.key if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class Phase:
    """A time in which weights and share stayed as they were; `ended_at` is None while it lasts."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    variants: tuple[Variant, ...]
    share_from: int
    share_to: int


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment, a flag or an import; times are aware, people are told by their addresses.

    `targeting` and `metrics` are JSON (see analytics/experiments/definition.py). The share is the
    buckets [share_from, share_to).
    """

    id: int
    project_id: int
    key: str
    kind: str
    name: str
    hypothesis: str
    state: str
    killed: bool
    variants: tuple[Variant, ...]
    control: str
    targeting: str
    layer: str
    share_from: int
    share_to: int
    salt: str
    metrics: str
    plan: dict[str, Any] | None
    decision: str
    decided_variant: str
    decision_note: str
    decided_at: datetime | None
    decided_by: str | None
    maker: str | None
    created_at: datetime
    started_at: datetime | None
    stopped_at: datetime | None
    counted_at: datetime | None

    @property
    def share(self) -> int:
        """How many of the buckets take part."""
        return self.share_to - self.share_from

    @property
    def needs_unit(self) -> bool:
        """Whether what is served depends on whom it is served to, besides the targeting."""
        one_for_all = self.share == BUCKETS and any(v.weight == BUCKETS for v in self.variants)
        return self.kind != "flag" or not one_for_all

    def variant(self, key: str) -> Variant | None:
        """The variant of this key, if there is one."""
        return next((each for each in self.variants if each.key == key), None)


def list_experiments(conn: Connection, project_id: int, *kinds: str) -> list[Experiment]:
    """Those of a project, of these kinds or of all, the newest first."""
    chosen = _experiments().where(experiments.c.project_id == project_id)
    if kinds:
        chosen = chosen.where(experiments.c.kind.in_(kinds))
    return [_experiment(row) for row in conn.execute(chosen.order_by(experiments.c.id.desc()))]


def find_experiment(conn: Connection, project_id: int, key: str) -> Experiment:
    """The experiment or flag of this key; raises UnknownExperiment."""
    return _found(conn, _experiments().where(keyed(project_id, key)))


def lock_experiment(conn: Connection, project_id: int, key: str) -> Experiment:
    """As `find_experiment`, and nobody else changes it until this transaction ends.

    Rows that refer to it may come meanwhile: to kill it never waits for the worker.
    """
    held = (
        _experiments().where(keyed(project_id, key)).with_for_update(of=experiments, key_share=True)
    )
    return _found(conn, held)


def update_experiment(conn: Connection, held: Experiment, **values: Any) -> None:
    """Write these columns of its row."""
    conn.execute(update(experiments).where(experiments.c.id == held.id).values(values))


def list_phases(conn: Connection, project_id: int, experiment_id: int) -> list[Phase]:
    """The phases of an experiment, from the first."""
    ours = experiment_phases.c.experiment_id == experiment_id
    return [_phase(row) for row in conn.execute(_phases(project_id).where(ours))]


def phases_by_experiment(conn: Connection, project_id: int) -> dict[int, list[Phase]]:
    """The phases of all experiments of a project, each from the first, by the experiment's id."""
    number = experiment_phases.c.experiment_id
    phases = defaultdict(list)
    for row in conn.execute(_phases(project_id).add_columns(number)):
        phases[row.experiment_id].append(_phase(row))
    return phases


def keyed(project_id: int, key: str) -> ColumnElement[bool]:
    """The row of this key."""
    return (experiments.c.project_id == project_id) & (experiments.c.key == key)


def variants_of(kept: Sequence[Mapping[str, Any]]) -> tuple[Variant, ...]:
    """The variants as the column holds them."""
    return tuple(Variant(each["key"], each["weight"], each.get("value")) for each in kept)


def _phases(project_id: int) -> Select[Any]:
    p = experiment_phases.c
    columns = [p[name] for name in Phase.__slots__]
    return select(*columns).where(p.project_id == project_id).order_by(p.number)


def _phase(row: Row[Any]) -> Phase:
    held = {name: getattr(row, name) for name in Phase.__slots__}
    return Phase(**held | {"variants": variants_of(row.variants)})


def _experiments() -> Select[Any]:
    e = experiments.c
    decider, maker = people.alias("decider"), people.alias("maker")
    told = {
        "targeting": cast(e.targeting, Text),
        "metrics": cast(e.metrics, Text),
        "decided_by": decider.c.email,
        "maker": maker.c.email,
    }
    columns = [
        (told[name] if name in told else e[name]).label(name) for name in Experiment.__slots__
    ]
    joined = select(*columns).outerjoin(decider, decider.c.id == e.decided_by)
    return joined.outerjoin(maker, maker.c.id == e.person_id)


def _found(conn: Connection, query: Select[Any]) -> Experiment:
    row = conn.execute(query).one_or_none()
    if row is None:
        raise UnknownExperiment()
    return _experiment(row)


def _experiment(row: Row[Any]) -> Experiment:
    return Experiment(**{**row._mapping, "variants": variants_of(row.variants)})
