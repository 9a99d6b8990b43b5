"""Words keep their order and their breaks; stems are those of the search."""

import time

import pytest

from jobs.themes.words import stems_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Slow EXPORT, again", ["slow", "export", "", "again"]),
        ("can\u2019t log in", ["can\u2019t", "log", "in"]),
        ("2,000 rows of s3", ["", "rows", "of", "s3"]),
        ("to [email] now", ["to", "", "now"]),
        ("größer 太慢了", ["größer", "太慢了"]),
        ("", []),
    ],
)
def test_a_text_is_words_and_breaks(text, words):
    assert words_of(text) == words


def test_a_long_text_without_words_is_quickly_read():
    started = time.process_time()
    words_of("1" * 1_000_000 + "[" * 1_000_000)
    assert time.process_time() - started < 3


def test_stop_words_and_words_of_opinion_have_no_stem(conn):
    stems = stems_of(conn, {"exports", "exporting", "the", "loved", "Great", "great", "can't", ""})
    assert stems == {"exports": "export", "exporting": "export"}
