"""Keep what was found: themes that are known keep their id and name, and comments find theirs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Double,
    Integer,
    Row,
    cast,
    column,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from db.tables import feedback, feedback_themes, hypotheses, requests, themes
from jobs.themes.finding import Terms
from jobs.themes.matching import known_again

LINK = {"feedback_id": BigInteger, "theme_id": Integer, "weight": Double}
LINKS_A_TIME = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    """A theme as it was found, with a name in case that it is new."""

    name: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Kept:
    """A theme that stands: `id` is where its comments go, that of another where it was merged."""

    id: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Link:
    """That a comment is about a theme."""

    feedback_id: int
    theme_id: int
    weight: float


def keep_themes(
    conn: Connection, project_id: int, kind: str, found: Sequence[Found], now: datetime
) -> list[Kept]:
    """Write the themes of a kind and return those that comments may be about.

    One that is known keeps its id and name, and its terms if a person named or pinned it. One that
    is not found any more stays if a person did anything with it, and is forgotten otherwise.
    """
    known = _known(conn, project_id, kind)
    again = known_again([one.terms for one in found], [row.terms for row in known])
    kept = [_new(conn, project_id, kind, one, now) for n, one in enumerate(found) if n not in again]
    theirs = {old: found[new].terms for new, old in again.items()}
    for place, row in enumerate(known):
        if place in theirs:
            kept.append(_renewed(conn, row, theirs[place], now))
        elif row.is_touched:
            kept.append(Kept(row.merged_into or row.id, row.terms))
        else:
            conn.execute(delete(themes).where(themes.c.id == row.id))
    return kept


def _known(conn: Connection, project_id: int, kind: str) -> Sequence[Row[Any]]:
    """The themes that there are, which nobody changes until this transaction ends."""
    t = themes.c
    into = select(themes.c.merged_into).where(
        t.merged_into.is_not(None), t.project_id == project_id
    )
    believed = select(hypotheses.c.theme_id).where(hypotheses.c.theme_id.is_not(None))
    chosen = select(requests.c.theme_id).where(
        requests.c.theme_id.is_not(None), requests.c.theme_is_set
    )
    is_touched = or_(
        t.is_named,
        t.is_pinned,
        t.merged_into.is_not(None),
        t.effort.is_not(None),
        t.confidence.is_not(None),
        t.id.in_(into.scalar_subquery()),
        t.id.in_(believed.scalar_subquery()),
        t.id.in_(chosen.scalar_subquery()),
    )
    query = select(themes, is_touched.label("is_touched")).order_by(t.id)
    ours = (t.project_id == project_id) & (t.kind == kind)
    return conn.execute(query.where(ours).with_for_update(of=themes)).all()


def _new(conn: Connection, project_id: int, kind: str, one: Found, now: datetime) -> Kept:
    row = {"project_id": project_id, "kind": kind, "name": one.name, "found_at": now}
    made = insert(themes).values(row | {"terms": one.terms}).returning(themes.c.id)
    return Kept(int(conn.execute(made).scalar_one()), one.terms)


def _renewed(conn: Connection, row: Row[Any], terms: Terms, now: datetime) -> Kept:
    terms = row.terms if row.is_named or row.is_pinned else terms
    change = update(themes).where(themes.c.id == row.id)
    conn.execute(change.values(terms=terms, found_at=now))
    return Kept(row.merged_into or row.id, terms)


def keep_links(conn: Connection, project_id: int, since: int, links: Iterable[Link]) -> None:
    """Make these the links of the project's comments from the id `since` on.

    A comment that was erased since it was read gets none; the caller holds ERASING_LOCK.
    """
    ours = select(themes.c.id).where(themes.c.project_id == project_id)
    former = delete(feedback_themes).where(feedback_themes.c.theme_id.in_(ours))
    conn.execute(former.where(feedback_themes.c.feedback_id >= since))
    rows = list(links)
    for start in range(0, len(rows), LINKS_A_TIME):
        _add_links(conn, rows[start : start + LINKS_A_TIME])
    conn.execute(text("ANALYZE themes, feedback_themes"))  # else plans are those of what there was


def _add_links(conn: Connection, links: Sequence[Link]) -> None:
    arrays: list[Any] = [
        cast([getattr(link, name) for link in links], ARRAY(kind)) for name, kind in LINK.items()
    ]
    listed = func.unnest(*arrays).table_valued(*(column(*pair) for pair in LINK.items()))
    given = listed.render_derived("given")
    there = select(*given.c).join(feedback, feedback.c.id == given.c.feedback_id)
    conn.execute(insert(feedback_themes).from_select(list(LINK), there))


def link_requests(conn: Connection, closest: dict[int, int]) -> None:
    """Give requests (id to theme) a theme, unless they have one or a person has decided on it."""
    open_to = requests.c.theme_id.is_(None) & ~requests.c.theme_is_set
    for request_id, theme_id in closest.items():
        theirs = update(requests).where(requests.c.id == request_id, open_to)
        conn.execute(theirs.values(theme_id=theme_id))
