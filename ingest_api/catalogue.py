"""Packages, looked up by what clients call them and remembered for a few seconds."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Text, Uuid, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from db.tables import packages
from ingest_api.asking import asked

REMEMBERED_SECONDS = 5.0  # how long runs go to a package that was renamed or removed
MAX_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Package:
    """A registered package: its id in the tables, and its name."""

    id: int
    name: str


@dataclass(slots=True)
class _Known:
    package: Package
    until: float


class Catalogue:
    """The packages that this process has met lately; what is unknown is looked up each time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[tuple[int, str], _Known] = {}  # by project and name or uid

    async def find(self, project_id: int, called: Iterable[str]) -> dict[str, Package]:
        """Those packages of the project that are called by their name or uid, by that."""
        now, found, missing = time.monotonic(), {}, []
        for each in called:
            known = self._known.get((project_id, each))
            if known is None or known.until < now:
                missing.append(each)
            else:
                found[each] = known.package
        if missing:
            new = await asked(self._read, project_id, missing)
            self._remember(project_id, new, now + REMEMBERED_SECONDS)
            found |= new
        return found

    def _remember(self, project_id: int, new: dict[str, Package], until: float) -> None:
        if len(self._known) + len(new) > MAX_REMEMBERED:
            self._known.clear()
        for called, package in new.items():
            self._known[project_id, called] = _Known(package, until)

    def _read(self, project_id: int, called: list[str]) -> dict[str, Package]:
        uids = {each: uid for each in called if (uid := _as_uid(each))}
        p = packages.c
        either = or_(
            p.name == func.any(cast(called, ARRAY(Text))),
            p.uid == func.any(cast(list(uids.values()), ARRAY(Uuid))),
        )
        query = select(p.id, p.name, p.uid).where(p.project_id == project_id, either)
        with self._engine.connect() as conn:
            rows: list[Any] = list(conn.execute(query))
        by_name = {row.name: Package(row.id, row.name) for row in rows}
        by_uid = {row.uid: Package(row.id, row.name) for row in rows}
        found = ((each, by_name.get(each) or by_uid.get(uids.get(each))) for each in called)
        return {each: package for each, package in found if package}


def _as_uid(called: str) -> UUID | None:
    try:
        return UUID(called)
    except ValueError:
        return None
