"""Support in words: the load, how soon people were helped, and how content they are with it."""

import pandas as pd

from analytics.operations.support.metrics import SUPPORT_METRICS
from analytics.operations.support.summary import SupportSummary
from ui import words
from ui.tiles import Figure

LEVEL = 0.0005  # of a figure: less is told as 0.0%
TEACH = (
    "No request for help is known yet. Once a help desk tells of tickets, this page shows how many "
    "there are, how soon they are answered and solved, what waits, and how content people are."
)
WAY = (
    "Send the first one with a key of the scope `server` in place of `YOUR_KEY`; send it again as "
    "it is answered and solved. A CSV file comes in by `python -m db import FILE --of tickets`."
)


def tiles(now: SupportSummary, before: SupportSummary) -> dict[str, Figure]:
    """The figures of a range, beside those of the time before."""
    rated = f"{words.counted(now.rated, 'rating')}"
    return {
        "Tickets": Figure(f"{now.opened:,}", _meaning("tickets"), _was(before.opened)),
        "First response": Figure(
            words.amount(now.first_response_minutes, "min"),
            _meaning("first_response"),
            f"{words.amount(now.prompt_share, 'share')} within an hour",
        ),
        "Resolution": Figure(
            hours(now.resolution_hours),
            _meaning("resolution"),
            f"{hours(before.resolution_hours)} before",
        ),
        "Backlog": Figure(f"{now.backlog:,}", _meaning("backlog"), f"{_begun(now):,} at the start"),
        "Support CSAT": Figure(words.amount(now.csat, "share"), _meaning("ticket_csat"), rated),
    }


def hours(value: float | None) -> str:
    """A time in its largest unit: "7.5 h", "2.1 days"."""
    return words.NOTHING if value is None or value != value else words.duration(value * 3_600)


def load_finding(now: SupportSummary) -> str:
    """What became of the backlog: "120 opened, 110 resolved: the backlog grew from 5 to 15"."""
    told = f"{now.opened:,} opened, {now.resolved:,} resolved"
    begun = _begun(now)
    if begun == now.backlog:
        return f"{told}: the backlog is {begun:,}, as at the start of the range"
    way = "grew" if begun < now.backlog else "shrank"
    return f"{told}: the backlog {way} from {begun:,} to {now.backlog:,}"


def backlog_finding(now: SupportSummary) -> str:
    """How many wait."""
    if not now.backlog:
        return "Nobody waits for help"
    return f"{words.counted(now.backlog, 'ticket')} {'is' if now.backlog == 1 else 'are'} open"


def response_finding(now: SupportSummary, before: SupportSummary) -> str:
    """How soon people got a first answer, against the time before."""
    if now.first_response_minutes is None:
        return "Nobody was answered in this range"
    told = f"Half of first answers came within {words.amount(now.first_response_minutes, 'min')}"
    if not before.first_response_minutes:
        return told
    share = now.first_response_minutes / before.first_response_minutes - 1
    if abs(share) < LEVEL:
        return f"{told}, as before"
    moved, way = words.change(abs(share)).lstrip("+"), "later" if share > 0 else "sooner"
    return f"{told}, {moved} {way} than before"


def breakdown_finding(found: pd.DataFrame, by: str) -> str:
    """Which topic, channel or priority most tickets have."""
    opened = found["opened"].sum()
    if not opened:
        return f"Tickets by {by}"
    first = found.iloc[0]
    return f"{words.plain(first['label'])} makes {first['opened'] / opened:.0%} of tickets"


def _begun(now: SupportSummary) -> int:
    """How many were open as the range began."""
    return now.backlog - now.opened + now.resolved


def _meaning(key: str) -> str:
    return SUPPORT_METRICS[key].definition


def _was(before: int) -> str:
    return f"{before:,} before"
