"""Who is given what, and what of it is logged."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import httpx
import pytest
from sqlalchemy import select

from db.access import project_secret
from db.experiments.drafting import change_experiment
from db.experiments.kept import Variant
from db.experiments.running import (
    decide_experiment,
    kill_experiment,
    start_experiment,
    stop_experiment,
)
from db.identity import actor_key
from db.segments import create_segment
from db.tables import exposures, segment_members
from ingest_api.app import create_app
from ingest_api.flags import definitions
from jobs.catching_up import catch_up
from tests.db.experiments.drafts import BUTTON, SWITCH
from tests.ingest_api.conftest import event, served
from tests.ingest_api.flags.conftest import OFREP, House
from tests.thorough import thorough

DEFAULT, DISABLED = ("control", "DEFAULT"), ("control", "DISABLED")
FEW = (Variant("control", 9_999), Variant("b", 1))
PEOPLE = [f"user-{number}" for number in range(40)]
GERMANS = '[{"kind":"dimension","dimension":"country","values":["DE"]}]'


@thorough
def test_people_are_split_and_each_is_logged_once(house):
    house.keep(BUTTON)
    first = [house.served("button", who) for who in PEOPLE]
    assert {variant for variant, _ in first} == {"control", "b"}
    assert {reason for _, reason in first} == {"SPLIT"}
    assert [house.served("button", who) for who in PEOPLE] == first
    catch_up(house.door.engine)
    assert [house.served("button", who) for who in PEOPLE] == first
    logged = house.exposures()
    assert len(logged) == len(PEOPLE)
    assert sorted(logged) == sorted(("button", variant) for variant, _ in first)


def test_who_asks_twice_at_once_is_logged_once(house):
    house.keep(BUTTON)
    asking = [Thread(target=house.served, args=("button",)) for _ in range(8)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert len(house.exposures()) == 1


def test_another_process_does_not_log_it_again(house, ingest_url):
    house.keep(BUTTON)
    house.served("button")
    with served(create_app(ingest_url)) as address, httpx.Client(base_url=address) as client:
        other = House(replace(house.door, client=client))
        assert other.served("button") == house.served("button")
        assert len(other.exposures()) == 1


@thorough
def test_a_client_may_log_what_it_shows_itself(house):
    house.keep(BUTTON)
    shown = {who: at_once(house, who)["button"] for who in PEOPLE}
    assert house.door.accepted([says(*each) for each in shown.items()]) == len(PEOPLE)
    catch_up(house.door.engine)
    house.change(change_experiment, "button", replace(house.draft("button"), variants=FEW))
    assert {who: house.served("button", who)[0] for who in PEOPLE} == shown
    assert len(house.exposures()) == len(PEOPLE)


def at_once(house, who):
    """The variants of all flags."""
    answer = house.door.send({"context": {"targetingKey": who}}, OFREP)
    return {flag["key"]: flag["variant"] for flag in answer.json()["flags"]}


def says(who, variant):
    """The event of a client that somebody was shown a variant."""
    return event("exposure", user_id=who, subject="button", properties={"variant": variant})


@thorough
def test_nobody_gets_what_an_exposure_only_claims_that_they_had(house):
    house.keep(BUTTON)
    given = {who: at_once(house, who)["button"] for who in PEOPLE}
    claims = [says(who, "b" if had == "control" else "control") for who, had in given.items()]
    assert house.door.accepted(claims) == len(PEOPLE)
    catch_up(house.door.engine)
    for _ in range(2):
        assert {who: house.served("button", who)[0] for who in PEOPLE} == given
    assert len(house.exposures()) == 2 * len(PEOPLE)
    catch_up(house.door.engine)
    assert {at is None for at in house.change(mixed)} == {False}


def mixed(conn, project_id):
    """When each who was exposed was seen in a second variant."""
    seen = select(exposures.c.mixed_at).where(exposures.c.project_id == project_id)
    return conn.execute(seen).scalars().all()


@thorough
def test_nobody_is_taken_into_an_experiment_by_what_others_claim(house):
    house.keep(replace(BUTTON, share=1, targeting=GERMANS))
    outside = [who for who in PEOPLE if house.served("button", who, country="DE") == DEFAULT]
    assert house.door.accepted([says(who, "b") for who in outside]) == len(outside)
    catch_up(house.door.engine)
    assert {house.served("button", who, country="DE") for who in outside} == {DEFAULT}


def test_who_is_shown_it_by_a_clock_that_is_behind_its_start_is_on_record(house):
    house.keep(BUTTON, started=False)
    ahead = datetime.now(UTC) + timedelta(seconds=2)
    house.change(lambda *about: start_experiment(*about, "button", now=ahead))
    assert house.served("button")[1] == "SPLIT"
    house.exposures()
    catch_up(house.door.engine)
    assert house.change(mixed) == [None]


@thorough
def test_what_was_given_first_is_given_again_when_the_weights_change(house):
    house.keep(BUTTON)
    before = [house.served("button", who) for who in PEOPLE]
    house.exposures()
    catch_up(house.door.engine)
    house.change(change_experiment, "button", replace(house.draft("button"), variants=FEW))
    assert [house.served("button", who) for who in PEOPLE] == before
    assert {house.served("button", f"new {who}")[0] for who in PEOPLE} == {"control"}


def test_who_is_outside_the_share_gets_the_control_and_is_not_logged(house):
    house.keep(replace(BUTTON, share=0))
    assert house.served("button") == DEFAULT
    assert house.exposures() == []


def test_targeting_looks_at_what_is_said(house):
    house.keep(replace(BUTTON, targeting=GERMANS))
    assert house.served("button", country="FR") == house.served("button") == DEFAULT
    assert house.served("button", country="de")[1] == "SPLIT"
    assert house.served("button", country=["DE"], plan={"a": 1})[1] == "SPLIT"  # as at first
    assert len(house.exposures()) == 1


def test_drafts_and_what_was_stopped_give_the_control(house):
    house.keep(BUTTON, started=False)
    assert house.served("button") == DISABLED
    house.keep(replace(BUTTON, key="over"))
    house.change(stop_experiment, "over")
    assert house.served("over") == DISABLED
    house.change(decide_experiment, "over", "rolled_back")
    assert house.served("over") == DISABLED
    assert house.exposures() == []


def test_what_is_killed_gives_the_control_whoever_had_what(house):
    house.keep(BUTTON)
    who = next(who for who in PEOPLE if house.served("button", who)[0] == "b")
    house.change(kill_experiment, "button", True)
    assert house.served("button", who) == DISABLED
    house.change(kill_experiment, "button", False)
    assert house.served("button", who) == ("b", "SPLIT")


def test_what_is_shipped_is_served_though_it_was_killed_before(house):
    house.keep(BUTTON)
    house.change(kill_experiment, "button", True)
    house.change(decide_experiment, "button", "shipped", "b")
    assert house.served("button") == ("b", "STATIC")
    house.change(kill_experiment, "button", True)
    assert house.served("button") == DISABLED


def test_a_flag_that_was_killed_stays_so_when_it_is_switched_off_and_on(house):
    house.keep(SWITCH)
    house.change(kill_experiment, "switch", True)
    house.change(stop_experiment, "switch")
    house.change(start_experiment, "switch")
    assert house.served("switch") == ("off", "DISABLED")


@thorough
def test_a_kill_holds_within_two_seconds(house, monkeypatch):
    monkeypatch.setattr(definitions, "REMEMBERED_SECONDS", 1.0)
    house.keep(BUTTON)
    assert house.served("button")[1] == "SPLIT"
    house.change(kill_experiment, "button", True)
    time.sleep(2)
    assert house.served("button") == DISABLED


def test_what_was_shipped_is_for_all_whom_it_was_meant_for(house):
    house.keep(replace(BUTTON, targeting=GERMANS, share=0))
    house.change(decide_experiment, "button", "shipped", "b")
    assert house.served("button", country="DE") == ("b", "STATIC")
    assert house.served("button", None, country="DE") == ("b", "STATIC")
    assert house.served("button", country="FR") == DEFAULT
    assert house.exposures() == []


@thorough
def test_without_consent_there_is_the_default_and_no_log(open_door):
    house = House(open_door("opt-in"))
    house.keep(BUTTON)
    assert [house.served("button", who) for who in PEOPLE] == [DEFAULT] * len(PEOPLE)
    house.grant("user-0", "features")
    assert house.served("button", "user-0")[1] == "SPLIT"
    assert [key for key, _ in house.exposures()] == ["button"]
    house.grant("user-0", "features", granted=False)
    assert house.served("button", "user-0") == DEFAULT
    assert house.door.outcomes() == {"accepted": 1, "no_consent": 1}  # that is the flush


@pytest.mark.parametrize("signal", [{"DNT": "1"}, {"Sec_GPC": "1"}])
def test_who_asks_not_to_be_followed_gets_the_default(house, signal):
    house.keep(BUTTON)
    body = {"context": {"targetingKey": "u1"}}
    answer = house.door.send(body, "/ofrep/v1/evaluate/flags/button", **signal).json()
    assert (answer["variant"], answer["reason"]) == DEFAULT
    assert house.served("button", DO_NOT_TRACK=1) == DEFAULT
    assert house.exposures() == []


def test_a_crawler_gets_the_default(house):
    house.keep(BUTTON)
    agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    body = {"context": {"targetingKey": "u1"}}
    answer = house.door.send(body, "/ofrep/v1/evaluate/flags/button", User_Agent=agent).json()
    assert (answer["variant"], answer["reason"]) == DEFAULT
    assert house.exposures() == []


def test_anonymous_projects_have_flags_but_no_experiments(open_door):
    house = House(open_door("anonymous"))
    house.keep(BUTTON)
    house.keep(SWITCH)
    assert house.served("button") == DEFAULT
    assert house.served("switch") == ("on", "STATIC")
    assert house.exposures() == []


def test_a_flag_needs_neither_consent_nor_a_person(open_door):
    house = House(open_door("opt-in"))
    house.keep(replace(SWITCH, targeting=GERMANS))
    assert house.served("switch", None, country="DE") == ("on", "TARGETING_MATCH")
    assert house.served("switch", None) == ("off", "DEFAULT")
    assert house.exposures() == []


def test_a_flag_can_be_for_some_of_the_people(house):
    house.keep(replace(SWITCH, share=5_000))
    found = {house.served("switch", who) for who in PEOPLE}
    assert found == {("on", "SPLIT"), ("off", "DEFAULT")}


def test_members_of_a_segment_are_known_by_consent_to_usage_alone(open_door):
    house = House(open_door("opt-in"))
    segment = house.change(create_segment, "ours", "{}", None)
    inside = f'[{{"kind":"segment","segment":{segment}}}]'
    house.keep(replace(SWITCH, targeting=inside))
    house.keep(replace(SWITCH, key="outside", targeting=inside.replace("}", ',"negated":true}')))
    member(house, segment, "u1")
    assert both(house, "u1") == both(house, "u2") == ("off", "off")
    for who in ("u1", "u2"):
        house.grant(who, "usage")
    assert both(house, "u1") == ("on", "off")
    assert both(house, "u2") == ("off", "on")


def member(house, segment, unit):
    with house.door.engine.begin() as conn:
        key = actor_key(project_secret(conn, house.door.project.id), unit)
        place = {"project_id": house.door.project.id, "segment_id": segment}
        conn.execute(segment_members.insert().values(place | {"actor_key": key}))


def both(house, who):
    return house.served("switch", who)[0], house.served("outside", who)[0]


@thorough
def test_nobody_is_in_two_experiments_of_a_layer(house):
    for key in ("one", "two"):
        house.keep(replace(BUTTON, key=key, layer="checkout", share=5_000))
    for who in PEOPLE:
        reasons = [house.served(key, who)[1] for key in ("one", "two")]
        assert sorted(reasons) == ["DEFAULT", "SPLIT"]


def test_ids_of_people_are_not_cut_out_of_our_keys(house):
    house.keep(BUTTON)
    house.served("button", "button")
    assert [subject for subject, _ in house.exposures()] == ["button"]


def test_flags_of_another_project_are_not_there(house, open_door):
    house.keep(BUTTON)
    assert House(open_door()).one("button").status_code == 404
