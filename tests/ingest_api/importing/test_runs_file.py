"""Files of runs and downloads: what the API would store of them, and once."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from db.errors import BadImport
from db.tables import organisations
from ingest_api.importing import import_events, preview
from tests.ingest_api.registered import one, package_of, registry, stored

LATELY = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
MAPPING = (
    "package=package_id,version=package_version,actor=user_id,occurred_at=created_at,model=model,"
    "tokens=tokens_used,duration_ms=duration_ms,credits=credits_spent,organization=org_id,"
    "error_occurred=error_occurred,error_message=error_message,comparison=comparison_mode"
)
ROW = {
    "package_id": "code-reviewer",
    "package_version": "1.2.0",
    "user_id": "u1",
    "created_at": LATELY.isoformat(),
    "model": "m1",
    "tokens_used": 1823,
    "duration_ms": 2100,
    "credits_spent": 2,
    "org_id": "Acme",
    "error_occurred": False,
    "error_message": None,
    "comparison_mode": True,
    "user_rating": 5,
}


@pytest.fixture
def importing(open_door, ingest_url, tmp_path):
    """Imports rows into a project with packages: a door to it, and what became of them."""
    door = registry(open_door)

    def written(*rows):
        path = tmp_path / "usage.jsonl"
        path.write_text("\n".join(json.dumps(row) for row in rows))
        return path

    def run(*rows, of="runs", mapping=MAPPING):
        path, listed = written(*rows), tmp_path / "rejects.csv"
        name = door.project.name
        return import_events(ingest_url, path, name, mapping, listed, lambda *_: None, "all", of)

    def show(*rows):
        return preview(ingest_url, written(*rows), door.project.name, MAPPING, "runs")

    return SimpleNamespace(door=door, run=run, show=show, rejects=tmp_path / "rejects.csv")


def test_a_table_of_runs_is_imported_as_the_api_would_take_it(importing):
    failed = ROW | {"error_occurred": True, "error_message": "no answer", "user_id": "u2"}
    result = importing.run(ROW, failed)
    assert (result.rows, result.accepted, result.rejected) == (2, 2, {})
    columns = ("version", "model", "tokens", "credits", "comparison", "ok", "organisation_id")
    acme = one(importing.door, organisations).id
    assert sorted(stored(importing.door, *columns), key=str) == sorted(
        [("1.2.0", "m1", 1823, 2, True, True, acme), ("1.2.0", "m1", 1823, 2, True, False, 0)],
        key=str,
    )
    assert importing.door.outcomes() == {"accepted": 2}


def test_importing_it_again_adds_nothing(importing):
    importing.run(ROW)
    again = importing.run(ROW)
    assert (again.accepted, again.duplicates) == (0, 1)
    assert len(stored(importing.door, "run_id")) == 1


def test_a_package_may_stand_as_its_id_and_an_unknown_one_is_told(importing):
    uid = str(package_of(importing.door).uid)
    result = importing.run(ROW | {"package_id": uid}, ROW | {"package_id": "nobody-knows"})
    assert (result.accepted, result.rejected) == (1, {"invalid": 1})
    assert "package_id: no package of this project has this name" in importing.rejects.read_text()


def test_a_row_without_a_person_or_with_too_many_tokens_is_told(importing):
    result = importing.run(ROW, ROW | {"user_id": None}, ROW | {"tokens_used": 2**31})
    assert (result.accepted, result.rejected) == (1, {"invalid": 2})
    told = importing.rejects.read_text()
    assert "user_id: needed: " in told
    assert "tokens_used: Input should be less than" in told


def test_downloads_are_imported_too(importing):
    row = {"file": "code-reviewer", "who": "m1", "at": LATELY.isoformat(), "agent": "uv/0.5"}
    mapping = "package=file,actor=who,occurred_at=at,user_agent=agent"
    assert importing.run(row, of="downloads", mapping=mapping).accepted == 1
    assert stored(importing.door, "kind", "installer", "occurred_at") == [
        ("download", "uv", LATELY)
    ]


def test_a_preview_shows_what_a_run_would_hold(importing):
    (shown,) = importing.show(ROW)
    assert (shown["line"], shown["package"], shown["version"]) == (1, "code-reviewer", "1.2.0")
    assert (shown["tokens"], shown["organization"], shown["comparison"]) == (1823, "Acme", True)
    assert stored(importing.door, "run_id") == []


@pytest.mark.parametrize(
    ("mapping", "of", "told"),
    [
        (MAPPING, "walks", "--of is events, runs, downloads"),
        (MAPPING + ",properties.x=user_rating", "runs", "no field is named 'properties.x'"),
        (MAPPING.replace("package=package_id,", ""), "runs", "which column is package"),
        (MAPPING, "downloads", "no field is named 'model'"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(importing, mapping, of, told):
    with pytest.raises(BadImport, match=told):
        importing.run(ROW, of=of, mapping=mapping)
