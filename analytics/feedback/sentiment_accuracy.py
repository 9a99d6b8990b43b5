"""How far the lexicon's labels can be believed: against the labels that people gave."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func, select

from analytics.feedback.answers import Z
from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.measures.wilson import wilson
from analytics.scope import Viewer, visible_feedback

NOT_SCORED = "not_scored"
CONFUSION = {"person": "str", "lexicon": "str", "comments": "int64"}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Of `n` comments that both a person and the lexicon labelled, on how many they agree.

    `share` is right / n and lies between `low` and `high` (Wilson, 95 %); None where n is 0.
    `not_scored` counts labels that people gave to comments that the lexicon left alone.
    """

    n: int
    right: int
    not_scored: int
    share: float | None
    low: float | None
    high: float | None


def sentiment_confusion(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row a pair of labels that comments of the range have.

    Columns: person (str: positive, neutral or negative), lexicon (str: the same, or not_scored),
    comments (int64).
    """
    return read(conn, sentiment_confusion_sql(viewer, filters)).astype(CONFUSION)


def sentiment_confusion_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `sentiment_confusion`, in its columns and order."""
    f = visible_feedback(viewer, filters)
    labels = (f.c.corrected, f.c.sentiment)
    return (
        select(
            f.c.corrected.label("person"),
            f.c.sentiment.label("lexicon"),
            func.count().label("comments"),
        )
        .where(f.c.corrected.is_not(None), f.c.sentiment.is_not(None))
        .group_by(*labels)
        .order_by(*(label.collate("C") for label in labels))
    )


def accuracy(confusion: pd.DataFrame) -> Accuracy:
    """The accuracy of three classes, from the rows of `sentiment_confusion`."""
    scored = confusion[confusion["lexicon"] != NOT_SCORED]
    n = int(scored["comments"].sum())
    right = int(scored.loc[scored["person"] == scored["lexicon"], "comments"].sum())
    not_scored = int(confusion["comments"].sum()) - n
    if not n:
        return Accuracy(0, 0, not_scored, None, None, None)
    middle, half = wilson(right / n, float(n), Z)
    return Accuracy(n, right, not_scored, right / n, middle - half, middle + half)
