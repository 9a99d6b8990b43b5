"""What a moderator does with requests: release, merge, link to a theme, and say how they stand."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    case,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import BadRequest, UnknownRequest
from db.tables import CLOSED_REQUESTS, REQUEST_STATES, requests, themes, votes


def release_request(
    conn: Connection, project_id: int, request_id: int, person_id: int | None, now: datetime
) -> None:
    """Let everybody see it and vote for it; raises UnknownRequest."""
    first = func.coalesce(requests.c.released_at, now)
    _change(conn, project_id, request_id, released_by=person_id, released_at=first)
    note(conn, "request.release", f"request {request_id}", project_id)


def withhold_request(conn: Connection, project_id: int, request_id: int) -> None:
    """Let nobody but the asker see it, as before its release; raises UnknownRequest."""
    _change(conn, project_id, request_id, released_by=None, released_at=None)
    note(conn, "request.withhold", f"request {request_id}", project_id)


def set_request_state(
    conn: Connection, project_id: int, request_id: int, state: str, now: datetime
) -> None:
    """Say how it stands, and when it is shipped or declined, since when it is.

    Raises BadRequest, UnknownRequest.

    A request that was merged has no state of its own.
    """
    if state not in REQUEST_STATES:
        raise BadRequest(f"state: it is one of {', '.join(REQUEST_STATES)}.")
    since = case((requests.c.state == state, requests.c.closed_at), else_=now)
    closed = func.coalesce(since, now) if state in CLOSED_REQUESTS else None
    shipped = func.coalesce(requests.c.shipped_at, now) if state == "shipped" else None
    _change(conn, project_id, request_id, state=state, shipped_at=shipped, closed_at=closed)
    note(conn, "request.set_state", f"request {request_id}", project_id, state=state)


def link_request(conn: Connection, project_id: int, request_id: int, theme_id: int | None) -> None:
    """Say which theme it belongs to, or with None to none; raises BadRequest, UnknownRequest.

    What is said so stays, whatever themes are found later.
    """
    if theme_id is not None:
        ours = (themes.c.project_id == project_id) & (themes.c.id == theme_id)
        if conn.execute(select(themes.c.id).where(ours)).one_or_none() is None:
            raise BadRequest("theme_id: the project has no such theme.")
    _change(conn, project_id, request_id, theme_id=theme_id, theme_is_set=True)
    note(conn, "request.link", f"request {request_id}", project_id, theme=theme_id)


def merge_requests(
    conn: Connection, project_id: int, source_id: int, target_id: int, *, releasing: bool = True
) -> None:
    """Make one of two: votes and what was merged before go over to the target.

    Where the source was released, so is the target: whoever voted for one sees what becomes of
    it. Without `releasing`, as of who may not decide that, the target stays as it is. Raises
    BadRequest and UnknownRequest.
    """
    if source_id == target_id:
        raise BadRequest("A request can't be merged into itself.")
    source, target = _both(conn, project_id, source_id, target_id)
    _move_votes(conn, source_id, target_id)
    before = update(requests).where(requests.c.merged_into == source_id)
    conn.execute(before.values(merged_into=target_id))
    conn.execute(update(requests).where(_is(project_id, source_id)).values(merged_into=target_id))
    if releasing and target.released_at is None:
        _change(
            conn,
            project_id,
            target_id,
            released_by=source.released_by,
            released_at=source.released_at,
        )
    if target.theme_id is None and not target.theme_is_set:
        theme = {"theme_id": source.theme_id, "theme_is_set": source.theme_is_set}
        _change(conn, project_id, target_id, **theme)
    note(conn, "request.merge", f"request {source_id}", project_id, into=target_id)


def _both(conn: Connection, project_id: int, *ids: int) -> tuple[Row[Any], ...]:
    """The requests of these ids, which nobody votes for or merges until this transaction ends."""
    ours = requests.c.project_id == project_id
    held = select(requests).where(ours, requests.c.id.in_(ids)).order_by(requests.c.id)
    found = {row.id: row for row in conn.execute(held.with_for_update())}
    if len(found) < len(ids):
        raise UnknownRequest()
    if any(row.merged_into is not None for row in found.values()):
        raise BadRequest("One of them was merged already; merge what it was merged into.")
    return tuple(found[each] for each in ids)


def _move_votes(conn: Connection, source_id: int, target_id: int) -> None:
    """Whoever wanted both wants the target once, since their first vote."""
    v = votes.c
    theirs = select(literal(target_id), v.project_id, v.actor_key, v.voted_at)
    names = ["request_id", "project_id", "actor_key", "voted_at"]
    new = insert(votes).from_select(names, theirs.where(v.request_id == source_id))
    earlier = func.least(v.voted_at, new.excluded.voted_at)
    conn.execute(
        new.on_conflict_do_update(
            index_elements=["request_id", "actor_key"], set_={"voted_at": earlier}
        )
    )
    conn.execute(delete(votes).where(v.request_id == source_id))


def _change(conn: Connection, project_id: int, request_id: int, **values: Any) -> None:
    changed = update(requests).where(_is(project_id, request_id), requests.c.merged_into.is_(None))
    done = conn.execute(changed.values(values).returning(requests.c.id))
    if done.one_or_none() is None:
        raise UnknownRequest()


def _is(project_id: int, request_id: int) -> ColumnElement[bool]:
    return (requests.c.project_id == project_id) & (requests.c.id == request_id)
