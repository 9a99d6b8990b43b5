"""The page of experiments: the verdict, what is behind it, and what people do about it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db import tables
from db.experiments.checking import draft_of
from db.experiments.drafting import change_experiment, create_experiment
from db.experiments.kept import Variant, find_experiment
from db.experiments.running import decide_experiment
from db.hypotheses import Draft as Belief
from db.hypotheses import propose
from tests.pages.trials import HALF, NOW, RIPE, draft, run
from tests.thorough import thorough


@pytest.fixture
def shop(conn, project, add_events):
    lines = [
        f"u{who} {name} {NOW - timedelta(days=days):%Y-%m-%dT%H:%M}Z platform=web"
        for who in range(12)
        for days in (9, 12, 15)
        for name in ("open", "checkout")[: 1 + who % 2]
    ]
    add_events(project, *lines)
    conn.commit()
    return project


def texts(shown):
    kinds = ("header", "subheader", "markdown", "text", "caption", "info", "toast")
    return "\n".join(str(each.value) for kind in kinds for each in getattr(shown, kind))


def verdict(shown):
    (sentence,) = [each.value for each in shown.header]
    return sentence


def click(shown, label):
    return next(button for button in shown.button if button.label == label).click().run()


def kept(conn, project, key="short"):
    conn.rollback()
    return find_experiment(conn, project.id, key)


def figures(shown):
    return {metric.label: metric.value for metric in shown.metric}


def cards(shown):
    return [each.value.replace("\\", "") for each in shown.subheader]


PLANTED = {
    "a winner": ({}, "“brief” raises Checkouts by 25.0%", "safe to ship"),
    "an open guardrail": ({"failed": (20, 24)}, "by 25.0%", "Failures is not settled yet"),
    "a loser": ({"bought": (500, 400)}, "“brief” lowers Checkouts by 20.0%", "don't ship it"),
    "no difference": ({"bought": (400, 401)}, "No difference is shown in Checkouts", ""),
    "a broken split": ({"exposed": (1_100, 900)}, "the split is wrong", ""),
    "a broken guardrail": ({"failed": (50, 150)}, "Stop: “brief” breaks Failures", "+200.0%"),
    "too few": ({"exposed": (60, 60), "bought": (30, 30), "failed": (9, 9)}, "Too little", ""),
    "not enough": (
        {"exposed": (500, 500), "bought": (200, 210)},
        "Keep running: 50% of the needed sample",
        "",
    ),
    "nobody": ({"exposed": (0, 0), "bought": (0, 0), "failed": (0, 0)}, "Nobody was exposed", ""),
}


@pytest.mark.parametrize("case", PLANTED)
def test_the_verdict_is_the_first_thing_said(show, conn, shop, case):
    sums, begin, end = PLANTED[case]
    run(conn, shop, **sums)
    shown = show("experiments", "product", shop, experiment="short")
    assert not shown.exception
    assert begin in verdict(shown)
    assert end in verdict(shown)
    assert ":material/" in verdict(shown)


def test_a_wrong_split_hides_every_number_that_would_name_a_winner(show, conn, shop):
    run(conn, shop, exposed=(1_100, 900))
    shown = show("experiments", "product", shop, experiment="short")
    assert "The split is wrong (p < 0.001)" in cards(shown)
    assert not [title for title in cards(shown) if "Checkouts" in title]
    assert "All numbers" not in cards(shown)


def test_the_numbers_say_what_they_mean_in_words(show, conn, shop):
    run(conn, shop, failed=(50, 150))
    shown = show("experiments", "product", shop, experiment="short")
    numbers = next(each.value for each in shown.dataframe if "says" in each.value)
    assert numbers["says"].tolist() == ["better", "broken"]
    assert numbers["control"].tolist() == ["40.0%", "5.0%"]
    assert figures(shown)["People exposed"] == "2,000"
    assert figures(shown)["Counted (2,000 planned)"] == "2,000"
    read = f"the test was read on {RIPE.day} {RIPE:%b %Y} with 2,000 people."
    assert read in texts(shown) + str([each.value for each in shown.caption])


def test_the_list_says_what_needs_a_decision(show, conn, shop):
    run(conn, shop)
    run(conn, shop, "other", exposed=(300, 300), bought=(150, 150))
    create_experiment(conn, shop.id, draft("later"))
    shown = show("experiments", "product", shop)
    assert not shown.exception
    assert cards(shown)[0] == "2 experiments run, 1 needs a decision"
    told = texts(shown)
    assert "safe to ship" in told
    assert "30% of the needed sample" in told
    assert "nobody gets it yet" in told


def test_the_list_says_what_was_decided(show, conn, shop):
    run(conn, shop)
    decide_experiment(conn, shop.id, "short", "rolled_back", "", "It confused people")
    told = texts(show("experiments", "product", shop))
    assert "rolled back. It confused people" in told
    assert "safe to ship" not in told


def test_an_experiment_is_opened_from_the_list_and_left_again(show, conn, shop):
    number = run(conn, shop)
    shown = show("experiments", "product", shop)
    shown = shown.button(key=f"open_{number}").click().run()
    assert "safe to ship" in verdict(shown)
    shown = click(shown, "All experiments")
    assert not shown.header
    assert cards(shown)[0] == "One experiment runs, it needs a decision"


def test_a_decision_is_written_down_and_concludes_the_hypothesis(show, conn, shop):
    number = run(conn, shop)
    belief = propose(conn, shop.id, Belief("Short is better", "events", 0.1, experiment="short"))
    shown = show("experiments", "product", shop, experiment="short")
    shown.text_area(key=f"note_{number}").input("It <b>pays</b>")
    shown = click(shown, "Write it down")
    assert not shown.exception
    held = kept(conn, shop)
    assert (held.state, held.decision, held.decided_variant) == ("stopped", "shipped", "brief")
    assert held.decision_note == "It <b>pays</b>"
    state = select(tables.hypotheses.c.state).where(tables.hypotheses.c.id == belief)
    assert conn.execute(state).scalar_one() == "confirmed"
    (advice,) = [each.value for each in shown.text if "Decided" in each.value]
    assert advice.endswith("by product@example.org: “brief” shipped. It <b>pays</b>")
    log = next(each.value for each in shown.dataframe if "what" in each.value)
    assert log["what"].iloc[0].startswith("Decided")
    assert log["who"].iloc[0] == "product@example.org"


SUGGESTED = {"a winner": "shipped", "a loser": "rolled_back", "a broken guardrail": "rolled_back"}
SUGGESTED |= {"no difference": "inconclusive", "a broken split": "inconclusive", "too few": None}


@pytest.mark.parametrize("case", SUGGESTED)
def test_the_verdict_suggests_the_decision(show, conn, shop, case):
    number = run(conn, shop, **PLANTED[case][0])
    shown = show("experiments", "product", shop, experiment="short")
    assert shown.radio(key=f"decision_{number}").value == SUGGESTED[case]


def test_without_a_decision_nothing_is_written_down(show, conn, shop):
    run(conn, shop, **PLANTED["too few"][0])
    shown = click(show("experiments", "product", shop, experiment="short"), "Write it down")
    assert not shown.exception
    assert "Choose what was decided" in texts(shown)
    assert kept(conn, shop).state == "running"


def test_until_somebody_is_exposed_it_says_what_to_do(show, conn, shop):
    run(conn, shop, **PLANTED["nobody"][0])
    shown = show("experiments", "product", shop, experiment="short")
    assert not shown.exception
    assert cards(shown)[0] == "Waiting for the first person"
    assert not [title for title in cards(shown) if "All numbers" in title or "split" in title]
    assert not shown.metric
    assert "GET /api/v1/feature/short?user_id=..." in [each.value for each in shown.code]


def test_until_a_window_is_over_there_are_people_but_no_numbers(show, conn, shop):
    run(conn, shop)
    conn.execute(tables.outcome_days.delete())
    shown = show("experiments", "product", shop, experiment="short")
    assert not shown.exception
    assert figures(shown)["People exposed"] == "2,000"
    assert "the first outcome windows are still open" in texts(shown)
    assert "All numbers" not in cards(shown)


def test_it_says_when_it_was_counted(show, conn, shop):
    run(conn, shop)
    at = datetime.now(UTC) - timedelta(minutes=20)
    conn.execute(tables.experiments.update().values(counted_at=at))
    assert "Counted 20 min ago." in texts(show("experiments", "product", shop, experiment="short"))


def test_it_is_stopped(show, conn, shop):
    run(conn, shop)
    click(show("experiments", "product", shop, experiment="short"), "Stop it")
    assert kept(conn, shop).state == "stopped"


def test_the_kill_switch_is_thrown_and_taken_back(show, conn, shop):
    run(conn, shop)
    shown = click(show("experiments", "product", shop, experiment="short"), "Switch it off")
    assert kept(conn, shop).killed
    assert "Switched off: everybody gets “long”" in verdict(shown)
    shown = click(shown, "Switch it on")
    assert not kept(conn, shop).killed


def test_other_weights_begin_a_new_phase_and_never_mix(show, conn, shop):
    number = run(conn, shop)
    shown = show("experiments", "product", shop, experiment="short")
    shown.number_input(key=f"weight_long_{number}").set_value(20.0)
    shown.number_input(key=f"weight_brief_{number}").set_value(80.0)
    shown = click(shown, "Begin a new phase")
    assert not shown.exception
    assert [each.weight for each in kept(conn, shop).variants] == [2_000, 8_000]
    assert "Nobody was exposed yet" in verdict(shown)
    shown = show("experiments", "product", shop, experiment="short", **{f"phase_{number}": "1"})
    assert "safe to ship" in verdict(shown)
    assert "This is phase 1, which has ended" in texts(shown)


def test_another_experiment_opens_at_its_newest_phase(show, conn, shop):
    numbers = [run(conn, shop, key) for key in ("one", "two")]
    for key in ("one", "two"):
        less = replace(draft_of(find_experiment(conn, shop.id, key)), share=HALF)
        change_experiment(conn, shop.id, key, less)
    shown = show("experiments", "product", shop, experiment="one", **{f"phase_{numbers[0]}": "1"})
    assert "safe to ship" in verdict(shown)
    shown = shown.selectbox(key="experiment").select("two").run()
    assert "Nobody was exposed yet" in verdict(shown)


def test_the_control_is_nothing_to_ship(show, conn, shop):
    number = run(conn, shop)
    shown = show("experiments", "product", shop, experiment="short")
    assert shown.selectbox(key=f"decided_{number}").options == ["brief"]


def test_weights_that_do_not_sum_are_told_and_change_nothing(show, conn, shop):
    number = run(conn, shop)
    shown = show("experiments", "product", shop, experiment="short")
    shown.number_input(key=f"weight_long_{number}").set_value(20.0)
    shown = click(shown, "Begin a new phase")
    assert "The weights sum to 70%, not to 100%." in texts(shown)
    assert [each.weight for each in kept(conn, shop).variants] == [5_000, 5_000]


def test_a_draft_is_started_and_deleted_from_its_page(show, conn, shop):
    for key in ("short", "other"):
        create_experiment(conn, shop.id, draft(key))
    shown = click(show("experiments", "product", shop, experiment="short"), "Start it")
    assert not shown.exception
    assert kept(conn, shop).state == "running"
    click(show("experiments", "product", shop, experiment="other"), "Delete it")
    conn.rollback()
    assert conn.execute(select(tables.experiments.c.key)).scalars().all() == ["short"]


@pytest.mark.parametrize("role", ["executive", "operations"])
def test_who_may_only_look_is_offered_no_change(show, conn, shop, role):
    run(conn, shop)
    shown = show("experiments", role, shop, experiment="short")
    assert "safe to ship" in verdict(shown)
    assert "You may look" in texts(shown)
    assert "Stop it" not in [button.label for button in shown.button]


@pytest.mark.parametrize("label", ["Stop it", "Switch it off", "Write it down"])
def test_who_lost_their_role_changes_nothing(show, conn, shop, label):
    run(conn, shop)
    shown = show("experiments", "product", shop, experiment="short")
    person = tables.people.c.email == "product@example.org"
    conn.execute(tables.people.update().where(person).values(role="executive"))
    conn.commit()
    shown = click(shown, label)
    held = kept(conn, shop)
    assert (held.state, held.killed, held.decision) == ("running", False, "")
    assert "You may not change this project's experiments" in texts(shown)


@pytest.mark.parametrize("role", ["author", "org_admin", "member"])
def test_roles_without_the_field_learn_nothing(show, conn, shop, role):
    run(conn, shop)
    shown = show("experiments", role, shop, experiment="short")
    assert "does not include this page" in shown.info[0].value
    assert not shown.header


def test_an_address_of_no_experiment_shows_the_list(show, conn, shop):
    run(conn, shop)
    shown = show("experiments", "product", shop, experiment="<script>")
    assert not shown.exception
    assert cards(shown)[0] == "One experiment runs, it needs a decision"


def test_names_and_notes_are_only_text(show, conn, shop):
    hostile = "![x](https://evil.example/a.png) <b> **loud**"
    create_experiment(conn, shop.id, draft(name=hostile, hypothesis=hostile))
    for query in ({}, {"experiment": "short"}):
        shown = show("experiments", "product", shop, **query)
        told = "\n".join(str(each.value) for each in (*shown.markdown, *shown.caption))
        assert "![x]" not in told
        assert "**loud**" not in told
        assert "<b>" not in told.replace("\\<b", "")


@pytest.mark.parametrize("card", ["lift", "course", "exposures", "split", "parts"])
def test_every_query_runs_as_it_is_shown(show, conn, shop, card):
    run(conn, shop)
    shown = show("experiments", "product", shop, experiment="short")
    shown.session_state[f"query_{card}"] = True
    shown.run()
    assert not shown.exception
    if card != "parts":  # the sums of this test know no dimension, so that it has no card to ask
        conn.exec_driver_sql(shown.code[0].value.replace("%", "%%")).all()


def test_an_import_is_read_like_an_experiment(show, conn, shop):
    number = run(conn, shop)
    change = {"kind": "import", "state": "stopped", "started_at": None}
    conn.execute(tables.experiments.update().values(change))
    conn.commit()
    shown = show("experiments", "product", shop, experiment="short")
    assert number
    assert not shown.exception
    assert "safe to ship" in verdict(shown)
    assert "a column of the file" in texts(shown)
    assert "It has ended: decide below" in texts(shown)
    assert "Delete it" in [button.label for button in shown.button]


def test_several_variants_are_told_apart(show, conn, shop):
    three = (Variant("long", 4_000), Variant("brief", 3_000), Variant("tiny", 3_000))
    create_experiment(conn, shop.id, draft(variants=three))
    shown = click(show("experiments", "product", shop, experiment="short"), "Start it")
    assert "long 40% (control), brief 30%, tiny 30%" in texts(shown)


@thorough
def test_an_a_a_test_of_too_few_people_says_so(show, shop):
    shown = click(show("experiments", "product", shop), "Run it")
    assert not shown.exception
    assert "Events can't be tested yet" in cards(shown)


@thorough
def test_an_a_a_test_runs_in_one_click(show, conn, shop, add_events):
    day = NOW - timedelta(days=10)
    lines = [
        f"n{who} open {day + timedelta(minutes=minute):%Y-%m-%dT%H:%M}Z"
        for who in range(300)
        for minute in range(1 + who % 5)
    ]
    add_events(shop, *lines)
    shown = click(show("experiments", "product", shop), "Run it")
    assert not shown.exception
    assert any("splits look different in Events" in title for title in cards(shown))


def test_the_list_says_who_deleted_what(show, conn, shop):
    create_experiment(conn, shop.id, draft("later", name="Later, perhaps"))
    assert not any("deleted" in title for title in cards(show("experiments", "product", shop)))
    shown = click(show("experiments", "product", shop, experiment="later"), "Delete it")
    shown = show("experiments", "product", shop)
    assert "1 draft or import was deleted" in cards(shown)
    gone = next(each.value for each in shown.dataframe if "what" in each.value)
    assert gone["what"].tolist() == ["later: Later, perhaps"]
    assert gone["who"].tolist() == ["product@example.org"]
