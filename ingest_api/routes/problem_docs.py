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
    401: "The key is missing, unknown or revoked.",
    403: "The key has another scope.",
    413: "The body or the batch is too large.",
    422: "Nothing in it is valid; the detail names the field.",
    429: "Too many requests of this key.",
    503: "Not stored; try again after Retry-After seconds.",
}
CONTENT = {"application/problem+json": {"schema": ProblemDocument.model_json_schema()}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": CONTENT} for status, text in DESCRIPTIONS.items()
}


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
