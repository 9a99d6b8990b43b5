"""The metrics of support."""

from typing import Literal

from analytics.metrics import DAILY, Metric


def _metric(
    key: str,
    label: str,
    unit: str,
    definition: str,
    formula: str,
    direction: Literal["up", "down", "neutral"],
    *,
    counts: bool = False,
) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit=unit,
        definition=definition,
        formula=formula,
        direction=direction,
        sources=("counts",),
        counts=counts,
        grains=DAILY,
    )


SUPPORT_METRICS = {
    metric.key: metric
    for metric in (
        _metric(
            "tickets",
            "Tickets",
            "tickets",
            "Requests for help that were opened in the period.",
            "tickets by opened_at",
            "down",
            counts=True,
        ),
        _metric(
            "tickets_resolved",
            "Tickets resolved",
            "tickets",
            "Requests for help that were resolved in the period, whenever they were opened.",
            "tickets by resolved_at",
            "up",
            counts=True,
        ),
        _metric(
            "backlog",
            "Backlog",
            "tickets",
            "Requests for help that are open at the end of the period.",
            "tickets opened before the end and not resolved by then",
            "down",
        ),
        _metric(
            "first_response",
            "First response",
            "min",
            "Half of the first answers of the period came sooner than this after the ticket was "
            "opened. Tickets count when they are answered, so that slow answers are not left out.",
            "median of first_response_at - opened_at, by first_response_at",
            "down",
        ),
        _metric(
            "resolution",
            "Resolution",
            "h",
            "Half of the tickets that were resolved in the period took less time than this.",
            "median of resolved_at - opened_at, by resolved_at",
            "down",
        ),
        _metric(
            "ticket_csat",
            "Support CSAT",
            "share",
            "Of the people who rated the help that they got, the share who gave 4 or 5 of 5.",
            "ratings of 4 and 5 / ratings, by resolved_at",
            "up",
        ),
    )
}
