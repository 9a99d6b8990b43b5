"""What a project's people wrote in English, in words, by its kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from sys import intern
from typing import Any

from sqlalchemy import Connection, Select, func, select

from analytics.feedback.kinds import kind_of
from db.tables import feedback, requests
from jobs.themes.words import Words, words_of

READ_CHARACTERS = 2_000  # of a text
MOST_COMMENTS = 100_000  # the newest; what is older stays with the themes that it has
ROWS_A_TIME = 5_000


@dataclass(frozen=True, slots=True)
class Text:
    """A comment or a request that is kept as such, by the id of its row; `kind` may be None."""

    id: int
    is_request: bool
    kind: str | None
    words: Words


def read_texts(conn: Connection, project_id: int) -> list[Text]:
    """Comments from the oldest to the newest, then requests."""
    comments = [
        Text(row.id, False, _kind(row), _words(row.said))
        for row in _rows(conn, _comments(project_id))
    ]
    asked = [
        Text(row.id, True, "request", _words(row.said))
        for row in _rows(conn, _requests(project_id))
    ]
    return comments[::-1] + asked


def _rows(conn: Connection, query: Select[Any]) -> Iterator[Any]:
    streamed = conn.execution_options(stream_results=True, max_row_buffer=ROWS_A_TIME)
    yield from streamed.execute(query)


def _comments(project_id: int) -> Select[Any]:
    f = feedback.c
    said = func.left(f.comment, READ_CHARACTERS).label("said")
    scored = f.sentiment.is_not(None) & (f.sentiment != "not_scored")
    return (
        select(f.id, said, f.corrected, f.compound, f.kind, f.score, f.helpful)
        .where(f.project_id == project_id, f.comment.is_not(None), scored)
        .order_by(f.id.desc())
        .limit(MOST_COMMENTS)
    )


def _requests(project_id: int) -> Select[Any]:
    said = func.left(func.concat(requests.c.title, ". ", requests.c.details), READ_CHARACTERS)
    ours = (requests.c.project_id == project_id) & requests.c.merged_into.is_(None)
    return select(requests.c.id, said.label("said")).where(ours).order_by(requests.c.id)


def _kind(row: Any) -> str | None:
    return kind_of(row.said, row.corrected, row.compound, row.kind, row.score, row.helpful)


def _words(said: str) -> Words:
    """The same word is one object in all texts, of which there are many."""
    return [intern(word) for word in words_of(said)]
