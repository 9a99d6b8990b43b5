"""What the comments of each theme say: how many, in which mood, and about what."""

from sqlalchemy import CTE, Double, Subquery, Text, case, cast, func, select

from analytics.filters import Filters
from analytics.scope import Viewer, visible_feedback, visible_feedback_themes, visible_themes

MOODS = {"positive": 1.0, "neutral": 0.0, "negative": -1.0}  # of labels that a person corrected


def theme_roots(viewer: Viewer, filters: Filters) -> Subquery:
    """theme_id and root: itself, or what it was merged into."""
    t = visible_themes(viewer, filters.project_id)
    root = func.coalesce(t.c.merged_into, t.c.id).label("root")
    return select(t.c.id.label("theme_id"), root).subquery("roots")


def said_cte(viewer: Viewer, filters: Filters) -> CTE:
    """One row a comment and theme: theme, id, actor_key, subject, label, mood."""
    f = visible_feedback(viewer, filters)
    pairs, roots = visible_feedback_themes(viewer, filters.project_id), theme_roots(viewer, filters)
    label = func.coalesce(f.c.corrected, f.c.sentiment)
    changed = f.c.corrected.is_distinct_from(f.c.sentiment)
    mood = case(
        (f.c.corrected.is_not(None) & changed, case(MOODS, value=f.c.corrected)),
        else_=f.c.compound,
    )
    scored = label.in_(list(MOODS))
    return (
        select(
            roots.c.root.label("theme"),
            f.c.id,
            f.c.actor_key,
            f.c.subject,
            case((scored, label)).label("label"),
            case((scored, mood)).label("mood"),
        )
        .distinct()
        .join_from(f, pairs, pairs.c.feedback_id == f.c.id)
        .join(roots, roots.c.theme_id == pairs.c.theme_id)
        .cte("said")
    )


def voices_cte(said: CTE) -> CTE:
    """One row a theme: what its comments say. Of subjects as frequent, the first by name."""
    scored = func.count(said.c.label)
    negative = func.count().filter(said.c.label == "negative")
    subject = func.mode().within_group(said.c.subject).filter(said.c.subject != "")
    return (
        select(
            said.c.theme,
            func.count().label("comments"),
            scored.label("scored"),
            func.avg(said.c.mood).label("mood"),
            (cast(negative, Double) / func.nullif(scored, 0)).label("negative"),
            cast(subject, Text).label("subject"),
        )
        .group_by(said.c.theme)
        .cte("voices")
    )
