"""What Prometheus can read of this process."""

from prometheus_client import Counter, Gauge, Histogram

EVENTS = Counter("looplens_events", "Events by what became of them.", ["outcome"])
DROPPED = Counter("looplens_events_refused", "Events dropped or rejected, by reason.", ["reason"])
STRIPE_EVENTS = Counter(
    "looplens_stripe_events", "Events of Stripe by what became of them.", ["outcome"]
)
REQUESTS = Counter("looplens_requests", "Answers of the API.", ["route", "status"])
SECONDS = Histogram(
    "looplens_request_seconds",
    "Time to answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
COMMITTED = Counter("looplens_events_committed", "Events in commits of the writer.")
COMMIT_SECONDS = Histogram("looplens_commit_seconds", "Time of a commit of the writer.")
WAITING = Gauge("looplens_events_waiting", "Events that wait for their commit.")
LAG = Gauge("looplens_rollup_lag_seconds", "Age of the oldest batch not yet in the rollups.")
