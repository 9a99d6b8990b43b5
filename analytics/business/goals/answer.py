"""The goals of a project, and how each of its figures does."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from analytics.business.goals.figures import FIGURES, Figure, Values
from analytics.business.goals.tracking import State, Tracking, track
from analytics.filters import Filters
from analytics.scope import Viewer, visible_goals
from db.errors import BadGoal, UnknownMetric
from db.goals import Goal

WORST_FIRST: tuple[State, ...] = ("missed", "at risk", "on track", "reached", "no data")


@dataclass(frozen=True, slots=True)
class Tracked:
    """A goal with its figure, the values of the whole periods before (oldest first), and where
    they lead."""

    goal: Goal
    figure: Figure
    values: tuple[float, ...]
    tracking: Tracking

    @property
    def is_in_danger(self) -> bool:
        """Whether it was missed, or may be."""
        return self.tracking.state in ("missed", "at risk")


def worst_first(goals: Iterable[Tracked]) -> list[Tracked]:
    """The goals in the order in which they are told; alike ones as they were."""
    return sorted(goals, key=lambda each: WORST_FIRST.index(each.tracking.state))


def wanted_goals(conn: Connection, viewer: Viewer, project_id: int) -> tuple[Goal, ...]:
    """The goals of a project in the order of the figures: the usual ones, but for those that are
    changed or dropped; none for who may not see them."""
    if not viewer.sees(project_id, "business"):
        return ()
    found = {
        key: Goal(key, figure.usual) for key, figure in FIGURES.items() if figure.usual is not None
    }
    for row in conn.execute(select(visible_goals(viewer, project_id))):
        found.pop(row.metric, None)
        if not row.is_dropped and row.metric in FIGURES:
            found[row.metric] = Goal(row.metric, row.value, row.due)
    return tuple(found[key] for key in FIGURES if key in found)


def checked(goal: Goal) -> Goal:
    """The goal, if its figure can have such a value; raises UnknownMetric, BadGoal."""
    figure = FIGURES.get(goal.metric)
    if figure is None:
        raise UnknownMetric(f"There is no goal on '{goal.metric}'.")
    least, most = figure.bounds
    if not least <= goal.value <= most:
        raise BadGoal(f"{figure.metric.label} can't reach that.")
    return goal


def tracked(conn: Connection, viewer: Viewer, filters: Filters, goal: Goal) -> Tracked | None:
    """How a goal's figure does by its last whole periods, whatever the range and its filters.

    None for who may not see the business of the project. Raises UnknownMetric for a goal on what
    is no figure.
    """
    figure = FIGURES.get(goal.metric)
    if figure is None:
        raise UnknownMetric(f"There is no goal on '{goal.metric}'.")
    if not viewer.sees(filters.project_id, "business"):
        return None
    values: Values = figure.past(conn, viewer, filters)
    up = figure.metric.direction != "down"
    judged = track(
        values,
        goal.value,
        up=up,
        today=filters.today,
        due=goal.due,
        days=figure.days,
        bounds=figure.bounds,
    )
    return Tracked(goal, figure, tuple(values), judged)
