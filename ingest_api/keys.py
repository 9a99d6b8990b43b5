"""Who is asking: API keys looked up by their hash and remembered for a few seconds."""

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, literal, select
from starlette.requests import Request

from db.identity import token_hash
from db.security import count
from db.tables import api_keys, projects
from ingest_api.asking import asked
from ingest_api.event import Sender
from ingest_api.limiting import Limits, key_in
from ingest_api.problems import Problem

REMEMBERED_SECONDS = 5.0  # how long a revoked key may still work
MAX_REMEMBERED = 10_000
KEYLESS = b""
COLUMNS = (projects.c.id, projects.c.consent, projects.c.secret, projects.c.retention_months)


@dataclass(slots=True)
class _Known:
    sender: Sender | None
    until: float


class Keys:
    """The keys that this process has seen lately."""

    def __init__(self, engine: Engine, limits: Limits) -> None:
        self._engine, self._limits = engine, limits
        self._known: dict[bytes, _Known] = {}  # by the hash of the key

    async def sender(self, request: Request, scope: str) -> Sender:
        """The project of the request's key; raises Problem 401, 403 or 429.

        A key of scope server, which no client carries, may do what one of scope ingest may.
        """
        key = key_in(request)
        if not key:
            raise Problem(401, "Send the project's key as X-API-Key or Authorization: Bearer.")
        sender = await self._look_up(request, token_hash(key))
        if sender is None:
            count("unknown_key")
            raise Problem(401, "This key is not known, or was revoked.")
        if sender.scope != scope and (sender.scope, scope) != ("server", "ingest"):
            count("wrong_scope", sender.project_id)
            raise Problem(403, f"This key may {sender.scope}; the request needs one for {scope}.")
        return sender

    async def sender_or_keyless(self, request: Request) -> Sender:
        """As `sender` for a key that ingests; without a key the one project that needs none."""
        if key_in(request):
            return await self.sender(request, "ingest")
        sender = await self._look_up(request, KEYLESS)
        if sender is None:
            raise Problem(401, "A key is needed: no project takes command-line events without.")
        return sender

    async def _look_up(self, request: Request, key_hash: bytes) -> Sender | None:
        """Whose key it is; who guesses keys is not answered from the database without end."""
        now = time.monotonic()
        known = self._known.get(key_hash)
        if known and known.until >= now:
            return known.sender
        if key_hash == KEYLESS:
            sender = await asked(self._read, _keyless())
        else:
            if known is None:
                self._limits.check_guesses(request)
            sender = await asked(self._read, _by_key(key_hash))
            if sender is None:
                self._limits.count_guess(request)
        if len(self._known) >= MAX_REMEMBERED:
            self._forget()
        self._known[key_hash] = _Known(sender, now + REMEMBERED_SECONDS)
        return sender

    def _forget(self) -> None:
        """Those that are no keys first: who makes them up shall cost others nothing."""
        good = {key: known for key, known in self._known.items() if known.sender}
        self._known = good if len(good) < MAX_REMEMBERED else {}

    async def of_project(self, project_id: int) -> Sender | None:
        """The project, for somebody who is known by other means than its key."""
        return await asked(self._read, _keys_aside().where(projects.c.id == project_id))

    def _read(self, chosen: Any) -> Sender | None:
        with self._engine.connect() as conn:
            row: Any = conn.execute(chosen).one_or_none()
        if row is None:
            return None
        return Sender(
            project_id=row.id,
            consent=row.consent,
            secret=row.secret,
            retention_months=row.retention_months,
            scope=row.scope,
        )


def _by_key(key_hash: bytes) -> Any:
    return (
        select(*COLUMNS, api_keys.c.scope)
        .join(api_keys, api_keys.c.project_id == projects.c.id)
        .where(api_keys.c.key_hash == key_hash, api_keys.c.revoked_at.is_(None))
    )


def _keyless() -> Any:
    return _keys_aside().where(projects.c.keyless_track).order_by(projects.c.id).limit(1)


def _keys_aside() -> Any:
    return select(*COLUMNS, literal("ingest").label("scope"))
