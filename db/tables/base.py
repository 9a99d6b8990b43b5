"""What all tables share: the metadata, the vocabularies, and columns that many of them have."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Integer,
    MetaData,
    Text,
    func,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

Instant = DateTime(timezone=True)
CONSENT_MODES = ("opt-in", "opt-out", "anonymous")
PURPOSES = ("usage", "features", "performance", "feedback", "geography")
KEY_SCOPES = ("ingest", "read", "server")
ROLES = ("admin", "executive", "product", "operations", "author", "org_admin", "member")
DIMENSIONS = ("platform", "app_version", "country", "channel", "plan")
ROLLED_AS = 4  # the version of the rollups; the worker rebuilds those of projects with an older one


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A column that holds one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def identity(kind: type[Integer] | type[BigInteger] = Integer) -> Column[int]:
    """An id that Postgres gives out."""
    return Column("id", kind, Identity(always=True), primary_key=True)


def counter(name: str) -> Column[int]:
    """A number that starts at 0."""
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def created() -> Column[object]:
    """When the row was made."""
    return Column("created_at", Instant, nullable=False, server_default=func.now())


def dimension_columns() -> list[Column[str]]:
    """The dimensions, empty where they were not set."""
    return [Column(name, Text, nullable=False, server_default=text("''")) for name in DIMENSIONS]
