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

# The rollups that are packed, with the arrays that an entry is known by.
PACKED_KEYS: dict[str, tuple[str, ...]] = {
    "cell": ("cells",),
    "event": ("kinds", "cells"),
    "actor": ("keys", "cells"),
    "actor_event": ("keys", "kinds", "cells"),
    "session": ("keys", "owners", "cells"),
    "newcomer": ("cells",),
}
PACKED_SUMS = ("counts", "failures")  # what is added up where an entry is in several packs


def _packed(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


rollup_pack = Table(
    "rollup_pack",
    metadata,
    Column("project_id", Integer, nullable=False),
    Column("what", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("name", Text, nullable=False, server_default=text("''")),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("tier", SmallInteger, nullable=False, server_default=text("0")),
    counter("n"),
    _packed("keys"),  # int8: actors or sessions; empty where only cells and kinds matter
    _packed("owners"),  # int8: the actors of sessions, else empty
    _packed("cells"),  # int4
    _packed("kinds"),  # int4; empty unless by name
    _packed("counts"),  # int4: events; of newcomers also -1, where one was first seen elsewhere
    _packed("failures"),  # int4; empty for sessions and newcomers
    PrimaryKeyConstraint("project_id", "what", "day", "name", "id"),
    one_of("what", tuple(PACKED_KEYS)),
    comment="Rows of the rollups by day; those of one key, in several packs, add up.",
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
