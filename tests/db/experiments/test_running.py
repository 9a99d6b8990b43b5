"""Experiments and flags are started, stopped, killed and decided, by whom is on record."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from db.access import create_project, ensure_person
from db.errors import BadExperiment, UnknownExperiment
from db.experiments.drafting import change_experiment, create_experiment
from db.experiments.history import list_changes
from db.experiments.kept import list_phases
from db.experiments.running import (
    decide_experiment,
    kill_experiment,
    start_experiment,
    stop_experiment,
)
from tests.db.experiments.drafts import BUTTON, NOW, SWITCH

LATER = NOW + timedelta(days=3)


def layered(key, share):
    return replace(BUTTON, key=key, layer="checkout", share=share)


def test_a_start_begins_the_first_phase(conn, project, keep, held):
    made = keep(BUTTON)
    assert (made.state, made.started_at) == ("running", NOW)
    assert [each.started_at for each in list_phases(conn, project.id, made.id)] == [NOW]


def test_without_one_primary_metric_nothing_starts(keep):
    with pytest.raises(BadExperiment, match="one primary metric"):
        keep(replace(BUTTON, metrics="[]"))
    two = '[{"id":1,"role":"primary"},{"id":2,"role":"primary"}]'
    with pytest.raises(BadExperiment, match="one primary metric"):
        keep(replace(BUTTON, key="two", metrics=two))


def test_metrics_that_can_not_be_told_apart_do_not_start(keep):
    twice = '[{"id":1,"role":"primary"},{"id":1,"role":"guardrail"}]'
    with pytest.raises(BadExperiment, match="Two metrics have one number"):
        keep(replace(BUTTON, metrics=twice))
    many = [{"id": 1, "role": "primary"}, *({"id": n, "role": "secondary"} for n in range(2, 14))]
    with pytest.raises(BadExperiment, match="at most 12 metrics"):
        keep(replace(BUTTON, key="two", metrics=json.dumps(many)))
    keep(replace(BUTTON, key="three", metrics=json.dumps(many[:12])))


def test_an_experiment_starts_once_and_a_flag_again(conn, project, keep, held):
    keep(BUTTON)
    with pytest.raises(BadExperiment, match="running already"):
        start_experiment(conn, project.id, "button")
    stop_experiment(conn, project.id, "button")
    with pytest.raises(BadExperiment, match="make another one"):
        start_experiment(conn, project.id, "button")
    with pytest.raises(BadExperiment, match="not running"):
        stop_experiment(conn, project.id, "button")
    keep(SWITCH)
    stop_experiment(conn, project.id, "switch")
    start_experiment(conn, project.id, "switch")
    assert (held("switch").state, held("switch").stopped_at) == ("running", None)


def test_a_stop_ends_the_phase(conn, project, keep):
    made = keep(BUTTON)
    stop_experiment(conn, project.id, "button", now=LATER)
    assert [each.ended_at for each in list_phases(conn, project.id, made.id)] == [LATER]


def test_slices_of_a_layer_are_laid_beside_each_other(conn, project, keep, held):
    made = [keep(layered(key, share)) for key, share in (("a", 3_000), ("b", 4_000))]
    assert [(each.share_from, each.share_to) for each in made] == [(0, 3_000), (3_000, 7_000)]
    with pytest.raises(BadExperiment, match="The layer 'checkout' has only 30% left in one piece"):
        keep(layered("c", 5_000))
    stop_experiment(conn, project.id, "a")
    change_experiment(conn, project.id, "c", layered("c", 3_000))
    start_experiment(conn, project.id, "c")
    assert (held("c").share_from, held("c").share_to) == (0, 3_000)


def test_layers_and_projects_do_not_share_their_buckets(conn, project, berlin, keep):
    keep(layered("a", 10_000))
    assert keep(replace(layered("b", 10_000), layer="search")).share_from == 0
    assert keep(replace(layered("c", 10_000), layer="")).share == 10_000


def test_in_a_layer_a_running_share_grows_in_place_alone(conn, project, keep, held):
    keep(layered("a", 2_000))
    change_experiment(conn, project.id, "a", layered("a", 4_000))
    assert (held("a").share_from, held("a").share_to) == (0, 4_000)
    keep(layered("b", 1_000))
    with pytest.raises(BadExperiment, match="only 40% left beside its neighbours"):
        change_experiment(conn, project.id, "a", layered("a", 4_001))
    with pytest.raises(BadExperiment, match="can't shrink"):
        change_experiment(conn, project.id, "a", layered("a", 3_999))


def test_what_was_killed_stays_in_its_state(conn, project, keep, held):
    made = keep(BUTTON)
    for killed in (True, True, False):
        kill_experiment(conn, project.id, "button", killed, now=LATER)
        assert (held("button").killed, held("button").state) == (killed, "running")
    actions = [each.action for each in list_changes(conn, project.id, made.id)]
    assert actions == ["revived", "killed", "started", "created"]


@pytest.mark.parametrize(
    ("end", "said", "done"),
    [
        (stop_experiment, (), ["stopped", "revived", "killed"]),
        (decide_experiment, ("rolled_back",), ["decided", "stopped", "revived", "killed"]),
    ],
)
def test_the_end_of_an_experiment_ends_its_kill(conn, project, keep, held, end, said, done):
    made = keep(BUTTON)
    kill_experiment(conn, project.id, "button", True)
    end(conn, project.id, "button", *said)
    assert not held("button").killed
    actions = [each.action for each in list_changes(conn, project.id, made.id)]
    assert actions == [*done, "started", "created"]


def test_a_decision_stops_and_is_on_record_with_its_person(conn, project, keep, held):
    person = ensure_person(conn, "pat@example.com", "product")
    made = keep(BUTTON)
    decide_experiment(conn, project.id, "button", "shipped", "b", " Well\ndone ", person, LATER)
    now = held("button")
    assert (now.state, now.stopped_at, now.decided_at) == ("stopped", LATER, LATER)
    assert (now.decision, now.decided_variant, now.decision_note) == ("shipped", "b", "Well done")
    assert now.decided_by == "pat@example.com"
    decided, stopped, *_ = list_changes(conn, project.id, made.id)
    assert (decided.action, decided.person, stopped.action) == (
        "decided",
        "pat@example.com",
        "stopped",
    )
    decide_experiment(conn, project.id, "button", "rolled_back", "b")
    assert (held("button").decision, held("button").decided_variant) == ("rolled_back", "")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("shipped", ""), "which of the variants was shipped"),
        (("shipped", "z"), "which of the variants was shipped"),
        (("shipped", "control"), "to keep the control, say rolled back"),
        (("", ""), "decision: it is"),
        (("won", "b"), "decision: it is"),
        (("inconclusive", "", "x" * 2_001), "note: it has more than"),
    ],
)
def test_what_is_no_decision_is_refused(conn, project, keep, said, told):
    keep(BUTTON)
    with pytest.raises(BadExperiment, match=told):
        decide_experiment(conn, project.id, "button", *said)


def test_drafts_and_flags_are_not_decided(conn, project, keep):
    keep(BUTTON, started=False)
    keep(SWITCH)
    for key in ("button", "switch"):
        with pytest.raises(BadExperiment, match="Only an experiment that ran"):
            decide_experiment(conn, project.id, key, "inconclusive")


def test_what_is_unknown_or_of_another_project_is_not_touched(conn, berlin, keep, held):
    keep(BUTTON)
    for change in (start_experiment, stop_experiment):
        with pytest.raises(UnknownExperiment):
            change(conn, berlin.id, "button")
    with pytest.raises(UnknownExperiment):
        kill_experiment(conn, berlin.id, "button", True)
    assert not held("button").killed


def test_two_that_start_at_once_do_not_get_the_same_slice(own_engine):
    with own_engine.begin() as conn:
        project_id = create_project(conn, "shop").id
        for key in ("a", "b"):
            create_experiment(conn, project_id, layered(key, 6_000))

    def start(key):
        try:
            with own_engine.begin() as conn:
                start_experiment(conn, project_id, key)
                time.sleep(0.3)  # both are in the middle of it
        except BadExperiment as error:
            return str(error)
        return "started"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(start, ("a", "b")))
    assert told == ["The layer 'checkout' has only 40% left in one piece.", "started"]
