"""The metrics of health: uptime, burn rate, and what is measured of machines and the database."""

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
    return Metric(
        key=key,
        label=label,
        unit=unit,
        definition=definition,
        formula=formula,
        direction=direction,
        sources=("counts",),
        counts=False,
    )


UPTIME = _metric(
    "uptime",
    "Uptime",
    "share",
    "The share of probes that found what they look at as it should be; no probe is no value.",
    "good probes / all probes",
    "up",
)
BURN_RATE = _metric(
    "burn_rate",
    "Burn rate",
    "times",
    "How fast an objective's error budget is used up: at 1 it lasts for just its days.",
    "bad / all / (1 - objective)",
)
GAUGES = {
    gauge.key: gauge
    for gauge in (
        _metric("cpu", "CPU", "share", "How busy a machine's processors are.", "busy / all time"),
        _metric(
            "memory",
            "Memory",
            "share",
            "How much of a machine's memory is in use and can't be given to others.",
            "1 - available / total",
        ),
        _metric(
            "load",
            "Load",
            "a processor",
            "Processes that run or wait, on average of a minute, by processor.",
            "load average of 1 min / processors",
        ),
        _metric("disk", "Disk", "share", "How full a disk is.", "used / (used + free)"),
        _metric(
            "process_cpu",
            "CPU of a process",
            "processors",
            "The processors that API, worker or dashboard keep busy.",
            "CPU time / time, of all processes of a kind",
        ),
        _metric(
            "process_memory",
            "Memory of a process",
            "bytes",
            "The memory that API, worker or dashboard have in use.",
            "resident set size, of all processes of a kind",
        ),
        _metric(
            "connections",
            "Connections",
            "share",
            "How many of the connections that the database allows are in use.",
            "client connections / max_connections",
        ),
        _metric(
            "database_bytes",
            "Database size",
            "bytes",
            "What the database takes on its disk.",
            "pg_database_size",
        ),
        _metric(
            "table_bytes",
            "Table size",
            "bytes",
            "What a table takes with its indexes and partitions.",
            "pg_total_relation_size",
        ),
        _metric(
            "cache_hits",
            "Found in memory",
            "share",
            "The share of the pages of tables that the database found in its own memory.",
            "blks_hit / (blks_hit + blks_read) since the statistics began",
            "up",
        ),
        _metric(
            "long_queries",
            "Long queries",
            "queries",
            "Queries of the database that have run for more than five seconds.",
            "active backends with a query older than 5 s",
        ),
        _metric(
            "locks_waiting",
            "Waiting for locks",
            "queries",
            "Queries of the database that wait for another one.",
            "backends whose wait is for a lock",
        ),
        _metric(
            "queue",
            "Job queue",
            "messages",
            "Messages in the outbox that are due and not sent.",
            "messages with due_at in the past",
        ),
        _metric(
            "rollup_lag",
            "Rollup lag",
            "s",
            "The age of the oldest events that no chart shows yet.",
            "now - received_at of the oldest batch that is not rolled up",
        ),
    )
}
HEALTH_METRICS = (UPTIME, BURN_RATE, *GAUGES.values())
