"""Numbers, times and findings in words, the same on every page; nothing here knows Streamlit."""

import itertools
import math
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

import pandas as pd

from analytics.business.summary import Headline
from analytics.filters import Filters
from analytics.measures.cutting import ALL
from analytics.metrics import Metric
from analytics.operations.intake import Freshness
from analytics.wording import NOTHING as NOTHING
from analytics.wording import amount as amount
from analytics.wording import change as change
from analytics.wording import duration as duration
from analytics.wording import exact_share as exact_share
from analytics.wording import listing as listing

UNSEEN = "\u200b"  # a space without width
# Of a page, of somebody's mail, or the name of an icon.
ADDRESS = re.compile(
    r"(?<=http)(?=://)|(?<=https)(?=://)|(?<=www)(?=\.)|(?<=\S)(?=@)|(?<=:)(?=[\w+/-]+:)",
    re.IGNORECASE,
)
ONE_DAY = timedelta(days=1)


def earlier(filters: Filters) -> str:
    """What a range is compared with: "4 weeks earlier" · "a week earlier" · "3 months earlier"."""
    start = filters.previous().start
    if filters.grain == "month":
        months = (filters.start.year - start.year) * 12 + filters.start.month - start.month
        return f"{_count(months, 'month')} earlier"
    return f"{_count((filters.start - start).days // 7, 'week')} earlier"


def compared(filters: Filters) -> str:
    """Which days are shown, and which those of them that are over are compared with."""
    over = filters.whole_days()
    if not filters.compare or over is None:
        return span(filters)
    before = f"{earlier(over)} ({span(over.previous())})"
    if over.days == filters.days:
        return f"{span(filters)}, compared with {before}"
    days = "day that is over is" if over.days == 1 else f"{over.days:,} days that are over are"
    return f"{span(filters)}. The {days} compared with {before}"


def finding(label: str, share: float | None, filters: Filters) -> str:
    """What a chart shows, as its title: "Active users up 12% on 4 weeks earlier"."""
    if share is None or share != share:
        return f"{label}, {span(filters)}"
    if abs(share) < 0.005:
        return f"{label} level with {earlier(filters)}"
    way = "up" if share > 0 else "down"
    return f"{label} {way} {change(abs(share)).lstrip('+')} on {earlier(filters)}"


def headline_finding(figure: Headline, filters: Filters) -> str:
    """The finding of a headline, which compares the days that are over."""
    return finding(figure.metric.label, figure.change, filters.whole_days() or filters)


def course(name: str, values: Iterable[float], written: Callable[[float], str]) -> str:
    """From where to where a figure went: "Active users a day: 120 to 480"; NaN is no value."""
    known = [value for value in values if value == value]
    if not known:
        return name
    return f"{name}: {written(min(known))} to {written(max(known))}"


def trend_finding(series: pd.DataFrame, metric: Metric, filters: Filters) -> str:
    """The finding of a trend: the average of its whole periods against the same ones before."""
    pairs = whole_pairs(series)
    earlier_sum = sum(before for _, before in pairs)
    share = sum(now for now, _ in pairs) / earlier_sum - 1 if earlier_sum else None
    return finding(f"{metric.label} a {filters.grain}", share, filters)


def whole_pairs(series: pd.DataFrame) -> list[tuple[float, float]]:
    """The values of a trend's whole periods, in all, each with that of the time before."""
    alone = series[series["series"] == ALL]
    current = (alone["which"] == "current").to_numpy()
    rows = list(zip(alone["period"].tolist(), alone["value"].tolist(), strict=True))
    before = dict(itertools.compress(rows, ~current))
    now = itertools.compress(rows, current & alone["complete"].to_numpy())
    pairs = [(value, before.get(period, math.nan)) for period, value in now]
    return [(value, then) for value, then in pairs if value == value and then == then]


def span(filters: Filters) -> str:
    """The range with its last day: "1 Mar to 28 Mar 2026"."""
    last = filters.end - timedelta(days=1)
    if filters.start == last:
        return _day(last, year=True)
    return f"{_day(filters.start, year=filters.start.year != last.year)} to {_day(last, year=True)}"


def ago(then: datetime | None, now: datetime) -> str:
    """How long ago, in its largest unit: "40 s ago"; "never" for none."""
    if then is None:
        return "never"
    return f"{duration((now - then).total_seconds())} ago"


def _day(day: date, *, year: bool) -> str:
    return f"{day.day} {day:%b %Y}" if year else f"{day.day} {day:%b}"


def leader(top: pd.DataFrame) -> str:
    """The title of a ranking: what is first, and its share of what is shown."""
    if top.empty:
        return "Most used"
    share = top["events"].iloc[0] / top["events"].sum()
    return f"\u201c{top['label'].iloc[0]}\u201d leads with {share:.0%} of the top {len(top)}"


def legend(filters: Filters, *, compared: bool = True) -> str:
    """What the lines of a chart mean that no legend names."""
    dashed = f"Dashed: a {filters.grain} that is not complete."
    return f"Grey: {earlier(filters)}. {dashed}" if filters.compare and compared else dashed


def freshness(fresh: Freshness, now: datetime) -> str:
    """How new the data is: the last event, and how far the rollups are behind."""
    if fresh.last_event_at is None:
        return "No event yet"
    counted = "all counted"
    if fresh.unrolled_batches:
        counted = (
            f"{_count(fresh.unrolled_batches, 'batch', 'batches')} not counted yet, the oldest "
        )
        counted += f"for {duration(fresh.lag_seconds)}"
    return f"Last event {ago(fresh.last_event_at, now)}, {counted}"


def pulse(fresh: Freshness, now: datetime) -> str:
    """Freshness with the number of events so far; while there is none, that it is waited for."""
    if not fresh.events_total:
        return "Waiting for the first event …"
    return f"{freshness(fresh, now)} · {counted(fresh.events_total, 'event')} in all"


def news(figures: list[Headline], top: pd.DataFrame, filters: Filters) -> list[str]:
    """What changed, in sentences: each figure, and the subjects that moved most."""
    told = [
        f"{headline_finding(figure, filters)}: **{amount(figure.value, figure.metric.unit)}**"
        for figure in figures
    ]
    moved = top.dropna(subset=["change"])
    moved = moved.reindex(moved["change"].abs().sort_values(ascending=False).index).head(3)
    rows = zip(moved["label"], moved["change"], moved["events"], strict=True)
    return told + [
        f"{plain(subject)} {change(share)}: **{events:,}** events"
        for subject, share, events in rows
    ]


def counted(number: int, one: str, many: str = "") -> str:
    """How many of something there are: "1 comment", "1,234 comments"."""
    return f"1 {one}" if number == 1 else f"{number:,} {many or one + 's'}"


def plain(text: str) -> str:
    """Text of users as Markdown shows it unchanged: no images, links or emphasis from outside."""
    marks = "\\`*_{}[]()<>#+-.!|~:$@/"
    return "".join("\\" + char if char in marks else char for char in unlinked(text))


def unlinked(text: str) -> str:
    """Text of which Markdown makes no links or icons: it does so even where they are escaped."""
    return ADDRESS.sub(UNSEEN, text)


def _count(number: int, one: str, many: str = "") -> str:
    return f"a {one}" if number == 1 else f"{number:,} {many or one + 's'}"
