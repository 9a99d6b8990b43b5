"""Reports of what goes wrong in our own processes, where LOOPLENS_SENTRY_DSN says whom to tell.

A report tells which error was raised and where in the code. What the error says, variables,
requests, addresses and the host's name are not in it: any of them may hold what is personal.
"""

import os
from typing import TYPE_CHECKING, Any

from db.errors import BadSetting

if TYPE_CHECKING:
    from sentry_sdk.transport import Transport

SETTING = "LOOPLENS_SENTRY_DSN"
REPORTED = ("event_id", "timestamp", "level", "platform", "sdk", "tags")
OF_AN_ERROR = ("type", "module", "mechanism")
OF_A_FRAME = ("module", "function", "lineno", "in_app")


def report_failures(process: str, transport: "Transport | None" = None) -> None:
    """From here on report this process's failures, where the environment says to whom.

    `transport` takes the reports in place of the network. Raises BadSetting for what is no DSN.
    """
    dsn = os.environ.get(SETTING, "")
    if not dsn:
        return
    import sentry_sdk
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.threading import ThreadingIntegration
    from sentry_sdk.utils import BadDsn

    try:
        sentry_sdk.init(
            dsn,
            transport=transport,
            default_integrations=False,
            integrations=[ExcepthookIntegration(), ThreadingIntegration()],
            auto_enabling_integrations=False,
            before_send=without_contents,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            auto_session_tracking=False,
            send_client_reports=False,
            server_name="",
        )
    except BadDsn:
        raise BadSetting(f"{SETTING} is no DSN, such as https://key@sentry.example/1.") from None
    sentry_sdk.set_tag("process", process)


def tell(error: BaseException) -> None:
    """Report an error that was caught; nothing happens where nobody is to be told."""
    if os.environ.get(SETTING):
        import sentry_sdk

        sentry_sdk.capture_exception(error)


def without_contents(event: Any, _hint: Any) -> Any:
    """The report with nothing in it but what is listed here; None, so none, without an error."""
    errors = event.get("exception", {}).get("values", [])
    if not errors:
        return None
    return _only(event, REPORTED) | {"exception": {"values": [_error(each) for each in errors]}}


def _error(error: Any) -> Any:
    frames = (error.get("stacktrace") or {}).get("frames", [])
    where = {"frames": [_only(frame, OF_A_FRAME) for frame in frames]}
    return _only(error, OF_AN_ERROR) | {"value": "", "stacktrace": where}


def _only(given: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}
