"""Files through steps, consent and the writer into the database."""

import io
import json
from hashlib import sha512

import pandas as pd
import pytest

from db.errors import BadImport, UnknownProject
from ingest_api.importing import batches, import_events
from tests.thorough import thorough

HEADER = "user,event,time"
JSONL = "\n".join(
    json.dumps({"user": f"u{n}", "event": "open", "time": f"2026-03-01T12:00:0{n}Z", "ms": n})
    for n in range(3)
)


def parquet() -> bytes:
    buffer = io.BytesIO()
    times = pd.to_datetime([f"2026-03-01T12:00:0{n}" for n in range(3)]).as_unit("ns")
    frame = pd.DataFrame({"user": ["u0", "u1", None], "event": "open", "time": times})
    frame["session"], frame["ms"] = [7.0, None, 9.0], [0, 1, 2]
    frame.to_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["events.jsonl", "events.jsonl.gz"])
def test_jsonl_is_imported(importer, name):
    mapping = "name=event,actor=user,occurred_at=time,duration_ms=ms"
    assert importer.take(importer.file(name, JSONL), mapping).accepted == 3
    assert importer.door.stored("name", "duration_ms") == [("open", 0), ("open", 1), ("open", 2)]


@pytest.mark.parametrize("name", ["events.parquet", "events.parquet.gz"])
def test_parquet_is_imported(importer, name):
    mapping = "name=event,actor=user,occurred_at=time,session=session,value=ms"
    assert importer.take(importer.file(name, parquet()), mapping).accepted == 3
    assert importer.door.stored("value") == [0, 1, 2]


def test_all_fields_arrive(importer):
    importer.csv(
        HEADER + ",s,a,b,c,d,e,f,g,h,i",
        "u1,page_view,2026-03-01 12:00,s1,/home,web,1.2,de,email,pro,12.5,3,no",
        mapping="name=event,actor=user,occurred_at=time,session=s,subject=a,platform=b,"
        "app_version=c,country=d,channel=e,plan=f,duration_ms=g,value=h,ok=i,properties.user2=a",
    )
    fields = "subject platform app_version country channel plan duration_ms value ok properties"
    stored = importer.door.stored(*fields.split())
    expected = ("/home", "web", "1.2", "DE", "email", "pro", 12.5, 3, False, {"user2": "/home"})
    assert stored == [expected]


def test_equal_rows_are_all_stored_and_a_repetition_adds_nothing(importer, monkeypatch):
    monkeypatch.setattr(batches, "ROWS_A_BATCH", 2)
    rows = ["u1,open,2026-03-01"] * 3 + ["u2,open,2026-03-01"] * 2
    assert importer.csv(HEADER, *rows).accepted == 5
    again = importer.csv(HEADER, *reversed(rows), "u3,open,2026-03-02")
    assert (again.accepted, again.duplicates) == (1, 5)
    assert importer.door.outcomes() == {"accepted": 6, "duplicate": 5}


def test_an_id_in_the_file_is_used_and_one_that_is_missing_is_made(importer):
    mapping = "name=event,actor=user,occurred_at=time,event_id=id"
    rows = ("u1,open,2026-03-01,a", "u1,shut,2026-03-01,a", "u1,open,2026-03-01,")
    assert importer.csv(HEADER + ",id", *rows, mapping=mapping).accepted == 2
    assert importer.csv(HEADER + ",id", *rows, mapping=mapping).accepted == 0


def test_rejected_lines_are_listed_and_counted_and_the_others_stored(importer):
    result = importer.csv(
        HEADER,
        "u1,open,2026-03-01",
        "u1,open",
        ",open,2026-03-01",
        "u1,open,1999-03-01",
        "u1,open,2999-03-01",
        "u1,o\x00n,2026-03-01",
    )
    assert result.accepted == 1
    assert [(line, reason, told.split(":")[0]) for line, reason, told in importer.rejects()] == [
        ("line", "reason", "message"),
        ("3", "invalid", "2 fields where the header has 3"),
        ("4", "invalid", "user"),
        ("5", "too_old", "time"),
        ("6", "in_future", "time"),
        ("7", "invalid", "event"),
    ]
    counted = {"invalid": 3, "too_old": 1, "in_future": 1}
    assert result.rejected == counted
    assert importer.door.outcomes() == {"accepted": 1} | counted


def test_the_file_that_is_read_is_not_overwritten_with_rejects(importer):
    path = importer.file("in.csv", f"{HEADER}\nu1\n")
    (importer.folder / "link.csv").symlink_to(path)
    asked = importer.door.project.name, "name=event,actor=user,occurred_at=time"
    for rejects in (path, importer.folder / "link.csv"):
        with pytest.raises(BadImport, match="is the file that is read"):
            import_events(importer.url, path, *asked, rejects, lambda *_: None)
    assert path.read_text() == f"{HEADER}\nu1\n"


def test_the_file_of_rejects_is_named_after_the_file_and_made_only_when_needed(
    importer, monkeypatch
):
    monkeypatch.chdir(importer.folder)

    def take(name: str, *lines: str):
        path = importer.file(name, "\n".join((HEADER, *lines)))
        project = importer.door.project.name
        mapping = "name=event,actor=user,occurred_at=time"
        return import_events(importer.url, path, project, mapping, None, lambda *_: None)

    assert take("good.csv", "u1,open,2026-03-01").rejects is None
    assert take("bad.csv", "u1").rejects == "bad.csv.rejects.csv"
    found = {path.name for path in importer.folder.glob("*.rejects.csv")}
    assert found == {"bad.csv.rejects.csv"}


