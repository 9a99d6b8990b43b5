"""The shapes of published figures: rates in percent, times in ms, null where nothing is known."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


class Camel(BaseModel):
    """Keys in camel case, as answers have them at the top; rows below have theirs with underscores.

    `model` is a key of rows, and no setting of pydantic's.
    """

    model_config = ConfigDict(
        alias_generator=_camel, populate_by_name=True, serialize_by_alias=True
    )


class Row(BaseModel):
    """A row of a breakdown."""

    model_config = ConfigDict(protected_namespaces=())


class ModelRow(Row):
    """The runs on one model; "other" are those of which no model is told."""

    model: str
    runs: int
    avg_duration: int | None
    success_rate: float | None


class VersionRow(Row):
    """The runs of one version; "other" are those of which none is told, and older ones."""

    package_version: str
    runs: int
    avg_rating: float | None


class DayRow(Row):
    """A day that enough people stand behind alone; unique_users is rounded down to fives."""

    date: date
    runs: int
    unique_users: int


class PackageOut(Camel):
    """A public package in the last whole days; uniqueUsers is rounded down to fives."""

    package_id: UUID
    package_name: str
    total_runs: int
    unique_users: int
    success_rate: float | None
    avg_duration: int | None = Field(description="ms")
    avg_tokens: int | None
    avg_rating: float | None = Field(description="1 to 5")
    model_breakdown: list[ModelRow]
    version_breakdown: list[VersionRow]
    daily_usage: list[DayRow]


class TrendingRow(Camel):
    """A package that grew, in the last seven whole days; growth is in percent."""

    package_id: UUID
    package_name: str
    summary: str
    runs: int
    unique_users: int
    growth: float


class TrendingOut(Camel):
    """The packages that grew beyond chance, the surest first."""

    packages: list[TrendingRow]


class DownloadRow(Row):
    """The downloads of one value."""

    value: str
    downloads: int


class DownloadsOut(Camel):
    """Downloads in the last whole days; all but audienceBreakdown count those by people only.

    `downloads` is null where not enough of them are published to tell people apart.
    """

    package_id: UUID
    package_name: str
    downloads: int | None
    audience_breakdown: list[DownloadRow]
    version_breakdown: list[DownloadRow]
    platform_breakdown: list[DownloadRow]
    installer_breakdown: list[DownloadRow]


class ComparedRow(Row):
    """One of the versions that are compared; low and high are 95 % intervals."""

    package_version: str
    released_at: datetime | None
    runs: int
    success_rate: float | None
    success_rate_low: float | None
    success_rate_high: float | None
    avg_duration: int | None
    avg_tokens: int | None
    ratings: int
    avg_rating: float | None
    avg_rating_low: float | None
    avg_rating_high: float | None
    models: list[ModelRow]


class DifferenceRow(Row):
    """How a version differs from the first that was asked for.

    success_rate is told in percentage points, avg_rating in stars, avg_duration in percent.
    """

    package_version: str
    against: str
    measure: str
    difference: float | None
    low: float | None
    high: float | None


class ComparisonOut(Camel):
    """Versions in the order in which they were asked for."""

    package_id: UUID
    package_name: str
    versions: list[ComparedRow]
    differences: list[DifferenceRow]
