"""From metrics to their rows: what to load, each source once, and what each period's value is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, Self

from sqlalchemy import Connection

from analytics.filters import BadFilters, Filters
from analytics.measures.actives import MONTH, WEEK, Actives, load_actives
from analytics.measures.anonymous import Firsts, load_firsts
from analytics.measures.counts import Counts, load_counts, load_newcomers
from analytics.measures.cutting import Values, ratio
from analytics.measures.durations import Durations, load_durations
from analytics.measures.visits import Visits, load_hourly, load_sessions
from analytics.metrics import Metric, Source
from analytics.periods import Period
from analytics.scope import Viewer

TRAILING = ("wau", "mau", "stickiness")


@dataclass(frozen=True, slots=True)
class Measured:
    """All that was loaded for one value of a breakdown; what wasn't asked for is empty."""

    counts: Counts = field(default_factory=Counts.empty)
    actives: Actives | Firsts | Visits = field(default_factory=Visits.empty)
    newcomers: Counts = field(default_factory=Counts.empty)
    sessions: Visits = field(default_factory=Visits.empty)
    durations: Durations = field(default_factory=Durations.empty)

    @classmethod
    def merged(cls, parts: Sequence[Self]) -> Self:
        """All parts as one, in which nobody is counted twice."""
        if len(parts) == 1:
            return parts[0]
        names = [one.name for one in fields(cls)]
        return cls(**{name: _joined([getattr(part, name) for part in parts]) for name in names})

    def volume(self, source: Source, period: Period) -> float:
        """What ranks this value of a breakdown, in the terms of the metric's source."""
        volume: float = getattr(self, source).volume(period)
        return volume


def load(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    periods: Sequence[Period],
    metrics: Iterable[Metric],
    by: str | None = None,
) -> dict[str, Measured]:
    """What these metrics need for these periods, by the values of the breakdown.

    Raises TooWide when that takes more events than are read at once, and BadFilters for a metric
    that has no values by hour (of people, without ids), or none of one event.
    """
    wanted = list(metrics)
    _check(wanted, filters)
    if filters.grain != "hour":
        return _loaded(conn, viewer, _span(filters, periods, wanted), periods, wanted, by)
    runs = [
        _loaded(conn, viewer, _span(filters, run, wanted), run, wanted, by)
        for run in _runs(periods)
    ]
    values = sorted({value for run in runs for value in run})
    return {v: Measured.merged([run[v] for run in runs if v in run]) for v in values}


def values_of(metric: Metric, m: Measured, periods: Sequence[Period]) -> Values:
    """The metric's value in each period: float64, NaN where it has none."""
    match metric.key:
        case "actors":
            return m.actives.uniques(periods)
        case "wau":
            return _by_day(m).trailing(WEEK, periods)
        case "mau":
            return _by_day(m).trailing(MONTH, periods)
        case "stickiness":
            return _by_day(m).stickiness(periods)
        case "new_actors":
            return m.newcomers.total(periods)
        case "sessions":
            return m.sessions.uniques(periods)
        case "events":
            return m.counts.total(periods)
        case "failures":
            return m.counts.failed(periods)
        case "error_rate":
            return ratio(m.counts.failed(periods), m.counts.total(periods))
        case "events_per_actor":
            return ratio(m.counts.total(periods), m.actives.uniques(periods))
        case "duration_p50":
            return m.durations.percentile(0.50, periods)
        case "duration_p95":
            return m.durations.percentile(0.95, periods)
    raise AssertionError(f"{metric.key} is in the catalogue and has no value")


def _by_day(m: Measured) -> Actives | Firsts:
    if isinstance(m.actives, Visits):
        return Actives.empty()
    return m.actives


def _check(metrics: Sequence[Metric], filters: Filters) -> None:
    for metric in metrics:
        if filters.grain not in metric.grains:
            raise BadFilters(f"{metric.label} has no values by {filters.grain}.")
        if filters.grain not in metric.told_by(filters):
            raise BadFilters(f"{metric.label} have no values by hour where no ids are kept.")
        if filters.event and "newcomers" in metric.sources:
            raise BadFilters(f"{metric.label} are of all events together.")


def _span(filters: Filters, periods: Sequence[Period], metrics: Sequence[Metric]) -> Filters:
    """All days that have to be read, with those before that trailing windows reach back to."""
    trailing = any(metric.key in TRAILING for metric in metrics)
    first = min(period.first for period in periods) - timedelta(days=MONTH - 1 if trailing else 0)
    return filters.over(first, max(period.last for period in periods))


def _runs(periods: Sequence[Period]) -> list[list[Period]]:
    """The periods in runs without a gap, so that no raw event is read for nothing."""
    runs: list[list[Period]] = []
    for period in periods:
        if runs and runs[-1][-1].end == period.start:
            runs[-1].append(period)
        else:
            runs.append([period])
    return runs


def _loaded(
    conn: Connection,
    viewer: Viewer,
    span: Filters,
    periods: Sequence[Period],
    metrics: Sequence[Metric],
    by: str | None,
) -> dict[str, Measured]:
    """Each source once, by the values of the breakdown."""
    sources = {source for metric in metrics for source in metric.sources}
    found = {source: _load(source, conn, viewer, span, periods, by) for source in sorted(sources)}
    values = {value for parts in found.values() for value in parts}
    return {
        value: Measured(**{name: parts[value] for name, parts in found.items() if value in parts})
        for value in sorted(values)
    }


def _load(
    source: Source,
    conn: Connection,
    viewer: Viewer,
    span: Filters,
    periods: Sequence[Period],
    by: str | None,
) -> Mapping[str, Any]:
    hourly = span.grain == "hour"
    match source:
        case "counts":
            return load_counts(conn, viewer, span, periods, by)
        case "newcomers":
            return load_newcomers(conn, viewer, span, periods, by)
        case "durations":
            return load_durations(conn, viewer, span, periods, by)
        case "actives" if span.anonymous:
            return load_firsts(conn, viewer, span, by)
        case "actives" if hourly:
            return load_hourly(conn, viewer, span, "actor", by)
        case "actives":
            return load_actives(conn, viewer, span, by)
        case "sessions" if hourly:
            return load_hourly(conn, viewer, span, "session", by)
        case "sessions":
            return load_sessions(conn, viewer, span, by)


def _joined(parts: Sequence[Any]) -> Any:
    """The union of what was loaded; parts that weren't asked for or had no rows are empty."""
    kind = next((type(part) for part in parts if not isinstance(part, Visits)), Visits)
    return kind.merged([part for part in parts if isinstance(part, kind)])
