"""Themes are made of words that come together, named in people's words, and known again."""

import pytest

from jobs.themes.finding import about, closeness, count, find_themes, how_many
from jobs.themes.matching import known_again
from jobs.themes.naming import names_of
from jobs.themes.words import words_of

TEXTS = ["slow export of reports", "the export is slow", "slow export"] * 4 + [
    "dark mode",
    "a dark mode",
    "dark mode at night",
] * 4


def found(texts):
    words = [words_of(text) for text in texts]
    stems = {word: word for each in words for word in each if len(word) > 3}
    corpus = count(words, stems).of(range(len(texts)))
    themes = find_themes(corpus)
    pairs = about(closeness(corpus, themes))
    return themes, pairs, names_of(words, stems, themes, pairs)


def test_what_is_said_together_is_a_theme_with_the_commonest_wording_as_its_name():
    themes, pairs, names = found(TEXTS)
    assert set(names) >= {"slow export", "dark mode"}
    slow = names.index("slow export")
    assert {text for text, theme, _ in pairs if theme == slow} == set(range(12))
    assert list(themes[slow])[:2] in (["slow", "export"], ["export", "slow"])


def test_cosines_and_lengths_are_at_most_one():
    themes, pairs, _ = found(TEXTS)
    assert all(sum(weight**2 for weight in terms.values()) <= 1.001 for terms in themes)
    assert all(0 < cosine <= 1.001 for _, _, cosine in pairs)


@pytest.mark.parametrize("texts", [[], [""], ["one"], ["!?"] * 9])
def test_texts_without_common_words_have_no_theme(texts):
    assert found(texts) == ([], [], [])


def test_a_phrase_of_two_people_names_nothing():
    _, _, names = found(["slow export by Robin Beispiel"] * 2 + ["slow export"] * 9)
    assert "robin" not in " ".join(names)


def test_more_texts_have_more_themes_up_to_a_number():
    assert [how_many(texts) for texts in (0, 10, 1_000, 100_000, 10**9)] == [2, 3, 9, 15, 16]


def test_themes_are_known_again_by_most_of_their_words_one_to_one():
    slow, slower = {"slow": 0.8, "export": 0.6}, {"slow": 0.6, "export": 0.6, "csv": 0.53}
    dark = {"dark": 0.7, "mode": 0.7}
    assert known_again([dark, slower], [slow, dark]) == {0: 1, 1: 0}
    assert known_again([slow, slower], [slow]) == {0: 0}
    assert known_again([dark], [slow]) == {}
    assert known_again([], [slow]) == {} == known_again([slow], [])
