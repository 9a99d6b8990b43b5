"""Nothing but the hash of an id reaches the tables; addresses reach no table and no log."""

import json

import httpx
from sqlalchemy import inspect, text

from db.access import create_key, create_project
from tests.ingest_api.conftest import EVENTS
from tests.processes import running_api
from tests.runs_written import write_packages

PERSON, SESSION, MAILBOX = "person-8f14e45f", "session-c9f0f895", "jane.roe@mail.example"
IPV4, IPV6, CLIENT, PHONE = "203.0.113.77", "2001:db8::7e57", "198.51.100.23", "+49 30 901820"
SECRETS = (PERSON, SESSION, MAILBOX, "jane.roe", IPV4, IPV6, CLIENT, PHONE, "127.0.0.1")
IDENTITY = {"user_id": PERSON, "session_id": SESSION, "ip_address": IPV4, "email": MAILBOX}
TELLING = f"{PERSON} of {SESSION} ({MAILBOX}) at {IPV4}, then [{IPV6}]:443."
PROPERTIES = IDENTITY | {
    "Client-IP": IPV6,
    "phone": PHONE,
    "note": TELLING,
    "more": [{"userId": PERSON, "seen": [TELLING]}, MAILBOX],
    MAILBOX: IPV4,
    "path": f"/users/{PERSON}?mail=jane.roe%40mail.example&ip={IPV6}",
}
EVENT = IDENTITY | {
    "event_type": f"open {IPV4}",
    "subject": TELLING,
    "channel": MAILBOX,
    "plan": f"plan of {PERSON}",
    "platform": IPV6,
    "error_type": f"no route to {IPV4}",
    "ok": False,
    "properties": PROPERTIES,
    "unknown": TELLING,
}
COMMAND = {"command": f"open {MAILBOX}", "success": True, "version": "1.0"}
RUN = {
    "package": "code-reviewer",
    "user_id": PERSON,
    "session_id": SESSION,
    "run_id": f"run of {PERSON}",
    "organization": f"{PERSON} and sons",
    "model": f"model of {MAILBOX}",
    "platform": IPV4,
    "channel": f"channel of {PERSON}",
    "error_type": f"no route to {IPV6}",
    "error_message": f"{TELLING} Call {PHONE}.",
    "user_agent": f"Mozilla/5.0 ({IPV4}; {MAILBOX})",
}
DOWNLOAD = {
    "package": "code-reviewer",
    "user_id": PERSON,
    "installer": f"installer of {PERSON}",
    "user_agent": f"{PERSON}/1.0 ({MAILBOX}; {IPV4}) Linux",
}
FEEDBACK = "/api/v1/feedback"
PACKAGES = "/api/v1/analytics"
WORDS = {
    "user_id": PERSON,
    "session_id": SESSION,
    "interaction_id": f"chat of {PERSON} in {SESSION}",
    "comment": f"{TELLING} Call {PHONE}.",
    "context": PROPERTIES,
    "subject": TELLING,
    "package": f"{PERSON}/tool",
    "plan": MAILBOX,
}
HEADERS = {
    "X-Forwarded-For": f"{CLIENT}, {IPV4}",
    "X-Real-IP": CLIENT,
    "Forwarded": f"for={CLIENT}",
    "User-Agent": f"Mozilla/5.0 ({IPV4}; {MAILBOX})",
}


def test_ids_and_addresses_are_in_no_table_and_no_log(own_database, own_engine):
    with own_engine.begin() as conn:
        projects = [
            create_project(conn, mode, consent=mode, retention_months=None)
            for mode in ("opt-in", "opt-out", "anonymous")
        ]
        for project in projects:
            write_packages(conn, project, "code-reviewer")
        keys = [create_key(conn, project.id, "ingest") for project in projects]
    with running_api(own_database) as api:
        for key in keys:
            _send_everything(f"{api.address}", key)
        logged = api.stop()
    stored = _all_of(own_engine)
    assert '"name":"open [removed]"' in stored
    for secret in SECRETS:
        assert secret not in stored
        assert secret not in logged


def _send_everything(address: str, key: str) -> None:
    """Good requests, and every kind of bad one: mistakes are what logs are made of."""
    with httpx.Client(base_url=address, headers=HEADERS | {"X-API-Key": key}) as client:
        client.put("/api/v1/consent", json={"user_id": PERSON, "purposes": {"usage": True}})
        good = client.post(EVENTS, json={"events": [EVENT], "consent": ["usage"]})
        assert good.json()["accepted"] == 1, good.text
        client.post(EVENTS, json=[EVENT | {"event_id": f"{PERSON}-1"}] * 2)
        client.post(EVENTS, json=[EVENT | {"timestamp": TELLING, "duration_ms": IPV4, IPV4: 1}])
        client.post(EVENTS, content=TELLING)
        client.post(EVENTS, content=json.dumps([EVENT])[:-9])
        client.post("/v1/track", json=IDENTITY | COMMAND | {"timestamp": 1767225600000})
        client.post("/v1/track", json=IDENTITY | {"timestamp": TELLING})
        run = client.post(f"{PACKAGES}/runs", json=RUN | {"consent": ["usage"]})
        assert run.json()["id"], run.text
        client.post(f"{PACKAGES}/runs", json=[RUN, RUN | {"tokens": TELLING, IPV4: MAILBOX}])
        download = client.post(f"{PACKAGES}/downloads", json=DOWNLOAD | {"consent": ["usage"]})
        assert download.json()["id"], download.text
        known = {"userId": PERSON, "sessionId": SESSION, "feedback": TELLING}
        of_a_run = {"usageId": RUN["run_id"], "feedback": f"{MAILBOX} at {IPV6}", "rating": 1}
        client.post(f"{PACKAGES}/feedback", json=of_a_run | {"consent": ["feedback"]})
        client.post(f"{PACKAGES}/feedback", json=of_a_run | known)
        client.post(f"{PACKAGES}/feedback", json=of_a_run | {"usageId": PERSON})
        said = client.post(FEEDBACK, json=WORDS | {"consent": ["feedback"]})
        assert said.json()["status"] == "stored", said.text
        client.post(FEEDBACK, json=WORDS | {"rating": TELLING})
        client.get("/api/v1/consent", params={"user_id": PERSON})
        client.get(f"/{PERSON}/{IPV4}")
        client.request("BREW", f"/{MAILBOX}")
        client.post(EVENTS, json=[EVENT], headers={"X-API-Key": TELLING})


def _all_of(engine) -> str:
    """Every row of every table as text."""
    with engine.connect() as conn:
        tables = inspect(conn).get_table_names()
        assert {"events", "ledger", "consents", "grants"} <= set(tables)
        rows = (conn.execute(text(f"SELECT row_to_json(t)::text FROM {t} t")) for t in tables)
        return "\n".join(row for found in rows for row in found.scalars())
