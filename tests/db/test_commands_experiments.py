"""`python -m db import-experiment`, on a database of its own."""

import gzip
import json

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from analytics.experiments.definition import metrics_of
from analytics.experiments.outcomes import exposure_counts, outcome_sums
from analytics.experiments.statistics.moments import Sums, sums_of
from db.__main__ import app
from db.access import create_project
from db.experiments.checking import Draft
from db.experiments.drafting import create_experiment
from db.experiments.history import list_changes
from db.experiments.kept import Variant, find_experiment
from db.experiments.running import decide_experiment
from db.tables import experiments
from tests.analytics.reference import anyone
from tests.thorough import thorough

HEADER = "who,group,bought,spent,before,views,seen"
ROWS = [
    f"u{n},{'old' if n % 2 else 'new'},{n % 3 == 0},{n},{n + n % 2},{n % 5},{n % 7 + 1}"
    for n in range(40)
]
OPTIONS = ("--unit", "who", "--variant", "group", "--control", "old", "--outcome", "spent")


@pytest.fixture
def run(own_database, own_engine, monkeypatch, tmp_path):
    """Import lines of a file into the project `shop` under the key `trial`; the result."""
    with own_engine.begin() as conn:
        run_project = create_project(conn, "shop")
    monkeypatch.setenv("DATABASE_URL", own_database.render_as_string(hide_password=False))

    def run(*options, lines=(HEADER, *ROWS), name="trial.csv.gz"):
        data = ("\n".join(lines) + "\n").encode()
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        place = (str(tmp_path / name), "--project", "shop", "--key", "trial")
        return CliRunner().invoke(app, ["import-experiment", *place, *(options or OPTIONS)])

    run.project, run.engine = run_project, own_engine
    return run


def kept(run):
    """The experiment, its exposures and its sums by metric and variant."""
    with run.engine.connect() as conn:
        about = (conn, anyone(run.project), run.project.id)
        experiment = find_experiment(conn, run.project.id, "trial")
        exposures = exposure_counts(*about, experiment.id)
        sums = outcome_sums(*about, experiment.id)
    by_metric = {number: sums_of(rows) for number, rows in sums.groupby("metric")}
    return experiment, exposures.set_index("variant"), by_metric


def test_sums_are_kept_of_each_outcome_and_variant(run):
    result = run(*OPTIONS, "--outcome", "bought", "--covariate", "spent=before")
    assert result.stdout == "Imported 'trial': 40 units (new 20, old 20).\n"
    experiment, exposures, sums = kept(run)
    old = [n for n in range(40) if n % 2]
    assert exposures.loc["old", ["n", "mixed"]].tolist() == [20, 0]
    assert sums[1]["old"] == Sums(
        20,
        y=sum(old),
        d=20,
        x=sum(n + 1 for n in old),
        z=20,
        yy=sum(n * n for n in old),
        yd=sum(old),
        yx=sum(n * (n + 1) for n in old),
        yz=sum(old),
        dd=20,
        dx=sum(n + 1 for n in old),
        dz=20,
        xx=sum((n + 1) ** 2 for n in old),
        xz=sum(n + 1 for n in old),
        zz=20,
    )
    assert sums[2]["new"].y == sum(n % 3 == 0 for n in range(0, 40, 2))
    assert (experiment.kind, experiment.state, experiment.control) == ("import", "stopped", "old")
    assert experiment.plan == {"units": 40}
    spent, bought = metrics_of(experiment.metrics)
    assert (spent.role, spent.is_share, bought.role, bought.is_share) == (
        "primary",
        False,
        "secondary",
        True,
    )


def test_a_ratio_has_its_own_past_and_a_cap_holds_for_both(run):
    past = (
        "--covariate",
        "views/seen=before/seen",
        "--cap",
        "views/seen=3",
        "--down",
        "views/seen",
    )
    run(*OPTIONS[:-2], "--ratio", "views/seen", *past)
    experiment, _, sums = kept(run)
    old = [n for n in range(40) if n % 2]
    assert sums[1]["old"].y == sum(min(n % 5, 3) for n in old)
    assert sums[1]["old"].d == sums[1]["old"].z == sum(n % 7 + 1 for n in old)
    assert sums[1]["old"].x == sum(min(n + 1, 3) for n in old)
    (metric,) = metrics_of(experiment.metrics)
    assert (metric.better, metric.cap, metric.over.event) == ("down", 3.0, "seen")


def test_a_unit_in_two_variants_is_left_out_and_counted_where_it_was_first(run):
    result = run(*OPTIONS, lines=(HEADER, *ROWS, "u1,new,True,9,9,1,1"))
    assert "(new 20, old 19); 1 in two variants left out" in result.stdout
    _, exposures, sums = kept(run)
    assert exposures.loc["old", ["n", "mixed"]].tolist() == [20, 1]
    assert sums[1]["old"].n == 19


@thorough
def test_repeating_an_import_replaces_it(run):
    run()
    assert run(*OPTIONS[:-1], "bought").exit_code == 0
    _, exposures, sums = kept(run)
    assert exposures["n"].tolist() == [20, 20]
    assert list(sums) == [1]
    with run.engine.connect() as conn:
        assert conn.execute(select(experiments.c.key)).scalars().all() == ["trial"]


@thorough
def test_repeating_an_import_keeps_what_was_decided_and_written_down(run):
    run()
    project_id = run.project.id
    with run.engine.begin() as conn:
        decide_experiment(conn, project_id, "trial", "rolled_back", note="It cost too much")
    assert run().exit_code == 0
    experiment, exposures, _ = kept(run)
    assert (experiment.decision, experiment.decision_note) == ("rolled_back", "It cost too much")
    assert exposures["n"].tolist() == [20, 20]
    with run.engine.connect() as conn:
        changes = list_changes(conn, project_id, experiment.id)
    assert [each.action for each in changes] == ["imported", "decided", "created"]


