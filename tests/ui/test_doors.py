"""Signing in and out over HTTP, as a browser does it."""

import pytest
from sqlalchemy import select, text
from starlette.applications import Starlette
from starlette.middleware import Middleware

from db.access import ensure_person, invite, person_of
from db.security import Tally
from db.tables import audit_log
from tests.ui.asking import Browser
from ui import doors
from ui.server import Guard
from ui.throttling import MOST_FAILURES, Throttle


@pytest.fixture
def browser(conn, monkeypatch):
    monkeypatch.setattr(doors, "THROTTLE", Throttle())
    return Browser(Starlette(routes=doors.ROUTES, middleware=[Middleware(Guard)]))


@pytest.fixture
def link(conn):
    token = invite(conn, "ann@example.org", "executive")
    conn.commit()
    return token


def test_an_access_link_signs_in_once_and_leads_to_the_page_that_was_asked_for(browser, conn, link):
    answer = browser.post("/access", {"token": link, "next": "/trends?range=7d"})
    assert answer.status == 303
    assert answer.headers["location"] == "/trends?range=7d"
    assert person_of(conn, browser.cookies[doors.COOKIE]).email == "ann@example.org"
    assert browser.post("/access", {"token": link}).status == 403


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(browser, link):
    cookie = browser.post("/access", {"token": link}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_behind_https_the_cookie_stays_on_https(browser, link):
    answer = browser.post("/access", {"token": link}, **{"x-forwarded-proto": "https"})
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://["])
@pytest.mark.parametrize("path", ["/access", "/persona", "/leave"])
def test_a_form_of_another_site_is_refused(browser, link, path, origin):
    assert browser.post(path, {"token": link, "person": "1"}, origin=origin).status == 403


def test_outside_of_a_demo_nobody_can_be_chosen(browser, conn, monkeypatch):
    monkeypatch.delenv("LOOPLENS_DEMO", raising=False)
    made_up = ensure_person(conn, "eve@demo.example", "executive", is_persona=True)
    conn.commit()
    assert browser.post("/persona", {"person": str(made_up)}).status == 403


def test_only_personas_can_be_chosen(browser, conn, monkeypatch):
    monkeypatch.setenv("LOOPLENS_DEMO", "1")
    real = ensure_person(conn, "ann@example.org", "admin")
    made_up = ensure_person(conn, "eve@demo.example", "executive", is_persona=True)
    conn.commit()
    assert browser.post("/persona", {"person": str(real)}).status == 403
    assert browser.post("/persona", {"person": "x"}).status == 403
    answer = browser.post(
        "/persona", {"person": str(made_up)}, referer=f"{browser.origin}/trends?by=Plan"
    )
    assert answer.headers["location"] == "/trends?by=Plan"
    assert person_of(conn, browser.cookies[doors.COOKIE]).id == made_up


def test_leaving_ends_the_sign_in_and_forgets_the_cookie(browser, conn, link):
    browser.post("/access", {"token": link})
    token = browser.cookies[doors.COOKIE]
    answer = browser.post("/leave", {"next": "/"})
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert person_of(conn, token) is None
    assert conn.execute(text("SELECT count(*) FROM sign_ins")).scalar_one() == 0


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/a\nb",
        "//[",
        "http://[",
    ],
)
def test_one_is_led_to_this_site_only(address):
    assert doors.local_path(address) == "/"


def test_the_access_page_never_shows_or_keeps_a_token(browser):
    page = browser.get("/access?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page.text
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


def test_every_answer_carries_the_security_headers(browser):
    headers = browser.get("/access").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/_stcore/agent/interact", "/_stcore/metrics"])
def test_inner_endpoints_are_closed(browser, path):
    assert browser.get(path).status == 404


def test_a_form_that_is_too_large_is_refused(browser):
    assert browser.post("/access", {"token": "x" * 20_000}).status == 403


def test_who_fails_again_and_again_waits_but_may_sign_out(browser, conn, link, monkeypatch):
    tally = Tally()
    monkeypatch.setattr(doors, "count", tally.count)
    for _ in range(MOST_FAILURES.amount):
        assert browser.post("/access", {"token": "lla_wrong"}).status == 403
    answer = browser.post("/access", {"token": link})
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) > 0
    assert browser.post("/leave", {}).status == 303
    taken = {kind: n for (_, _, kind), n in tally.take().items()}
    assert taken == {"failed_sign_in": MOST_FAILURES.amount, "rate_limited": 1}


def test_who_signs_in_is_never_held_up_by_having_done_so(browser, conn):
    for _ in range(MOST_FAILURES.amount + 1):
        token = invite(conn, "ann@example.org", "executive")
        conn.commit()
        assert browser.post("/access", {"token": token}).status == 303


def test_signing_in_and_out_is_noted(browser, conn, link):
    browser.post("/access", {"token": link})
    browser.post("/leave", {})
    log = audit_log.c
    latest = select(log.act, log.place).order_by(log.id.desc()).limit(2)
    acts = [tuple(row) for row in conn.execute(latest)]
    assert acts == [("person.sign_out", "dashboard"), ("person.sign_in", "dashboard")]
