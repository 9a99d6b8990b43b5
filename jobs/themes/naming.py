"""Name themes by the phrases that their comments have in common, as people wrote them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from jobs.themes.words import Stems, Words

READ = 1_000  # texts of a theme, spread evenly over them
LONGEST_PHRASE = 4  # words
FEWEST = 3  # texts of a phrase: what fewer wrote may be about somebody
PHRASES = 2  # in a name
SECOND = 0.25  # of the weight of the first: what weighs less is left out
PER_WORD = 0.5  # what each further word of a theme adds to a phrase

Phrase = tuple[str, ...]
Stemmed = frozenset[str]
Terms = Mapping[str, float]


def names_of(
    texts: Sequence[Words],
    stems: Stems,
    themes: Sequence[Terms],
    about: Iterable[tuple[int, int, float]],
) -> list[str]:
    """A name for each theme, from its texts; "" where they share no phrase."""
    members: list[list[int]] = [[] for _ in themes]
    for text, theme, _ in about:
        members[theme].append(text)
    return [
        _name(terms, [texts[text] for text in theirs[:: len(theirs) // READ + 1]], stems)
        for terms, theirs in zip(themes, members, strict=True)
    ]


def _name(terms: Terms, texts: Sequence[Words], stems: Stems) -> str:
    """The heaviest phrase, and the next heavy one that has other words."""
    said = _said(terms, texts, stems)
    weights = {about: _weight(about, said[about].total(), terms) for about in said}
    chosen: list[Stemmed] = []
    for about in sorted(weights, key=lambda about: (-weights[about], sorted(about))):
        heavy = weights[about] >= SECOND * weights[chosen[0]] if chosen else True
        if heavy and not any(about & other for other in chosen):
            chosen.append(about)
    return ", ".join(_as_written(said[about], stems) for about in chosen[:PHRASES])


def _said(terms: Terms, texts: Sequence[Words], stems: Stems) -> dict[Stemmed, Counter[Phrase]]:
    """By the stems in it: each phrase and how many texts have it."""
    said: defaultdict[Stemmed, Counter[Phrase]] = defaultdict(Counter)
    for words in texts:
        for phrase in set(_phrases(words, stems, terms)):
            said[frozenset(stems[word] for word in phrase if word in stems)][phrase] += 1
    return {about: of for about, of in said.items() if max(of.values()) >= FEWEST}


def _weight(about: Stemmed, texts: int, terms: Terms) -> float:
    """How many texts say it, by the weight of its words in the theme; more words tell more."""
    return texts * sum(terms.get(stem, 0.0) for stem in about) * (1 + PER_WORD * (len(about) - 1))


def _as_written(phrases: Counter[Phrase], stems: Stems) -> str:
    """The commonest wording; each word that carries nothing counts against it."""
    idle = {phrase: sum(word not in stems for word in phrase) for phrase in phrases}
    best = min(phrases, key=lambda phrase: (-phrases[phrase] / (1 + idle[phrase]), phrase))
    return " ".join(best)


def _phrases(words: Words, stems: Stems, terms: Terms) -> Iterator[Phrase]:
    """Runs of words that begin and end with a word of the theme, with no break inside."""
    ends = [stems.get(word) in terms for word in words]
    for start, begins in enumerate(ends):
        if not begins:
            continue
        for stop in range(start, min(start + LONGEST_PHRASE, len(words))):
            if not words[stop]:
                break
            if ends[stop]:
                yield tuple(words[start : stop + 1])
