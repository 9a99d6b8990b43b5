"""What the OpenAPI document says of the OpenFeature Remote Evaluation Protocol."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from ingest_api.flags.deciding import Reason
from ingest_api.routes.problem_docs import CONTENT, DESCRIPTIONS, documented_body


class Context(BaseModel):
    """Who it is for, and the attributes that targeting may look at."""

    targetingKey: str = Field("", max_length=200, description="The id of the person.")  # noqa: N815
    platform: str = ""
    app_version: str = Field("", description="Or appVersion.")
    country: str = ""
    channel: str = ""
    plan: str = ""


class EvaluationIn(BaseModel):
    """A request for one flag or for all."""

    context: Context | None = None


class Evaluated(BaseModel):
    """The value of a flag."""

    key: str
    reason: Reason
    variant: str
    value: Any
    metadata: dict[str, bool] | None = None


class Failed(BaseModel):
    """Why there is no value."""

    key: str
    errorCode: Literal[  # noqa: N815
        "FLAG_NOT_FOUND", "PARSE_ERROR", "TARGETING_KEY_MISSING", "INVALID_CONTEXT"
    ]
    errorDetails: str  # noqa: N815


class AllEvaluated(BaseModel):
    """The values of all flags."""

    flags: list[Evaluated | Failed]


class AllFailed(BaseModel):
    """Why there is no value of any."""

    errorCode: Literal["PARSE_ERROR", "INVALID_CONTEXT"]  # noqa: N815
    errorDetails: str  # noqa: N815


def evaluation(place: str, parameter: str) -> dict[str, Any]:
    """The body of either request, and its parameter, in the path or in the header.

    The routes read both themselves: it is a fifth of the time of an evaluation.
    """
    text = {"schema": {"type": "string"}, "required": place == "path"}
    return documented_body(EvaluationIn) | {"parameters": [{"in": place, "name": parameter} | text]}


Answers = dict[int | str, dict[str, Any]]
TOLD_AS_PROBLEMS: Answers = {
    status: {"description": DESCRIPTIONS[status], "content": CONTENT}
    for status in (401, 403, 429, 503)
}
ETAG = {"ETag": {"schema": {"type": "string"}}}
SINGLE: Answers = TOLD_AS_PROBLEMS | {
    200: {"model": Evaluated},
    400: {"model": Failed, "description": "The request is no evaluation."},
    404: {"model": Failed, "description": "The flag is not found."},
    413: {"model": Failed, "description": DESCRIPTIONS[413]},
}
BULK: Answers = TOLD_AS_PROBLEMS | {
    200: {"model": AllEvaluated, "headers": ETAG},
    304: {"description": "Nothing has changed.", "headers": ETAG},
    400: {"model": AllFailed, "description": "The request is no evaluation."},
    413: {"model": AllFailed, "description": DESCRIPTIONS[413]},
}
