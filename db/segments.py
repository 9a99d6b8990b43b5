"""Segments as they are kept: their definitions, and who was a member when last counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from db.audit import note
from db.errors import BadSetting, SegmentExists, UnknownSegment
from db.locks import ERASING_LOCK
from db.tables import people, segment_members, segments

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Segment:
    """A named set of actors; `definition` is JSON, `maker` the address of who made it."""

    id: int
    project_id: int
    name: str
    definition: str
    person_id: int | None
    maker: str | None
    created_at: datetime
    counted_at: datetime | None
    size: int


def list_segments(conn: Connection, project_id: int) -> list[Segment]:
    """The segments of a project, by name."""
    chosen = _segments().where(segments.c.project_id == project_id)
    return [Segment(*row) for row in conn.execute(chosen.order_by(segments.c.name))]


def segments_counted_before(conn: Connection, moment: datetime) -> list[tuple[int, int]]:
    """Project and id of the segments that were last counted before this, longest ago first."""
    s = segments.c
    old = s.counted_at.is_(None) | (s.counted_at <= moment)
    chosen = select(s.project_id, s.id).where(old).order_by(s.counted_at.asc().nulls_first(), s.id)
    return [(row.project_id, row.id) for row in conn.execute(chosen)]


def create_segment(
    conn: Connection, project_id: int, name: str, definition: str, person_id: int | None
) -> int:
    """Keep a segment and return its id; raises BadSetting and SegmentExists."""
    values = {"project_id": project_id, "person_id": person_id, **_named(name)}
    new = insert(segments).values(definition=_json(definition), **values)
    segment_id = int(_written(conn, new.returning(segments.c.id), name))
    note(conn, "segment.create", _told(segment_id), project_id, name=name.strip())
    return segment_id


def change_segment(
    conn: Connection, project_id: int, segment_id: int, name: str, definition: str
) -> None:
    """Rename or redefine; raises BadSetting, SegmentExists and UnknownSegment."""
    change = update(segments).where(_is(project_id, segment_id))
    change = change.values(definition=_json(definition), **_named(name))
    _written(conn, change.returning(segments.c.id), name)
    note(conn, "segment.change", _told(segment_id), project_id, name=name.strip())


def delete_segment(conn: Connection, project_id: int, segment_id: int) -> None:
    """Forget a segment and its members."""
    conn.execute(delete(segments).where(_is(project_id, segment_id)))
    conn.execute(delete(segment_members).where(_of(project_id, segment_id)))
    note(conn, "segment.remove", _told(segment_id), project_id)


def lock_segment(conn: Connection, project_id: int, segment_id: int) -> Segment:
    """The segment, which nobody else changes or counts until this transaction ends.

    Neither is anybody erased meanwhile, who could come back as a member. Raises UnknownSegment.
    """
    conn.execute(select(func.pg_advisory_xact_lock_shared(ERASING_LOCK)))
    held = _segments().where(_is(project_id, segment_id)).with_for_update(of=segments)
    row = conn.execute(held).one_or_none()
    if row is None:
        raise UnknownSegment()
    return Segment(*row)


def store_members(
    conn: Connection, segment: Segment, members: Select[Any], counted_at: datetime
) -> int:
    """Make these actors (a select of actor_key) the members; returns how many they are.

    One statement computes them once and writes just what changed. It asks with NOT IN, which is
    looked up by hash whatever Postgres expects: joins became loops over a segment that was new to
    its statistics, 36 s in place of 0.7. The caller holds the segment by `lock_segment`.
    """
    now = members.cte("now_members")
    was, ours = segment_members.c.actor_key, _of(segment.project_id, segment.id)
    gone = delete(segment_members).where(ours, was.not_in(select(now.c.actor_key)))
    rows = select(literal(segment.project_id), literal(segment.id), now.c.actor_key)
    new = rows.where(now.c.actor_key.not_in(select(was).where(ours)))
    adding = insert(segment_members).from_select(list(segment_members.c.keys()), new)
    counted = select(func.count()).select_from(now)
    written = [gone.returning(literal(1)).cte("gone"), adding.returning(literal(1)).cte("added")]
    size: int = conn.execute(counted.add_cte(*written)).scalar_one()
    found = update(segments).where(_is(segment.project_id, segment.id))
    conn.execute(found.values(size=size, counted_at=counted_at))
    if size != segment.size:
        _let_the_planner_know(conn)
    return size


def _let_the_planner_know(conn: Connection) -> None:
    """Without statistics it takes a new segment for one member, and loops over the days of each."""
    conn.execute(text("ANALYZE segment_members"))


def _segments() -> Select[Any]:
    definition = cast(segments.c.definition, Text)
    s = segments.c
    return select(
        s.id,
        s.project_id,
        s.name,
        definition,
        s.person_id,
        people.c.email,
        s.created_at,
        s.counted_at,
        s.size,
    ).outerjoin(people, people.c.id == s.person_id)


def _told(segment_id: int) -> str:
    return f"segment {segment_id}"


def _is(project_id: int, segment_id: int) -> ColumnElement[bool]:
    return (segments.c.project_id == project_id) & (segments.c.id == segment_id)


def _of(project_id: int, segment_id: int) -> ColumnElement[bool]:
    m = segment_members.c
    return (m.project_id == project_id) & (m.segment_id == segment_id)


def _named(name: str) -> dict[str, str]:
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadSetting(f"A segment's name has 1 to {LONGEST_NAME} printable characters.")
    return {"name": name}


def _json(definition: str) -> ColumnElement[Any]:
    """JSON that is text already."""
    return cast(type_coerce(definition, Text), postgresql.JSONB)


def _written(conn: Connection, statement: Any, name: str) -> int:
    try:
        with conn.begin_nested():
            written = conn.execute(statement).scalar_one_or_none()
    except IntegrityError:
        raise SegmentExists(
            f"A segment named '{name}' exists already; choose another name."
        ) from None
    if written is None:
        raise UnknownSegment()
    return int(written)