def test_what_is_too_old_is_told_with_what_to_do(open_importer):
    importer = open_importer(retention_months=12)
    told = importer.csv(HEADER, "u1,open,2020-03-01").told()
    assert "1 rejected as too_old (older than the project keeps events; " in told
    assert "--retention none" in told


def test_a_file_states_consent_for_its_people_which_is_recorded(open_importer):
    importer = open_importer("opt-in")
    result = importer.csv(HEADER, "u1,open,2026-03-01", "u2,error,2026-03-01")
    assert (result.accepted, result.people_granted) == (2, 2)
    purposes = ("usage", "features", "performance", "feedback", "geography")
    assert importer.grants() == {(purpose, True, "import") for purpose in purposes}


def test_the_statement_may_be_narrower(open_importer):
    importer = open_importer("opt-in")
    rows = ("u1,open,2026-03-01", "u1,error,2026-03-01")
    result = importer.csv(HEADER, *rows, consent="usage,feedback")
    assert (result.accepted, result.dropped) == (1, {"no_consent": 1})
    assert "1 left out as no_consent (their people refused, or --consent" in result.told()
    assert importer.grants() == {("usage", True, "import"), ("feedback", True, "import")}


def test_without_a_statement_the_record_decides(open_importer):
    importer = open_importer("opt-in")
    result = importer.csv(HEADER, "u1,open,2026-03-01", consent="none")
    assert (result.accepted, result.dropped) == (0, {"no_consent": 1})
    assert importer.grants() == set()


def test_a_refusal_on_record_wins(open_importer):
    importer = open_importer("opt-in")
    refusal = {"user_id": "u1", "purposes": {"usage": False}}
    url, headers = "/api/v1/consent", {"X-API-Key": importer.door.key}
    assert importer.door.client.put(url, json=refusal, headers=headers).status_code == 200

    result = importer.csv(HEADER, "u1,open,2026-03-01", "u2,open,2026-03-01")

    assert (result.accepted, result.dropped) == (1, {"no_consent": 1})
    assert ("usage", False, "api") in importer.grants()
    said = importer.door.client.get(url, params={"user_id": "u1"}, headers=headers).json()
    assert said["purposes"]["usage"] is False


def test_a_project_that_needs_no_statement_records_none(importer):
    assert importer.csv(HEADER, "u1,open,2026-03-01").people_granted == 0
    assert importer.grants() == set()


def test_an_anonymous_project_keeps_no_ids_and_still_knows_a_repetition(open_importer):
    importer = open_importer("anonymous")
    rows = ("u1,open,2026-03-01", "u2,open,2026-03-01")
    assert importer.csv(HEADER, *rows, consent="usage").accepted == 2
    assert importer.csv(HEADER, *rows).duplicates == 2
    assert importer.csv(HEADER, "u8,open,2026-03-01", "u9,open,2026-03-01").duplicates == 2
    assert importer.door.stored("actor_key", "session_key") == [(0, None)] * 2
    assert importer.grants() == set()


def test_a_preview_shows_the_first_events_and_stores_nothing(importer):
    lines = (HEADER, "u1,open,2026-03-01", "u2,open,never", "u3,open,1999-01-01", "u4", *"xyz")
    first, *others = importer.preview(importer.file("file.csv", "\n".join(lines)))
    time = first.pop("occurred_at")
    assert first == {"line": 2, "name": "open", "actor": "u1"}
    assert time.isoformat() == "2026-03-01T00:00:00+00:00"
    assert [row["rejected"].split(":")[0] for row in others[:2]] == ["time", "time"]
    assert len(others) == 4
    assert importer.door.stored() == []
    assert importer.door.outcomes() == {}


def test_what_cannot_be_imported_is_told_in_a_sentence(importer):
    path = importer.file("file.csv", f"{HEADER}\nu1,open,2026-03-01")
    with pytest.raises(BadImport, match=r"--consent: a purpose is one of .*; or all, or none"):
        importer.take(path, consent="everything")
    with pytest.raises(BadImport, match="no column 'plan'"):
        importer.take(path, "name=event,actor=user,occurred_at=time,plan=plan")
    with pytest.raises(UnknownProject):
        import_events(importer.url, path, "nobody's", "", None, lambda *_: None)


@thorough
def test_a_file_that_breaks_off_can_be_completed_later(importer, monkeypatch):
    monkeypatch.setattr(batches, "ROWS_A_BATCH", 200)
    texts = [sha512(str(n).encode()).hexdigest() * 2 for n in range(3_000)]
    rows = [f"u{n},open,2026-03-01,{text}" for n, text in enumerate(texts)]
    whole = importer.file("file.csv.gz", "\n".join((HEADER + ",text", *rows)))
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 2])
    with pytest.raises(BadImport, match="breaks off"):
        importer.take(whole)
    stored = len(importer.door.stored())
    assert 0 < stored < 3_000
    whole.write_bytes(content)
    result = importer.take(whole)
    assert (result.accepted, result.duplicates) == (3_000 - stored, stored)
