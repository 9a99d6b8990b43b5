"""GET /widget.js: the script that asks for feedback on other people's pages."""

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from ingest_api.tags import matches, tag_of

router = APIRouter(tags=["feedback"])
SCRIPT = Path(__file__).parents[2] / "sdk" / "javascript" / "widget.js"
KEPT_SECONDS = 3600


@router.get(
    "/widget.js",
    response_class=Response,
    responses={
        200: {"content": {"text/javascript": {}}},
        304: {"description": "The browser has it."},
    },
)
async def widget(request: Request) -> Response:
    """The script with the elements `<looplens-feedback>` and `<looplens-survey>`."""
    script, tag = _script()
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={KEPT_SECONDS}",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    if matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(script, media_type="text/javascript", headers=headers)


@cache
def _script() -> tuple[bytes, str]:
    """The script and its tag for caches."""
    script = SCRIPT.read_bytes()
    return script, tag_of(script)
