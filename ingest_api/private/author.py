"""The shapes of an author's packages: rates in percent, times in ms, null where none is known."""

from datetime import date
from math import isfinite
from uuid import UUID

from pydantic import Field

from analytics.community.author.against import Change
from analytics.community.author.insights import Failing
from analytics.community.author.portrait import Findings
from analytics.community.author.releases import Uptake
from analytics.community.best import Best
from analytics.community.packages import WEEK
from ingest_api.public.shapes import Camel, Row

# How each measure is called, and what its value and its difference are told in.
MEASURES = {
    "success": ("success_rate", 100, 100),
    "duration": ("avg_duration", 1, 100),
    "rating": ("avg_rating", 1, 1),
}


class BestRow(Row):
    """The model that a package works best on, beyond chance, and the next; 95 % intervals."""

    model: str
    success_rate: float
    low: float
    high: float
    second: str
    second_success_rate: float
    second_low: float
    second_high: float


class ChangeRow(Row):
    """The newest version against the last.

    A success rate in percent and its difference in points, a mean duration in ms and its difference
    in percent, or a mean rating and its difference in stars. `sure` is what chance does not
    explain: the 95 % interval of the difference, low to high, does not hold 0.
    """

    measure: str = Field(description="success_rate, avg_duration or avg_rating")
    version: str
    against: str
    value: float
    before: float
    n: int
    n_before: int
    difference: float
    low: float | None
    high: float | None
    sure: bool


class AdoptionRow(Row):
    """How far the newest version is taken up, in percent of the runs.

    In half_life_days the share of older versions halves; after weeks_left it is below 5 %. Both are
    null where that share does not fall beyond chance, and an end of an interval where it is open.
    """

    version: str
    since: date
    share: float
    half_life_days: float | None
    half_life_low: float | None
    half_life_high: float | None
    weeks_left: float | None


class ErrorRow(Row):
    """The most frequent error, in percent of the failures."""

    error_type: str
    failures: int
    of_failures: int
    share: float


class OwnPackageRow(Row):
    """A package of one's own; unique_users is rounded down to fives, downloads are by people."""

    id: UUID
    name: str
    is_public: bool
    published_until: date | None
    runs: int
    unique_users: int
    success_rate: float | None
    avg_duration: int | None
    avg_tokens: int | None
    avg_rating: float | None
    ratings: int
    downloads: int | None
    weekly_runs: int | None
    weekly_growth: float | None
    best_model: BestRow | None
    changes: list[ChangeRow]
    adoption: AdoptionRow | None
    top_error: ErrorRow | None


class AuthorOut(Camel):
    """The packages of the token's person, of the last published days."""

    days: int
    total_runs: int
    packages: list[OwnPackageRow]


def author_out(found: list[Findings], days: int) -> AuthorOut:
    """What was found of an author's packages, as it is answered."""
    return AuthorOut(
        days=days,
        total_runs=sum(each.package.runs.n for each in found),
        packages=[_package(each) for each in found],
    )


def _package(found: Findings) -> OwnPackageRow:
    own, grown = found.package, found.package.growth
    best = [each for each in found.insights if isinstance(each, Best)]
    failing = [each for each in found.insights if isinstance(each, Failing)]
    return OwnPackageRow(
        id=own.uid,
        name=own.name,
        is_public=own.is_public,
        published_until=own.published_until,
        runs=own.runs.n,
        unique_users=own.people,
        success_rate=_rounded(own.runs.success, 1, times=100),
        avg_duration=_whole(own.runs.duration_ms),
        avg_tokens=_whole(own.runs.tokens_each),
        avg_rating=_rounded(own.ratings.rating, 1),
        ratings=own.ratings.n,
        downloads=own.downloads,
        weekly_runs=grown.now if grown else None,
        weekly_growth=round(100 * grown.change, 1) if grown else None,
        best_model=_best(best[0]) if best else None,
        changes=[_change(each) for each in found.changes],
        adoption=_adoption(found.uptake) if found.uptake else None,
        top_error=_error(failing[0]) if failing else None,
    )


def _best(found: Best) -> BestRow:
    return BestRow(
        model=found.model,
        success_rate=round(100 * found.success, 1),
        low=round(100 * found.low, 1),
        high=round(100 * found.high, 1),
        second=found.second,
        second_success_rate=round(100 * found.second_success, 1),
        second_low=round(100 * found.second_low, 1),
        second_high=round(100 * found.second_high, 1),
    )


def _change(found: Change) -> ChangeRow:
    name, of_value, of_difference = MEASURES[found.measure]
    low, high = found.interval or (None, None)
    return ChangeRow(
        measure=name,
        version=found.version,
        against=found.against,
        value=round(of_value * found.value, 1),
        before=round(of_value * found.before, 1),
        n=found.n,
        n_before=found.n_before,
        difference=round(of_difference * found.difference, 2),
        low=_rounded(low, 2, of_difference),
        high=_rounded(high, 2, of_difference),
        sure=found.sure,
    )


def _adoption(found: Uptake) -> AdoptionRow:
    half = found.decline.half_life if found.decline else None
    left = found.decline.left.value / WEEK if found.decline else None
    return AdoptionRow(
        version=found.version,
        since=found.since,
        share=round(100 * found.share, 1),
        half_life_days=_rounded(half and half.value, 1),
        half_life_low=_rounded(half and half.low, 1),
        half_life_high=_rounded(half and half.high, 1),
        weeks_left=_rounded(left, 1),
    )


def _error(found: Failing) -> ErrorRow:
    return ErrorRow(
        error_type=found.error_type,
        failures=found.count,
        of_failures=found.failures,
        share=round(100 * found.count / found.failures, 1),
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _rounded(value: float | None, decimals: int, times: float = 1) -> float | None:
    """Null for what is not known, and for the open end of an interval."""
    return None if value is None or not isfinite(value) else round(times * value, decimals)
