"""Support in one look: the load of a range, how soon people were helped, and what waits."""

from dataclasses import dataclass

from sqlalchemy import Connection, literal

from analytics.filters import Filters
from analytics.operations.support.counting import backlog_sql, counted_sql
from analytics.scope import Viewer


@dataclass(frozen=True, slots=True)
class SupportSummary:
    """Counts of tickets in a range; times are medians, None where nothing was answered or solved.

    `prompt` answers came within an hour, `content` ratings are 4 or 5 of 5. `backlog` is open at
    the end of the range.
    """

    opened: int = 0
    answered: int = 0
    prompt: int = 0
    first_response_minutes: float | None = None
    resolved: int = 0
    resolution_hours: float | None = None
    rated: int = 0
    content: int = 0
    backlog: int = 0

    @property
    def prompt_share(self) -> float | None:
        """The share of first answers that came within an hour."""
        return self.prompt / self.answered if self.answered else None

    @property
    def csat(self) -> float | None:
        """The share of ratings that are 4 or 5."""
        return self.content / self.rated if self.rated else None


def support_summary(conn: Connection, viewer: Viewer, filters: Filters) -> SupportSummary:
    """The summary of a range, whatever its filters on dimensions; all 0 for who may not see it."""
    waiting = conn.execute(backlog_sql(viewer, filters)).scalar_one_or_none() or 0
    row = conn.execute(counted_sql(viewer, filters, lambda *_: literal(0))).one_or_none()
    if row is None:
        return SupportSummary(backlog=waiting)
    told = {name: value for name, value in row._mapping.items() if name != "key"}
    return SupportSummary(**told, backlog=waiting + row.opened - row.resolved)
