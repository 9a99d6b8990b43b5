"""The Live page in words: who is there, what happens and what fails."""

import pandas as pd

from analytics.operations.live import Live
from ui import words

PEOPLE = "Different people with an event in the last five minutes, as far as they are known."
RATE = "Events a second over the last whole minute."
EVENTS = "Events of the last five minutes, whether they are in the other charts yet or not."
FAILED = "Of these, those that went wrong, and errors."
NEWEST = "The newest events, without whose they are and without their properties."
FAILING = "What failed in the last five minutes, the most frequent first."
MAP = "People of the last five minutes by the country of their events. Drawn every ten seconds."
NOBODY = "Nobody whose country is known is active."
QUIET = "What comes in is shown here within seconds. The page Home tells how to send events."
ALL_WELL = "What goes wrong is listed here, the most frequent first."


def course(now: Live) -> str:
    """How much happens: "4.2 events a second, of 31 people", "9 events in five minutes"."""
    if not now.events:
        return "Nothing happened in the last five minutes"
    people = f", of {words.counted(now.people, 'person', 'people')}" if now.people else ""
    if now.rate < 1:
        return f"{words.counted(now.events, 'event')} in five minutes{people}"
    return f"{words.amount(round(now.rate, 1), '')} events a second{people}"


def failing(now: Live) -> str:
    """What fails most: "checkout failed 4 times"."""
    if now.failing.empty:
        return "Nothing fails"
    first = now.failing.iloc[0]
    what = first["subject"] or first["name"]
    return f"{what} failed {words.counted(int(first['n']), 'time')}"


def newest(events: pd.DataFrame) -> str:
    """What happened last: "The last event: page_view of home"."""
    if events.empty:
        return "No event"
    first = events.iloc[0]
    of = f" of {first['subject']}" if first["subject"] else ""
    return f"Last came {first['name']}{of}"


def failed(now: Live) -> str:
    """The share that failed: "2.1% of all"; nothing without an event."""
    return f"{words.amount(now.failed / now.events, 'share')} of all" if now.events else ""
