"""The doors to what people said, what it is about, and what may be built of it."""

from typing import Any

from sqlalchemy import Select, Subquery, Table, or_, select

from analytics.filters import Filters
from analytics.periods import midnight
from analytics.scope.building import chosen, may_see, members_only, of_project
from analytics.scope.viewer import Viewer, roles_of
from db import tables

FEEDBACK = frozenset({"feedback"})


def visible_feedback(viewer: Viewer, filters: Filters) -> Subquery:
    """feedback said in the range, by its own dimensions and the members of a segment."""
    said = tables.feedback
    query = _ours(said, viewer, filters.project_id).where(
        said.c.said_at >= midnight(filters.start, filters.tz),
        said.c.said_at < midnight(filters.end, filters.tz),
        *chosen(said, filters),
        *members_only(said, filters),
    )
    return query.subquery("visible_feedback")


def visible_feedback_ever(viewer: Viewer, project_id: int) -> Subquery:
    """All feedback of a project."""
    return _ours(tables.feedback, viewer, project_id).subquery("visible_feedback_ever")


def visible_themes(viewer: Viewer, project_id: int) -> Subquery:
    """The themes of a project's comments, with those that were merged into others."""
    return _ours(tables.themes, viewer, project_id).subquery("visible_themes")


def visible_feedback_themes(viewer: Viewer, project_id: int) -> Subquery:
    """Which comments are about which themes, in a project."""
    pairs = tables.feedback_themes
    theirs = _ours(tables.themes, viewer, project_id).with_only_columns(tables.themes.c.id)
    query = select(pairs).where(pairs.c.theme_id.in_(theirs))
    return query.subquery("visible_feedback_themes")


def visible_surveys(viewer: Viewer, project_id: int) -> Subquery:
    """The surveys of a project."""
    return _ours(tables.surveys, viewer, project_id).subquery("visible_surveys")


def visible_invitations(viewer: Viewer, filters: Filters) -> Subquery:
    """To whom surveys were shown in the range, of the segment that is asked for."""
    shown = tables.invitations
    query = _ours(shown, viewer, filters.project_id).where(
        shown.c.shown_at >= midnight(filters.start, filters.tz),
        shown.c.shown_at < midnight(filters.end, filters.tz),
        *members_only(shown, filters),
    )
    return query.subquery("visible_invitations")


def visible_requests(viewer: Viewer, project_id: int) -> Subquery:
    """What was asked for in a project."""
    return _ours(tables.requests, viewer, project_id).subquery("visible_requests")


def visible_votes(viewer: Viewer, project_id: int) -> Subquery:
    """Who wants what was asked for in a project."""
    return _ours(tables.votes, viewer, project_id).subquery("visible_votes")


def visible_hypotheses(viewer: Viewer, project_id: int) -> Subquery:
    """What is believed in a project, and was measured."""
    return _ours(tables.hypotheses, viewer, project_id).subquery("visible_hypotheses")


def visible_plan_prices(viewer: Viewer, project_id: int) -> Subquery:
    """What the plans of a project cost."""
    return _ours(tables.plan_prices, viewer, project_id).subquery("visible_plan_prices")


def visible_notices(viewer: Viewer, project_id: int) -> Subquery:
    """Whom a project told of what they wanted."""
    return _ours(tables.notices, viewer, project_id).subquery("visible_notices")


def visible_digests(viewer: Viewer, project_id: int) -> Subquery:
    """The weekly summaries of a project."""
    return _ours(tables.digests, viewer, project_id).subquery("visible_digests")


def visible_messages(viewer: Viewer, project_id: int) -> Subquery:
    """What was sent for a project, and whether it arrived; without the addresses."""
    return _ours(tables.messages, viewer, project_id).subquery("visible_messages")


def visible_targets(viewer: Viewer, project_id: int) -> Subquery:
    """id, name and kinds of where messages of a project go; never the addresses."""
    places = tables.targets.c
    query = _ours(tables.targets, viewer, project_id)
    return query.with_only_columns(places.id, places.name, places.kinds).subquery("visible_targets")


def visible_colleagues(viewer: Viewer, project_id: int) -> Subquery:
    """id and email of those who may see what is said in a project, and so can act on it."""
    person = tables.people.c
    acting = person.role.in_(roles_of("feedback")) & person.closed_at.is_(None)
    return _colleagues(viewer, project_id).where(acting).subquery("visible_colleagues")


def visible_page_ratings(viewer: Viewer, project_id: int) -> Subquery:
    """What the people who may see a project say of the pages of the dashboard."""
    theirs = _colleagues(viewer, project_id).with_only_columns(tables.people.c.id)
    ratings = tables.page_ratings
    return select(ratings).where(ratings.c.person_id.in_(theirs)).subquery("visible_page_ratings")


def _colleagues(viewer: Viewer, project_id: int) -> Select[Any]:
    person, member = tables.people.c, tables.memberships.c
    theirs = select(member.person_id).where(member.project_id == project_id)
    return select(person.id, person.email).where(
        may_see(viewer, project_id, FEEDBACK), or_(person.role == "admin", person.id.in_(theirs))
    )


def _ours(table: Table, viewer: Viewer, project_id: int) -> Select[Any]:
    return of_project(table, viewer, project_id, FEEDBACK)
