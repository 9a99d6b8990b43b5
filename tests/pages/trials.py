"""Experiments that were run, made of the sums that the worker would have counted."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from analytics.experiments.definition import METRICS, Measure, Metric
from db import tables
from db.experiments.checking import Draft
from db.experiments.drafting import create_experiment
from db.experiments.kept import Variant
from db.experiments.running import start_experiment

NOW = datetime.now(UTC)
STARTED = NOW - timedelta(days=30)
RIPE = (NOW - timedelta(days=10)).date()
HALF = 5_000
PRIMARY = Metric(1, "primary", "Checkouts", Measure("did", "checkout"), unit="share")
GUARD = Metric(
    2, "guardrail", "Failures", Measure("did", "failure"), better="down", unit="share", margin=0.5
)
PLAN = {"units": 2_000, "days": 20, "effect": 0.1, "power": 0.8, "level": 0.05}


def draft(key="short", **more):
    """An experiment of a short checkout against a long one."""
    metrics = METRICS.dump_json((PRIMARY, GUARD)).decode()
    both = (Variant("long", HALF), Variant("brief", HALF))
    given = {"name": f"Checkout {key}", "variants": both, "control": "long", "plan": PLAN}
    return Draft("experiment", **{"key": key, "metrics": metrics} | given | more)


def run(conn, project, key="short", exposed=(1_000, 1_000), bought=(400, 500), failed=(50, 50)):
    """Start it a month ago, with so many people of the control and of the other variant; of them
    so many have bought something and met a failure."""
    number = create_experiment(conn, project.id, draft(key), None, STARTED)
    start_experiment(conn, project.id, key, None, STARTED)
    for variant, people, *counts in zip(("long", "brief"), exposed, bought, failed, strict=True):
        ours = {"experiment_id": number, "project_id": project.id, "phase": 1, "variant": variant}
        came = {"day": STARTED.date() + timedelta(days=1), "n": people, "mixed": 0}
        conn.execute(insert(tables.exposure_days).values(ours | came))
        for metric, count in zip((1, 2), counts, strict=True):
            shares = {"metric": metric, "day": RIPE, "n": people, "d": people, "dd": people}
            done = {"y": count, "yy": count, "yd": count}
            conn.execute(insert(tables.outcome_days).values(ours | shares | done))
    return number