def test_an_experiment_of_the_same_key_is_not_replaced(run):
    variants = (Variant("a", 5_000), Variant("b", 5_000))
    with run.engine.begin() as conn:
        create_experiment(conn, run.project.id, Draft("flag", "trial", "Ours", variants, "a"))
    result = run()
    assert result.exit_code == 1
    assert "'trial' already" in result.stderr
    with run.engine.connect() as conn:
        assert find_experiment(conn, run.project.id, "trial").kind == "flag"


def test_variants_are_named_as_keys_are_and_the_split_may_be_told(run):
    lines = (HEADER, *(row.replace("old", "0").replace("new", "gate 1") for row in ROWS))
    options = ("--unit", "who", "--variant", "group", "--control", "0", "--outcome", "spent")
    run(*options, "--weight", "0=90", "--weight", "gate 1=10", lines=lines)
    experiment, _, _ = kept(run)
    weights = {variant.key: variant.weight for variant in experiment.variants}
    assert weights == {"gate-1": 1_000, "v0": 9_000}
    assert experiment.control == "v0"


def test_jsonl_is_read_like_csv(run):
    lines = [json.dumps({"who": n, "group": "ab"[n % 2], "spent": n}) for n in range(10)]
    options = ("--unit", "who", "--variant", "group", "--control", "a", "--outcome", "spent")
    assert "(a 5, b 5)" in run(*options, lines=lines, name="trial.jsonl").stdout


AT = ("--exposed-at", "shown", "--outcome-at", "done")
TIMED = [f"u{n},{'ab'[n % 2]},{n},2026-03-02T10:00Z," for n in range(4)]


def timed(*rows):
    """An import with times."""
    options = ("--unit", "who", "--variant", "group", "--control", "a", "--outcome", "spent", *AT)
    return options, ("who,group,spent,shown,done", *TIMED, *rows)


def test_an_outcome_after_its_exposure_is_taken(run):
    options, lines = timed("u9,a,5,2026-03-02T10:00Z,2026-03-02T11:00+01:00")
    assert run(*options, lines=lines).exit_code == 0


def test_an_outcome_before_its_exposure_is_told(run):
    options, lines = timed("u9,a,5,2026-03-02T10:00Z,2026-03-02T10:59+01:00")
    assert "Line 6: the outcome is before the exposure" in run(*options, lines=lines).stderr


def test_a_time_that_is_none_is_told(run):
    options, lines = timed("u9,a,5,2026-03-02T10:00Z,yesterday")
    assert "Line 6: 'done' is no time" in run(*options, lines=lines).stderr


@pytest.mark.parametrize(
    ("options", "lines", "said"),
    [
        ((*OPTIONS[:-1], "gone"), ROWS, "no column 'gone'; there are who, group, bought"),
        ((*OPTIONS[:5], "older", *OPTIONS[6:]), ROWS, "no control 'older'; the variants are new"),
        (OPTIONS, ROWS[1::2], "There is one variant, old"),
        (OPTIONS, ROWS[:1], "no control 'old'"),
        (OPTIONS, [], "has no rows"),
        (OPTIONS, [*ROWS, "u50,old,True,much,1,1,1"], "Line 42: 'spent' is 'much', no number"),
        (OPTIONS, [*ROWS, "u50,old,True,,1,1,1"], "Line 42: 'spent' is empty"),
        (OPTIONS, [*ROWS, "u50,old,True,inf,1,1,1"], "'inf', no number"),
        (OPTIONS, [*ROWS, "u50,,True,1,1,1,1"], "Line 42: 'group' is empty"),
        (OPTIONS, [*ROWS, "u50,old"], "Line 42: 2 fields where the header has 7"),
        (OPTIONS, [*ROWS, ROWS[0], ROWS[1]], "2 units have several rows"),
        (OPTIONS, [f"u{n},{'old' if n % 2 else 'new'},1,7,1,1,1" for n in range(9)], "no variance"),
        (OPTIONS, [f"u{n},g{n},1,{n},1,1,1" for n in range(30)], "has 30 values"),
        (OPTIONS, [*ROWS, "u50,third,1,1,1,1,1"], "'third' has fewer than two units"),
        ((*OPTIONS[:-2], "--ratio", "spent"), ROWS, "'spent' is no ratio"),
        ((*OPTIONS, "--ratio", "spent/none"), ROWS, "no column 'none'"),
        (OPTIONS[:-2], ROWS, "An experiment has an outcome"),
        ((*OPTIONS, "--outcome", "spent"), ROWS, "'spent' is named twice"),
        ((*OPTIONS, "--cap", "spend=3"), ROWS, "no outcome 'spend'"),
        ((*OPTIONS, "--cap", "spent=0"), ROWS, "0 is not above 0"),
        ((*OPTIONS, "--covariate", "before"), ROWS, "not of the form NAME=VALUE"),
        ((*OPTIONS, "--weight", "old=50"), ROWS, "name all of new, old"),
        ((*OPTIONS, "--exposed-at", "seen"), ROWS, "told together"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence_and_nothing_is_kept(run, options, lines, said):
    result = run(*options, lines=(HEADER, *lines))
    assert result.exit_code == 1
    assert said in result.stderr
    with run.engine.connect() as conn:
        assert conn.execute(select(experiments.c.id)).all() == []
