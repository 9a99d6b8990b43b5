"""Find what texts are about: TF-IDF, and its factors that are not negative.

Salton and Buckley (1988) for the weights, Lee and Seung (1999) for the factors. The factors come
from texts spread evenly over all of them; then every text is compared with every theme by cosine.
Equal texts give equal themes: nothing is left to chance but what a fixed seed decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from jobs.themes.words import Stems, Words

SEED = 0
FITTED = 12_000  # texts that the factors come from
FEWEST = 3  # texts of a word: what fewer say is no theme
VOCABULARY = 3_000  # stems, the commonest
MOST_LIFT = 2.0  # how much oftener in these texts than in all a word has its full weight
TERMS = 12  # stems that describe a theme
ALIKE = 0.4  # cosine from which on two factors are one theme
ABOUT = 0.3  # cosine from which on a text is about a theme
SECOND = 0.75  # of its highest cosine: from there on it is about another one too

Matrix = NDArray[np.float64]
Terms = dict[str, float]


@dataclass(frozen=True)
class Corpus:
    """Texts as TF-IDF: `weights` has a row of length 1 a text (0 where no word is known)."""

    weights: csr_array
    stems: tuple[str, ...]

    @property
    def sample(self) -> "Corpus":
        """At most FITTED of the texts, spread evenly over all of them."""
        texts = self.weights.shape[0]
        rows = np.unique(np.linspace(0, texts - 1, min(texts, FITTED)).astype(np.int64))
        return Corpus(self.weights[rows], self.stems)


@dataclass(frozen=True)
class Counts:
    """Which stems (columns) are in which texts (rows): 1 or nothing."""

    has: csr_array
    stems: tuple[str, ...]

    def of(self, rows: NDArray[np.intp]) -> Corpus:
        """Some of the texts, by the stems that several of them have.

        What is said here no more than in the other texts weighs half.
        """
        here = self.has[rows]
        kept = _telling(here)
        if not len(kept):
            return Corpus(csr_array((len(rows), 0)), ())
        weights = TfidfTransformer(norm=None).fit_transform(here[:, kept])
        factor = np.minimum(self._lift(here)[kept], MOST_LIFT) / MOST_LIFT
        weights = normalize(weights.multiply(factor).tocsr())
        return Corpus(csr_array(weights), tuple(self.stems[column] for column in kept))

    def _lift(self, here: csr_array) -> Matrix:
        """How much oftener each stem is here than in all texts."""
        expected = _texts_with(self.has) * (here.shape[0] / self.has.shape[0])
        lift: Matrix = _texts_with(here) / expected
        return lift


def count(texts: Sequence[Words], stems: Stems) -> Counts:
    """The stems of these texts."""
    rows = [sorted({stems[word] for word in words if word in stems}) for words in texts]
    known = sorted({stem for row in rows for stem in row})
    place = {stem: column for column, stem in enumerate(known)}
    columns = np.fromiter((place[stem] for row in rows for stem in row), np.int32)
    ends = np.cumsum([0, *(len(row) for row in rows)])
    shape = (len(rows), len(known))
    return Counts(csr_array((np.ones(len(columns)), columns, ends), shape=shape), tuple(known))


def _texts_with(has: csr_array) -> Matrix:
    """How many of the texts have each stem."""
    return np.asarray(has.sum(axis=0), np.float64).ravel()


def _telling(has: csr_array) -> NDArray[np.intp]:
    """The columns of stems that several texts have, at most VOCABULARY of them."""
    texts = _texts_with(has)
    telling = np.flatnonzero(texts >= FEWEST)
    commonest = telling[np.argsort(-texts[telling], kind="stable")[:VOCABULARY]]
    return np.sort(commonest)


def find_themes(corpus: Corpus) -> list[Terms]:
    """The terms of every theme that the texts have: stem to weight, of length 1 together."""
    texts, words = corpus.weights.shape
    many = min(how_many(texts), words, texts)
    if many < 1:
        return []
    factors = NMF(many, init="nndsvda", random_state=SEED, tol=1e-3, max_iter=100)
    factors.fit(corpus.sample.weights)
    apart = _apart(_unit(factors.components_))
    return [terms for row in apart if (terms := terms_of(row, corpus.stems))]


def how_many(texts: int) -> int:
    """How many themes are looked for: more in more texts, at most 16."""
    return int(np.clip(round(3 * np.log10(max(texts, 1))), 2, 16))


def _unit(rows: Matrix) -> Matrix:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def _apart(rows: Matrix) -> Matrix:
    """The rows without those that are nearly the same: each of them joins the first that is."""
    kept: list[Matrix] = []
    for row in rows:
        for place, other in enumerate(kept):
            if row @ other >= ALIKE * np.linalg.norm(other):
                kept[place] = other + row
                break
        else:
            kept.append(row)
    return _unit(np.array(kept))


def terms_of(row: Matrix, stems: Sequence[str]) -> Terms:
    """The heaviest stems, scaled to length 1."""
    heaviest = np.argsort(-row, kind="stable")[:TERMS]
    chosen = [place for place in heaviest if row[place] > 0]
    length = np.linalg.norm(row[chosen]) if chosen else 1.0
    return {stems[place]: round(float(row[place] / length), 4) for place in chosen}


def closeness(corpus: Corpus, themes: Sequence[Terms]) -> Matrix:
    """The cosine of every text (a row) with every theme (a column)."""
    place = {stem: number for number, stem in enumerate(corpus.stems)}
    vectors = np.zeros((len(corpus.stems), len(themes)))
    for column, terms in enumerate(themes):
        for stem, weight in terms.items():
            if stem in place:
                vectors[place[stem], column] = weight
    return np.asarray(corpus.weights @ vectors)


def about(cosines: Matrix) -> list[tuple[int, int, float]]:
    """Text, theme and cosine wherever a text is about a theme, in this order."""
    if not cosines.size:
        return []
    highest = cosines.max(axis=1, keepdims=True)
    texts, themes = np.nonzero((cosines >= ABOUT) & (cosines >= SECOND * highest))
    return list(zip(texts.tolist(), themes.tolist(), cosines[texts, themes].tolist(), strict=True))


def vocabulary(texts: Sequence[Words]) -> set[str]:
    """Every word of the texts."""
    return set(chain.from_iterable(texts))
