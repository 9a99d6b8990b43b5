"""The shapes of one's own usage and an organisation's: times in ms, null where none is known."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from analytics.community.organisation import OrganisationUsage
from analytics.community.person import Usage
from ingest_api.public.shapes import Camel, Row

MOST_PACKAGES = 10


class MyDay(Row):
    """A day of the project's calendar."""

    date: date
    runs: int
    credits: int


class MyModel(Row):
    """The runs on one model, '' where it was not told; durations in ms."""

    model: str
    runs: int
    credits: int
    avg_duration: int | None


class MyPackage(Row):
    """A package that was run; avg_rating is of one's own stars."""

    id: UUID
    name: str
    runs: int
    credits: int
    avg_rating: float | None


class MyUsage(Camel):
    """The token's person's own runs, exactly, of the last days with today."""

    total_runs: int
    credits_spent: int
    total_tokens: int
    most_used_model: str | None
    most_tested_package: str | None
    avg_response_time: int | None = Field(description="ms")
    daily_activity: list[MyDay]
    model_usage: list[MyModel]
    top_packages: list[MyPackage]


class MemberRow(Row):
    """A member who agreed to be listed, in an organisation that lists members."""

    username: str
    runs: int
    credits_spent: int
    last_active: datetime


class PackageRow(Row):
    """A package; unique_users is rounded down to fives, avg_rating is of members' stars."""

    name: str
    runs: int
    unique_users: int
    avg_rating: float | None


class OrganisationDayRow(Row):
    """A day that enough members stand behind; active_members is rounded down to fives."""

    date: date
    runs: int
    active_members: int
    credits: int


class OrganisationOut(Camel):
    """An organisation in the last published days, of which enough members stand behind each.

    activeMembers is exact for 30 days, and else rounded down to fives.
    """

    org_id: UUID
    total_runs: int
    active_members: int
    total_credits: int
    total_tokens: int
    avg_duration: int | None = Field(description="ms")
    member_activity: list[MemberRow]
    top_packages: list[PackageRow]
    daily_usage: list[OrganisationDayRow]


def my_usage_out(found: Usage) -> MyUsage:
    """One's own usage as it is told."""
    return MyUsage(
        total_runs=found.runs,
        credits_spent=found.credits,
        total_tokens=found.tokens,
        most_used_model=found.favourite_model,
        most_tested_package=found.favourite_package,
        avg_response_time=_whole(found.duration_ms),
        daily_activity=[
            MyDay(date=each.day, runs=each.runs, credits=each.credits) for each in found.daily
        ],
        model_usage=[
            MyModel(
                model=each.model,
                runs=each.runs,
                credits=each.credits,
                avg_duration=_whole(each.duration_ms),
            )
            for each in found.models
        ],
        top_packages=[
            MyPackage(
                id=each.uid,
                name=each.name,
                runs=each.runs,
                credits=each.credits,
                avg_rating=_stars(each.rating),
            )
            for each in found.packages[:MOST_PACKAGES]
        ],
    )


def organisation_out(found: OrganisationUsage) -> OrganisationOut:
    """An organisation's usage as it is told."""
    named = [each for each in found.packages if each.uid is not None]
    return OrganisationOut(
        org_id=found.organisation.uid,
        total_runs=found.totals.n,
        active_members=found.active,
        total_credits=found.totals.credits,
        total_tokens=found.totals.tokens,
        avg_duration=_whole(found.totals.duration_ms),
        member_activity=[
            MemberRow(
                username=each.username,
                runs=each.runs,
                credits_spent=each.credits,
                last_active=each.last_at,
            )
            for each in found.leaderboard
        ],
        top_packages=[
            PackageRow(
                name=each.name,
                runs=each.runs,
                unique_users=each.people,
                avg_rating=_stars(each.rating),
            )
            for each in named[:MOST_PACKAGES]
        ],
        daily_usage=[
            OrganisationDayRow(
                date=each.day, runs=each.runs, active_members=each.people, credits=each.credits
            )
            for each in found.daily
        ],
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _stars(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
