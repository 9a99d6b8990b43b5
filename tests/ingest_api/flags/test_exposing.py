"""What was logged is remembered until it is on record; what was not stored is logged again."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db.engine import conninfo
from db.experiments.kept import Experiment, Phase, find_experiment
from ingest_api.event import Circumstances, Sender
from ingest_api.flags import exposing
from ingest_api.flags.deciding import Known, Unit
from ingest_api.flags.definitions import Flag
from ingest_api.flags.exposing import Exposures, exposure
from ingest_api.writer import Writer
from tests.db.experiments.drafts import BUTTON

SEEN = Circumstances(Sender(1, "opt-out", b"secret", None), datetime.now(UTC))
ANN = Unit("ann", {"platform": "ios", "country": "DE"})


@pytest.fixture
def button(house) -> Experiment:
    house.keep(BUTTON)
    with house.door.engine.connect() as conn:
        return find_experiment(conn, house.door.project.id, "button")


@pytest.fixture
def unstored(ingest_url):
    """Exposures whose writer is not running."""
    writer = Writer(conninfo(ingest_url), list)
    return Exposures(writer)


def test_the_event_says_what_was_shown_where_and_is_known_again(button):
    one, again = (exposure(ANN, flag(button), "b", SEEN) for _ in range(2))
    assert (one.name, one.subject, one.purpose) == ("exposure", "button", "features")
    assert (one.properties, one.platform, one.country) == ({"variant": "b"}, "ios", "DE")
    assert (one.event_id, one.id_is_ours, one.time_is_ours) == (again.event_id, False, True)
    other = exposure(replace(ANN, id="bob"), flag(button), "b", SEEN)
    elsewhere = exposure(ANN, flag(replace(button, id=button.id + 1)), "b", SEEN)
    otherwise = exposure(ANN, flag(button), "control", SEEN)
    later = exposure(ANN, flag(button, SEEN.received_at), "b", SEEN)
    assert len({each.event_id for each in (one, other, elsewhere, otherwise, later)}) == 5


def test_it_is_not_before_its_phase_by_whatever_clock_that_began(button):
    ahead = SEEN.received_at + timedelta(seconds=2)
    assert exposure(ANN, flag(button, ahead), "b", SEEN).occurred_at == ahead
    assert exposure(ANN, flag(button), "b", SEEN).occurred_at == SEEN.received_at


def flag(experiment, *begun):
    """With phases that began at these moments, by default a day ago."""
    moments = begun or (SEEN.received_at - timedelta(days=1),)
    phases = (Phase(1, at, None, experiment.variants, 0, 10_000) for at in moments)
    return Flag(experiment, (), frozenset(), tuple(phases))


def test_what_is_on_record_counts_before_what_is_remembered(unstored, button):
    async def remember():
        event = exposure(ANN, flag(button), "b", SEEN)
        unstored.log(event, "b", button, SEEN)
        assert unstored.known(Known(), event.actor_key, button).exposed == {button.id: "b"}
        kept = Known(exposed={button.id: "control"})
        assert unstored.known(kept, event.actor_key, button) is kept
        assert unstored.known(Known(), event.actor_key + 1, button) == Known()

    asyncio.run(remember())


def test_what_could_not_be_stored_is_forgotten(unstored, button):
    async def fail():
        unstored._writer.stop()
        event = exposure(ANN, flag(button), "b", SEEN)
        unstored.log(event, "b", button, SEEN)
        await unstored.settle()
        assert unstored.known(Known(), event.actor_key, button) == Known()

    asyncio.run(fail())


def test_what_is_old_is_forgotten(unstored, button, monkeypatch):
    monkeypatch.setattr(exposing, "MOST_REMEMBERED", 2)

    async def remember():
        for number in range(6):
            event = exposure(replace(ANN, id=f"u{number}"), flag(button), "b", SEEN)
            unstored.log(event, "b", button, SEEN)
        assert len(unstored._new) + len(unstored._old) <= 4
        assert unstored.known(Known(), event.actor_key, button).exposed == {button.id: "b"}

    asyncio.run(remember())
