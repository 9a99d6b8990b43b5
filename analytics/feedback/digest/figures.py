"""What a week's feedback comes to: how much was said, the scores, and the themes that rose."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from analytics.feedback.digest.volumes import Volumes, volumes
from analytics.feedback.scores import Score, scores
from analytics.feedback.themes import theme_sizes
from analytics.filters import Filters
from analytics.scope import Viewer

WEEK = timedelta(weeks=1)
RISEN = 5  # themes
FEWEST = 3  # comments of a theme in the week, below which it has not risen


@dataclass(frozen=True, slots=True)
class Risen:
    """A theme that more comments of the week are about than of the week before."""

    name: str
    kind: str
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Digest:
    """The figures of the week that begins on the Monday `week`; nobody's words are in it."""

    week: date
    volumes: Volumes
    scores: tuple[Score, ...]
    risen: tuple[Risen, ...]

    @property
    def is_silent(self) -> bool:
        """Whether nothing came, neither in the week nor in the one before."""
        return self.volumes == Volumes()

    @property
    def figures(self) -> dict[str, Any]:
        """All of it as JSON takes it."""
        told = [
            {"metric": score.measure.key, "value": score.value, "n": score.n}
            | {"change": score.change, "moved": score.moved}
            for score in self.scores
        ]
        risen = [asdict(theme) for theme in self.risen]
        return {"volumes": asdict(self.volumes), "scores": told, "themes": risen}


def last_week(filters: Filters) -> Filters:
    """The last whole week, Monday to Sunday on the project's clock, of the whole project."""
    monday = filters.today - timedelta(days=filters.today.weekday())
    place = filters.project_id, filters.zone, filters.consent
    return Filters(*place, monday - WEEK, monday, filters.now)


def digest(conn: Connection, viewer: Viewer, filters: Filters) -> Digest:
    """The figures of the last whole week before now, of the whole project.

    Scores without answers are left out. Themes rise when at least FEWEST comments of the week are
    about them, more than of the week before; those that gained most come first.
    """
    week = last_week(filters)
    told = tuple(score for score in scores(conn, viewer, week) if score.value is not None)
    return Digest(week.start, volumes(conn, viewer, week), told, _risen(conn, viewer, week))


def _risen(conn: Connection, viewer: Viewer, week: Filters) -> tuple[Risen, ...]:
    sizes = theme_sizes(conn, viewer, week)
    more = sizes[(sizes["recent"] >= FEWEST) & (sizes["recent"] > sizes["before"])]
    gained = more.assign(gained=more["recent"] - more["before"])
    most = gained.sort_values(["gained", "recent", "name"], ascending=[False, False, True])
    columns = most[["name", "kind", "recent", "before"]].head(RISEN)
    return tuple(Risen(*row) for row in columns.itertuples(index=False))
