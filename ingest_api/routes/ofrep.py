"""The OpenFeature Remote Evaluation Protocol 0.3: one flag, or all of them with an ETag.

https://github.com/open-feature/protocol. A flag that is asked for alone counts as shown; of all of
them none does: nobody knows yet which will be, and clients then send the event `exposure`.
"""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from ingest_api.bodies import read_json
from ingest_api.flags.context import BadContext, unit_of
from ingest_api.flags.deciding import Decision, UnitMissing
from ingest_api.flags.evaluating import Asking
from ingest_api.intake import circumstances, says_do_not_track
from ingest_api.problems import Problem
from ingest_api.routes.ofrep_docs import BULK, SINGLE, evaluation
from ingest_api.state import State
from ingest_api.tags import matches, tag_of
from ingest_api.taking_part import sender_of

router = APIRouter(tags=["flags"])
PATH = "/ofrep/v1/evaluate/flags"
NO_UNIT = "This flag needs a targetingKey in the context."


class Refused(Exception):
    """An evaluation that is answered with an error of the protocol."""

    def __init__(self, status: int, code: str, details: str) -> None:
        super().__init__(details)
        self.status, self.body = status, {"errorCode": code, "errorDetails": details}


@router.post(PATH + "/{key}", responses=SINGLE, openapi_extra=evaluation("path", "key"))
async def evaluate(request: Request) -> Response:
    """The value of one flag for who is named by `targetingKey`; logged as shown to them."""
    key: str = request.path_params["key"]
    try:
        decision = await _evaluated(request, key)
    except Refused as refused:
        return _answer({"key": key} | refused.body, refused.status)
    return _answer(_success(key, decision))


@router.post(PATH, responses=BULK, openapi_extra=evaluation("header", "If-None-Match"))
async def evaluate_all(request: Request) -> Response:
    """The values of all flags, none of which is logged as shown; 304 where nothing has changed.

    One whose metadata say `exposure` is an experiment: send the event when it is shown.
    """
    try:
        state, asking = await _asked(request)
    except Refused as refused:
        return _answer(refused.body, refused.status)
    served = await state.flags.all(asking)
    flags = [_one_of_all(key, decision) for key, decision in served.items()]
    content = orjson.dumps({"flags": flags})
    tag = tag_of(content)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if matches(request.headers.get("if-none-match", ""), tag):
        return Response(None, 304, headers)
    return Response(content, 200, headers, "application/json")


async def _evaluated(request: Request, key: str) -> Decision:
    state, asking = await _asked(request)
    try:
        decision = await state.flags.one(key, asking)
    except UnitMissing:
        raise Refused(400, "TARGETING_KEY_MISSING", NO_UNIT) from None
    if decision is None:
        raise Refused(404, "FLAG_NOT_FOUND", "There is no flag or experiment of this key.")
    return decision


async def _asked(request: Request) -> tuple[State, Asking]:
    """Who asks; raises Refused for what the protocol knows, and Problem 401, 403 and 429."""
    state, sender = await sender_of(request)
    try:
        body = await read_json(request)
        unit = unit_of(body)
    except Problem as problem:
        raise Refused(problem.status, "PARSE_ERROR", problem.detail) from None
    except BadContext as error:
        raise Refused(400, "INVALID_CONTEXT", str(error)) from None
    seen = circumstances(request, sender, None)
    return state, Asking(seen, unit, says_do_not_track(request, body.get("context")))


def _one_of_all(key: str, decision: Decision | None) -> dict[str, Any]:
    if decision is None:
        return {"key": key, "errorCode": "TARGETING_KEY_MISSING", "errorDetails": NO_UNIT}
    exposure = {"metadata": {"exposure": True}} if decision.exposes else {}
    return _success(key, decision) | exposure


def _success(key: str, decision: Decision) -> dict[str, Any]:
    return {
        "key": key,
        "reason": decision.reason,
        "variant": decision.variant.key,
        "value": decision.variant.served,
    }


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(body), status, headers, "application/json")
