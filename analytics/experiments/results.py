"""What came of an experiment: its sums, read by the statistics, in one answer a page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Date, cast, func, select

from analytics.experiments.asking import (
    experiment_of,
    experiments_of,
    newest_phases,
    phases_of,
)
from analytics.experiments.definition import Metric, metrics_of
from analytics.experiments.outcomes import (
    exposure_counts,
    exposures_of_many,
    outcome_sums,
    outcome_sums_by_dimension,
    sums_of_many,
)
from analytics.experiments.statistics import Design, Reading, Verdict, band, by_value, reading
from analytics.scope import Viewer
from db.errors import BadExperiment
from db.experiments.kept import Experiment, Phase
from db.tables import projects

UNREADABLE = Verdict("undefined", None, (), None)


@dataclass(frozen=True, slots=True)
class Results:
    """One phase of an experiment, read.

    `exposures` are those of `exposure_counts`; `course` is the primary metric's `band`; `counted`
    are the people whose window of the primary metric is over.
    """

    phase: Phase
    reading: Reading
    exposures: pd.DataFrame
    course: pd.DataFrame
    counted: int

    @property
    def people(self) -> int:
        """How many were exposed, those who were seen in two variants among them."""
        return int(self.exposures["n"].sum())


def results(
    conn: Connection, viewer: Viewer, project_id: int, key: str, phase: int | None = None
) -> Results | None:
    """What may be said of a phase of an experiment, by default of its newest.

    None for one that the viewer does not see, and for one that was never started.
    """
    experiment = experiment_of(conn, viewer, project_id, key)
    chosen = _phase(conn, viewer, experiment, phase)
    if experiment is None or chosen is None:
        return None
    exposures, sums = _counted(conn, viewer, experiment, chosen)
    metrics, design = metrics_of(experiment.metrics), design_of(experiment, chosen)
    primary, today = primary_of(metrics), _today(conn, project_id)
    return Results(
        chosen,
        reading(metrics, design, sums, exposures, _unfinished(experiment, today)),
        exposures,
        band(primary, design, sums),
        int(sums.loc[sums["metric"] == primary.id, "n"].sum()),
    )


def verdicts(conn: Connection, viewer: Viewer, project_id: int) -> dict[str, Verdict]:
    """What may be said of each experiment that was started and not decided yet, by its key.

    It is that of its newest phase, by the primary metric and the guardrails. One that can't be read
    is told as such, and hides no other; asking for its `results` raises what is wrong with it.
    """
    newest = newest_phases(conn, viewer, project_id)
    asked = [
        (each, _deciding(each))
        for each in experiments_of(conn, viewer, project_id)
        if each.id in newest and not each.decision
    ]
    phases = [(each.id, newest[each.id].number) for each, _ in asked]
    measured = [
        (each.id, newest[each.id].number, metric.id)
        for each, metrics in asked
        for metric in metrics
    ]
    exposures = exposures_of_many(conn, viewer, project_id, phases)
    sums = sums_of_many(conn, viewer, project_id, measured)
    today = _today(conn, project_id)
    return {
        each.key: _concluded(
            metrics,
            design_of(each, newest[each.id]),
            sums[sums["experiment"] == each.id],
            exposures[exposures["experiment"] == each.id],
            _unfinished(each, today),
        )
        for each, metrics in asked
    }


def segments(
    conn: Connection, viewer: Viewer, project_id: int, key: str, dimension: str, phase: int
) -> pd.DataFrame | None:
    """The primary metric by the values of a dimension: exploratory, in the columns of `by_value`.

    None where `results` is.
    """
    experiment = experiment_of(conn, viewer, project_id, key)
    chosen = _phase(conn, viewer, experiment, phase)
    if experiment is None or chosen is None:
        return None
    sums = outcome_sums_by_dimension(
        conn, viewer, project_id, experiment.id, dimension, chosen.number
    )
    metric = primary_of(metrics_of(experiment.metrics))
    return by_value(metric, design_of(experiment, chosen), sums)


def primary_of(metrics: tuple[Metric, ...]) -> Metric:
    """The one metric that decides."""
    return next(metric for metric in metrics if metric.role == "primary")


def planned_units(experiment: Experiment) -> int | None:
    """How many people were planned before the start, all variants together; None without a plan."""
    return experiment.plan.get("units") if experiment.plan else None


def design_of(experiment: Experiment, phase: Phase) -> Design:
    """The terms that a phase is read under."""
    weights = {variant.key: variant.weight for variant in phase.variants}
    return Design(weights, experiment.control, planned_units(experiment))


def _today(conn: Connection, project_id: int) -> date:
    """The calendar day that it is where the project is."""
    local = cast(func.timezone(projects.c.timezone, func.now()), Date)
    return conn.execute(select(local).where(projects.c.id == project_id)).scalar_one()


def _unfinished(experiment: Experiment, today: date) -> date | None:
    """The day that still goes on; what was imported is complete."""
    return None if experiment.kind == "import" else today


def _concluded(metrics: tuple[Metric, ...], *read: Any) -> Verdict:
    """The verdict of a reading; an undefined one of nothing where there is no answer to it."""
    try:
        return reading(metrics, *read).verdict if metrics else UNREADABLE
    except ArithmeticError:
        return UNREADABLE


def _deciding(experiment: Experiment) -> tuple[Metric, ...]:
    """The metrics that a verdict depends on; none where they can't be read."""
    try:
        metrics = metrics_of(experiment.metrics)
    except BadExperiment:
        return ()
    return tuple(metric for metric in metrics if metric.role != "secondary")


def _counted(
    conn: Connection, viewer: Viewer, experiment: Experiment, phase: Phase
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who was exposed, and the sums of what they did."""
    about = (experiment.project_id, experiment.id, phase.number)
    return exposure_counts(conn, viewer, *about), outcome_sums(conn, viewer, *about)


def _phase(
    conn: Connection, viewer: Viewer, experiment: Experiment | None, number: int | None
) -> Phase | None:
    """The phase of this number, or else the newest."""
    if experiment is None:
        return None
    phases = phases_of(conn, viewer, experiment.project_id, experiment.id)
    by_number = {each.number: each for each in phases}
    return by_number.get(number or 0, phases[-1]) if phases else None
