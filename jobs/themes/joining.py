"""Join themes that are one: factors split a subject that people put in many ways."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jobs.themes.finding import Corpus, Terms, about, closeness, terms_of

ONE = 0.6  # cosine of two themes' texts from which on they are about one thing

Members = NDArray[np.bool_]


def joined(corpus: Corpus, themes: Sequence[Terms]) -> list[Terms]:
    """The themes, with those as one whose texts are alike: it has the terms of all these texts.

    Texts are compared by their centroids (Rocchio, 1971), the theme with the most texts first.
    """
    corpus = corpus.sample
    members = _members(corpus, themes)
    groups: list[list[int]] = []
    for theme in np.argsort(-members.sum(axis=0), kind="stable").tolist():
        centroid = _centroid(corpus, members[:, [theme]])
        same = (each for each in groups if centroid @ _centroid(corpus, members[:, each]) >= ONE)
        known = next(same, None)
        if known is None:
            groups.append([theme])
        else:
            known.append(theme)
    return [_one(corpus, themes, members, group) for group in sorted(groups, key=min)]


def _one(corpus: Corpus, themes: Sequence[Terms], members: Members, group: Sequence[int]) -> Terms:
    if len(group) == 1:
        return themes[group[0]]
    return terms_of(_centroid(corpus, members[:, group]), corpus.stems)


def _members(corpus: Corpus, themes: Sequence[Terms]) -> Members:
    """Which texts (rows) are about which themes (columns)."""
    found = np.zeros((corpus.weights.shape[0], len(themes)), np.bool_)
    for text, theme, _ in about(closeness(corpus, themes)):
        found[text, theme] = True
    return found


def _centroid(corpus: Corpus, members: Members) -> NDArray[np.float64]:
    """Where the texts of these themes are, as a direction of length 1; 0 without any."""
    total = np.asarray(members.any(axis=1) @ corpus.weights)
    return total / max(float(np.linalg.norm(total)), 1e-12)
