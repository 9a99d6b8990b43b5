"""What people ask for, and who else wants it: told once, voted for once, seen when released."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, false, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from db.addresses import REMOVED
from db.errors import BadRequest, UnknownRequest
from db.lines import fault, one_line
from db.locks import hold_off_erasing
from db.masking import mask
from db.tables import requests, votes

LONGEST_TITLE = 200
LONGEST_DETAILS = 10_000
LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for; without an external id its text tells a repetition."""

    title: str
    details: str = ""
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A request as somebody sees it.

    Of one that was merged, `state`, `votes`, `voted` and `shipped_at` are of the one that it was
    merged into, whose id is `merged_into`.
    """

    id: int
    title: str
    details: str
    state: str
    votes: int
    voted: bool
    mine: bool
    asked_at: datetime
    shipped_at: datetime | None
    merged_into: int | None


def ask_for(
    conn: Connection,
    project_id: int,
    actor_key: int,
    wish: Wish,
    now: datetime,
    ids: tuple[str, ...] = (),
) -> Request:
    """Keep a wish with its asker's vote; raises BadRequest.

    What is personal in it, the asker's `ids` among it, is not kept. What is asked again is the
    same request, as it was first: nobody changes under the eyes of a moderator what was released.
    """
    hold_off_erasing(conn)
    kept, count = impersonal(wish, ids)
    place = {"project_id": project_id, "actor_key": actor_key}
    values = place | asdict(kept) | {"masked": count, "asked_at": now}
    new = insert(requests).values(values).on_conflict_do_nothing().returning(requests.c.id)
    made = conn.execute(new).scalar_one_or_none()
    if made is not None:
        _add_vote(conn, made, place, now)
    same = requests.c.external_id == kept.external_id
    return _seen(conn, project_id, actor_key, same & (requests.c.actor_key == actor_key))


def vote(
    conn: Connection, project_id: int, actor_key: int, request_id: int, now: datetime
) -> Request:
    """Want it too; raises UnknownRequest for what this person does not see.

    Twice counts once, and on a merged request it counts on the one that it was merged into.
    """
    hold_off_erasing(conn)
    counted_on = _standing(conn, project_id, actor_key, request_id)
    _add_vote(conn, counted_on, {"project_id": project_id, "actor_key": actor_key}, now)
    return _seen(conn, project_id, actor_key, requests.c.id == request_id)


def take_back(conn: Connection, project_id: int, actor_key: int, request_id: int) -> Request:
    """Want it no more; raises UnknownRequest."""
    counted_on = _standing(conn, project_id, actor_key, request_id)
    theirs = (votes.c.request_id == counted_on) & (votes.c.actor_key == actor_key)
    conn.execute(delete(votes).where(theirs))
    return _seen(conn, project_id, actor_key, requests.c.id == request_id)


def requests_for(
    conn: Connection, project_id: int, actor_key: int | None, limit: int
) -> list[Request]:
    """What was released and was not merged, and the actor's own, most wanted first."""
    query = _requests(project_id, actor_key).where(
        or_(_released() & requests.c.merged_into.is_(None), _mine(actor_key))
    )
    ordered = query.order_by(query.selected_columns.votes.desc(), requests.c.id).limit(limit)
    return [Request(*row) for row in conn.execute(ordered)]


def impersonal(wish: Wish, ids: tuple[str, ...] = ()) -> tuple[Wish, int]:
    """The wish as it is kept, with an id, and how much was masked; raises BadRequest."""
    _check_lengths(wish)
    title, details = mask(one_line(wish.title), ids), mask(wish.details, ids)
    if not title.text:
        raise BadRequest("title: it is empty.")
    if title.n and not any(char.isalnum() for char in title.text.replace(REMOVED, "")):
        raise BadRequest("title: without the personal data in it nothing is left.")
    kept = Wish(title.text, details.text, _external_id(wish.external_id, ids))
    text = _hash(f"{title.text}\n{details.text}")
    return replace(kept, external_id=kept.external_id or f"text:{text}"), title.n + details.n


def _external_id(given: str | None, ids: tuple[str, ...]) -> str | None:
    """What tells a repetition: where it is personal its hash, as two masked ones could be equal."""
    if given is None or mask(given, ids).n == 0:
        return given
    return f"id:{_hash(given)}"


def _hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _check_lengths(wish: Wish) -> None:
    if len(wish.title) > LONGEST_TITLE:
        raise BadRequest(f"title: it has more than {LONGEST_TITLE} characters.")
    if len(wish.details) > LONGEST_DETAILS:
        raise BadRequest(f"details: it has more than {LONGEST_DETAILS:,} characters.")
    if wish.external_id is not None and (wrong := fault(wish.external_id, LONGEST_ID)):
        raise BadRequest(f"external_id: {wrong}")


def _add_vote(conn: Connection, request_id: int, place: dict[str, int], now: datetime) -> None:
    new = insert(votes).values(place | {"request_id": request_id, "voted_at": now})
    conn.execute(new.on_conflict_do_nothing())


def _standing(conn: Connection, project_id: int, actor_key: int, request_id: int) -> int:
    """The request that this one was merged into, or itself; nobody merges it meanwhile."""
    r = requests.c
    chosen = select(r.id, r.merged_into).where(r.project_id == project_id)
    held = chosen.with_for_update(read=True, key_share=True)
    seen = or_(_released(), _mine(actor_key))
    row = conn.execute(held.where(r.id == request_id, seen)).one_or_none()
    if row is None:
        raise UnknownRequest()
    while row.merged_into is not None:
        row = conn.execute(held.where(r.id == row.merged_into)).one()
    return int(row.id)


def _seen(conn: Connection, project_id: int, actor_key: int, which: ColumnElement[bool]) -> Request:
    return Request(*conn.execute(_requests(project_id, actor_key).where(which)).one())


def _requests(project_id: int, actor_key: int | None) -> Select[Any]:
    """Requests as an actor sees them; that somebody else voted or asked is nobody's business."""
    standing = aliased(requests, name="standing")
    of_it = votes.c.request_id == standing.c.id
    number = select(func.count()).where(of_it).scalar_subquery()
    wanted = select(votes.c.actor_key).where(of_it, votes.c.actor_key == actor_key).exists()
    r = requests.c
    return (
        select(
            r.id,
            r.title,
            r.details,
            standing.c.state,
            number.label("votes"),
            wanted.label("voted"),
            _mine(actor_key).label("mine"),
            r.asked_at,
            standing.c.shipped_at,
            r.merged_into,
        )
        .join(standing, standing.c.id == func.coalesce(r.merged_into, r.id))
        .where(r.project_id == project_id)
    )


def _released() -> ColumnElement[bool]:
    return requests.c.released_at.is_not(None)


def _mine(actor_key: int | None) -> ColumnElement[bool]:
    return false() if actor_key is None else requests.c.actor_key == actor_key
