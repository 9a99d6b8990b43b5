"""The lexicon is held against the labels that people gave."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import text
from statsmodels.stats.proportion import proportion_confint

from analytics.feedback.sentiment_accuracy import (
    CONFUSION,
    accuracy,
    sentiment_confusion,
    sentiment_confusion_sql,
)
from analytics.scope import PUBLIC
from analytics.showing import shown
from tests.analytics.reference import anyone, asking
from tests.jobs.said import NOON, say

LABELS = (  # a person's, the lexicon's
    *(("positive", "positive"),) * 3,
    ("negative", "positive"),
    ("negative", "not_scored"),
    (None, "neutral"),
    ("neutral", None),
)


@pytest.fixture
def labelled(conn, project):
    for corrected, sentiment in LABELS:
        say(conn, project, "so", corrected=corrected, sentiment=sentiment)
    say(conn, project, "so", corrected="neutral", sentiment="neutral", said_at=NOON.replace(day=1))
    return asking(project, date(2026, 3, 10), date(2026, 3, 20))


def test_pairs_of_labels_are_counted_in_the_range(conn, project, labelled):
    found = sentiment_confusion(conn, anyone(project), labelled)
    assert found.to_numpy().tolist() == [
        ["negative", "not_scored", 1],
        ["negative", "positive", 1],
        ["positive", "positive", 3],
    ]


def test_accuracy_is_the_share_on_which_they_agree(conn, project, labelled):
    found = accuracy(sentiment_confusion(conn, anyone(project), labelled))
    assert (found.n, found.right, found.not_scored, found.share) == (4, 3, 1, 0.75)
    assert (found.low, found.high) == pytest.approx(proportion_confint(3, 4, method="wilson"))


def test_nothing_labelled_has_no_accuracy(conn, project):
    filters = asking(project, date(2026, 3, 10), date(2026, 3, 20))
    nothing = sentiment_confusion(conn, PUBLIC, filters)
    assert nothing.dtypes.astype(str).to_dict() == CONFUSION
    assert accuracy(nothing).share is None


def test_the_query_that_is_shown_gives_the_same(conn, project, labelled):
    viewer = anyone(project)
    query = shown(sentiment_confusion_sql(viewer, labelled)).rstrip(";\n")
    ours = sentiment_confusion(conn, viewer, labelled)
    theirs = pd.DataFrame(conn.execute(text(query)).all(), columns=list(CONFUSION))
    pd.testing.assert_frame_equal(theirs.astype(CONFUSION), ours)
