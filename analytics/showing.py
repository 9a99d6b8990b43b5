"""A question's SQL as a reader may paste it into psql."""

from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.dialects import postgresql

# Drivers with `%s` parameters have every percent sign written twice; psql wants it once.
DIALECT: Dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]


def shown(query: Select[Any]) -> str:
    """The statement with its values in place, ended by a semicolon."""
    compiled = query.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
    return f"{compiled};\n"
