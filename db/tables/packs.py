"""Packs: what questions read by the million, as arrays of a day.

Each column of a pack holds one value an entry, big-endian and of a fixed width, in one bytea.
Packs only grow by new ones; a job makes one of many.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Identity,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)

from db.tables.base import counter, metadata, one_of

PACKED_KEYS = ("actor", "session", "actor_event")  # the keys of the rollups of these names


def _packed(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


key_pack = Table(
    "key_pack",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("what", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("name", Text, nullable=False, server_default=text("''")),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("tier", SmallInteger, nullable=False, server_default=text("0")),
    counter("n"),
    _packed("keys"),  # int8: actors or sessions
    _packed("cells"),  # int4
    _packed("kinds"),  # int4; empty unless by event
    PrimaryKeyConstraint("project_id", "what", "day", "name", "id"),
    one_of("what", PACKED_KEYS),
    comment="The keys of actor_day, session_day and, by name, actor_event_day.",
)

event_pack = Table(
    "event_pack",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("name", Text, nullable=False),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("tier", SmallInteger, nullable=False, server_default=text("0")),
    counter("n"),
    _packed("actors"),  # int8; 0 in anonymous projects
    _packed("moments"),  # int8: microseconds since 2000-01-01 in UTC
    _packed("kinds"),  # int4
    _packed("cells"),  # int4
    _packed("sessions"),  # int8; 0 where there is none
    _packed("bins"),  # int2: of the duration; NO_BIN where there is none
    _packed("failed"),  # int2: 1 where it failed
    PrimaryKeyConstraint("project_id", "day", "name", "id"),
    comment="Every event once, by day and name, without its properties.",
)

NO_BIN = -32_768
