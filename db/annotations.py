"""Annotations: what happened around a product, such as a release, to be drawn on its charts."""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import BadAnnotation
from db.lines import fault, one_line
from db.tables import ANNOTATION_KINDS, annotations

LONGEST_TITLE = 200
LONGEST_URL = 2_000
LONGEST_ID = 200
YEARS = range(1971, 2200)  # as far as ranges of days reach, and a day within what zones can shift
COLUMNS = tuple(
    annotations.c[name]
    for name in ("id", "kind", "title", "at", "until", "url", "external_id", "person_id")
)


@dataclass(frozen=True, slots=True)
class Annotation:
    """One of them as it is kept: times are aware; `person_id` is None where a key made it."""

    id: int
    kind: str
    title: str
    at: datetime
    until: datetime | None
    url: str
    external_id: str | None
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody says happened; None is what they left out."""

    kind: str
    title: str
    at: datetime | None = None
    until: datetime | None = None
    url: str | None = None
    external_id: str | None = None


def annotate(
    conn: Connection, project_id: int, draft: Draft, person_id: int | None = None
) -> Annotation:
    """Keep what is said and return it as kept; without a time it happened now.

    Of an external id that the project knows, what is said replaces what was, and what is left out
    stays. Raises BadAnnotation.
    """
    said = {name: value for name, value in asdict(checked(draft)).items() if value is not None}
    place = {"project_id": project_id, "person_id": person_id, "at": datetime.now(UTC)}
    new = insert(annotations).values(place | said)
    kept = new.on_conflict_do_update(
        index_elements=["project_id", "external_id"],
        set_={name: new.excluded[name] for name in said},
    )
    with conn.begin_nested():
        made = Annotation(*conn.execute(kept.returning(*COLUMNS)).one())
        if made.until and made.until < made.at:
            raise BadAnnotation("until: it lies before the beginning.")
    note(conn, "annotation.save", f"annotation {made.id}", project_id, kind=made.kind)
    return made


def annotations_between(
    conn: Connection,
    project_id: int,
    start: datetime | None = None,
    end: datetime | None = None,
    limit: int = 100,
) -> list[Annotation]:
    """Those that touch [start, end), the latest first."""
    query = select(*COLUMNS).where(annotations.c.project_id == project_id)
    if start:
        query = query.where(func.coalesce(annotations.c.until, annotations.c.at) >= start)
    if end:
        query = query.where(annotations.c.at < end)
    return _read(conn, query.limit(limit))


def remove_annotation(
    conn: Connection, project_id: int, annotation_id: int, author: int | None = None
) -> bool:
    """Remove it if it is the author's, or whoever's when none is named; whether it was there."""
    gone = delete(annotations).where(
        annotations.c.project_id == project_id, annotations.c.id == annotation_id
    )
    if author is not None:
        gone = gone.where(annotations.c.person_id == author)
    if conn.execute(gone.returning(annotations.c.id)).one_or_none() is None:
        return False
    note(conn, "annotation.remove", f"annotation {annotation_id}", project_id)
    return True


def checked(draft: Draft) -> Draft:
    """The draft with its title on one line; raises BadAnnotation with the field that is wrong."""
    if draft.kind not in ANNOTATION_KINDS:
        raise BadAnnotation(f"kind: it is one of {', '.join(ANNOTATION_KINDS)}.")
    title = one_line(draft.title)
    _check_text("title", title, LONGEST_TITLE)
    if draft.external_id is not None:
        _check_text("external_id", draft.external_id, LONGEST_ID)
    if draft.url:
        _check_url(draft.url)
    for name, moment in (("at", draft.at), ("until", draft.until)):
        if moment and moment.astimezone(UTC).year not in YEARS:
            raise BadAnnotation(f"{name}: it lies between {YEARS[0]} and {YEARS[-1]}.")
    return replace(draft, title=title)


def _check_text(field: str, text: str, longest: int) -> None:
    if wrong := fault(text, longest):
        raise BadAnnotation(f"{field}: {wrong}")


def _check_url(url: str) -> None:
    _check_text("url", url, LONGEST_URL)
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    except ValueError:
        named = False
    if not named or any(char.isspace() or char == "\\" for char in url):
        raise BadAnnotation("url: it is an address that begins with http:// or https://.")


def _read(conn: Connection, query: Select[Any]) -> list[Annotation]:
    latest = query.order_by(annotations.c.at.desc(), annotations.c.id.desc())
    return [Annotation(*row) for row in conn.execute(latest)]
