"""Adoption in plain Python, from DEFINITIONS' words: loops over lists, no SQL and no arrays."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from analytics.filters import Filters
from tests.analytics.reference import percentile

NAMES = ("feature_use",) * 4 + ("feature_begun", "feature_done", "rating", "open")


@dataclass(frozen=True)
class Event:
    """One event as it happened."""

    who: str
    name: str
    subject: str
    at: datetime
    platform: str
    version: str
    ok: bool
    duration: float | None
    value: int

    @property
    def line(self) -> str:
        """The event as `add_events` reads it."""
        timed = "" if self.duration is None else f" duration={self.duration}"
        return (
            f"{self.who} {self.name} {self.at.isoformat()} subject={self.subject} "
            f"platform={self.platform} version={self.version} ok={int(self.ok)} "
            f"value={self.value}{timed}"
        )

    def day(self, filters: Filters) -> date:
        """The calendar day in the project's zone."""
        return self.at.astimezone(ZoneInfo(filters.zone)).date()


def history(seed: int, start: date, days: int, count: int = 120) -> list[Event]:
    """A random history full of ties: people wander between platforms, much happens at once."""
    dice = random.Random(seed)
    begin = datetime(start.year, start.month, start.day, tzinfo=UTC)
    moments = [begin + timedelta(minutes=dice.randrange(days * 1440)) for _ in range(count // 2)]
    return [
        Event(
            who=dice.choice("abcdefg"),
            name=dice.choice(NAMES),
            subject=dice.choice(("x", "y", "z")),
            at=dice.choice(moments),
            platform=dice.choice(("web", "ios", "")),
            version=dice.choice(("1.9", "1.10", "2.0", "")),
            ok=dice.random() > 0.2,
            duration=None if dice.random() < 0.3 else round(dice.lognormvariate(4, 1.5), 2),
            value=dice.randrange(0, 7),
        )
        for _ in range(count)
    ]


def kept(events: list[Event], filters: Filters) -> list[Event]:
    """Those in the range with the platforms asked for."""
    return [
        event
        for event in events
        if filters.start <= event.day(filters) < filters.end
        and (not filters.platform or (event.platform or "(not set)") in filters.platform)
    ]


def adoption(events: list[Event], filters: Filters, name: str) -> dict[str, dict[str, object]]:
    """The row of every subject that was used."""
    ours = kept(events, filters)
    active = {event.who for event in ours}
    used = [event for event in ours if event.name == name]
    return {
        subject: row(events, ours, [e for e in used if e.subject == subject], active, filters)
        for subject in {event.subject for event in used}
    }


def row(events, ours, uses, active, filters):
    """One subject's row, but for completion."""
    name, subject = uses[0].name, uses[0].subject
    ever = [e for e in events if e.name == name and e.subject == subject]
    users = {e.who for e in uses}
    days = {who: len({e.day(filters) for e in uses if e.who == who}) for who in users}
    first = {who: min(e.at for e in ever if e.who == who) for who in users}
    zone = ZoneInfo(filters.zone)
    new = [who for who in users if first[who].astimezone(zone).date() >= filters.start]
    waits = [
        (first[who] - min(e.at for e in events if e.who == who)).total_seconds() for who in new
    ]
    rated = [e.value for e in ours if e.name == "rating" and e.subject == subject]
    rated = [value for value in rated if 1 <= value <= 5]
    timed = [e.duration for e in uses if e.duration is not None]
    return {
        "users": len(users),
        "adoption": len(users) / len(active),
        "uses": len(uses),
        "uses_per_user": len(uses) / len(users),
        "repeat": sum(count > 1 for count in days.values()) / len(users),
        "first_use": min(e.at for e in ever).astimezone(zone).date(),
        "new_users": len(new) / len(users),
        "time_to_value": median(waits) if waits else None,
        "error_rate": sum(not e.ok for e in uses) / len(uses),
        "success": sum(e.ok for e in uses) / len(uses),
        "duration": percentile(timed, 0.5) if timed else None,
        "ratings": len(rated) or None,
        "satisfaction": sum(value >= 4 for value in rated) / len(rated) if rated else None,
        "trend": [
            sum(e.day(filters) == filters.start + timedelta(days=day) for e in uses)
            for day in range(filters.days)
        ],
    }


def completion(events: list[Event], filters: Filters, start: str, done: str):
    """Starts, and how many of them are completed, by subject."""
    ours = [event for event in kept(events, filters) if event.name in (start, done)]
    found: dict[str, list[int]] = {}
    for event in ours:
        if event.name == start:
            found.setdefault(event.subject, [0, 0])[0] += 1
    for subject, counts in found.items():
        for who in {event.who for event in ours}:
            own = [e for e in ours if (e.who, e.subject) == (who, subject)]
            own.sort(key=lambda e: (e.at, e.name == done))
            steps = [(a.name, b.name) for a, b in pairwise(own)]
            counts[1] += steps.count((start, done))
    return found
