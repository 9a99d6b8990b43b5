"""Whatever is sent as a run or a download is understood or refused, and can be stored."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from db.tables import AUDIENCES, events, runs
from ingest_api import steps
from ingest_api.catalogue import Package
from ingest_api.event import Circumstances, Drop, Event, Reject, Sender
from ingest_api.formats import downloads as of_downloads
from ingest_api.formats import runs as of_runs
from ingest_api.formats.packages import of_a_known_package
from tests.ingest_api import strategies
from tests.ingest_api.registered import registry
from tests.thorough import cases

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEEN = Circumstances(Sender(1, "opt-out", b"secret", None), NOW)
KNOWN = {"code-reviewer": Package(1, "code-reviewer")}
NUMBERS = ("tokens", "request_bytes", "response_bytes", "input_length", "output_length")
FORMATS = [(of_runs, "runs"), (of_downloads, "downloads")]


@pytest.mark.parametrize(("of", "sent"), FORMATS)
def test_any_json_gets_a_run_a_drop_or_a_reject(of, sent):
    @given(st.one_of(getattr(strategies, sent), strategies.json_values))
    def hold(item):
        verdict = of_a_known_package(of.read(item), KNOWN, of.parse)
        if isinstance(verdict, Event):
            verdict = steps.run(verdict, SEEN)
        assert isinstance(verdict, Event | Drop | Reject)
        if isinstance(verdict, Event):
            _assert_storable(verdict)

    hold()


def _assert_storable(event):
    run = event.run
    texts = (event.app_version, run.model, run.installer, event.error_type, event.platform)
    assert not any("\x00" in text for text in texts)
    assert all(text.encode() is not None for text in texts)
    assert run.audience in AUDIENCES
    assert run.package_id == 1
    assert 0 <= run.credits < 2**31
    assert all(0 <= number < 2**31 for name in NUMBERS if (number := getattr(run, name)))
    assert event.ok == (event.error_type == "")


@pytest.mark.parametrize("kind", ["runs", "downloads"])
def test_whatever_is_sent_is_stored_in_both_tables_or_in_neither(open_door, kind):
    door = registry(open_door)

    @given(st.lists(getattr(strategies, kind), min_size=1, max_size=4))
    @settings(
        max_examples=cases(60), suppress_health_check=list(HealthCheck), phases=[Phase.generate]
    )
    def hold(items):
        answer = door.send(items, f"/api/v1/analytics/{kind}")
        assert answer.status_code in (200, 422), answer.text

    hold()
    with door.engine.connect() as conn:
        counted = [
            conn.execute(
                select(func.count()).select_from(table).where(table.c.project_id == door.project.id)
            ).scalar_one()
            for table in (events, runs)
        ]
    assert counted[0] == counted[1] == door.outcomes()["accepted"] > 0
