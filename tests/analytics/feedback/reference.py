"""What people say, made up, and what its figures are, in plain Python from the definitions."""

import random
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from math import nan, sqrt
from statistics import mean, pvariance, variance
from zoneinfo import ZoneInfo

import pandas as pd
from scipy import stats
from sqlalchemy import Connection, Select, insert, text

from analytics.filters import Filters
from analytics.showing import shown
from db import tables
from db.access import Project
from tests.analytics import reference

Z = 1.959963984540054  # of a 95 % interval
SCALES = {"nps": range(11), "csat": range(1, 6), "ces": range(1, 8), "rating": range(1, 6)}
WORDS = ("slow export", "love it", "please add dark mode", "")


@dataclass(frozen=True)
class Said:
    """One answer as it was given; `who` is 0 for nobody known."""

    who: int
    kind: str
    at: datetime
    score: int | None = None
    helpful: bool | None = None
    comment: str | None = None
    sentiment: str | None = None
    corrected: str | None = None
    subject: str = ""
    package: str = ""
    platform: str = ""
    app_version: str = ""
    country: str = ""
    channel: str = ""
    plan: str = ""
    state: str = "new"

    @property
    def label(self) -> str | None:
        """What a person said of it, else what was computed."""
        return self.corrected or self.sentiment

    def day(self, zone: ZoneInfo) -> date:
        """The calendar day in a zone."""
        return self.at.astimezone(zone).date()


def history(seed: int, start: date, days: int, answers: int = 90) -> list[Said]:
    """Random answers of a dozen people and of nobody, in no order."""
    dice = random.Random(seed)
    begin = datetime(start.year, start.month, start.day, tzinfo=UTC)
    found = []
    for _ in range(answers):
        kind = dice.choice([*SCALES, "text"])
        comment = dice.choice(WORDS) or None
        found.append(
            Said(
                who=dice.randrange(12),
                kind=kind,
                at=begin + timedelta(minutes=dice.randrange(days * 24 * 60)),
                score=dice.choice(SCALES[kind]) if kind in SCALES and dice.random() < 0.9 else None,
                helpful=dice.choice([True, False, None]) if kind == "rating" else None,
                comment=comment,
                sentiment=dice.choice(["positive", "neutral", "negative", "not_scored"])
                if comment
                else None,
                corrected=dice.choice(["positive", None, None]) if comment else None,
                subject=dice.choice(["export", "search", ""]),
                package=dice.choice(["reviewer", ""]),
                state=dice.choice(["new", "seen"]),
                **{name: dice.choice(values) for name, values in reference.DIMENSIONS.items()},
            )
        )
    return found


def store(conn: Connection, project: Project, said: Iterable[Said]) -> list[int]:
    """Keep the answers and return their ids, in the same order."""
    rows = [_row(each, project) for each in said]
    new = insert(tables.feedback).returning(tables.feedback.c.id, sort_by_parameter_order=True)
    return list(conn.execute(new, rows).scalars()) if rows else []


def _row(said: Said, project: Project) -> dict[str, object]:
    row = asdict(said)
    row |= {"project_id": project.id, "actor_key": row.pop("who"), "said_at": row.pop("at")}
    return row | {"lexicon": "1" if said.sentiment else None}


def keep(said: Iterable[Said], filters: Filters) -> list[Said]:
    """What was said in the range and the dimensions of these filters."""
    zone = ZoneInfo(filters.zone)
    return [
        each
        for each in said
        if filters.start <= each.day(zone) < filters.end and reference.matches(each, filters)
    ]


def values(said: Iterable[Said], measure: str) -> list[float]:
    """The value of each answer that counts for a measure."""
    of: dict[str, Callable[[Said], float | None]] = {
        "nps": lambda a: 100.0 if a.score > 8 else (-100.0 if a.score < 7 else 0.0),
        "csat": lambda a: float(a.score in (4, 5)),
        "rating": lambda a: float(a.score in (4, 5)),
        "ces": lambda a: float(a.score),
    }
    if measure in of:
        return [of[measure](a) for a in said if a.kind == measure and a.score is not None]
    if measure == "helpful":
        return [float(a.helpful) for a in said if a.helpful is not None]
    if measure == "sentiment":
        points = {"positive": 100.0, "neutral": 0.0, "negative": -100.0}
        return [points[a.label] for a in said if a.label in points]
    return [1.0 for _ in said]


def estimate(given: list[float], measure: str) -> tuple[float, float, float, int]:
    """value, low, high and n of a measure; NaN of no answers."""
    n = len(given)
    if measure == "said":
        return float(n), nan, nan, n
    if not n:
        return nan, nan, nan, 0
    middle = mean(given)
    if n == 1:
        return middle, nan, nan, n
    if measure in ("csat", "rating", "helpful"):
        return middle, *wilson(sum(given), n), n
    if len(set(given)) == 1 and n < 30:
        return middle, nan, nan, n
    if measure == "ces":
        half = stats.t.ppf(0.975, n - 1) * sqrt(variance(given) / n)
        return middle, max(middle - half, 1.0), min(middle + half, 7.0), n
    half = Z * sqrt(pvariance(given) / n)
    return middle, max(middle - half, -100.0), min(middle + half, 100.0), n


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Wilson's interval of a share, from the roots of (p - share)^2 = Z^2 p (1 - p) / n."""
    share = successes / n
    a, b, c = 1 + Z**2 / n, -(2 * share + Z**2 / n), share**2
    root = sqrt(max(b * b - 4 * a * c, 0.0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def answer(conn: Connection, query: Select) -> pd.DataFrame:
    """What a statement gives that is pasted into psql as it is shown."""
    result = conn.execute(text(shown(query).replace(":", r"\:")))
    return pd.DataFrame(result.all(), columns=list(result.keys()))
