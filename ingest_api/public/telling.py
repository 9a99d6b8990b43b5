"""Published figures put into their shapes, rounded as they are told."""

from collections.abc import Mapping
from math import isnan
from typing import Any

import pandas as pd

from analytics.community.breakdowns import Rows
from analytics.community.comparing import Comparison
from analytics.community.packages import Package, PackageStats
from ingest_api.public.shapes import (
    ComparedRow,
    ComparisonOut,
    DayRow,
    DifferenceRow,
    DownloadRow,
    DownloadsOut,
    ModelRow,
    PackageOut,
    TrendingOut,
    TrendingRow,
    VersionRow,
)

MEASURES = {"success": "success_rate", "rating": "avg_rating", "duration_ms": "avg_duration"}
SCALES = {"success": (100, 1), "rating": (1, 2), "duration_ms": (100, 1)}  # times, decimals


def package_out(stats: PackageStats) -> PackageOut:
    """The figures of a package."""
    totals = stats.totals
    return PackageOut(
        **_named(stats.package),
        total_runs=totals.n,
        unique_users=stats.people,
        success_rate=_percent(totals.success),
        avg_duration=_whole(totals.duration_ms),
        avg_tokens=_whole(totals.tokens_each),
        avg_rating=_rounded(stats.ratings.rating, 1),
        model_breakdown=_models(stats.by_model),
        version_breakdown=[
            VersionRow(
                package_version=row["version"],
                runs=row["runs"],
                avg_rating=_rounded(row["rating"], 1),
            )
            for row in stats.by_version
        ],
        daily_usage=[
            DayRow(date=row["day"], runs=row["runs"], unique_users=row["people"])
            for row in stats.by_day
        ],
    )


def trending_out(found: pd.DataFrame) -> TrendingOut:
    """The rows of `trending`."""
    rows = (
        TrendingRow(
            package_id=row["uid"],
            package_name=row["name"],
            summary=row["summary"],
            runs=row["runs"],
            unique_users=row["people"],
            growth=round(100 * row["growth"], 1),
        )
        for row in found.to_dict("records")
    )
    return TrendingOut(packages=list(rows))


def downloads_out(stats: PackageStats) -> DownloadsOut:
    """The downloads of a package."""
    audiences = stats.audiences or {}
    return DownloadsOut(
        **_named(stats.package),
        downloads=stats.downloaded,
        audience_breakdown=[DownloadRow(value=each, downloads=n) for each, n in audiences.items()],
        version_breakdown=_downloads(stats.fetched["version"]),
        platform_breakdown=_downloads(stats.fetched["platform"]),
        installer_breakdown=_downloads(stats.fetched["installer"]),
    )


def comparison_out(comparison: Comparison) -> ComparisonOut:
    """Versions side by side."""
    return ComparisonOut(
        **_named(comparison.package),
        versions=[
            _compared(
                row, [each for each in comparison.by_model if each["version"] == row["version"]]
            )
            for row in comparison.rows
        ],
        differences=[_difference(row) for row in comparison.differences],
    )


def _compared(row: Mapping[str, Any], models: Rows) -> ComparedRow:
    return ComparedRow(
        package_version=row["version"],
        released_at=row["released_at"],
        runs=row["runs"],
        success_rate=_percent(row["success"]),
        success_rate_low=_percent(row["low"]),
        success_rate_high=_percent(row["high"]),
        avg_duration=_whole(row["duration_ms"]),
        avg_tokens=_whole(row["tokens"]),
        ratings=row["ratings"],
        avg_rating=_rounded(row["rating"], 1),
        avg_rating_low=_rounded(row["rating_low"], 1),
        avg_rating_high=_rounded(row["rating_high"], 1),
        models=_models(models),
    )


def _difference(row: Mapping[str, Any]) -> DifferenceRow:
    times, decimals = SCALES[row["measure"]]
    told = {name: _rounded(row[name] * times, decimals) for name in ("difference", "low", "high")}
    return DifferenceRow(
        package_version=row["version"],
        against=row["against"],
        measure=MEASURES[row["measure"]],
        **told,
    )


def _named(package: Package) -> dict[str, Any]:
    return {"package_id": package.uid, "package_name": package.name}


def _models(models: Rows) -> list[ModelRow]:
    return [
        ModelRow(
            model=row["model"],
            runs=row["runs"],
            avg_duration=_whole(row["duration_ms"]),
            success_rate=_percent(row["success"]),
        )
        for row in models
    ]


def _downloads(rows: Rows) -> list[DownloadRow]:
    return [DownloadRow(value=row["value"], downloads=row["downloads"]) for row in rows]


def _percent(share: float | None) -> float | None:
    return _rounded(None if share is None else 100 * share, 1)


def _whole(value: float | None) -> int | None:
    return None if value is None or isnan(value) else round(value)


def _rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None or isnan(value) else round(value, decimals)
