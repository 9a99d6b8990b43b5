"""PUT and GET /api/v1/consent: what a person has granted, per purpose, with its history."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.postgresql import insert

from db.identity import actor_key
from db.tables import PURPOSES, consents, grants
from ingest_api.asking import asked
from ingest_api.bodies import read_json
from ingest_api.event import Sender
from ingest_api.formats.events import Purpose
from ingest_api.formats.fields import Id, Label, rejection
from ingest_api.problems import Problem
from ingest_api.routes.problem_docs import PROBLEMS, documented_body
from ingest_api.state import state_of
from ingest_api.steps import allowed_purposes, bits

router = APIRouter(tags=["consent"])


class ConsentIn(BaseModel):
    """What a person says: true grants a purpose, false refuses it; others stay as they are."""

    model_config = ConfigDict(extra="forbid")

    user_id: Annotated[Id, Field(min_length=1)]
    purposes: Annotated[dict[Purpose, bool], Field(min_length=1)]
    version: Label = Field("", description="Of the text that the person agreed to.")
    source: Label = Field("api", description="Where it was said, such as a settings page.")


class Entry(BaseModel):
    """One line of the history."""

    purpose: str
    granted: bool
    version: str
    source: str
    recorded_at: datetime


class Consent(BaseModel):
    """What may be kept of a person now, and what they said."""

    mode: str
    purposes: dict[str, bool]
    history: list[Entry]


@router.put(
    "/api/v1/consent",
    response_model=Consent,
    responses=PROBLEMS,
    openapi_extra=documented_body(ConsentIn),
)
async def record_consent(request: Request) -> Consent:
    """Record grants and withdrawals; they hold for the next event."""
    state = state_of(request)
    sender = await state.keys.sender(request, "ingest")
    state.limits.check(request, sender)
    said = _validated(await read_json(request))
    return await asked(_record, state.engine, sender, said)


@router.get("/api/v1/consent", response_model=Consent, responses=PROBLEMS)
async def read_consent(request: Request, user_id: Annotated[Id, Field(min_length=1)]) -> Consent:
    """What may be kept of this person."""
    state = state_of(request)
    sender = await state.keys.sender(request, "ingest")
    state.limits.check(request, sender)
    return await asked(_read, state.engine, sender, user_id)


def _validated(body: Any) -> ConsentIn:
    try:
        return ConsentIn.model_validate(body)
    except ValidationError as error:
        raise Problem(422, rejection(error).message) from None


def _record(engine: Engine, sender: Sender, said: ConsentIn) -> Consent:
    if sender.consent == "anonymous":
        raise Problem(422, "user_id: this project is anonymous and keeps nothing of anybody.")
    place = {"project_id": sender.project_id, "actor_key": actor_key(sender.secret, said.user_id)}
    granted = bits([purpose for purpose, yes in said.purposes.items() if yes])
    refused = bits([purpose for purpose, yes in said.purposes.items() if not yes])
    entries = [
        place | {"purpose": purpose, "granted": yes, "version": said.version, "source": said.source}
        for purpose, yes in said.purposes.items()
    ]
    with engine.begin() as conn:
        conn.execute(consents.insert(), entries)
        new = insert(grants).values(**place, granted=granted, refused=refused)
        changed = {
            "granted": grants.c.granted.op("&")(~refused).op("|")(new.excluded.granted),
            "refused": grants.c.refused.op("&")(~granted).op("|")(new.excluded.refused),
        }
        conn.execute(
            new.on_conflict_do_update(index_elements=["project_id", "actor_key"], set_=changed)
        )
        return _state(conn, sender, place["actor_key"])


def _read(engine: Engine, sender: Sender, user_id: str) -> Consent:
    with engine.connect() as conn:
        return _state(conn, sender, actor_key(sender.secret, user_id))


def _state(conn: Connection, sender: Sender, key: int) -> Consent:
    mine = (grants.c.project_id == sender.project_id) & (grants.c.actor_key == key)
    row = conn.execute(select(grants.c.granted, grants.c.refused).where(mine)).one_or_none()
    granted, refused = row or (0, 0)
    allowed = allowed_purposes(sender.consent, granted, refused, None)
    said = (
        select(*(consents.c[name] for name in Entry.model_fields))
        .where(consents.c.project_id == sender.project_id, consents.c.actor_key == key)
        .order_by(consents.c.id)
    )
    return Consent(
        mode=sender.consent,
        purposes={purpose: bool(allowed & bits([purpose])) for purpose in PURPOSES},
        history=[Entry(**entry) for entry in conn.execute(said).mappings()],
    )
