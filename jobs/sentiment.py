"""Sentiment: every new comment gets its language, VADER's compound score and a label, once."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Double,
    Engine,
    Text,
    cast,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from db.tables import feedback
from jobs.languages import ENGLISH, language_of

LEXICON = f"vader {version('vaderSentiment')}"
POSITIVE, NEGATIVE = 0.05, -0.05
READ_CHARACTERS = 2_000  # of a comment; the time that VADER takes grows with the square of it
COMMENTS_A_BATCH = 2_000
SECONDS_A_PASS = 0.7  # then batches of events are rolled up again


@dataclass(frozen=True, slots=True)
class Score:
    """What a comment says: `compound` from -1 to 1, None where `sentiment` is not_scored."""

    language: str
    compound: float | None
    sentiment: str


def score_waiting(engine: Engine, seconds: float = SECONDS_A_PASS) -> int:
    """Score comments that wait, for a while; returns how many were scored, 0 when none waits."""
    stop, scored = time.monotonic() + seconds, 0
    while batch := _score_batch(engine, stop):
        scored += batch
        if time.monotonic() >= stop:
            break
    return scored


def score(comment: str) -> Score:
    """Sentiment of a comment's beginning (Hutto and Gilbert, ICWSM 2014: VADER), if English."""
    beginning = comment[:READ_CHARACTERS]
    language = language_of(beginning)
    if language != ENGLISH:
        return Score(language, None, "not_scored")
    compound = float(_analyzer().polarity_scores(beginning)["compound"])
    return Score(language, compound, label(compound))


def label(compound: float) -> str:
    """positive, neutral or negative, by the bounds that VADER's authors give."""
    if compound >= POSITIVE:
        return "positive"
    return "negative" if compound <= NEGATIVE else "neutral"


@cache
def _analyzer() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def _score_batch(engine: Engine, stop: float) -> int:
    """Comments stay locked from reading to writing: none is replaced or erased in between."""
    with engine.begin() as conn:
        scores: dict[int, Score] = {}
        for feedback_id, beginning in conn.execute(_waiting()).all():
            scores[feedback_id] = score(beginning)
            if time.monotonic() >= stop:
                break
        if scores:
            _store(conn, scores)
        return len(scores)


def _waiting() -> Any:
    beginning = func.left(feedback.c.comment, READ_CHARACTERS).label("beginning")
    return (
        select(feedback.c.id, beginning)
        .where(feedback.c.comment.is_not(None), feedback.c.lexicon.is_(None))
        .order_by(feedback.c.id)
        .limit(COMMENTS_A_BATCH)
        .with_for_update(skip_locked=True)
    )


def _store(conn: Connection, scores: Mapping[int, Score]) -> None:
    """One statement for all of them, whose values come as an array a column."""
    values = scores.values()
    given = func.unnest(
        cast(list(scores), ARRAY(BigInteger)),
        cast([one.language for one in values], ARRAY(Text)),
        cast([one.compound for one in values], ARRAY(Double)),
        cast([one.sentiment for one in values], ARRAY(Text)),
    )
    names = ("id", "language", "compound", "sentiment")
    rows = given.table_valued(*names).render_derived("given")
    scored = {name: rows.c[name] for name in names[1:]}
    change = update(feedback).values(lexicon=LEXICON, **scored)
    conn.execute(change.where(feedback.c.id == rows.c.id))
