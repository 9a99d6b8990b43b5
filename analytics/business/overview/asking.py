"""What an executive opens every morning: revenue, users, support, systems and goals at once."""

from dataclasses import dataclass

from sqlalchemy import Connection

from analytics.business.goals import Tracked, tracked, wanted_goals, worst_first
from analytics.business.revenue.currency import shown_currency
from analytics.business.revenue.standing import Standing, standing, standings_besides
from analytics.business.summary import Headline, headline
from analytics.feedback.scores import Score, scores
from analytics.filters import Filters
from analytics.operations.health.system import SystemHealth, system_health
from analytics.operations.support.summary import SupportSummary, support_summary
from analytics.scope import Viewer

USERS = ("actors", "new_actors", "events", "error_rate", "stickiness")
SATISFACTION = ("nps", "csat")


@dataclass(frozen=True, slots=True)
class Overview:
    """The answers of one moment about a project; `revenue` is None where nobody ever paid,
    `besides` is what is earned in other currencies, and amounts of goals are in `currency`: the one
    that is set, else that of most customers."""

    project: str
    filters: Filters
    users: tuple[Headline, ...]
    revenue: Standing | None
    scores: tuple[Score, ...]
    support: SupportSummary
    health: SystemHealth
    goals: tuple[Tracked, ...]
    besides: tuple[Standing, ...] = ()
    currency: str = ""

    @property
    def satisfaction(self) -> tuple[Score, ...]:
        """The scores that are told here, with answers or without."""
        return tuple(score for score in self.scores if score.measure.key in SATISFACTION)

    @property
    def in_danger(self) -> tuple[Tracked, ...]:
        """The goals that are missed or at risk, in this order."""
        return tuple(each for each in worst_first(self.goals) if each.is_in_danger)


def overview(conn: Connection, viewer: Viewer, filters: Filters, project: str) -> Overview | None:
    """All of it, by the questions that the pages ask; None for who may not see the business."""
    if not viewer.sees(filters.project_id, "business"):
        return None
    wanted = wanted_goals(conn, viewer, filters.project_id)
    goals = (tracked(conn, viewer, filters, goal) for goal in wanted)
    return Overview(
        project=project,
        filters=filters,
        users=tuple(headline(conn, viewer, filters, USERS)),
        revenue=standing(conn, viewer, filters),
        scores=tuple(scores(conn, viewer, filters)),
        support=support_summary(conn, viewer, filters),
        health=system_health(conn, viewer, filters.project_id, filters.now),
        goals=tuple(goal for goal in goals if goal),
        besides=standings_besides(conn, viewer, filters),
        currency=shown_currency(conn, viewer, filters.project_id),
    )
