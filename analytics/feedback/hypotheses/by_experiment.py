"""What became of a hypothesis that was tried in an experiment: the measured lift of its variant."""

from dataclasses import dataclass

from sqlalchemy import Connection

from analytics.experiments.asking import experiment_of
from analytics.experiments.results import results
from analytics.experiments.statistics import Estimate, Verdict
from analytics.feedback.hypotheses.before_after import Change
from analytics.scope import Viewer
from db.experiments.kept import Experiment


@dataclass(frozen=True, slots=True)
class Tried:
    """An experiment with the verdict on its newest phase.

    `estimate` is of the primary metric, of the variant that was shipped or else of the one that the
    verdict is about. `change` is the relative change that it shows, with its interval; `pairs` are
    the people of both variants. Both are None while nothing is known, where the split is wrong, and
    where there is no relative change.
    """

    experiment: Experiment
    phase: int
    verdict: Verdict
    estimate: Estimate | None
    change: Change | None


def tried(conn: Connection, viewer: Viewer, project_id: int, experiment_key: str) -> Tried | None:
    """What the experiment of this key shows; None where the viewer sees none that was started."""
    experiment = experiment_of(conn, viewer, project_id, experiment_key)
    found = results(conn, viewer, project_id, experiment_key) if experiment else None
    if experiment is None or found is None:
        return None
    read = found.reading
    variant = experiment.decided_variant or read.verdict.variant
    shown = [
        each
        for each in read.estimates
        if each.metric.role == "primary" and each.variant == variant and not each.gap
    ]
    estimate = shown[0] if shown and not read.split.wrong else None
    change = _change(estimate) if estimate else None
    return Tried(experiment, found.phase.number, read.verdict, estimate, change)


def _change(estimate: Estimate) -> Change | None:
    found = estimate.effect
    if found is None or found.lift is None or found.lift_low is None or found.lift_high is None:
        return None
    people = found.n + found.n_control
    interval = found.lift, found.lift_low, found.lift_high
    return Change(*interval, people, found.control_value, found.value)
