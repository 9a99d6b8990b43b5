"""What the themes of a project are after a run."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from db.tables import feedback_themes, themes


@dataclass(frozen=True)
class Standing:
    """A theme with the ids of its comments."""

    id: int
    kind: str
    name: str
    merged_into: int | None
    comments: frozenset[int]


def standing(engine, project):
    """The themes of a project by kind, the largest first."""
    links = defaultdict(set)
    with engine.connect() as conn:
        for row in conn.execute(select(feedback_themes)):
            links[row.theme_id].add(row.feedback_id)
        rows = conn.execute(select(themes).where(themes.c.project_id == project.id)).all()
    found = [
        Standing(row.id, row.kind, row.name, row.merged_into, frozenset(links[row.id]))
        for row in rows
    ]
    return sorted(found, key=lambda theme: (theme.kind, -len(theme.comments), theme.id))


def of_topic(themes, topics, name):
    """The theme with most comments on a topic, what share it has of them, and how pure it is."""
    on_it = {comment for comment, topic in topics.items() if topic == name}
    best = max(themes, key=lambda theme: len(theme.comments & on_it))
    shared = len(best.comments & on_it)
    return best, shared / len(on_it), shared / len(best.comments)


def commonest(theme, topics):
    """The topic of most of its comments."""
    return Counter(topics[comment] for comment in theme.comments).most_common(1)[0][0]
