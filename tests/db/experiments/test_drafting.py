"""Experiments and flags are made and changed; what is fixed since the start stays."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.access import ensure_person
from db.errors import BadExperiment, ExperimentExists, UnknownExperiment
from db.experiments.checking import checked, draft_of
from db.experiments.drafting import (
    change_experiment,
    create_experiment,
    delete_draft,
    keep_import,
)
from db.experiments.history import list_changes, list_deletions
from db.experiments.kept import Variant, find_experiment, list_experiments, list_phases
from db.experiments.running import decide_experiment, stop_experiment
from db.tables import experiment_log
from tests.db.experiments.drafts import BUTTON, HALVES, NOW, SWITCH

LATER = NOW + timedelta(days=3)


def test_a_draft_comes_back_as_it_was_made(keep):
    draft = replace(
        BUTTON,
        hypothesis="It sells more.",
        targeting='[{"kind":"dimension","dimension":"country","values":["DE"]}]',
        layer="checkout",
        share=2_500,
        plan={"units": 4_000},
        variants=(Variant("control", 3_000, {"a": [1, 2.5]}), Variant("b", 7_000, None)),
    )
    made = keep(draft, started=False)
    assert (made.state, made.killed, made.decision) == ("draft", False, "")
    assert json.loads(made.targeting) == json.loads(draft.targeting)
    assert checked(replace(draft_of(made), targeting=draft.targeting)) == draft


def test_a_key_is_used_once_in_a_project(conn, project, berlin, keep):
    keep(BUTTON)
    with pytest.raises(ExperimentExists, match="'button'"):
        keep(BUTTON)
    create_experiment(conn, berlin.id, BUTTON)
    assert [each.key for each in list_experiments(conn, project.id)] == ["button"]
    with pytest.raises(UnknownExperiment):
        find_experiment(conn, project.id, "none")


def test_they_are_listed_newest_first_and_by_kind(conn, project, keep):
    keep(BUTTON)
    keep(SWITCH)
    assert [each.key for each in list_experiments(conn, project.id)] == ["switch", "button"]
    assert [each.key for each in list_experiments(conn, project.id, "flag")] == ["switch"]


def test_all_of_a_draft_can_be_changed(conn, project, keep, held):
    keep(BUTTON, started=False)
    other = replace(BUTTON, key="other", layer="checkout", control="b", share=1)
    change_experiment(conn, project.id, "button", other, now=LATER)
    assert (held("other").layer, held("other").share) == ("checkout", 1)
    keep(SWITCH)
    with pytest.raises(ExperimentExists):
        change_experiment(conn, project.id, "other", replace(other, key="switch"))


def test_other_weights_while_it_runs_begin_a_new_phase(conn, project, keep, held):
    made = keep(BUTTON)
    unequal = (Variant("control", 2_000), Variant("b", 8_000))
    change_experiment(conn, project.id, "button", replace(BUTTON, variants=unequal), now=LATER)
    first, second = list_phases(conn, project.id, made.id)
    assert (first.number, first.started_at, first.ended_at) == (1, NOW, LATER)
    assert (second.number, second.started_at, second.ended_at) == (2, LATER, None)
    assert (first.variants, second.variants) == (HALVES, unequal)
    assert held("button").variants == unequal


def test_another_share_while_it_runs_begins_a_new_phase(conn, project, keep):
    made = keep(replace(BUTTON, share=1_000))
    change_experiment(conn, project.id, "button", replace(BUTTON, share=5_000), now=LATER)
    phases = list_phases(conn, project.id, made.id)
    assert [(each.share_from, each.share_to) for each in phases] == [(0, 1_000), (0, 5_000)]


def test_name_hypothesis_and_targeting_are_free_while_it_runs(conn, project, keep, held):
    made = keep(BUTTON)
    free = replace(BUTTON, name="New", hypothesis="Other", targeting='[{"kind":"segment"}]')
    change_experiment(conn, project.id, "button", free, now=LATER)
    assert (held("button").name, held("button").hypothesis) == ("New", "Other")
    assert len(list_phases(conn, project.id, made.id)) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"metrics": '[{"id":2,"role":"primary"}]'}, "metrics: fixed since the start"),
        ({"control": "b"}, "control: fixed since the start"),
        ({"layer": "checkout"}, "layer: fixed since the start"),
        ({"plan": {"units": 9}}, "plan: fixed since the start"),
        ({"key": "other"}, "The key and the kind are fixed"),
        ({"kind": "import"}, "The key and the kind are fixed"),
        ({"variants": (*HALVES, Variant("c", 0))}, "variants are fixed since the start"),
        ({"variants": HALVES[::-1]}, "variants are fixed since the start"),
    ],
)
def test_the_rest_is_fixed_since_the_start(conn, project, keep, change, told):
    keep(BUTTON)
    with pytest.raises(BadExperiment, match=told):
        change_experiment(conn, project.id, "button", replace(BUTTON, **change))


def test_of_what_was_stopped_the_name_alone_can_be_changed(conn, project, keep, held):
    keep(BUTTON)
    stop_experiment(conn, project.id, "button", now=LATER)
    change_experiment(conn, project.id, "button", replace(BUTTON, name="Done"))
    assert held("button").name == "Done"
    with pytest.raises(BadExperiment, match="It was stopped"):
        change_experiment(conn, project.id, "button", replace(BUTTON, share=1))


def test_a_flag_gets_other_variants_while_it_is_on_and_has_no_phases(conn, project, keep, held):
    made = keep(SWITCH)
    more = (*SWITCH.variants[:1], Variant("on", 4_000), Variant("loud", 6_000))
    change_experiment(conn, project.id, "switch", replace(SWITCH, variants=more, share=500))
    assert (held("switch").variants, held("switch").share) == (more, 500)
    assert list_phases(conn, project.id, made.id) == []


def test_only_drafts_and_imports_are_deleted(conn, project, keep):
    keep(replace(BUTTON, key="draft"), started=False)
    delete_draft(conn, project.id, "draft")
    made = keep(replace(BUTTON, kind="import", key="elsewhere"), started=False)
    assert (made.state, made.stopped_at) == ("stopped", NOW)
    assert [each.number for each in list_phases(conn, project.id, made.id)] == [1]
    delete_draft(conn, project.id, "elsewhere")
    assert list_experiments(conn, project.id) == []
    keep(BUTTON)
    with pytest.raises(BadExperiment, match="Only a draft can be deleted"):
        delete_draft(conn, project.id, "button")


def test_a_change_is_on_record_with_what_was_before(conn, project, keep):
    made = keep(BUTTON, started=False)
    change_experiment(conn, project.id, "button", replace(BUTTON, share=500), now=LATER)
    change, creation = list_changes(conn, project.id, made.id)
    assert (change.action, change.at, change.person) == ("changed", LATER, None)
    assert change.details == {"before": {"share": 10_000}, "after": {"share": 500}}
    assert creation.action == "created"
    assert creation.details["after"]["key"] == "button"


def test_what_was_deleted_is_on_record_with_who_did_it(conn, project, berlin, keep):
    person = ensure_person(conn, "pat@example.com", "product")
    keep(replace(BUTTON, key="draft"), started=False)
    change_experiment(conn, project.id, "draft", replace(BUTTON, key="drafted"))
    delete_draft(conn, project.id, "drafted", person, LATER)
    (deletion,) = list_deletions(conn, project.id)
    assert (deletion.key, deletion.person, deletion.at) == ("drafted", "pat@example.com", LATER)
    assert deletion.details["before"]["name"] == "The button"
    assert deletion.details["after"] == {}
    assert list_deletions(conn, berlin.id) == []
    again = keep(replace(BUTTON, key="drafted"), started=False)
    assert [each.action for each in list_changes(conn, project.id, again.id)] == ["created"]


def test_who_did_what_to_it_stays_on_record_when_it_is_deleted(conn, project, keep):
    keep(BUTTON, started=False)
    delete_draft(conn, project.id, "button")
    log = experiment_log.c
    rows = conn.execute(select(log.experiment_id, log.key, log.action).order_by(log.id)).all()
    assert rows == [(None, "button", "created"), (None, "button", "deleted")]


def test_an_import_that_is_repeated_keeps_its_decision_name_and_history(conn, project, held):
    first = replace(BUTTON, kind="import", key="elsewhere", plan={"units": 10})
    made = keep_import(conn, project.id, first, now=NOW)
    told = replace(draft_of(held("elsewhere")), name="The trial", hypothesis="It sells more.")
    change_experiment(conn, project.id, "elsewhere", told)
    decide_experiment(conn, project.id, "elsewhere", "shipped", "b", "It sold more", now=NOW)
    thirds = (Variant("control", 4_000), Variant("b", 6_000))
    again = replace(first, variants=thirds, plan={"units": 20})
    assert keep_import(conn, project.id, again, now=LATER) == made
    now = held("elsewhere")
    assert (now.name, now.hypothesis) == ("The trial", "It sells more.")
    assert (now.decision, now.decided_variant, now.decision_note) == (
        "shipped",
        "b",
        "It sold more",
    )
    assert (now.variants, now.plan, now.stopped_at) == (thirds, {"units": 20}, LATER)
    assert [each.variants for each in list_phases(conn, project.id, made)] == [thirds]
    imported, *before = list_changes(conn, project.id, made)
    assert [each.action for each in before] == ["decided", "changed", "created"]
    assert (imported.action, imported.at) == ("imported", LATER)
    assert imported.details["before"]["plan"] == {"units": 10}


def test_an_import_takes_the_place_of_no_experiment_and_no_flag(conn, project, keep):
    for kept in (BUTTON, SWITCH):
        keep(kept)
        with pytest.raises(ExperimentExists, match=f"'{kept.key}'"):
            keep_import(conn, project.id, replace(BUTTON, kind="import", key=kept.key))


def test_it_was_made_when_it_is_said_to_be(keep):
    assert keep(BUTTON).created_at == NOW
