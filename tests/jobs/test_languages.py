"""Other languages are told from English, and a few English words are not taken for others."""

import pytest

from jobs.languages import language_of

OTHERS = {
    "de": ("Der Export ist viel zu langsam.", "Sehr gut", "Geht nicht"),
    "fr": ("L'export est trop lent pour les gros fichiers.", "Très bien"),
    "es": ("La exportación es muy lenta", "Muy bueno"),
    "pt": ("Não consigo configurar as permissões", "muito lento"),
    "ru": ("Очень медленно",),
    "ja": ("とても遅い",),
    "zh": ("太慢了",),
}
ENGLISH = (
    *("The export is terribly slow", "Love it", "slow", "Great!", "Too expensive", "wonderful."),
    *("Mobile app crash", "Super", "bug", "excellent phone, excellent service.", "no picture"),
)


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in OTHERS.items() for text in texts]
)
def test_another_language_is_known(code, text):
    assert language_of(text) == code


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_english_even_in_few_words(text):
    assert language_of(text) == "en"


@pytest.mark.parametrize("text", ["", " ", "👍", "5/5", "...", "🙂🙂"])
def test_what_has_no_words_is_of_no_other_language(text):
    assert language_of(text) == "en"
