"""What the comments of each theme say: how many, in which mood, and about what."""

from sqlalchemy import CTE, BigInteger, Double, Subquery, case, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from analytics.filters import Filters
from analytics.scope import Viewer, visible_feedback, visible_feedback_themes, visible_themes

ABOUT = 5  # comments that name a subject: what fewer name says nothing of a theme
MOODS = {"positive": 1.0, "neutral": 0.0, "negative": -1.0}  # of labels that a person corrected


def theme_roots(viewer: Viewer, filters: Filters) -> Subquery:
    """theme_id and root: itself, or what it was merged into."""
    t = visible_themes(viewer, filters.project_id)
    root = func.coalesce(t.c.merged_into, t.c.id).label("root")
    return select(t.c.id.label("theme_id"), root).subquery("roots")


def said_cte(viewer: Viewer, filters: Filters, items: CTE) -> CTE:
    """One row a comment and theme of these items: theme, id, actor_key, subject, label, mood."""
    f, about = visible_feedback(viewer, filters), _about(viewer, filters, items)
    label = func.coalesce(f.c.corrected, f.c.sentiment)
    changed = f.c.corrected.is_distinct_from(f.c.sentiment)
    mood = case(
        (f.c.corrected.is_not(None) & changed, case(MOODS, value=f.c.corrected)),
        else_=f.c.compound,
    )
    scored = label.in_(list(MOODS))
    return (
        select(
            about.c.theme,
            f.c.id,
            f.c.actor_key,
            f.c.subject,
            case((scored, label)).label("label"),
            case((scored, mood)).label("mood"),
        )
        .join_from(f, about, about.c.feedback_id == f.c.id)
        .cte("said")
    )


def voices_cte(said: CTE) -> CTE:
    """One row a theme: what its comments say. Of subjects as frequent, the first by name."""
    tallies = _tallies(said)
    subjects = _subjects(tallies)
    scored, moods = (
        func.sum(column).filter(tallies.c.label.is_not(None))
        for column in (tallies.c.n, tallies.c.moods)
    )
    negative = func.coalesce(func.sum(tallies.c.n).filter(tallies.c.label == "negative"), 0)
    return (
        select(
            tallies.c.theme,
            func.sum(tallies.c.n).cast(BigInteger).label("comments"),
            func.coalesce(scored, 0).cast(BigInteger).label("scored"),
            (moods / func.sum(tallies.c.judged)).label("mood"),
            (cast(negative, Double) / scored).label("negative"),
            func.max(subjects.c.subject).label("subject"),
        )
        .outerjoin(subjects, subjects.c.theme == tallies.c.theme)
        .group_by(tallies.c.theme)
        .cte("voices")
    )


def _about(viewer: Viewer, filters: Filters, items: CTE) -> Subquery:
    """theme and feedback_id, each once however many themes were merged."""
    pairs, roots = visible_feedback_themes(viewer, filters.project_id), theme_roots(viewer, filters)
    query = select(roots.c.root.label("theme"), pairs.c.feedback_id).distinct()
    query = query.join_from(pairs, roots, roots.c.theme_id == pairs.c.theme_id)
    return query.where(roots.c.root.in_(select(items.c.theme))).subquery("about")


def _tallies(said: CTE) -> CTE:
    """theme, subject, label, n, moods (their sum) and judged (how many have one): a few rows."""
    keys = (said.c.theme, said.c.subject, said.c.label)
    counts = (
        func.count().label("n"),
        func.sum(said.c.mood).label("moods"),
        func.nullif(func.count(said.c.mood), 0).label("judged"),
    )
    return select(*keys, *counts).group_by(*keys).cte("tallies")


def _subjects(tallies: CTE) -> Subquery:
    """theme and the subject that most of its comments are about, which ABOUT of them name."""
    theme, subject, n = tallies.c.theme, tallies.c.subject, func.sum(tallies.c.n)
    query = select(theme, subject).where(subject != "").group_by(theme, subject)
    ranked = query.having(n >= ABOUT).order_by(theme, n.desc(), subject.collate("C"))
    return ranked.ext(distinct_on(theme)).subquery("subjects")
