"""A subject that people put in many ways is one theme; two that share a word are two."""

import numpy as np
import pytest

from jobs.themes.finding import about, closeness, count
from jobs.themes.joining import joined
from jobs.themes.words import words_of

CONFUSING = [
    "confusing permissions",
    "confusing permissions dialog",
    "permissions settings confusing",
    "confusing permissions open file",
] * 6
SLOW = ["slow export", "export slow dialog", "slow export file"] * 6
SPLIT = [  # what factors may make of them
    {"dialog": 0.8, "confusing": 0.4, "permissions": 0.4},
    {"slow": 0.7, "export": 0.7},
    {"settings": 0.8, "confusing": 0.4, "permissions": 0.4},
    {"open": 0.6, "file": 0.5, "confusing": 0.4, "permissions": 0.4},
]


def corpus_of(texts):
    words = [words_of(text) for text in texts]
    stems = {word: word for each in words for word in each if word}
    return count(words, stems).of(np.arange(len(texts)))


def test_themes_of_much_the_same_words_are_one_and_the_others_stay():
    corpus = corpus_of(CONFUSING + SLOW)
    confusing, slow = joined(corpus, SPLIT)
    assert slow == SPLIT[1]
    assert set(list(confusing)[:2]) == {"confusing", "permissions"}
    assert sum(weight**2 for weight in confusing.values()) == pytest.approx(1, abs=1e-3)


def test_what_is_joined_has_the_texts_of_all_its_parts():
    corpus = corpus_of(CONFUSING + SLOW)
    pairs = about(closeness(corpus, joined(corpus, SPLIT)))
    found = [{text for text, theme, _ in pairs if theme == number} for number in range(2)]
    assert found == [set(range(24)), set(range(24, 42))]


def test_a_theme_that_no_text_is_about_joins_nothing():
    corpus = corpus_of(SLOW)
    assert joined(corpus, [SPLIT[1], {"nobody": 1.0}]) == [SPLIT[1], {"nobody": 1.0}]
    assert joined(corpus, []) == []
    assert joined(corpus_of([""]), []) == []
