"""What the OpenAPI document says of bodies that are read raw, and of problems."""

from typing import Any

from pydantic import BaseModel


class ProblemDocument(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


DESCRIPTIONS = {
    400: "The body is no JSON.",
    401: "The key or token is missing, unknown, revoked or has expired.",
    403: "The key or token has another scope, or its person may not.",
    404: "There is no such thing, or the key's project has none.",
    409: "Another one has this name.",
    410: "It is over.",
    413: "The body or the batch is too large.",
    422: "Nothing in it is valid; the detail names the field.",
    429: "Too many requests of this key.",
    503: "Not stored; try again after Retry-After seconds.",
}
CONTENT = {"application/problem+json": {"schema": ProblemDocument.model_json_schema()}}
COMMON = (400, 401, 403, 413, 422, 429, 503)


def problems(*more: int) -> dict[int | str, dict[str, Any]]:
    """The statuses that every route can answer with, and these."""
    return {
        status: {"description": DESCRIPTIONS[status], "content": CONTENT}
        for status in (*COMMON, *more)
    }


PROBLEMS = problems()


def public_answers() -> dict[int | str, dict[str, Any]]:
    """The statuses of what needs no key, besides 200."""
    told = problems(404)
    kept: dict[int | str, Any] = {status: told[status] for status in (404, 422, 429, 503)}
    return kept | {304: {"description": "Who asks has it: If-None-Match names its ETag."}}


def documented_body(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a body that the route decodes itself."""
    schema = _inlined(model.model_json_schema(ref_template="#/$defs/{model}"))
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _inlined(schema: dict[str, Any]) -> Any:
    """The schema with its references replaced by what they refer to."""
    definitions = schema.pop("$defs", {})

    def inline(part: Any) -> Any:
        if isinstance(part, dict):
            reference = part.get("$ref")
            if reference:
                return inline(definitions[reference.rsplit("/", 1)[-1]])
            return {key: inline(value) for key, value in part.items()}
        return [inline(item) for item in part] if isinstance(part, list) else part

    return inline(schema)
