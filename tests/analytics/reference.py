"""What the metrics are, in plain Python from docs and definitions: sets of tuples, no SQL.

Also makes small random histories, so that a test can compare an answer with this reference.
"""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.filters import Filters
from analytics.scope import Viewer
from db.access import Project

DIMENSIONS = {
    "platform": ["web", "ios", ""],
    "app_version": ["1.0", "1.1", "2.0"],
    "country": ["DE", "US"],
    "channel": ["organic", "ads"],
    "plan": ["free", "pro"],
}


@dataclass(frozen=True)
class Event:
    """One event as it happened."""

    who: str
    name: str
    at: datetime
    platform: str
    app_version: str
    country: str
    channel: str
    plan: str
    ok: bool
    duration: float
    session: str

    @property
    def line(self) -> str:
        """The event as `add_events` reads it."""
        dimensions = " ".join(f"{name}={getattr(self, name)}" for name in DIMENSIONS)
        return (
            f"{self.who} {self.name} {self.at.isoformat()} subject=s {dimensions} "
            f"ok={int(self.ok)} duration={self.duration} session={self.session}"
        )

    def day(self, zone: ZoneInfo) -> date:
        """The calendar day in a zone."""
        return self.at.astimezone(zone).date()


def history(seed: int, start: date, days: int, events: int = 220) -> list[Event]:
    """A random history whose people wander between dimensions and over midnight."""
    dice = random.Random(seed)
    begin = datetime(start.year, start.month, start.day, tzinfo=UTC)
    people = {f"u{n}": {k: dice.choice(v) for k, v in DIMENSIONS.items()} for n in range(12)}
    made = []
    for number in range(events):
        who = dice.choice(list(people))
        at = begin + timedelta(minutes=dice.randrange(days * 24 * 60))
        person = people[who] | (
            {"platform": dice.choice(["web", "ios"])} if number % 5 == 0 else {}
        )
        made.append(
            Event(
                who=who,
                name=dice.choice(["open", "save", "share"]),
                at=at,
                ok=dice.random() > 0.1,
                duration=round(dice.lognormvariate(4, 1.5), 2),
                session=f"{who}-{at:%d}-{dice.randrange(2)}",
                **person,
            )
        )
    return made


def keep(events: list[Event], filters: Filters) -> list[Event]:
    """The events in the range and the dimensions of these filters."""
    tz = ZoneInfo(filters.zone)
    return [
        event
        for event in events
        if filters.start <= event.day(tz) < filters.end and matches(event, filters)
    ]


def matches(event: Event, filters: Filters) -> bool:
    """Whether the event has the dimensions asked for."""
    return all(
        (getattr(event, name) or "(not set)") in values
        for name, values in filters.dimensions.items()
    )


def actors(events: list[Event]) -> int:
    """Different people."""
    return len({event.who for event in events})


def trailing(events: list[Event], filters: Filters, last: date, days: int) -> int:
    """Different people in the days that end with `last`."""
    start = last - timedelta(days=days - 1)
    return actors(keep(events, filters.over(start, last + timedelta(days=1))))


def percentile(values: list[float], share: float) -> float:
    """The smallest value that this share of all values does not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = next(n for n in range(1, len(ordered) + 1) if n >= share * len(ordered))
    return ordered[rank - 1]


def asking(project: Project, start: date, end: date, **more: object) -> Filters:
    """Filters about a project whose range is long over, not compared unless asked for."""
    now = datetime(end.year, end.month, end.day, 12, tzinfo=UTC) + timedelta(days=40)
    settings: dict[str, object] = {"now": now, "compare": False, **more}
    return Filters(project.id, project.timezone, project.consent, start, end, **settings)


def anyone(*projects: Project, role: str = "admin") -> Viewer:
    """Somebody who may see these projects."""
    return Viewer(1, "anyone@example.org", role, frozenset(project.id for project in projects))
