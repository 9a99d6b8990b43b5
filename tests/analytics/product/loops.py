"""Retention, lifecycle and stickiness in plain Python: loops over lists of what was done.

Written from the definitions alone; nothing here knows arrays, bits or SQL.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CLOCK_CHANGES = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Pacific/Auckland": (date(2026, 4, 5), date(2026, 9, 27)),
    "Asia/Kolkata": (date(2026, 3, 29),),  # no clock changes there, but half an hour is odd
}


@dataclass(frozen=True)
class Done:
    """Something that somebody did."""

    who: int
    at: datetime
    name: str
    subject: str
    platform: str

    @property
    def line(self):
        """The event as `add_events` reads it."""
        at = self.at.isoformat()
        return f"u{self.who} {self.name} {at} subject={self.subject} platform={self.platform}"


@dataclass(frozen=True)
class Asked:
    """A question about some days of a log; (name, subject) with None for any."""

    zone: str
    start: date
    end: date
    now: datetime
    grain: str
    begin: tuple = (None, None)
    back: tuple = (None, None)
    recurring: bool = False
    or_later: bool = False
    platforms: tuple = field(default=())

    def day(self, done):
        return done.at.astimezone(ZoneInfo(self.zone)).date()

    def keeps(self, done):
        inside = self.start <= self.day(done) < self.end
        return inside and (not self.platforms or done.platform in self.platforms)

    def floor(self, day):
        if self.grain == "week":
            while day.weekday() != 0:
                day -= timedelta(days=1)
        return day.replace(day=1) if self.grain == "month" else day

    def after(self, first):
        return self.floor(first + timedelta(days={"day": 1, "week": 7, "month": 31}[self.grain]))

    def intervals(self):
        """The first days of the intervals that have begun."""
        found, first = [], self.floor(self.start)
        while first < self.end and self.midnight(first) <= self.now:
            found.append(first)
            first = self.after(first)
        return found

    def midnight(self, day):
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)

    def ripe(self, first):
        last = self.after(first)
        return first >= self.start and last <= self.end and self.midnight(last) <= self.now


def matches(done, what):
    name, subject = what
    return name in (None, done.name) and subject in (None, done.subject)


def cohorts(log, asked):
    """Who is in which cohort."""
    found = defaultdict(set)
    for who in {done.who for done in log}:
        begun = sorted((d for d in log if d.who == who and matches(d, asked.begin)), key=_time)
        if not begun:
            continue
        if asked.recurring:
            for done in begun:
                if asked.keeps(done):
                    found[asked.floor(asked.day(done))].add(who)
        elif first_is_kept(begun, asked):
            found[asked.floor(asked.day(begun[0]))].add(who)
    return found


def first_is_kept(begun, asked):
    """Whether the first ever start passes the filters.

    For any event that is the first event; for a chosen one anything of its first day, since a
    rollup knows days but no times.
    """
    if asked.begin == (None, None):
        tied = [done for done in begun if done.at == begun[0].at]
        return asked.keeps(tied[0])
    return any(asked.keeps(done) and asked.day(done) == asked.day(begun[0]) for done in begun)


def _time(done):
    return done.at, done.platform


def retention(log, asked):
    """(size, back, ripe) by cohort and interval number; nothing when nobody starts."""
    members, intervals = cohorts(log, asked), asked.intervals()
    if not any(members[first] for first in intervals):
        return {}
    cells = {}
    for place, first in enumerate(intervals):
        for number, interval in enumerate(intervals[place:]):
            there = set()
            for done in log:
                if asked.keeps(done) and matches(done, asked.back):
                    in_interval = asked.floor(asked.day(done))
                    begun = in_interval in intervals
                    later = asked.or_later and in_interval > interval
                    if begun and (in_interval == interval or later):
                        there.add(done.who)
            back = len(members[first] & there)
            cells[first, number] = (len(members[first]), back, asked.ripe(interval))
    return cells


def averages(cells):
    """Share by interval number: of all actors of the cohorts that are old enough."""
    found = {}
    for number in {number for _, number in cells}:
        reached = [cell for (_, n), cell in cells.items() if n == number and cell[2] and cell[0]]
        if reached:
            found[number] = sum(back for _, back, _ in reached) / sum(n for n, _, _ in reached)
    return found


def lifecycle(log, asked):
    """(new, returning, resurrecting, dormant, ripe) by the first day of the interval."""
    first_seen = {}
    for done in sorted(log, key=lambda done: done.at):
        first_seen.setdefault(done.who, asked.floor(asked.day(done)))
    found = {}
    for first in asked.intervals():
        now = active(log, asked, first)
        before = active(log, asked, asked.floor(first - timedelta(days=1)), whole=True)
        new = {who for who in now if first_seen[who] == first}
        resurrecting = now - before - new
        counts = (len(new), len(now & before), len(resurrecting), len(before - now))
        found[first] = (*counts, asked.ripe(first))
    return found


def active(log, asked, first, *, whole=False):
    """Who was active in the interval: as the range cuts it, or whole as the one before another."""
    found = set()
    for done in log:
        platform = not asked.platforms or done.platform in asked.platforms
        day = asked.day(done)
        inside = whole or asked.start <= day < asked.end
        if asked.floor(day) == first and inside and platform and matches(done, asked.back):
            found.add(done.who)
    return found


def active_days(log, asked):
    """How many actors were active on exactly so many days of the range that have begun."""
    days = defaultdict(set)
    for done in log:
        day = asked.day(done)
        if asked.keeps(done) and matches(done, asked.back) and asked.midnight(day) <= asked.now:
            days[done.who].add(day)
    counts = defaultdict(int)
    for each in days.values():
        counts[len(each)] += 1
    return dict(counts)


def random_log(dice, around, days, events):
    """What a few people do around a night: with ties, duplicates and no order in time."""
    begin = datetime(around.year, around.month, around.day, tzinfo=UTC) - timedelta(days=days)
    log = []
    for _ in range(events):
        if log and dice.random() < 0.15:
            log.append(dice.choice(log))
            continue
        at = begin + timedelta(minutes=30 * dice.randrange(2 * days * 48))
        names = [("open", ""), ("use", "a"), ("use", "b")]
        name, subject = dice.choice(names)
        log.append(Done(dice.randrange(6), at, name, subject, dice.choice(["ios", "web"])))
    return log


def random_question(seed, zone):
    """A random log around a night on which clocks change, and a question about it."""
    dice = random.Random(seed)
    around = dice.choice(CLOCK_CHANGES[zone])
    grain = dice.choice(["day", "day", "week", "month"])
    reach = {"day": 6, "week": 20, "month": 70}[grain]
    log = random_log(dice, around, reach, dice.choice([0, 1, 5, 25, 40]))
    start = around - timedelta(days=dice.randrange(reach))
    end = around + timedelta(days=1 + dice.randrange(reach))
    over = dice.choice([end + timedelta(days=3), start + (end - start) * dice.random()])
    whats = [(None, None), ("open", None), ("use", None), ("use", "b")]
    asked = Asked(
        zone=zone,
        start=start,
        end=end,
        now=datetime.combine(over, time(dice.randrange(24)), UTC),
        grain=grain,
        begin=dice.choice(whats),
        back=dice.choice(whats),
        recurring=dice.random() < 0.4,
        or_later=dice.random() < 0.4,
        platforms=dice.choice([(), (), ("web",)]),
    )
    return log, asked
