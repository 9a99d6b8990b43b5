"""Which language a comment is in, among those that are likely."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

ENGLISH = "en"
LIKELY = (
    *("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "uk"),
    "zh",
)
TIMES_AS_LIKELY = 10.0  # than English: of a few words a guess is often wrong


def language_of(text: str) -> str:
    """Its ISO 639-1 code; English unless another language is ten times as likely."""
    identifier = _identifier()
    likeliest, chance = identifier.classify(text)
    if likeliest == ENGLISH or chance <= TIMES_AS_LIKELY * dict(identifier.rank(text))[ENGLISH]:
        return ENGLISH
    return str(likeliest)


@cache
def _identifier() -> LanguageIdentifier:
    """Naive Bayes over byte n-grams (Lui and Baldwin, ACL 2012); takes a second to load."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LIKELY)
    return identifier
