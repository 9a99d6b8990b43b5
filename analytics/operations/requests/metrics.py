"""The metrics of requests and AI calls: what each is counted from."""

from typing import Literal

from analytics.metrics import Metric


def _metric(
    key: str,
    label: str,
    unit: str,
    definition: str,
    formula: str,
    direction: Literal["up", "down", "neutral"] = "down",
) -> Metric:
    source: Literal["counts", "durations"] = "durations" if unit == "ms" else "counts"
    counts = key == "request_rate"
    return Metric(key, label, unit, definition, formula, direction, (source,), counts)


ALL_METRICS = (
    _metric(
        "request_rate",
        "Requests a second",
        "requests/s",
        "How many requests are answered in a second, on average over the time that is over.",
        "requests / seconds",
        "neutral",
    ),
    _metric(
        "request_p50",
        "Typical time (p50)",
        "ms",
        "Half of all requests were answered within this time (median, within 2%).",
        "50th percentile of the time from a request to the end of its answer",
    ),
    _metric(
        "request_p95",
        "Slow time (p95)",
        "ms",
        "One request in twenty took longer than this (95th percentile, within 2%).",
        "95th percentile of the time from a request to the end of its answer",
    ),
    _metric(
        "request_p99",
        "Slowest time (p99)",
        "ms",
        "One request in a hundred took longer than this (99th percentile, within 2%).",
        "99th percentile of the time from a request to the end of its answer",
    ),
    _metric(
        "request_errors",
        "Failed requests",
        "share",
        "The share of requests that the server failed to answer: a status of 500 and above, or of "
        "clients' requests those that they call failed. What it refused (400 to 499) is not in it.",
        "failed requests / all requests",
    ),
    _metric(
        "apdex",
        "Apdex",
        "of 1",
        "How content users can be with the speed: those within T count whole, those within 4 T "
        "half, others not. 1 is the best.",
        "(requests <= T + (requests <= 4 T and > T) / 2) / all requests",
        "up",
    ),
    _metric(
        "cache_hit_ratio",
        "Cache hits",
        "share",
        "The share of answers that came from a cache, of those that tell: by X-Cache or "
        "Cache-Status, or by 304 to a request that asked whether something changed.",
        "cache hits / (cache hits + cache misses)",
        "up",
    ),
    _metric(
        "page_load_p95",
        "Page load time (p95)",
        "ms",
        "One page view in twenty took longer than this to load, as clients timed it (within 2%).",
        "95th percentile of duration_ms of page_view",
    ),
    _metric(
        "ai_success",
        "AI calls that succeed",
        "share",
        "The share of AI calls that did not fail.",
        "AI calls with ok = true / AI calls",
        "up",
    ),
    _metric(
        "ai_corrections",
        "Correction rate",
        "share",
        "The share of AI answers or transcriptions that somebody had to correct, of those that "
        "tell.",
        "calls with corrected = true / calls with corrected",
    ),
    _metric(
        "ai_repeats",
        "Repeated commands",
        "share",
        "The share of commands that somebody had to say again, of those that tell.",
        "calls with repeated = true / calls with repeated",
    ),
    _metric(
        "ai_follow_ups",
        "Follow-up rate",
        "share",
        "The share of answers that led to a further question, of those that tell.",
        "calls with follow_up = true / calls with follow_up",
        "neutral",
    ),
    _metric(
        "ai_completions",
        "Completion rate",
        "share",
        "The share of conversations that came to their end, of those that tell.",
        "calls with completed = true / calls with completed",
        "up",
    ),
)
REQUEST_METRICS = {metric.key: metric for metric in ALL_METRICS}
