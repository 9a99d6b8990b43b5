"""`python -m db survey`, `surveys` and `end-survey`, on a database of their own."""

import json
from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner

from db.__main__ import app
from db.access import create_project, find_project
from db.inviting import Occasion, invite, mark_answered
from db.segments import create_segment
from db.surveys import find_survey
from tests.thorough import thorough

NPS = ("-q", "nps: How likely are you to recommend us?")


@pytest.fixture
def run(own_database, own_engine, monkeypatch):
    """Run a command on a database with one project, `shop`; its result."""
    with own_engine.begin() as conn:
        create_segment(conn, create_project(conn, "shop").id, "payers", "{}", None)
    monkeypatch.setenv("DATABASE_URL", own_database.render_as_string(hide_password=False))
    return lambda *words: CliRunner().invoke(app, list(words))


@thorough
def test_a_survey_is_made_listed_and_ended(run):
    assert run("surveys", "shop").stdout == "No surveys yet.\n"
    assert run("survey", "shop", "Quarter", *NPS).stdout == "'Quarter' runs.\n"
    assert run("surveys", "shop").stdout == "Quarter  running  0 of 0 answered\n"
    assert run("end-survey", "shop", "Quarter").stdout == "'Quarter' is over now.\n"
    assert run("surveys", "shop").stdout == "Quarter  over  0 of 0 answered\n"
    assert run("end-survey", "shop", "Quarter").stdout == "'Quarter' was over already.\n"


def test_all_that_can_be_said_of_a_survey_is_kept(run):
    whom = ("--segment", "payers", "--role", "admin", "--event", "checkout", "--sample", "0.5")
    often = ("--quiet", "30", "--days", "14", "--json")
    asked = ("-q", "choices: Which do you use? | Web | Phone", "-q", "text: What: is it?")
    made = json.loads(run("survey", "shop", "Half", *NPS, *asked, *whom, *often).stdout)
    assert [question["kind"] for question in made["questions"]] == ["nps", "choice", "text"]
    assert made["questions"][1]["options"] == ["Web", "Phone"]
    assert made["questions"][1]["several"]
    assert made["questions"][2]["text"] == "What: is it?"
    assert (made["role"], made["event"], made["sample"]) == ("admin", "checkout", 0.5)
    assert made["quiet_days"] == 30
    assert made["segment_id"]
    lasts = datetime.fromisoformat(made["ends_at"]) - datetime.fromisoformat(made["starts_at"])
    assert lasts == timedelta(days=14)


@thorough
def test_the_turnout_is_counted(run, own_engine):
    run("survey", "shop", "Quarter", *NPS)
    with own_engine.begin() as conn:
        project_id = find_project(conn, "shop").id
        now = find_survey(conn, project_id, "Quarter").starts_at
        made = [invite(conn, project_id, Occasion(who), now) for who in (1, 2, 3)]
        mark_answered(conn, (made[0].id, 1), now)
    (found,) = json.loads(run("surveys", "shop", "--json").stdout)
    assert (found["shown"], found["answered"], found["state"]) == (3, 1, "running")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("survey", "nowhere", "a", *NPS), "nowhere"),
        (("survey", "shop", "a", "-q", "How likely?"), "KIND: text"),
        (("survey", "shop", "a", "-q", "stars: How?"), "its kind is one of"),
        (("survey", "shop", "a", "-q", "choice: Which? | one"), "2 to 20 options"),
        (("survey", "shop", "a", *NPS, "--segment", "nobody"), "no segment 'nobody'"),
        (("survey", "shop", "a", *NPS, "--sample", "2"), "sample"),
        (("survey", "shop", "a", *NPS, "--days", "-1"), "before the beginning"),
        (("end-survey", "shop", "a"), "no survey named 'a'"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(run, words, said):
    result = run(*words)
    assert result.exit_code == 1
    assert said in result.stderr
