"""An author's packages in words: what was found, with its evidence; nothing here knows Streamlit.

Lines are Markdown: what users named is made plain in them.
"""

from collections.abc import Sequence
from datetime import date
from math import isfinite

import pandas as pd

from analytics.community.author.against import Change
from analytics.community.author.decline import FEW, Decline
from analytics.community.author.insights import Failing, Insight
from analytics.community.author.parts import ERROR_DAYS
from analytics.community.author.releases import Releases, Uptake
from analytics.community.best import Best
from analytics.community.published import OTHER
from ui import words
from ui.words import plain

NOBODYS = "You are not an author of a package. Whoever runs the server adds you to one:"
ADDING = "python -m db author my-project my-package you@example.org"
INSIGHTS = (
    "Only what chance does not explain is told here, each with its 95% interval. Ratings and "
    "success are compared over the whole range, durations within the days on which both versions "
    "ran. The older versions' share falls by the same part each day, by a line through its "
    "logarithm; they could be dropped when less than 5% of the runs are left."
)
NO_INSIGHT = "Nothing stands out beyond chance yet. More runs and ratings will tell."
SCORECARD = (
    "Each version against the one in the row below: by how many points of success, per cent of the "
    "time and stars it differs, with the ends of the 95% interval. Where that holds 0, chance "
    "explains the difference."
)
BY_MODEL = "The newest version against the last, on each model that both ran on."
CURVE = "The share of each version in the runs of a day, or of days that are published together."
ERRORS = (
    f"Of the failed runs of {ERROR_DAYS} days or more, those with each error type: failures are "
    "few, so that days have to be added up until enough people stand behind a type."
)
PLACES = "Of all runs. What too few people ran is put together as \u201cother\u201d."
DIMENSIONS = {"country": "Country", "platform": "Platform"}
NO_ERROR = "No run failed in these days."
NO_OTHER = "No other package has enough people in common with this one."
ALSO = (
    "Other packages that the same people ran in these days, at least so many, rounded down to a "
    "multiple of 5. Packages that are not public stay out."
)
COMMENTS = (
    "What people wrote and a moderator released, the newest first. Neither the rating nor the time "
    "stands with it, so that nobody is told by it."
)
NO_COMMENTS = "No comment on this package was released yet."
NOT_TOLD = "Not told"
GOOD, BAD = ":material/check_circle:", ":material/warning:"
FEWER_THAN = f"{FEW:.0%}"


def insight(found: Insight) -> str:
    """One finding as a line, with what it rests on."""
    match found:
        case Best():
            return f"{GOOD} {_best(found)}"
        case Change():
            return f"{GOOD if found.better else BAD} {_change(found)}"
        case Uptake():
            return f":material/moving: {_uptake(found)}"
        case Failing():
            return f"{BAD} {_failing(found)}"


def insights_finding(found: Sequence[Insight]) -> str:
    """How many findings there are, as a title."""
    return words.counted(len(found), "insight") if found else "Insights"


def _best(found: Best) -> str:
    return (
        f"Works best on **{plain(found.model)}**: {_range(found.success, found.low, found.high)} "
        f"of runs succeed, on {plain(found.second)} "
        f"{_range(found.second_success, found.second_low, found.second_high)}."
    )


def _range(share: float, low: float, high: float) -> str:
    return f"{share:.1%} ({low * 100:.1f} to {high * 100:.1f})"


def _change(found: Change) -> str:
    version, against = f"**{plain(found.version)}**", plain(found.against)
    low, high = found.interval or (found.difference, found.difference)
    if found.measure == "rating":
        size = f"{abs(found.difference):.1f} stars {'above' if found.better else 'below'} {against}"
        evidence = (
            f"{found.value:.1f} in {found.n:,} ratings against {found.before:.1f} in "
            f"{found.n_before:,}; {_span(low, high, 1, '.1f')}"
        )
        return f"{version} is rated {size} ({evidence})."
    if found.measure == "success":
        often = "more" if found.better else "less"
        evidence = f"{_span(low, high, 100, '.1f')} points, of {found.n:,} and {found.n_before:,}"
        return (
            f"{version} succeeds {often} often than {against}: {found.value:.1%} of runs against "
            f"{found.before:.1%} ({evidence} runs)."
        )
    less = "less" if found.better else "more"
    return (
        f"{version} takes {abs(found.difference):.0%} {less} time than {against} "
        f"({_span(low, high, 100, '.0f')}%): {words.amount(found.value, 'ms')} against "
        f"{words.amount(found.before, 'ms')}."
    )


