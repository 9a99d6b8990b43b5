"""A report tells where something went wrong, and nothing of what it was about."""

import json

import pytest
import sentry_sdk
from sentry_sdk.transport import Transport

from db.errors import BadSetting
from db.sentry import SETTING, report_failures, tell, without_contents
from jobs.__main__ import Duty
from ui import errors as calm_errors

SECRET = "ann@example.org"


class Kept(Transport):
    """What would have been sent."""

    def __init__(self):
        super().__init__()
        self.sent = []

    def capture_envelope(self, envelope):
        self.sent.append(envelope.serialize().decode())

    @property
    def reports(self):
        return [item for each in self.sent for item in map(json.loads, each.splitlines()[2:])]


@pytest.fixture
def reported(monkeypatch):
    """Reports of this process, kept here; nothing is reported any more afterwards."""
    monkeypatch.setenv(SETTING, "https://key@sentry.example/1")
    kept = Kept()
    report_failures("worker", kept)
    yield kept
    sentry_sdk.get_global_scope().set_client(None)


def fail(person=SECRET):
    message = f"no mail to {person}"
    try:
        raise KeyError(message)
    except KeyError as error:
        raise ValueError(f"{person} is missing") from error


def test_it_tells_which_error_was_raised_where(reported):
    with pytest.raises(ValueError, match="missing") as raised:
        fail()
    tell(raised.value)
    (report,) = reported.reports
    first, second = report["exception"]["values"]
    assert (first["type"], second["type"]) == ("KeyError", "ValueError")
    frame = second["stacktrace"]["frames"][-1]
    assert (frame["module"], frame["function"]) == ("tests.db.test_sentry", "fail")
    assert report["tags"] == {"process": "worker"}


def test_it_tells_nothing_of_what_was_handled(reported):
    sentry_sdk.set_user({"email": SECRET})
    sentry_sdk.add_breadcrumb(message=SECRET)
    sentry_sdk.set_context("request", {"headers": SECRET, "data": SECRET})
    with pytest.raises(ValueError, match="missing") as raised:
        fail()
    tell(raised.value)
    (sent,) = reported.sent
    assert "ann" not in sent
    assert '"vars"' not in sent
    assert "server_name" not in sent
    assert "/test_sentry.py" not in sent


def test_what_is_no_error_is_not_reported(reported):
    sentry_sdk.capture_message(f"hello {SECRET}")
    assert reported.sent == []
    assert without_contents({"message": SECRET}, {}) is None


def test_a_duty_that_fails_is_reported(reported):
    Duty(lambda _: fail()).do(None)
    assert [each["type"] for each in reported.reports[0]["exception"]["values"]][-1] == "ValueError"


def test_an_unforeseen_error_of_a_page_is_reported(reported):
    with pytest.raises(ValueError, match="missing") as raised:
        fail()
    calm_errors.show_unexpected(raised.value)
    assert len(reported.sent) == 1


def test_nothing_is_reported_unless_asked_for(monkeypatch):
    monkeypatch.delenv(SETTING, raising=False)
    kept = Kept()
    report_failures("api", kept)
    tell(ValueError(SECRET))
    assert kept.sent == []
    assert not sentry_sdk.is_initialized()


@pytest.mark.parametrize("dsn", ["nonsense", "https://sentry.example/1", "ftp://k@x/1"])
def test_what_is_no_dsn_is_told_by_its_setting(monkeypatch, dsn):
    monkeypatch.setenv(SETTING, dsn)
    with pytest.raises(BadSetting, match=SETTING):
        report_failures("api")
