"""Who is in a segment, in plain Python from docs and definitions: sets and loops, no SQL.

Also makes random definitions and logs, so that a test can compare the two on many.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from analytics.segments.definition import (
    COMPARISONS,
    STAGES,
    WHEN,
    Between,
    Definition,
    Did,
    FirstSeen,
    InStage,
    LastDays,
    Rule,
    Trait,
)

NAMES = ("open", "save")
SUBJECTS = ("", "a", "b")
VALUES = {"platform": ("", "web", "ios"), "plan": ("free", "pro")}
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC")
# Nights on which clocks are set: Berlin's, New York's and Auckland's, in both directions.
NIGHTS = tuple(
    datetime.fromisoformat(night).replace(tzinfo=UTC)
    for night in (
        "2026-03-29T01:00",
        "2026-10-25T01:00",
        "2026-03-08T07:00",
        "2026-11-01T06:00",
        "2026-04-04T14:00",
        "2026-09-26T14:00",
    )
)


@dataclass(frozen=True)
class Event:
    """One event as it happened."""

    who: str
    name: str
    subject: str
    at: datetime
    platform: str
    plan: str

    @property
    def line(self) -> str:
        """The event as `add_events` reads it."""
        return (
            f"{self.who} {self.name} {self.at.isoformat()} subject={self.subject} "
            f"platform={self.platform} plan={self.plan}"
        )


@dataclass(frozen=True)
class Log:
    """What happened in a project, the zone of its days and the moment of asking."""

    events: list[Event]
    zone: str
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def everybody(self) -> set[str]:
        return {event.who for event in self.events}

    def day(self, event: Event) -> date:
        return event.at.astimezone(ZoneInfo(self.zone)).date()

    def of(self, who: str) -> list[Event]:
        return sorted((e for e in self.events if e.who == who), key=lambda event: event.at)

    def within(self, span: LastDays | Between) -> list[Event]:
        if isinstance(span, LastDays):
            first, last = self.today - timedelta(days=span.days - 1), self.today
        else:
            first, last = span.start, span.end - timedelta(days=1)
        return [event for event in self.events if first <= self.day(event) <= last]


def members(log: Log, definition: Definition) -> set[str]:
    """Everybody for whom all, or any, of the rules hold."""
    sets = [ruled(log, rule) for rule in definition.rules]
    return set.intersection(*sets) if definition.match == "all" else set.union(*sets)


def ruled(log: Log, rule: Rule) -> set[str]:
    actors = meeting(log, rule.condition)
    return log.everybody - actors if rule.negated else actors


def meeting(log: Log, condition) -> set[str]:
    match condition:
        case Trait():
            return {who for who in log.everybody if has(log, who, condition)}
        case Did():
            return {who for who in log.everybody if did(log, who, condition)}
        case FirstSeen():
            inside = log.within(condition.within)
            return {who for who in log.everybody if log.of(who)[0] in inside}
        case InStage():
            return {who for who in log.everybody if stage(log, who, condition) == condition.stage}


def has(log: Log, who: str, trait: Trait) -> bool:
    theirs = log.of(who)
    match trait.when:
        case "used":
            theirs = [event for event in log.within(trait.within) if event.who == who]
        case "first":
            theirs = theirs[:1]
        case "latest":
            theirs = [event for event in theirs if log.day(event) == log.day(theirs[-1])]
    return any((getattr(e, trait.dimension) or "(not set)") in trait.values for e in theirs)


def did(log: Log, who: str, condition: Did) -> bool:
    times = sum(
        event.who == who
        and condition.name in ("", event.name)
        and condition.subject in (None, event.subject)
        for event in log.within(condition.within)
    )
    match condition.comparison:
        case "at least":
            return times >= condition.times
        case "at most":
            return times <= condition.times
        case "exactly":
            return times == condition.times


def stage(log: Log, who: str, condition: InStage) -> str | None:
    """The stage that somebody is in so far; None for who is long gone, or not yet here."""
    now = period(log.today, condition.grain)
    for _ in range(condition.ago):
        now = period(now - timedelta(days=1), condition.grain)
    before = period(now - timedelta(days=1), condition.grain)
    days = [log.day(event) for event in log.of(who)]
    theirs = [period(day, condition.grain) for day in days if day <= log.today]
    if theirs[:1] == [now]:
        return "new"
    if now in theirs:
        return "returning" if before in theirs else "resurrecting"
    return "dormant" if before in theirs else None


def period(day: date, grain: str) -> date:
    """The first day of the week or month that a day lies in."""
    return day - timedelta(days=day.weekday()) if grain == "week" else day.replace(day=1)


def spans(today: date):
    days = st.integers(1, 70).map(LastDays)
    first = st.integers(0, 80).map(lambda ago: today - timedelta(days=ago))
    between = st.builds(
        lambda start, length: Between(start, start + timedelta(days=length)),
        first,
        st.integers(1, 30),
    )
    return days | between


def conditions(today: date):
    named = {"name": st.sampled_from(NAMES), "subject": st.sampled_from((None, *SUBJECTS))}
    often = {"comparison": st.sampled_from(COMPARISONS), "times": st.integers(0, 4)}
    trait = st.sampled_from(list(VALUES)).flatmap(
        lambda dimension: st.builds(
            Trait,
            dimension=st.just(dimension),
            values=st.sets(
                st.sampled_from([value or "(not set)" for value in VALUES[dimension]]), min_size=1
            ).map(tuple),
            when=st.sampled_from(WHEN),
            within=spans(today),
        )
    )
    return st.one_of(
        trait,
        st.builds(Did, within=spans(today), **named, **often),
        st.builds(Did, within=spans(today), **often),
        st.builds(FirstSeen, within=spans(today)),
        st.builds(
            InStage,
            stage=st.sampled_from(STAGES),
            grain=st.sampled_from(("week", "month")),
            ago=st.integers(0, 1),
        ),
    )


def definitions(today: date):
    rules = st.builds(Rule, conditions(today), st.booleans())
    return st.builds(
        Definition,
        st.lists(rules, min_size=1, max_size=4).map(tuple),
        st.sampled_from(("all", "any")),
    )


@st.composite
def logs(draw, most: int = 40) -> Log:
    """A log of a few people around a night on which clocks are set, with ties and late events.

    No two of one person's events are their first with different values: who came first among
    events of one instant is nobody's to say.
    """
    night, zone = draw(st.sampled_from(NIGHTS)), draw(st.sampled_from(ZONES))
    minutes = st.one_of(st.integers(-75 * 1440, 20 * 1440), st.integers(-180, 180))
    event = st.builds(
        lambda who, name, subject, minute, platform, plan: Event(
            who, name, subject, night + timedelta(minutes=minute), platform, plan
        ),
        st.sampled_from("abcdef"),
        st.sampled_from(NAMES),
        st.sampled_from(SUBJECTS),
        minutes,
        st.sampled_from(VALUES["platform"]),
        st.sampled_from(VALUES["plan"]),
    )
    events = draw(st.lists(event, min_size=1, max_size=most))
    seen: dict[tuple[str, datetime], Event] = {}
    unlike = [e for e in events if seen.setdefault((e.who, e.at), e) in (e, *_alike(e, seen))]
    now = night + timedelta(minutes=draw(st.integers(-20 * 1440, 21 * 1440)))
    latest = max(event.at for event in unlike) - timedelta(hours=24)
    return Log(unlike, zone, max(now, latest))


def _alike(event: Event, seen: dict[tuple[str, datetime], Event]) -> list[Event]:
    other = seen[(event.who, event.at)]
    return [other] if (other.platform, other.plan) == (event.platform, event.plan) else []