def _span(low: float, high: float, times: float, pattern: str) -> str:
    """The ends of an interval without their sign, the smaller first: "0.2 to 0.6"."""
    ends = sorted(abs(end) * times for end in (low, high))
    return " to ".join(format(end, pattern) for end in ends)


def _uptake(found: Uptake) -> str:
    told = f"Adoption of **{plain(found.version)}** is {found.share:.0%} of the runs"
    if found.decline is None:
        return f"{told} of the last seven days ({found.runs:,}); no trend is clear yet."
    half = _days(*found.decline.half_life)
    return f"{told} by now, half-life {half}; {_left(found.decline)}."


def _days(value: float, low: float, high: float) -> str:
    return f"{value:.0f} days ({low:.0f} to {high:.0f})"


def _left(found: Decline) -> str:
    """When older versions could be dropped, in weeks."""
    value, low, high = (days / 7 for days in found.left)
    if not value:
        return f"fewer than {FEWER_THAN} are on older versions, which could be dropped"
    later = f" to {high:.0f}" if isfinite(high) else " or more"
    weeks = words.counted(max(round(value), 1), "week")
    return f"older versions could be dropped in about {weeks} ({low:.0f}{later})"


def _failing(found: Failing) -> str:
    low, high = found.interval
    return (
        f"**{plain(found.error_type)}** makes {found.count / found.failures:.0%} of the failures "
        f"({low * 100:.0f} to {high * 100:.0f}): {found.count:,} of {found.failures:,} in "
        f"{ERROR_DAYS} days or more."
    )


def own_finding(packages: int, runs: int) -> str:
    """What an author's packages come to: "4 packages, run 5,623 times"."""
    told = words.counted(packages, "package")
    return f"{told}, run {words.counted(runs, 'time')}" if runs else f"{told}, no run published yet"


def curve_finding(releases: Releases) -> str:
    """How far the newest version is taken up, as a title."""
    uptake = releases.uptake
    return f"{uptake.version} makes {uptake.share:.0%} of the runs by now" if uptake else "Versions"


def scorecard_finding(releases: Releases) -> str:
    """What the newest version changed beyond chance, as a title."""
    if not releases.changes:
        return "Nothing to compare a version with yet"
    first = releases.changes[0]
    sure = [each for each in releases.changes if each.sure]
    if not sure:
        return f"{first.version} differs from {first.against} in nothing beyond chance"
    told = words.listing([_short(each) for each in sure])
    return f"{first.version} against {first.against}: {told}"


def _short(found: Change) -> str:
    """A change as part of a title: "0.4 stars more"."""
    if found.measure == "rating":
        return f"{abs(found.difference):.1f} stars {'more' if found.better else 'fewer'}"
    if found.measure == "success":
        points = f"{abs(found.difference) * 100:.1f} points"
        return f"{points} {'more' if found.better else 'less'} success"
    return f"{abs(found.difference):.0%} {'less' if found.better else 'more'} time"


def by_model_finding(releases: Releases) -> str:
    """Which versions are compared by model, as a title."""
    first = releases.models.iloc[0]
    return f"{first['version']} against {first['against']} on each model"


def said(day: date, version: str) -> str:
    """When something was said, and of which version: "20 Nov 2026 · 2.0.0"."""
    return " \u00b7 ".join(filter(None, [f"{day:%-d %b %Y}", plain(version)]))


def most_finding(rows: pd.DataFrame, column: str, of: str, otherwise: str) -> str:
    """The first named row with its share, as a title: "timeout makes 62% of the failures"."""
    named = rows[~rows[column].isin(["", OTHER])]
    if named.empty:
        return otherwise
    first = named.iloc[0]
    return f"{first[column]} makes {first['share']:.0%} of the {of}"


def errors_finding(rows: pd.DataFrame) -> str:
    """What fails most; where no type can be told, how many failures there are and why."""
    otherwise = (
        f"{words.counted(int(rows['failures'].sum()), 'failure')}, of too few people each to tell "
        "their types"
    )
    return most_finding(rows, "error_type", "failures", otherwise if len(rows) else "Failures")


def also_finding(rows: pd.DataFrame) -> str:
    """What most of the people also use, as a title."""
    if rows.empty:
        return "What else they use"
    return f"{rows['name'].iloc[0]} is also used by {rows['people'].iloc[0]:,} or more"


def comments_finding(rows: pd.DataFrame) -> str:
    """How many comments there are, as a title."""
    return words.counted(int(rows["found"].iloc[0]), "comment") if len(rows) else "Comments"
