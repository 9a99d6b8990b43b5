"""An experiment that was run elsewhere is kept as its sums, in place of those of before."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert

from analytics.experiments.definition import METRICS, Measure, Metric
from analytics.experiments.statistics.moments import Sums, arms
from db.errors import BadImport
from db.experiments.checking import MOST_VARIANTS, Draft
from db.experiments.drafting import keep_import
from db.experiments.kept import Variant
from db.tables import BUCKETS, exposure_days, outcome_days
from ingest_api.importing.reading import opened
from ingest_api.importing.trials.adding import Added, Exposed, add_up
from ingest_api.importing.trials.terms import Outcome, Terms
from ingest_api.importing.trials.units import key_of, units

PHASE = 1


@dataclass(frozen=True, slots=True)
class Trial:
    """What was imported: units by variant, and how many were in two and so left out."""

    key: str
    units: dict[str, int]
    mixed: int
    outcomes: tuple[str, ...]

    def told(self) -> str:
        """The same for people."""
        parts = ", ".join(f"{variant} {n:,}" for variant, n in self.units.items())
        left_out = f"; {self.mixed:,} in two variants left out" if self.mixed else ""
        return f"Imported '{self.key}': {sum(self.units.values()):,} units ({parts}){left_out}."


def import_trial(conn: Connection, project_id: int, key: str, file: Path, terms: Terms) -> Trial:
    """Keep an experiment of a file with one row a unit; repeating it replaces its numbers.

    What was decided and written down about it stays. No unit is kept. Raises BadImport,
    BadExperiment for a key that can't be one, and ExperimentExists where the key belongs to an
    experiment or a flag.
    """
    with opened(file) as rows:
        added = add_up(conn, terms, units(rows, terms))
    exposed = _checked(conn, added)
    found = {place: added.sums(conn, each) for place, each in enumerate(terms.outcomes, start=1)}
    for place, sums in found.items():
        _check_variance(terms.outcomes[place - 1], sums)
    metrics = tuple(
        _metric(place, each, added.is_share(conn, each))
        for place, each in enumerate(terms.outcomes, start=1)
    )
    draft = _draft(key, terms, exposed, metrics)
    experiment_id = keep_import(conn, project_id, draft)
    _keep(conn, {"project_id": project_id, "experiment_id": experiment_id}, exposed, found)
    in_one = {variant: each.n - each.mixed for variant, each in exposed.items()}
    mixed = sum(each.mixed for each in exposed.values())
    return Trial(key, in_one, mixed, tuple(each.label for each in terms.outcomes))


def _checked(conn: Connection, added: Added) -> dict[str, Exposed]:
    exposed, terms = added.exposures(conn), added.terms
    there = ", ".join(list(exposed)[:MOST_VARIANTS])
    if not exposed:
        raise BadImport("The file has no rows.")
    if len(exposed) > MOST_VARIANTS:
        raise BadImport(f"'{terms.variant}' has {len(exposed):,} values; is it the variant?")
    if key_of(terms.control) not in exposed:
        raise BadImport(f"There is no control '{terms.control}'; the variants are {there}.")
    if len(exposed) < 2:
        raise BadImport(f"There is one variant, {there}: nothing to compare the control with.")
    if repeated := added.repeated(conn):
        raise BadImport(f"{repeated:,} units have several rows; a file has one row a unit.")
    return exposed


def _check_variance(outcome: Outcome, sums: Mapping[str, Sums]) -> None:
    for variant, each in sums.items():
        if each.n < 2:
            raise BadImport(f"The variant '{variant}' has fewer than two units.")
        if each.d == 0:
            raise BadImport(f"'{outcome.over}' is 0 for everybody in '{variant}'.")
    if all(arms(each, each, covariate=False).flat for each in sums.values()):
        raise BadImport(f"'{outcome.label}' is the same for everybody: it has no variance.")


def _metric(place: int, outcome: Outcome, is_share: bool) -> Metric:
    measure = Measure("did" if is_share else "value", outcome.value)
    return Metric(
        place,
        "primary" if place == 1 else "secondary",
        outcome.label,
        measure,
        Measure("value", outcome.over) if outcome.over else None,
        better="down" if outcome.down else "up",
        cap=outcome.cap,
        unit="share" if is_share else "",
    )


def _draft(
    key: str, terms: Terms, exposed: Mapping[str, Exposed], metrics: tuple[Metric, ...]
) -> Draft:
    """It is read at the size that it has: all units are there."""
    return Draft(
        "import",
        key,
        key,
        _variants(terms, list(exposed)),
        key_of(terms.control),
        metrics=METRICS.dump_json(metrics).decode(),
        plan={"units": sum(each.n - each.mixed for each in exposed.values())},
    )


def _variants(terms: Terms, keys: list[str]) -> tuple[Variant, ...]:
    """The variants with weights in buckets; what rounding leaves over goes to the last."""
    named = {key_of(name): part for name, part in terms.weights.items()}
    if named and named.keys() != set(keys):
        raise BadImport(f"--weight: name all of {', '.join(keys)}, or none of them.")
    parts = [named.get(key, 1.0) for key in keys]
    ends = [round(BUCKETS * sum(parts[:place]) / sum(parts)) for place in range(len(keys) + 1)]
    weights = [end - start for start, end in pairwise(ends)]
    return tuple(Variant(key, weight) for key, weight in zip(keys, weights, strict=True))


def _keep(
    conn: Connection,
    place: dict[str, Any],
    exposed: Mapping[str, Exposed],
    sums: Mapping[int, Mapping[str, Sums]],
) -> None:
    day: date = datetime.now(UTC).date()
    for table in (exposure_days, outcome_days):
        conn.execute(delete(table).where(table.c.experiment_id == place["experiment_id"]))
    place = place | {"phase": PHASE, "day": day}
    shown = [place | {"variant": variant} | asdict(each) for variant, each in exposed.items()]
    conn.execute(insert(exposure_days), shown)
    outcomes = [
        place | {"metric": metric, "variant": variant} | asdict(each)
        for metric, by_variant in sums.items()
        for variant, each in by_variant.items()
    ]
    conn.execute(insert(outcome_days), outcomes)
