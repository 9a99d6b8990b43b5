"""POST /api/v1/revenue/stripe/{hook_id}: events of Stripe, by the signature that they carry."""

from datetime import UTC, datetime
from uuid import UUID

import structlog
from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError
from sqlalchemy import Engine
from stripe import SignatureVerificationError, WebhookSignature

from db.identity import uid_of
from db.security import count
from db.stripe_hooks import Hook, find_hook
from ingest_api.asking import asked
from ingest_api.bodies import read_raw
from ingest_api.event import Sender
from ingest_api.meters import STRIPE_EVENTS
from ingest_api.problems import Problem
from ingest_api.revenue.stripe_events import Outcome, StripeEvent, keep
from ingest_api.routes.problem_docs import documented_body, problems
from ingest_api.state import State, state_of

router = APIRouter(prefix="/api/v1/revenue", tags=["revenue"])
TOLERANCE = 300  # seconds that a signature is good for
HEADER = "stripe-signature"
WORTH_A_LOOK = ("stored_without_price", "not_understood")

log = structlog.get_logger()


class Kept(BaseModel):
    """What became of an event; what is not used or not understood would not be so if sent again.

    `stored_without_price` is a subscription whose price is not all told, so that MRR is wrong by
    what is missing.
    """

    status: Outcome


@router.post(
    "/stripe/{hook_id}",
    response_model=Kept,
    responses=problems(404),
    openapi_extra=documented_body(StripeEvent),
)
async def take_event(request: Request, hook_id: str) -> Kept:
    """Keep what an event of Stripe tells of customers, subscriptions, invoices and refunds."""
    state = state_of(request)
    hook, sender = await _hook(request, state, hook_id)
    body = await read_raw(request)
    if not is_signed(body, request.headers.get(HEADER, ""), hook.secret):
        count("bad_signature", hook.project_id)
        state.limits.check_address(request)
        raise Problem(400, f"{HEADER}: it is not by the secret of this address, or too old.")
    state.limits.check_project(sender.project_id)
    try:
        event = StripeEvent.model_validate_json(body)
    except ValidationError:
        return _answer("not_understood", sender)
    return _answer(await asked(_keep, state.engine, sender, event), sender)


def _answer(status: Outcome, sender: Sender) -> Kept:
    STRIPE_EVENTS.labels(status).inc()
    if status in WORTH_A_LOOK:
        log.warning("revenue lacks an event of Stripe", project=sender.project_id, status=status)
    return Kept(status=status)


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Whether a body was signed with this secret within the last minutes."""
    try:
        WebhookSignature.verify_header(body.decode(), header, secret, TOLERANCE)
    except (SignatureVerificationError, UnicodeDecodeError, TypeError):  # TypeError: not ASCII
        return False
    return True


async def _hook(request: Request, state: State, hook_id: str) -> tuple[Hook, Sender]:
    """The hook at this address and the project that it is of; raises Problem 404."""
    uid = uid_of(hook_id)
    hook = await asked(_find, state.engine, uid) if uid else None
    sender = await state.keys.of_project(hook.project_id) if hook else None
    if hook is None or sender is None:
        state.limits.check_address(request)
        raise Problem(404, "Nothing is taken at this address.")
    return hook, sender


def _find(engine: Engine, hook_id: UUID) -> Hook | None:
    with engine.connect() as conn:
        return find_hook(conn, hook_id)


def _keep(engine: Engine, sender: Sender, event: StripeEvent) -> Outcome:
    with engine.begin() as conn:
        return keep(conn, sender, event, datetime.now(UTC))
