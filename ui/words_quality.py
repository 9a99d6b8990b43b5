"""The state of the data in words: what a reader should know before believing a chart."""

from datetime import datetime, timedelta

import pandas as pd

from analytics.operations.intake import Freshness
from analytics.operations.quality import KEPT, Rolling
from analytics.operations.samples import RECENT
from db.tables import ROLLED_AS
from ui import words

WORRYING_LAG = 60.0  # seconds
SILENT = timedelta(days=1)
REASONS = {
    "no_consent": "without consent",
    "do_not_track": "because of Do Not Track",
    "bot": "from bots",
    "duplicate": "sent twice",
    "invalid": "for being malformed",
    "bad_time": "for being of no known time",
    "in_future": "for being of the future",
}


def verdict(fresh: Freshness, sent: pd.DataFrame, now: datetime) -> str:
    """Whether to believe the charts: "Data is fresh; 3.1% of events are not kept, mostly ..."."""
    if fresh.last_event_at is None:
        return "There is no data yet"
    return f"{_state(fresh, now)}; {losing(sent)}"


def losing(sent: pd.DataFrame) -> str:
    """What share of what was sent is not kept, and the reason for most of it."""
    lost = sent[sent["outcome"] != KEPT]
    if lost.empty:
        return "everything that was sent is kept"
    share = lost["n"].sum() / sent["n"].sum()
    most = lost.sort_values("n").iloc[-1]
    mostly = "mostly " if most["n"] < lost["n"].sum() else ""
    return f"{words.amount(share, 'share')} of events are not kept, {mostly}{reason(most.outcome)}"


def reason(outcome: str) -> str:
    """Why an event was not kept, within a sentence."""
    return REASONS.get(outcome, f"for being {outcome.replace('_', ' ')}")


def facts(
    fresh: Freshness,
    sent: pd.DataFrame,
    clocks: pd.DataFrame,
    rolling: Rolling,
    now: datetime,
) -> list[str]:
    """Freshness, what was kept, consent, clocks and the worker, a sentence each."""
    told = [words.freshness(fresh, now), _kept(sent), _consented(sent), _clocks(clocks)]
    return [line for line in [*told, _counted(rolling), _version(rolling)] if line]


def events_finding(volumes: pd.DataFrame) -> str:
    """How many events are new, and how many have gone quiet."""
    new, quiet = ((volumes["state"] == state).sum() for state in ("new", "quiet"))
    if not new and not quiet:
        many = len(volumes) != 1
        return f"All {len(volumes)} events keep coming" if many else "The one event keeps coming"
    parts = [_number(new, "is new", "are new"), _number(quiet, "has", "have")]
    if quiet:
        parts[1] += " gone quiet"
    told = [part for part, count in zip(parts, (new, quiet), strict=True) if count]
    return f"Of {len(volumes)} events {' and '.join(told)}"


def properties_finding(found: pd.DataFrame) -> str:
    """How many properties are new."""
    if found.empty:
        return "No new properties"
    return f"{_number(len(found), 'property is', 'properties are')} new this week"


def clocks_finding(clocks: pd.DataFrame) -> str:
    """The share that arrives when it happens."""
    near = _share_of(clocks, "Within 150 s")
    return f"{words.amount(near, 'share')} of events arrive as they happen"


def consent_finding(consent: pd.DataFrame) -> str:
    """The purpose that is granted least, of those that people decided on."""
    if consent.empty:
        return "Consent by purpose"
    least = consent.sort_values("share").iloc[0]
    share = words.amount(least["share"], "share")
    return f"Granted least: {least['purpose']}, by {share} of those who decided"


def _state(fresh: Freshness, now: datetime) -> str:
    if fresh.unrolled_batches and fresh.lag_seconds > WORRYING_LAG:
        return f"Counting is {words.duration(fresh.lag_seconds)} behind"
    if fresh.last_received_at is None or now - fresh.last_received_at > SILENT:
        return f"Nothing has come since {words.ago(fresh.last_received_at, now)}"
    return "Data is fresh"


def _kept(sent: pd.DataFrame) -> str:
    total = sent["n"].sum()
    if not total:
        return ""
    share = words.amount(_part(sent, KEPT) / total, "share")
    return f"{share} of the {total:,} events that were sent are kept"


def _consented(sent: pd.DataFrame) -> str:
    kept, refused = _part(sent, KEPT), _part(sent, "no_consent") + _part(sent, "do_not_track")
    if not refused:
        return ""
    share = words.amount(kept / (kept + refused), "share")
    return f"{share} of the events that could be kept come from people who agreed"


def _clocks(clocks: pd.DataFrame) -> str:
    if clocks.empty:
        return ""
    ahead = words.amount(_share_of(clocks, "Ahead of its arrival"), "share")
    counted = f"{min(clocks['events'].sum(), RECENT):,}"
    return f"{ahead} of the latest {counted} events came before their own time, by a wrong clock"


def _counted(rolling: Rolling) -> str:
    if rolling.median_seconds is None or rolling.p95_seconds is None:
        return ""
    half, most = words.duration(rolling.median_seconds), words.duration(rolling.p95_seconds)
    batches = f"the {rolling.batches:,} latest batches"
    if rolling.batches == 1:
        return f"The latest batch was counted within {half}"
    return f"Half of {batches} were counted within {half}, 95% within {most}"


def _version(rolling: Rolling) -> str:
    if rolling.version in (None, ROLLED_AS):
        return ""
    return "The counts are of an older version; the worker makes them anew"


def _part(sent: pd.DataFrame, outcome: str) -> int:
    return int(sent.loc[sent["outcome"] == outcome, "n"].sum())


def _share_of(clocks: pd.DataFrame, delay: str) -> float:
    return float(clocks.loc[clocks["delay"] == delay, "share"].sum())


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
