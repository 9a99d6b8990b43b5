"""What a page asks about: one frozen value."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from db.errors import LooplensError
from db.tables import DIMENSIONS

GRAINS = ("hour", "day", "week", "month")
NOT_SET = "(not set)"  # how the empty value of a dimension is called wherever people read it
MAX_DAYS = {"hour": 92, "day": 3_700, "week": 3_700, "month": 3_700}  # cut into so many periods
EARLIEST, LATEST = date(1971, 1, 1), date(2199, 12, 31)


class BadFilters(LooplensError):
    """These filters ask for something that does not exist."""


@dataclass(frozen=True, slots=True)
class Filters:
    """One project's days [start, end), the grain of its periods and the dimensions to keep.

    A dimension left empty keeps everything. So does an empty `event` (the name of events), and of
    an event's subjects None. `segment` keeps the members of one. `now` is passed in, so that one
    question always has one answer; it decides which period is unfinished.
    """

    project_id: int
    zone: str
    consent: str
    start: date
    end: date
    now: datetime
    grain: str = "day"
    compare: bool = True
    platform: tuple[str, ...] = ()
    app_version: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    segment: int | None = None
    event: str = ""
    subject: str | None = None

    def __post_init__(self) -> None:
        if self.grain not in GRAINS:
            raise BadFilters(f"A grain is one of {', '.join(GRAINS)}, not '{self.grain}'.")
        if self.start >= self.end:
            raise BadFilters(f"The range from {self.start} to {self.end} holds no day.")
        if self.start < EARLIEST or self.end > LATEST:
            raise BadFilters(f"A range lies between {EARLIEST} and {LATEST}.")
        if self.now.tzinfo is None:
            raise BadFilters("The present moment needs a time zone.")
        if self.subject is not None and not self.event:
            raise BadFilters("A subject is one of an event.")

    @property
    def days(self) -> int:
        """How many calendar days the range holds."""
        return (self.end - self.start).days

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which days, weeks and months are cut."""
        return ZoneInfo(self.zone)

    @property
    def today(self) -> date:
        """The project's calendar day that is not over yet."""
        return self.now.astimezone(self.tz).date()

    @property
    def anonymous(self) -> bool:
        """Whether the project keeps no ids, so that uniques are counted by the clients."""
        return self.consent == "anonymous"

    @property
    def dimensions(self) -> dict[str, tuple[str, ...]]:
        """The dimensions that are asked for, with the values to keep."""
        chosen = {name: getattr(self, name) for name in DIMENSIONS}
        return {name: values for name, values in chosen.items() if values}

    @property
    def plain(self) -> bool:
        """Whether everything in the range counts, whoever did it, where and what."""
        return not (self.dimensions or self.segment is not None or self.event)

    def over(self, start: date, end: date) -> Self:
        """The same question about other days."""
        return replace(self, start=start, end=end)

    def anywhere(self) -> Self:
        """The same question without dimensions."""
        every: dict[str, Any] = dict.fromkeys(DIMENSIONS, ())
        return replace(self, **every)

    def of_anybody(self) -> Self:
        """The same question about everything that everybody did, wherever."""
        return replace(self.anywhere(), segment=None, event="", subject=None)

    def whole_days(self) -> Self | None:
        """The range without the day that is not over; None when nothing is left of it."""
        end = min(self.end, self.today)
        return self.over(self.start, end) if self.start < end else None

    def previous(self) -> Self:
        """As many whole periods just before.

        Months go back by months. All else goes back by whole weeks, the fewest that don't
        overlap, so that a Monday is compared with a Monday.
        """
        if self.grain != "month":
            return self.over(self.start - self._lag, self.end - self._lag)
        start = add_months(self.start, -self._months)
        end = add_months(self.end, -self._months)
        return self.over(start, max(end, start + timedelta(days=1)))

    def compared_with(self, label: datetime) -> datetime:
        """The wall time in this range that a wall time of previous() is compared with."""
        if self.grain != "month":
            return label + self._lag
        return datetime.combine(add_months(label.date(), self._months), label.time())

    @property
    def _lag(self) -> timedelta:
        """The fewest whole weeks that the range fits into."""
        return timedelta(weeks=-(-self.days // 7))

    @property
    def _months(self) -> int:
        """How many calendar months the range touches."""
        last = self.end - timedelta(days=1)
        return (last.year - self.start.year) * 12 + last.month - self.start.month + 1


def check_dimension(name: str) -> None:
    """Raise BadFilters for a breakdown by something else than a dimension."""
    if name not in DIMENSIONS:
        raise BadFilters(f"A breakdown is by {', '.join(DIMENSIONS)}, not by '{name}'.")


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
