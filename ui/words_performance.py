"""How requests and AI calls are served, in words."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import pandas as pd

from analytics.filters import Filters
from analytics.operations.requests.compared import Standing
from analytics.operations.requests.measured import Measured
from analytics.operations.requests.spread import LIMITS
from db.tables import INSTALLATION
from ui import words
from ui.charts.axes import PERIOD_FORMATS
from ui.words import amount, change, earlier, plain

SECOND = 1_000
SLOWEST = 0.01  # requests a second that are told by their number
FEW = 3  # periods, of which one always has much
PREPOSITIONS = {"day": "on", "week": "in the week from", "month": "in"}
REFUSED = r"4\d\d"
ENDPOINTS = (
    "Every endpoint with requests in the range, the slowest 95th percentile first. The change "
    "compares the days that are over with those before."
)
KINDS = (
    "Failures (500 and above) by the exception that caused them, and refusals (400 to 499) by "
    "their status, with their share of the endpoint's requests."
)
SPREAD = (
    "A column a period, a row a band of the time to answer: the darker, the larger a share of the "
    "period's requests. Two dark rows are two kinds of requests, which no percentile shows."
)
PAGES = "How long pages took to load, as browsers and apps timed it with page_view."
MODELS = (
    "AI calls of the whole project by kind and model: how many succeed, how long they take, how "
    "large they are, and what people made of them. Shares are of the calls that tell."
)
NO_KIND = "Nothing failed and nothing was refused in this range."
NO_CLIENT_KIND = "Clients tell causes with their events: the Errors page groups them."
NO_PAGE = "No page_view with a duration_ms came in this range."
NO_CALL = (
    "No AI call came in this range. Send ai_request, voice_request, transcription, tts or "
    "conversation as events, with model_used, duration_ms and success."
)
NO_FAILURE = "No request failed in this range."
NO_REQUEST = "Nobody asked for anything in this range. Choose a wider one."
MEASURED = {
    "servers": "Counted by servers: every request, from its arrival to the end of its answer.",
    "clients": "Counted by clients: the requests whose api_request events they sent, with the way.",
}
HOW = (
    "Looplens shows its own API until yours reports. Any ASGI application (FastAPI, Starlette, "
    "Litestar, Django) takes one line; the counts name no person. Make the key with "
    "`python -m db key PROJECT --scope server`."
)
BY_KIND = {
    "ai_request": "AI request",
    "voice_request": "Voice request",
    "transcription": "Transcription",
    "tts": "Speech",
    "conversation": "Conversation",
}


def source(measured: Measured) -> str:
    """What a source of requests is called."""
    if measured.project_id == INSTALLATION:
        return "Looplens itself"
    if measured.by == "clients":
        return "Clients"
    return f"Service {measured.service}" if measured.service else "Servers"


def rate(per_second: float | None) -> str:
    """Requests a second, in one unit however few they are: "12.3/s", "0.64/s"."""
    if per_second is None:
        return words.NOTHING
    if 0 < per_second < SLOWEST:
        return f"<{SLOWEST}/s"
    return f"{per_second:,.1f}/s" if per_second >= 1 else f"{per_second:.2f}/s"


def moved(share: float | None, filters: Filters) -> str:
    """A change in words, to follow what it is of: ", up 38% on 4 weeks earlier"; "" for none."""
    if share is None or share != share:
        return ""
    than = earlier(filters.whole_days() or filters)
    if abs(share) < 0.005:
        return f", level with {than}"
    return f", {'up' if share > 0 else 'down'} {change(abs(share)).lstrip('+')} on {than}"


def latency(found: Standing, filters: Filters) -> str:
    """The finding on time: "One request in twenty takes over 412 ms, up 38% on a week earlier"."""
    if found.now.p95 is None:
        return "Time to answer"
    return f"One request in twenty takes over {amount(found.now.p95, 'ms')}" + moved(
        found.change("p95"), filters
    )


def load(found: Standing, filters: Filters) -> str:
    """The finding on volume: "12.3/s requests, up 5% on a week earlier"."""
    if not found.now.n:
        return "Requests"
    return f"{rate(found.now.per_second)} requests" + moved(found.change("per_second"), filters)


def failing(found: Standing, filters: Filters, trend: pd.DataFrame | None = None) -> str:
    """The finding on failures: "0.31% of requests fail, down 12% on a week earlier".

    With the figures of the periods it says, too, where most of them failed in a single one.
    """
    if found.now.error_rate is None:
        return "Failed requests"
    if not found.now.failures:
        return f"None of {words.counted(found.now.n, 'request')} failed"
    told = f"{found.now.error_rate:.2%} of requests fail"
    told += moved(found.change("error_rate"), filters)
    return told if trend is None else told + _mostly(trend, filters.grain)


def _mostly(trend: pd.DataFrame, grain: str) -> str:
    """The period in which more than half of all failures were: ", most of them on 28 Oct"."""
    current = trend[trend["which"] == "current"]
    by_period = current.pivot(index="period", columns="series", values="value")
    if len(by_period) < FEW or not {"error_rate", "per_second"} <= set(by_period):
        return ""
    failed = by_period["error_rate"] * by_period["per_second"]
    if not failed.sum() or failed.max() <= failed.sum() / 2:
        return ""
    pattern, _ = PERIOD_FORMATS[grain]
    at = pd.Timestamp(failed.index[int(failed.argmax())]).strftime(pattern)
    return f", most of them {PREPOSITIONS.get(grain, 'at')} {at}"


def slowest(endpoints: pd.DataFrame, filters: Filters, doing: Literal["is", "loads"]) -> str:
    """The slowest: "POST /runs is slowest: p95 412 ms, up 38% on a week earlier"."""
    timed = endpoints.dropna(subset="p95")
    if timed.empty:
        return "Endpoints" if doing == "is" else "Page loads"
    first = timed.iloc[0]
    name = first["endpoint"] or "(no name)"
    told = f"{name} {doing} slowest: p95 {amount(first['p95'], 'ms')}"
    return told + moved(first["change"], filters)


def kinds(found: pd.DataFrame) -> str:
    """The most frequent failure, or else refusal: "KeyError at GET /runs fails most: 120 times"."""
    if found.empty:
        return "Failures and refusals by kind"
    refused = found["kind"].str.fullmatch(REFUSED)
    first = found.assign(refused=refused).sort_values("refused", kind="stable").iloc[0]
    times = words.counted(int(first["n"]), "time")
    what = "is refused" if first["refused"] else "fails"
    return f"{first['kind']} at {first['endpoint']} {what} most: {times}"


def spread(found: Standing) -> str:
    """How far the time to answer is spread: "Half within 20 ms, one in a hundred over 900 ms"."""
    if found.now.p50 is None:
        return "How the time to answer is spread"
    quick, slow = amount(found.now.p50, "ms"), amount(found.now.p99, "ms")
    return f"Half within {quick}, one in a hundred over {slow}"


def models(found: pd.DataFrame) -> str:
    """The model used most: "nova: 97.1% of 1,234 calls succeeded, p95 2.30 s"."""
    if found.empty:
        return "AI calls"
    first = found.iloc[0]
    calls = words.counted(int(first["n"]), "call")
    told = f"{first['model'] or '(no model)'}: {first['success']:.1%} of {calls} succeeded"
    return told + (f", p95 {amount(first['p95'], 'ms')}" if first["p95"] == first["p95"] else "")


def bands() -> Sequence[str]:
    """The bands of the time to answer, the shortest first: "under 1 ms", "1 to 2 ms", ..."""
    ends = [f"{end:,} ms" if end < SECOND else f"{end // SECOND} s" for end in LIMITS]
    between = [
        f"{start.split()[0] if start.split()[1] == end.split()[1] else start} to {end}"
        for start, end in pairwise(ends)
    ]
    return [f"under {ends[0]}", *between, f"over {ends[-1]}"]


def apdex(value: float | None) -> str:
    """Apdex with two digits."""
    return words.NOTHING if value is None else f"{value:.2f}"


def measured_by(measured: Measured) -> str:
    """Who counted, as a note."""
    return MEASURED["clients" if measured.by == "clients" else "servers"]


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """AI calls with their kinds in words."""
    return frame.assign(name=frame["name"].map(lambda name: BY_KIND.get(name, plain(name))))
