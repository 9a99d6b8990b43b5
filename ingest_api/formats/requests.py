"""The format of /api/v1/performance/requests: what a server counted of its requests by minute."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from db.request_stats import Served
from ingest_api.event import Reject
from ingest_api.formats.fields import NO_NUL, Moment, rejection

SHORTEST_BIN, LONGEST_BIN = -176, 588  # of 0.001 ms, and of the longest duration of any event
MOST_ROWS = 1_000
MOST_KINDS = 50
OLDEST, AHEAD = timedelta(hours=25), timedelta(seconds=150)

Count = Annotated[int, Field(ge=0, le=10_000_000)]
Some = Annotated[int, Field(ge=1, le=10_000_000)]
Bin = tuple[Annotated[int, Field(ge=SHORTEST_BIN, le=LONGEST_BIN)], Some]
Endpoint = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
Named = Annotated[str, Field(min_length=1, max_length=100, pattern=NO_NUL)]


class EndpointMinute(BaseModel):
    """The requests of an endpoint in a minute."""

    model_config = ConfigDict(extra="forbid")

    at: Moment = Field(description="Any instant of the minute.")
    endpoint: Endpoint = Field(description="Its method and the template of its route.")
    n: Some
    failures: Count = Field(0, description="Answered with 500 and above.")
    refused: Count = Field(0, description="Answered with 400 to 499.")
    cache_hits: Count = 0
    cache_misses: Count = 0
    duration_sum_ms: float = Field(0.0, ge=0, le=1e17, allow_inf_nan=False)
    bins: list[Bin] = Field(
        max_length=LONGEST_BIN - SHORTEST_BIN + 1,
        description="Pairs of a bin and the requests in it: bin b ends at 1.04 to the power of b, "
        "in ms.",
    )
    errors: dict[Named, Some] = Field(
        default_factory=dict,
        max_length=MOST_KINDS,
        description="Failures and refusals by kind: an exception's name, or the status.",
    )

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if len(dict(self.bins)) < len(self.bins):
            raise ValueError("a bin is there twice")
        if sum(count for _, count in self.bins) != self.n:
            raise ValueError("the bins do not add up to n")
        if self.failures + self.refused > self.n:
            raise ValueError("failures and refused are more than n")
        if self.cache_hits + self.cache_misses > self.n:
            raise ValueError("cache_hits and cache_misses are more than n")
        if sum(self.errors.values()) > self.failures + self.refused:
            raise ValueError("errors are more than failures and refused")
        return self


class Report(BaseModel):
    """What a process counted since it last reported; sent again it is not counted again."""

    model_config = ConfigDict(extra="forbid")

    report_id: UUID
    sent_at: Moment | None = Field(None, description="The client's clock when it sent this.")
    service: Named
    requests: list[EndpointMinute] = Field(min_length=1, max_length=MOST_ROWS)


def parse(body: Any, now: datetime) -> Report | Reject:
    """The report, or what is wrong with it; none of it is taken then."""
    try:
        report = Report.model_validate(body)
    except ValidationError as error:
        return rejection(error)
    clock = _clock(report, now)
    for number, each in enumerate(report.requests):
        age = clock - each.at
        if not -AHEAD <= age <= OLDEST:
            told = "more than 25 hours old, or ahead of the clock"
            return Reject("invalid", f"requests.{number}.at: {told}")
        each.at = now - age
    return report


def _clock(report: Report, now: datetime) -> datetime:
    """By which clock its times are: the client's where that is wrong, and said what it shows."""
    if report.sent_at and abs(now - report.sent_at) > AHEAD:
        return report.sent_at
    return now


def served(service: str, counted: EndpointMinute) -> Served:
    """What is kept of it."""
    return Served(
        at=counted.at.replace(second=0, microsecond=0),
        service=service,
        endpoint=counted.endpoint,
        n=counted.n,
        bins=dict(counted.bins),
        failures=counted.failures,
        refused=counted.refused,
        cache_hits=counted.cache_hits,
        cache_misses=counted.cache_misses,
        duration_sum=counted.duration_sum_ms,
        errors=counted.errors,
    )
