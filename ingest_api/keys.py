"""Who is asking: API keys looked up by their hash and remembered for a few seconds."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select
from starlette.requests import Request

from db.identity import token_hash
from db.tables import api_keys, projects
from ingest_api.event import Sender
from ingest_api.problems import Problem

REMEMBERED_SECONDS = 5.0  # how long a revoked key may still work
MAX_REMEMBERED = 10_000
COLUMNS = (projects.c.id, projects.c.consent, projects.c.secret, projects.c.retention_months)


@dataclass(slots=True)
class _Known:
    sender: Sender | None
    until: float


class Keys:
    """The keys that this process has seen lately."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, _Known] = {}

    async def sender(self, request: Request, scope: str) -> Sender:
        """The project of the request's key; raises Problem 401 or 403."""
        key = _key_in(request)
        if not key:
            raise Problem(401, "Send the project's key as X-API-Key or Authorization: Bearer.")
        sender = await self._look_up(key)
        if sender is None:
            raise Problem(401, "This key is not known, or was revoked.")
        if sender.scope != scope:
            raise Problem(403, f"This key may {sender.scope}; the request needs one for {scope}.")
        return sender

    async def sender_or_keyless(self, request: Request) -> Sender:
        """As `sender` for a key that ingests; without a key the one project that needs none."""
        if _key_in(request):
            return await self.sender(request, "ingest")
        sender = await self._look_up("")
        if sender is None:
            raise Problem(401, "A key is needed: no project takes command-line events without.")
        return sender

    async def _look_up(self, key: str) -> Sender | None:
        now = time.monotonic()
        known = self._known.get(key)
        if known is None or known.until < now:
            sender = await asyncio.to_thread(self._read, key)
            if len(self._known) >= MAX_REMEMBERED:
                self._known.clear()
            known = self._known[key] = _Known(sender, now + REMEMBERED_SECONDS)
        return known.sender

    def _read(self, key: str) -> Sender | None:
        with self._engine.connect() as conn:
            row: Any = conn.execute(_by_key(key) if key else _keyless()).one_or_none()
        if row is None:
            return None
        return Sender(
            project_id=row.id,
            consent=row.consent,
            secret=row.secret,
            retention_months=row.retention_months,
            scope=row.scope if key else "ingest",
        )


def _by_key(key: str) -> Any:
    return (
        select(*COLUMNS, api_keys.c.scope)
        .join(api_keys, api_keys.c.project_id == projects.c.id)
        .where(api_keys.c.key_hash == token_hash(key), api_keys.c.revoked_at.is_(None))
    )


def _keyless() -> Any:
    return select(*COLUMNS).where(projects.c.keyless_track).order_by(projects.c.id).limit(1)


def _key_in(request: Request) -> str:
    key = request.headers.get("x-api-key", "")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return (key or (token if scheme.lower() == "bearer" else "")).strip()
