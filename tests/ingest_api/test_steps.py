"""The steps between parsing and writing, each alone and all together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.identity import actor_key, session_key
from ingest_api import steps
from ingest_api.event import Circumstances, Drop, Event, Reject, Sender
from ingest_api.formats import events, track
from tests.ingest_api import strategies

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
YEAR_AGO = datetime(2025, 3, 1, 12, tzinfo=UTC)
SENDER = Sender(1, "opt-out", b"secret", 12)
SEEN = Circumstances(SENDER, NOW, oldest=YEAR_AGO)
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604"


def spelled(number: UUID) -> str:
    """A UUID in one of the ways in which it is written."""
    ways = (str(number), number.hex, number.urn, f"{{{number}}}", str(number).upper())
    return ways[number.int % len(ways)]


def at(**ago: float) -> Event:
    return Event("open", distinct_id="u1", occurred_at=NOW - timedelta(**ago))


# Whatever comes in, there is a verdict -----------------------------------------------------------


@pytest.mark.parametrize(("parse", "sent"), [(events.parse, "events"), (track.parse, "commands")])
def test_any_json_gets_an_event_a_drop_or_a_reject(parse, sent):
    @given(st.one_of(getattr(strategies, sent), strategies.json_values), strategies.moments)
    def hold(item, sent_at):
        verdict = parse(item)
        if isinstance(verdict, Event):
            verdict = steps.run(verdict, replace(SEEN, sent_at=sent_at, user_agent=IPHONE))
        assert isinstance(verdict, Event | Drop | Reject)
        if isinstance(verdict, Reject):
            verdict.message.encode()
        if isinstance(verdict, Event):
            _assert_storable(verdict)

    hold()


def _assert_storable(event: Event) -> None:
    """Postgres takes these values: no NUL, whole characters, times within bounds, valid JSON."""
    texts = (event.name, event.subject, event.error_type, event.platform, event.country)
    assert not any("\x00" in text for text in texts)
    assert all(text.encode() is not None for text in texts)
    assert YEAR_AGO <= event.occurred_at <= NOW + timedelta(days=1)
    assert event.received_at == NOW
    assert event.packed is None or len(orjson.loads(event.packed)) == len(event.properties)


# Time --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ago", "verdict"),
    [
        ({"hours": -24}, "kept"),
        ({"hours": -24, "seconds": -1}, "in_future"),
        ({"days": 365}, "kept"),
        ({"days": 365, "seconds": 1}, "too_old"),
    ],
)
def test_an_event_is_neither_of_tomorrow_nor_past_the_retention(ago, verdict):
    found = steps.on_time(at(**ago), SEEN)
    assert ("kept" if isinstance(found, Event) else found.reason) == verdict


def test_without_a_retention_what_is_before_2010_is_too_old():
    event = Event("open", occurred_at=datetime(2009, 12, 31, tzinfo=UTC))
    assert steps.on_time(event, replace(SEEN, oldest=None)).reason == "too_old"


def test_an_event_without_a_time_is_of_the_time_of_receipt():
    event = steps.on_time(Event("open"), SEEN)
    assert (event.occurred_at, event.time_is_ours) == (NOW, True)


@pytest.mark.parametrize(
    ("skew", "corrected"), [(0, False), (150, False), (-150, False), (151, True), (-3600, True)]
)
def test_a_clock_is_corrected_only_when_it_is_off_by_more_than_150_seconds(skew, corrected):
    clock = timedelta(seconds=skew)
    event = Event("open", occurred_at=NOW + clock - timedelta(minutes=5))
    seen = replace(SEEN, sent_at=NOW + clock)
    expected = NOW - timedelta(minutes=5) + (timedelta() if corrected else clock)
    assert steps.on_time(event, seen).occurred_at == expected
    assert event.time_is_ours is corrected


# Who -----------------------------------------------------------------------------------------


def test_a_crawler_is_dropped_whether_the_request_or_the_event_names_it():
    assert steps.by_a_person(Event("open"), replace(SEEN, user_agent=BOT)) == Drop("bot")
    assert steps.by_a_person(Event("open", user_agent=BOT), SEEN) == Drop("bot")
    relayed = Event("open", user_agent=IPHONE)
    assert steps.by_a_person(relayed, replace(SEEN, user_agent=BOT)) is relayed


def test_what_the_client_says_of_itself_goes_before_what_the_request_tells():
    told = Event("open", platform="kiosk", country="de")
    seen = replace(SEEN, user_agent=IPHONE, country="FR")
    assert (steps.enriched(told, seen).platform, told.country) == ("kiosk", "DE")
    silent = Event("open")
    assert (steps.enriched(silent, seen).platform, silent.country) == ("ios", "FR")


@given(st.text(min_size=1), st.text())
def test_a_pseudonym_depends_on_the_id_and_the_projects_secret_alone(person, session):
    def key(sender, name):
        event = Event(name, distinct_id=person, session_id=session)
        return steps.pseudonymous(event, replace(SEEN, sender=sender)).actor_key

    assert key(SENDER, "open") == key(replace(SENDER, project_id=2), "close") != 0
    assert key(SENDER, "open") != key(replace(SENDER, secret=b"other"), "open")


FEW = st.sampled_from(["u1", "u2", "s1", "s2", ""])


@given(st.lists(st.tuples(FEW, FEW).filter(any)))
def test_everybody_in_a_request_has_their_own_key_however_often_they_come(ids):
    seen = replace(SEEN)
    for person, session in ids:
        kept = steps.pseudonymous(Event("open", distinct_id=person, session_id=session), seen)
        assert kept.actor_key == actor_key(SENDER.secret, person or session)
        assert kept.session_key == (session_key(SENDER.secret, session) if session else None)


@given(st.text(), st.text())
def test_after_the_steps_no_id_is_left_on_the_event(person, session):
    event = Event("open", occurred_at=NOW, distinct_id=person, session_id=session)
    for mode in ("opt-in", "opt-out", "anonymous"):
        seen = replace(SEEN, sender=replace(SENDER, consent=mode))
        verdict = steps.run(replace(event), seen)
        if isinstance(verdict, Event):
            assert (verdict.distinct_id, verdict.session_id) == ("", "")
            assert (verdict.actor_key == 0) is (mode == "anonymous")


def test_an_anonymous_project_stores_nobody_but_keeps_the_first_use():
    seen = replace(SEEN, sender=replace(SENDER, consent="anonymous"))
    event = Event("open", distinct_id="u1", session_id="s1", first_use=3)
    kept = steps.pseudonymous(event, seen)
    assert (kept.actor_key, kept.session_key, kept.first_use) == (0, None, 3)


def test_where_people_are_told_apart_first_use_is_not_needed_and_not_kept():
    event = Event("open", distinct_id="u1", first_use=3)
    assert steps.pseudonymous(event, SEEN).first_use == 0


def test_an_event_of_nobody_is_rejected_where_people_are_told_apart():
    assert steps.pseudonymous(Event("open"), SEEN).message == "user_id: needed, or a session_id"


# What ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({}, "kept"),
        ({"a": "x" * 8_184}, "kept"),
        ({"a": "x" * 8_185}, "too_large"),
        ({"a": "ü" * 4_093}, "too_large"),
        ({"a": "\x00"}, "invalid"),
        ({"\x00": 1}, "invalid"),
        ({"a": r"\u0000"}, "kept"),
        ({"a": "\ud800"}, "invalid"),
        ({"\udfff": 1}, "invalid"),
        ({"a": 2**64}, "invalid"),
        ({"a": float("nan")}, "kept"),
    ],
)
def test_properties_are_small_and_can_be_stored_as_json(properties, reason):
    verdict = steps.within_size(Event("open", properties=properties), SEEN)
    assert ("kept" if isinstance(verdict, Event) else verdict.reason) == reason


def test_properties_nested_too_deep_are_rejected():
    nested = {}
    for _ in range(300):
        nested = {"a": nested}
    assert steps.within_size(Event("open", properties=nested), SEEN).reason == "invalid"


@given(st.text(min_size=1))
def test_a_clients_id_becomes_the_same_uuid_every_time(given_id):
    assert steps.as_event_id(given_id) == steps.as_event_id(given_id)
    assert steps.as_event_id(given_id)[1] is False


@given(st.one_of(st.text(min_size=1, max_size=200), st.uuids().map(spelled), st.integers()))
def test_an_event_has_the_id_that_its_text_spells_or_is_hashed_into(given_id):
    verdict = events.parse({"event_type": "open", "event_id": given_id})
    if "\x00" in str(given_id):
        assert verdict.message.startswith("event_id: ")
    else:
        assert (verdict.event_id, verdict.id_is_ours) == steps.as_event_id(str(given_id))


@pytest.mark.parametrize(
    ("given_id", "message"),
    [
        ([1], "event_id: Input should be a valid string"),
        ("x" * 201, "event_id: String should have at most 200 characters"),
        ("\x00", r"event_id: String should match pattern '^[^\x00]*$'"),
    ],
)
def test_what_is_wrong_with_an_id_is_told_once(given_id, message):
    assert events.parse({"event_type": "open", "event_id": given_id}).message == message


# Consent -------------------------------------------------------------------------------------

USAGE, FEATURES, GEOGRAPHY = 1, 2, 16
EVERYTHING = 31


@pytest.mark.parametrize(
    ("mode", "granted", "refused", "with_batch", "allowed"),
    [
        ("opt-in", 0, 0, None, 0),
        ("opt-in", USAGE, 0, None, USAGE),
        ("opt-in", USAGE, 0, FEATURES, FEATURES),
        ("opt-in", 0, USAGE, USAGE | FEATURES, FEATURES),
        ("opt-out", 0, 0, None, EVERYTHING),
        ("opt-out", 0, USAGE, None, EVERYTHING - USAGE),
        ("opt-out", 0, 0, USAGE, USAGE),
        ("opt-out", 0, 0, 0, 0),
        ("anonymous", 0, EVERYTHING, None, EVERYTHING),
    ],
)
def test_what_may_be_kept_follows_from_mode_record_and_batch(
    mode, granted, refused, with_batch, allowed
):
    assert steps.allowed_purposes(mode, granted, refused, with_batch) == allowed


def test_an_event_is_kept_for_its_purpose_and_its_country_for_geography():
    event = Event("open", purpose="features", country="DE")
    assert steps.consented(event, USAGE) == Drop("no_consent")
    assert steps.consented(event, FEATURES | GEOGRAPHY).country == "DE"
    assert steps.consented(event, FEATURES).country == ""
