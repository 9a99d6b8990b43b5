"""Comments are scored once, in English alone, whatever people write."""

import csv
import gzip
import time
from pathlib import Path
from statistics import correlation

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from db.access import create_project
from db.tables import feedback
from jobs.sentiment import LEXICON, label, score, score_waiting
from tests.jobs.said import say
from tests.thorough import thorough

REVIEWS = Path(__file__).parents[3] / "shared" / "data" / "amazon_reviews.tsv.gz"


@pytest.fixture
def shop(own_engine):
    with own_engine.begin() as conn:
        return create_project(conn, "shop", consent="opt-out", retention_months=None)


def kept(engine):
    f = feedback.c
    query = select(f.language, f.compound, f.sentiment, f.lexicon).order_by(f.id)
    with engine.connect() as conn:
        return [tuple(row) for row in conn.execute(query)]


def test_every_comment_is_scored_once(own_engine, shop):
    with own_engine.begin() as conn:
        say(conn, shop, "I love it")
        say(conn, shop, "The export is horrible")
        say(conn, shop, "I use filters")
        say(conn, shop, None, kind="rating", score=5)
    assert score_waiting(own_engine, 60) == 3
    assert score_waiting(own_engine, 60) == 0
    loved, hated, neither, silent = kept(own_engine)
    assert loved == ("en", 0.6369, "positive", LEXICON)
    assert hated == ("en", -0.5423, "negative", LEXICON)
    assert neither == ("en", 0.0, "neutral", LEXICON)
    assert silent == (None, None, None, None)


def test_what_is_not_english_is_not_scored(own_engine, shop):
    with own_engine.begin() as conn:
        say(conn, shop, "Der Export ist eine Katastrophe und viel zu langsam")
    assert score_waiting(own_engine, 60) == 1
    assert kept(own_engine) == [("de", None, "not_scored", LEXICON)]


def test_a_comment_that_was_replaced_is_scored_again(own_engine, shop):
    with own_engine.begin() as conn:
        say(conn, shop, "I love it")
    score_waiting(own_engine, 60)
    with own_engine.begin() as conn:
        conn.execute(update(feedback).values(comment="I hate it", lexicon=None))
    assert score_waiting(own_engine, 60) == 1
    assert [sentiment for _, _, sentiment, _ in kept(own_engine)] == ["negative"]


def test_a_pass_ends_in_time_and_the_next_goes_on(own_engine, shop):
    with own_engine.begin() as conn:
        for _ in range(5):
            say(conn, shop, "I love it")
    assert [score_waiting(own_engine, 0) for _ in range(6)] == [1, 1, 1, 1, 1, 0]


def test_what_another_worker_scores_is_left_to_it(own_engine, shop):
    with own_engine.begin() as conn:
        held = say(conn, shop, "I love it")
        say(conn, shop, "I hate it")
    with own_engine.begin() as other:
        other.execute(select(feedback).where(feedback.c.id == held).with_for_update())
        assert score_waiting(own_engine, 60) == 1
    assert score_waiting(own_engine, 60) == 1


def test_a_megabyte_takes_no_longer_than_a_page():
    started = time.process_time()
    assert score("bad but good x " * 70_000).sentiment in ("positive", "negative")
    assert time.process_time() - started < 2


@given(st.text())
def test_any_text_has_a_score_or_another_language(text):
    found = score(text)
    if found.sentiment == "not_scored":
        assert found.compound is None
        assert found.language != "en"
    else:
        assert found.sentiment == label(found.compound)
        assert -1 <= found.compound <= 1


@pytest.mark.parametrize(
    ("compound", "expected"),
    [(0.05, "positive"), (0.0499, "neutral"), (-0.0499, "neutral"), (-0.05, "negative")],
)
def test_the_bounds_of_the_labels_are_those_of_the_authors(compound, expected):
    assert label(compound) == expected


@thorough
@pytest.mark.skipif(not REVIEWS.exists(), reason="../shared/data/amazon_reviews.tsv.gz is not here")
def test_the_agreement_with_people_is_what_the_documentation_says():
    with gzip.open(REVIEWS, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    human = [float(row["mean_human_sentiment"]) / 4 for row in rows]  # from -4 to 4
    scored = [score(row["text"]) for row in rows]
    pairs = [(mean, of) for mean, of in zip(human, scored, strict=True) if of.compound is not None]
    right = sum(label(mean) == of.sentiment for mean, of in pairs)
    r = correlation([mean for mean, _ in pairs], [of.compound for _, of in pairs])
    assert (len(rows), len(pairs)) == (3708, 3707)
    assert right / len(pairs) == pytest.approx(0.587, abs=0.001)
    assert r == pytest.approx(0.590, abs=0.001)
