"""The scores over a range: each with its interval, its response rate and how it changed."""

from dataclasses import dataclass, replace
from functools import cache
from json import dumps
from math import hypot
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Select,
    SmallInteger,
    Text,
    cast,
    column,
    func,
    literal,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from analytics.feedback.answers import counted, estimated
from analytics.feedback.metrics import ALL_MEASURES, SURVEYED, Measure
from analytics.filters import Filters
from analytics.scope import Viewer, visible_feedback, visible_invitations, visible_surveys

FEW = 30  # answers, below which a score rests on few, and no change is told from chance
SAID: dict[str, Any] = {  # what scores are made of
    "kind": Text(),
    "score": SmallInteger(),
    "helpful": Boolean(),
    "corrected": Text(),
    "sentiment": Text(),
}
COUNTED = "said"
SCORED = tuple(measure for measure in ALL_MEASURES if measure.key != "said")


@dataclass(frozen=True, slots=True)
class Score:
    """One score in its metric's unit, with its 95 % interval; None where nobody answered.

    `shown` counts the invitations of the range to surveys that ask for it and `answered` those of
    them that were answered; both are None where it isn't asked in surveys, and where dimensions
    are asked for: an invitation has none. `change` compares the days that are over with as many
    before, `change_margin` is half the length of its interval, and `change_n` counts the answers of
    the time that had fewer.
    """

    measure: Measure
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    shown: int | None = None
    answered: int | None = None
    change: float | None = None
    change_margin: float | None = None
    change_n: int = 0

    @property
    def margin(self) -> float | None:
        """Half the length of the interval; of a mean, whose interval may end at the scale, how far
        it reaches on the longer side."""
        if self.value is None or self.low is None or self.high is None:
            return None
        if self.measure.interval == "wilson":
            return (self.high - self.low) / 2
        return max(self.high - self.value, self.value - self.low)

    @property
    def response_rate(self) -> float | None:
        """answered / shown; None where nothing was shown."""
        return self.answered / self.shown if self.shown and self.answered is not None else None

    @property
    def moved(self) -> bool:
        """Whether the change is more than chance explains; of few answers nobody can tell."""
        told = self.change is not None and self.change_margin is not None and self.change_n >= FEW
        return told and abs(self.change or 0.0) > (self.change_margin or 0.0)


def scores(conn: Connection, viewer: Viewer, filters: Filters) -> list[Score]:
    """One score a measure, in the catalogue's order; empty for who may not see feedback."""
    if not viewer.sees(filters.project_id, "feedback"):
        return []
    now = _estimates(conn, viewer, filters)
    asked = {row.measure: row for row in conn.execute(responses_sql(viewer, filters))}
    over = filters.whole_days() if filters.compare else None
    recent = before = {}
    if over:
        recent = now if over == filters else _estimates(conn, viewer, over)
        before = _estimates(conn, viewer, over.previous())
    none = Score(SCORED[0])
    found = []
    for measure in SCORED:
        key, score = measure.key, now.get(measure.key, replace(none, measure=measure))
        change = _change(recent.get(key), before.get(key))
        if key in asked:
            score = replace(score, shown=asked[key].shown, answered=asked[key].answered)
        found.append(replace(score, **change))
    return found


def scores_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """measure, value, low, high and n of every measure that has answers in the range."""
    f = visible_feedback(viewer, filters)
    columns = [f.c[name] for name in SAID]
    alike = select(*columns, func.count().label("times")).group_by(*columns)
    return _of_said().add_cte(alike.cte(COUNTED).prefix_with("MATERIALIZED"))


@cache
def _of_said() -> Select[Any]:
    """The same of what was said, as of a table: built once, for it takes longer than to ask it."""
    columns: list[Any] = [column(name, kind) for name, kind in SAID.items()]
    said = table(COUNTED, *columns, column("times", BigInteger))
    parts = []
    for measure in SCORED:
        c = counted(said, measure.key).subquery(f"counted_{measure.key}")
        parts.append(select(literal(measure.key).label("measure"), *estimated(c, measure.key)))
    return select(union_all(*parts).subquery("scores"))


def responses_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """measure, shown and answered: the invitations in the range to surveys that ask for it."""
    i = visible_invitations(viewer, filters)
    s = visible_surveys(viewer, filters.project_id)
    parts = [
        select(
            literal(key).label("measure"),
            func.count().label("shown"),
            func.count(i.c.answered_at).label("answered"),
        )
        .join(s, s.c.id == i.c.survey_id)
        .where(s.c.questions.contains(_question(key)), literal(not filters.dimensions))
        .having(func.count() > 0)
        for key in SURVEYED
    ]
    rows = union_all(*parts).subquery("responses")
    return select(rows)


def _question(kind: str) -> ColumnElement[Any]:
    """SQL for a list of questions that holds one of this kind."""
    return cast(literal(dumps([{"kind": kind}]), Text), JSONB)


def _estimates(conn: Connection, viewer: Viewer, filters: Filters) -> dict[str, Score]:
    """The scores without responses and changes, by measure."""
    by_key = {measure.key: measure for measure in SCORED}
    rows = conn.execute(scores_sql(viewer, filters))
    return {
        row.measure: Score(by_key[row.measure], row.value, row.low, row.high, row.n) for row in rows
    }


def _change(now: Score | None, before: Score | None) -> dict[str, Any]:
    """The difference of two scores, its margin as of independent estimates, and the lesser n."""
    if now is None or before is None or now.value is None or before.value is None:
        return {}
    margins = now.margin, before.margin
    margin = None if None in margins else hypot(*(float(each or 0.0) for each in margins))
    least = min(now.n, before.n)
    return {"change": now.value - before.value, "change_margin": margin, "change_n": least}
