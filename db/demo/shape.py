"""The shape of the demo's time: its days, growth, hours, releases, the incident and the launch."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

WEEKLY_GROWTH = 0.04
WEEKEND_EVENTS = 0.55  # events of a Saturday or Sunday, as a share of a day of the week's
WEEKEND_ACTORS = 0.70
DAILY_NOISE = 0.03  # standard deviation of the logarithm of a day's events
EVENTS_PER_SESSION = 10
EVENTS_PER_ACTOR_DAY = 18
HISTORY = 240  # days before the first, in which the first day's users had joined

COUNTRIES: dict[str, tuple[str, float]] = {
    "US": ("America/New_York", 0.26),
    "DE": ("Europe/Berlin", 0.13),
    "GB": ("Europe/London", 0.10),
    "IN": ("Asia/Kolkata", 0.09),
    "BR": ("America/Sao_Paulo", 0.08),
    "FR": ("Europe/Paris", 0.07),
    "CA": ("America/Toronto", 0.06),
    "JP": ("Asia/Tokyo", 0.05),
    "NL": ("Europe/Amsterdam", 0.04),
    "ES": ("Europe/Madrid", 0.04),
    "PL": ("Europe/Warsaw", 0.03),
    "AU": ("Australia/Sydney", 0.03),
    "SE": ("Europe/Stockholm", 0.01),
    "SG": ("Asia/Singapore", 0.01),
}
LAUNCHED = "BR"  # has no users before its launch
COUNTRY_CODES = tuple(COUNTRIES)
COUNTRY_WEIGHTS = np.array([weight for _, weight in COUNTRIES.values()])

# Activity by the hour of the user's own clock.
HOURS = (
    *(0.18, 0.12, 0.08, 0.06, 0.06, 0.09, 0.20, 0.42, 0.72, 0.95, 1.00, 0.94),
    *(0.78, 0.82, 0.92, 0.90, 0.82, 0.70, 0.60, 0.58, 0.55, 0.48, 0.38, 0.27),
)

RELEASE_EVERY = 14  # days
FIRST_RELEASE = 3  # the day on which the first release inside the range comes out
BAD_PLATFORM = "android"
BAD_FACTOR = 4.0  # how often the bad version fails, against the others

CAMPAIGN_CHANNEL = "newsletter"
CAMPAIGN_DAYS = 10
CAMPAIGN_SHARE = 0.40  # of those who join in these days

INCIDENT_SUBJECT = "POST /v1/runs"
INCIDENT_HOURS = (13, 18)
INCIDENT_FAILURE = 0.45
INCIDENT_SLOWNESS = 6.0


@dataclass(frozen=True)
class Shape:
    """How many events on which days, in the project's time zone; days are counted from 0."""

    events: int
    seed: int
    days: int
    now: datetime
    zone: str

    @cached_property
    def first_day(self) -> date:
        """The date of day 0."""
        return self.now.astimezone(ZoneInfo(self.zone)).date() - timedelta(days=self.days - 1)

    def date_of(self, day: int) -> date:
        """The date of a day, which may lie outside the range."""
        return self.first_day + timedelta(days=day)

    def instant(self, day: int, hour: int = 0) -> datetime:
        """An hour of a day on the project's clock, as UTC."""
        wall = datetime.combine(self.date_of(day), time(hour), ZoneInfo(self.zone))
        return wall.astimezone(UTC)

    def is_weekend(self, day: int) -> bool:
        """Whether it is a Saturday or a Sunday."""
        return self.date_of(day).weekday() >= 5

    def growth(self, day: int) -> float:
        """The size of a day against the first, but for the day of the week."""
        return float((1 + WEEKLY_GROWTH) ** (day / 7))

    @cached_property
    def events_by_day(self) -> NDArray[np.int64]:
        """Events of each day; the last counts as if it had ended already."""
        weekend = np.array([self.is_weekend(day) for day in range(self.days)])
        sizes = np.array([self.growth(day) for day in range(self.days)])
        sizes *= np.where(weekend, WEEKEND_EVENTS, 1.0)
        passed = np.append(np.ones(self.days - 1), self.share_of_last_day)
        noise = np.random.default_rng([self.seed, 0]).lognormal(0.0, DAILY_NOISE, self.days)
        scale = self.events / float(np.sum(sizes * noise * passed))
        return np.rint(sizes * noise * scale).astype(np.int64)

    @cached_property
    def share_of_last_day(self) -> float:
        """How much of the last day's activity has happened by now."""
        elapsed = (self.now - self.instant(self.days - 1)).total_seconds() / 3600
        hours = np.clip(elapsed - np.arange(24), 0.0, 1.0)
        return float(max(hours @ self.hourly(self.days - 1), 1e-6))

    def hourly(self, day: int) -> Numbers:
        """The expected share of each of the 24 hours of a day on the project's clock."""
        shares: Numbers = np.zeros(24)
        quantile = (np.arange(4800) + 0.5) / 4800
        for weight, shift in zip(COUNTRY_WEIGHTS, self.clock_shift(day), strict=True):
            hours = (at_local_hour(quantile) - shift) % 24
            shares += weight * np.histogram(hours, bins=24, range=(0, 24))[0]
        shares /= shares.sum()
        return shares

    def clock_shift(self, day: int) -> Numbers:
        """Hours by which each country's clock is ahead of the project's, at noon."""
        noon = self.instant(day, 12)
        here = _offset(noon, self.zone)
        return np.array([_offset(noon, zone) - here for zone, _ in COUNTRIES.values()])

    @cached_property
    def launch_day(self) -> int:
        """The day from which on people of the launched country join."""
        return int(self.days * 0.55)

    @cached_property
    def campaign_day(self) -> int:
        """The first day of the campaign, in the second quarter."""
        return int(self.days * 0.35)

    @cached_property
    def incident_day(self) -> int:
        """A Wednesday in the third quarter."""
        about = int(self.days * 0.75)
        return max(about - (self.date_of(about).weekday() - 2) % 7, 0)

    @cached_property
    def release_days(self) -> NDArray[np.int64]:
        """The days of all releases, many of them before the range."""
        return np.arange(FIRST_RELEASE - 20 * RELEASE_EVERY, self.days, RELEASE_EVERY)

    @cached_property
    def versions(self) -> tuple[str, ...]:
        """The names of the releases: a new major version is the first inside the range."""
        numbers = (int(day - FIRST_RELEASE) // RELEASE_EVERY for day in self.release_days)
        return tuple(f"3.{n}.0" if n >= 0 else f"2.{20 + n}.0" for n in numbers)

    @cached_property
    def bad_version(self) -> int:
        """The release that came out last before the middle of the range."""
        return int(np.searchsorted(self.release_days, self.days // 2 + 1)) - 1


def at_local_hour(uniform: Numbers) -> Numbers:
    """Hours [0, 24) of a user's own clock, from uniform numbers in [0, 1)."""
    cumulative = np.append(0.0, np.cumsum(HOURS)) / np.sum(HOURS)
    hours: Numbers = np.interp(uniform, cumulative, np.arange(25.0))
    return hours


def _offset(instant: datetime, zone: str) -> float:
    offset = ZoneInfo(zone).utcoffset(instant.astimezone(ZoneInfo(zone)))
    return offset.total_seconds() / 3600 if offset else 0.0
