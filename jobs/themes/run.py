"""Find the themes of a project: read what was said, find, and keep what was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, Engine, func, select

from db.locks import ERASING_LOCK
from db.tables import THEME_KINDS
from jobs.themes.due import basis_of, mark
from jobs.themes.finding import Corpus, about, closeness, count, find_themes, vocabulary
from jobs.themes.joining import joined
from jobs.themes.keeping import Found, Kept, Link, keep_links, keep_themes, link_requests
from jobs.themes.naming import names_of
from jobs.themes.texts import Text, read_texts
from jobs.themes.words import Stems, stems_of

SMALLEST = 5  # texts of a theme


@dataclass(frozen=True)
class Finding:
    """The themes of one kind, and the texts that they were found in."""

    kind: str
    texts: Sequence[Text]
    corpus: Corpus
    themes: Sequence[Found]


def find_and_keep(engine: Engine, project_id: int, now: datetime) -> int:
    """Renew the themes of a project; returns how many there are. Equal texts give equal themes."""
    with engine.connect() as conn:
        basis = basis_of(conn, project_id)
        texts = read_texts(conn, project_id)
        stems = stems_of(conn, vocabulary([text.words for text in texts]))
    findings = list(_find(texts, stems))
    with engine.begin() as conn:
        kept = _keep(conn, project_id, texts, findings, now)
        mark(conn, project_id, basis, now)
    return kept


def _find(texts: Sequence[Text], stems: Stems) -> Iterator[Finding]:
    counts = count([text.words for text in texts], stems)
    kinds = np.array([text.kind or "" for text in texts])
    for kind in THEME_KINDS:
        rows = np.flatnonzero(kinds == kind)
        theirs = [texts[row] for row in rows.tolist()]
        corpus = counts.of(rows)
        yield Finding(kind, theirs, corpus, _named(theirs, corpus, stems))


def _named(texts: Sequence[Text], corpus: Corpus, stems: Stems) -> list[Found]:
    """The themes of a corpus that are large enough, and whose texts share a phrase."""
    themes = joined(corpus, find_themes(corpus))
    pairs = about(closeness(corpus, themes))
    sizes = np.bincount([theme for _, theme, _ in pairs], minlength=len(themes))
    names = names_of([text.words for text in texts], stems, themes, pairs)
    found = zip(names, themes, sizes.tolist(), strict=True)
    return [Found(name, terms) for name, terms, size in found if name and size >= SMALLEST]


def _keep(
    conn: Connection,
    project_id: int,
    texts: Sequence[Text],
    findings: Sequence[Finding],
    now: datetime,
) -> int:
    """Write it all; nobody is erased meanwhile, so that a comment that is there stays there.

    That is asked for first: an erasure that waits for a theme's rows can't be waited for.
    """
    conn.execute(select(func.pg_advisory_xact_lock_shared(ERASING_LOCK)))
    links: list[Link] = []
    closest: dict[int, int] = {}
    many = 0
    for finding in findings:
        kept = keep_themes(conn, project_id, finding.kind, finding.themes, now)
        many += len({one.id for one in kept})
        for text, theme_id, weight in _linked(finding, kept):
            if text.is_request:
                closest.setdefault(text.id, theme_id)
            else:
                links.append(Link(text.id, theme_id, weight))
    comments = [text.id for text in texts if not text.is_request]
    keep_links(conn, project_id, min(comments, default=0), links)
    link_requests(conn, closest)
    return many


def _linked(finding: Finding, kept: Sequence[Kept]) -> Iterator[tuple[Text, int, float]]:
    """Text, theme and weight, the closest theme of each text first and every theme once."""
    cosines = closeness(finding.corpus, [one.terms for one in kept])
    closest_first = sorted(about(cosines), key=lambda pair: (pair[0], -pair[2], pair[1]))
    seen: set[tuple[int, int]] = set()
    for row, theme, cosine in closest_first:
        pair = (row, kept[theme].id)
        if pair not in seen:
            seen.add(pair)
            yield finding.texts[row], kept[theme].id, min(1.0, cosine)
