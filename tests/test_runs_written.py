"""Runs that tests write down are what the writer would have stored."""

from sqlalchemy import select

from db.tables import events, ledger, runs
from tests.runs_written import write_members, write_runs

LINE = (
    "ann code-reviewer 2026-03-01T10:00Z version=1.2.0 model=m1 tokens=7 credits=2 duration=20 "
    "organisation=Acme country=DE error=timeout"
)


def test_a_run_is_an_event_with_more_columns_in_a_batch_that_waits(conn, project):
    acme = write_members(conn, project, "Acme", "ann role=admin team=Web")
    (run_id,) = write_runs(conn, project, LINE)
    event = conn.execute(select(events).where(events.c.event_id == run_id)).one()
    run = conn.execute(select(runs).where(runs.c.run_id == run_id)).one()
    batch = conn.execute(select(ledger).where(ledger.c.batch_id == run.batch_id)).one()
    assert (event.name, event.subject, event.app_version) == (
        "package_run",
        "code-reviewer",
        "1.2.0",
    )
    assert (event.value, event.country, event.ok) == (2, "DE", False)
    assert (run.organisation_id, run.team, run.tokens, run.credits) == (acme, "Web", 7, 2)
    assert (run.actor_key, run.occurred_at) == (event.actor_key, event.occurred_at)
    assert (batch.accepted, batch.rolled_at) == (1, None)
