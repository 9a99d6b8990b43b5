"""The metrics of security, by the kinds that are counted."""

from typing import Literal

from analytics.metrics import Metric


def _metric(
    key: str,
    label: str,
    unit: str,
    definition: str,
    formula: str,
    direction: Literal["down", "neutral"] = "down",
) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit=unit,
        definition=definition,
        formula=formula,
        direction=direction,
        sources=("counts",),
    )


SECURITY_METRICS = {
    metric.key: metric
    for metric in (
        _metric(
            "failed_sign_in",
            "Failed sign-ins",
            "attempts",
            "Attempts to sign in to the dashboard with a link that is unknown, used up or over.",
            "refused access links",
        ),
        _metric(
            "unknown_key",
            "Unknown keys",
            "requests",
            "Requests with an API key that does not exist or was revoked.",
            "requests answered 401 for their key",
        ),
        _metric(
            "wrong_scope",
            "Wrong scope",
            "requests",
            "Requests with a key or token that is good for something else.",
            "requests answered 403 for their scope",
        ),
        _metric(
            "unknown_token",
            "Unknown tokens",
            "requests",
            "Requests with a personal access token that does not exist, is over or was revoked.",
            "requests answered 401 for their token",
        ),
        _metric(
            "bad_signature",
            "Bad signatures",
            "requests",
            "Deliveries of a webhook whose signature does not fit.",
            "webhook requests refused for their signature",
        ),
        _metric(
            "rate_limited",
            "Over the limit",
            "requests",
            "Requests beyond the rate limit of their key, person or address, and attempts to sign "
            "in of who failed too often.",
            "requests answered 429",
        ),
        _metric(
            "exports",
            "Exports",
            "exports",
            "Files and answers that take data along: CSV files of cards, exports of a person.",
            "exports",
            "neutral",
        ),
        _metric(
            "exported_rows",
            "Exported rows",
            "rows",
            "The rows that exports took along.",
            "rows of exports",
            "neutral",
        ),
    )
}
REFUSED = _metric(
    "refused",
    "Refused",
    "requests",
    "Requests and attempts that were refused because of who asked, by kind.",
    "sum of the kinds but exports",
)
ATTEMPTS = tuple(key for key in SECURITY_METRICS if not key.startswith("export"))
