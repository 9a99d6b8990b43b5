"""What is published of a package, against plain Python over the rows that it was made of."""

import random
from datetime import UTC, date, datetime, timedelta
from statistics import mean

import numpy as np
import pytest
from sqlalchemy import delete, insert, select

from analytics.community import breakdowns, downloads, intervals
from analytics.community.best import best_of
from analytics.community.packages import Growth, package_of, package_stats
from analytics.community.published import Sums
from analytics.scope import PUBLIC
from db.access import create_project
from db.tables import package_versions, published_blocks, published_cells
from tests.analytics.community.blocks import (
    Fetched,
    Ran,
    Rated,
    make_package,
    publish_days,
    publish_until,
)
from tests.thorough import thorough

LAST = date(2026, 3, 31)
NONE_TOLD = {cut: {} for cut in downloads.CUTS}
VERSIONS, MODELS = ("1.9.0", "1.10.0", "other"), ("m1", "m2", "")


def ago(days):
    return LAST - timedelta(days=days)


def history(seed):
    """Runs, downloads and ratings of 40 days by 60 people."""
    dice = random.Random(seed)
    rows = []
    for number in range(1_500):
        who, day = dice.randrange(60), ago(dice.randrange(40))
        version, model = dice.choice(VERSIONS), dice.choice(MODELS)
        duration = round(dice.lognormvariate(7, 1), 3) if number % 7 else None
        tokens = dice.randrange(5_000) if number % 5 else None
        ok = dice.random() > (0.02 if model == "m1" else 0.2)
        rows.append(Ran(who, day, version, model, ok, duration, tokens))
        if number % 4 == 0:
            rows.append(Rated(who, day, dice.randint(1, 5), version))
        if number % 3 == 0:
            audience = dice.choice(("person", "ci", "bot", "mirror"))
            rows.append(Fetched(who, day, audience, version, installer=dice.choice(("pip", "uv"))))
    return rows


@pytest.fixture
def package(conn, project):
    publish_until(conn, project, LAST)
    return make_package(conn, project)


def inside(rows, kind, days):
    return [row for row in rows if isinstance(row, kind) and row.day > LAST - timedelta(days=days)]


@thorough
@pytest.mark.parametrize("days", [1, 7, 30, 365])
def test_every_figure_is_that_of_the_rows_of_the_window(conn, package, days):
    rows = history(days)
    publish_days(conn, package, rows)
    stats = package_stats(conn, PUBLIC, package.name, days)
    runs, rated = inside(rows, Ran, days), inside(rows, Rated, days)
    assert stats.totals.n == len(runs)
    assert stats.people == len({run.who for run in runs}) // 5 * 5
    assert stats.totals.success == pytest.approx(mean(run.ok for run in runs))
    timed = [run.duration for run in runs if run.duration is not None]
    assert stats.totals.duration_ms == pytest.approx(mean(timed))
    tokens = [run.tokens for run in runs if run.tokens is not None]
    assert stats.totals.tokens_each == pytest.approx(mean(tokens))
    assert stats.ratings.rating == pytest.approx(mean(each.score for each in rated))
    fetched = [each for each in inside(rows, Fetched, days) if each.audience == "person"]
    assert stats.downloaded == len(fetched)


@thorough
@pytest.mark.parametrize(
    ("field", "column"), [("models", "model"), ("versions", "version")], ids=["model", "version"]
)
def test_a_breakdown_has_the_figures_of_its_rows_with_their_interval(conn, package, field, column):
    rows = history(2)
    publish_days(conn, package, rows)
    runs = inside(rows, Ran, 30)
    effect = intervals.design_effect(len(runs), len({run.who for run in runs}) // 5 * 5)
    frame = getattr(package_stats(conn, PUBLIC, package.name, 30), field).set_index(column)
    assert set(frame.index) == {getattr(run, column) for run in runs}
    for value, told in frame.iterrows():
        mine = [run for run in runs if getattr(run, column) == value]
        timed = [run.duration for run in mine if run.duration is not None]
        good = sum(run.ok for run in mine)
        assert told["runs"] == len(mine)
        assert told["success"] == pytest.approx(good / len(mine))
        assert (told["low"], told["high"]) == intervals.share(good, len(mine), effect)
        assert told["duration_ms"] == pytest.approx(mean(timed))
    assert frame["runs"].sum() == len(runs)


def test_versions_carry_their_ratings_and_release_the_newest_first_and_the_rest_last(conn, package):
    released = datetime(2026, 3, 1, tzinfo=UTC)
    row = {"package_id": package.id, "version": "1.10.0", "released_at": released}
    conn.execute(insert(package_versions).values(row))
    rows = history(3)
    publish_days(conn, package, rows)
    versions = package_stats(conn, PUBLIC, package.name, 30).versions
    assert list(versions["version"]) == ["1.10.0", "1.9.0", "other"]
    assert versions["released_at"].iloc[0] == released
    assert versions["released_at"].iloc[1:].isna().all()
    rated = [each.score for each in inside(rows, Rated, 30) if each.version == "1.10.0"]
    newest = versions.iloc[0]
    assert (newest["ratings"], newest["rating"]) == (len(rated), pytest.approx(mean(rated)))
    assert newest["rating_low"] < newest["rating"] < newest["rating_high"]
    assert versions["rating"].isna().iloc[2]  # other versions than those of the other runs


def test_cells_stand_with_the_newest_version_first_and_in_it_the_model_that_is_run_most():
    cells = {("1.9", "a"): 3, ("other", "other"): 9, ("1.10", "b"): 1, ("1.10", "a"): 2}
    rows = breakdowns.by_version_and_model({keys: Sums(n=n) for keys, n in cells.items()}, 1.0)
    assert [(row["version"], row["model"], row["runs"]) for row in rows] == [
        ("1.10", "a", 2),
        ("1.10", "b", 1),
        ("1.9", "a", 3),
        ("other", "other", 9),
    ]


@pytest.mark.parametrize(("count", "last"), [(10, ("v0", 1)), (13, ("other", 1 + 2 + 3 + 4))])
def test_versions_beyond_the_newest_ten_are_put_together(count, last):
    cells = {(f"v{number}", "a"): Sums(n=number + 1) for number in range(count)}
    cells |= {("other", "other"): Sums(n=4)} if count > 10 else {}
    rows = breakdowns.by_version(cells, {}, {}, 1.0)
    assert (rows[-1]["version"], rows[-1]["runs"]) == last
    assert sum(row["runs"] for row in rows) == sum(sums.n for sums in cells.values())


def test_only_days_that_are_a_block_of_their_own_are_drawn(conn, package):
    rows = [Ran(who, ago(day)) for day in range(6) for who in range(6 + day)]
    publish_days(conn, package, rows, spans=[(ago(5), ago(4))])
    daily = package_stats(conn, PUBLIC, package.name, 30).daily
    assert list(daily["day"].dt.date) == [ago(3), ago(2), ago(1), ago(0)]
    assert list(daily["runs"]) == [9, 8, 7, 6]
    assert list(daily["people"]) == [5, 5, 5, 5]


def test_a_block_that_began_before_the_window_is_not_in_it(conn, package):
    rows = [Ran(who, ago(day)) for day in (0, 6, 7) for who in range(10)]
    publish_days(conn, package, rows, spans=[(ago(7), ago(6))])
    assert package_stats(conn, PUBLIC, package.name, 7).totals.n == 10
    assert package_stats(conn, PUBLIC, package.name, 8).totals.n == 30


def test_growth_compares_the_last_seven_whole_days_with_the_seven_before(conn, package):
    rows = [Ran(who, ago(day)) for day in range(20) for who in range(16 if day < 7 else 8)]
    publish_days(conn, package, rows)
    growth = package_stats(conn, PUBLIC, package.name, 30).growth
    assert growth == Growth(7 * 16, 7 * 8)
    assert growth.change == 1.0


def test_there_is_no_growth_where_a_block_lies_across_a_border(conn, package):
    rows = [Ran(who, ago(day)) for day in range(20) for who in range(16)]
    publish_days(conn, package, rows, spans=[(ago(7), ago(6))])
    assert package_stats(conn, PUBLIC, package.name, 30).growth is None


def test_before_anything_is_published_there_is_a_package_without_figures(conn, project):
    make_package(conn, project, "young")
    stats = package_stats(conn, PUBLIC, "young", 30)
    assert (stats.window, stats.totals, stats.people) == (None, Sums(), 0)
    assert stats.models.empty
    assert stats.versions.empty
    assert (stats.growth, stats.best_model, stats.downloaded) == (None, None, None)


def test_a_package_is_found_by_its_id_and_by_its_name(conn, package):
    assert package_of(conn, PUBLIC, str(package.uid)).name == "code-reviewer"
    assert package_of(conn, PUBLIC, "code-reviewer").uid == package.uid


def test_of_two_packages_of_a_name_the_first_that_is_seen_is_meant(conn, project, berlin):
    hidden = make_package(conn, project, "twice", public=False)
    third = create_project(conn, "third", consent="opt-out")
    first, second = (make_package(conn, each, "twice") for each in (berlin, third))
    assert hidden.id < first.id < second.id
    assert package_of(conn, PUBLIC, "twice").id == first.id


@pytest.mark.parametrize("wanted", ["", "nothing", "\0", "x" * 5_000, "%", "' or 1=1 --", "None"])
def test_what_no_package_is_called_finds_none(conn, package, wanted):
    assert package_of(conn, PUBLIC, wanted) is None
    assert package_stats(conn, PUBLIC, wanted, 30) is None


def runs_of(n, failures):
    return Sums(n=n, failures=failures)


def test_the_best_model_is_better_than_each_other_beyond_chance():
    best = best_of({"a": runs_of(847, 16), "b": runs_of(400, 26), "c": runs_of(100, 60)}, 1.0)
    assert (best.model, best.second) == ("a", "b")
    assert best.success == pytest.approx(0.981, abs=5e-4)
    assert best.second_low < best.second_success < best.second_high


@pytest.mark.parametrize(
    "models",
    [
        {},
        {"a": runs_of(847, 16)},
        {"a": runs_of(40, 1), "b": runs_of(40, 2)},  # no more than chance
        {"a": runs_of(847, 16), "b": runs_of(29, 20)},  # too few runs to be compared
        {"a": runs_of(847, 16), "other": runs_of(400, 200), "": runs_of(400, 200)},  # no models
        {"a": runs_of(400, 8), "b": runs_of(400, 9), "c": runs_of(400, 300)},  # which of two?
    ],
)
def test_no_model_is_called_best_on_less(models):
    assert best_of(models, 1.0) is None


def test_many_runs_of_few_people_make_no_model_the_best():
    models = {"a": runs_of(847, 16), "b": runs_of(400, 26)}
    assert best_of(models, intervals.design_effect(1_247, 400)).model == "a"
    assert best_of(models, intervals.design_effect(1_247, 30)) is None


def test_of_two_models_that_are_the_same_one_in_twenty_is_called_best_at_most():
    dice = np.random.default_rng(5)
    claims = sum(best_of(*alike(dice, people=90)) is not None for _ in range(400))
    assert claims <= 400 * 0.05 + 2 * (400 * 0.05 * 0.95) ** 0.5


def alike(dice, people):
    """Two models of one success, and the effect of it: each person has a rate and a model."""
    runs = 1 + dice.poisson(dice.gamma(0.7, 20, people))
    failures = dice.binomial(runs, 1 - dice.beta(9.5, 0.5, people))
    mine = dice.integers(2, size=people)
    models = {
        name: runs_of(int(runs[mine == which].sum()), int(failures[mine == which].sum()))
        for which, name in enumerate("ab")
    }
    return models, intervals.design_effect(int(runs.sum()), people)


def test_breakdowns_add_up_to_the_totals_also_where_a_cut_tells_less(conn, package):
    rows = [Ran(who, ago(day), duration=100.0) for day in range(6) for who in range(10)]
    publish_days(conn, package, rows)
    block = select(published_cells.c.block_id).join(
        published_blocks, published_blocks.c.id == published_cells.c.block_id
    )
    latest = block.where(published_blocks.c.first_day == LAST)
    cut = published_cells.c.cut == "version,model"
    conn.execute(delete(published_cells).where(cut, published_cells.c.block_id.in_(latest)))
    stats = package_stats(conn, PUBLIC, package.name, 30)
    for frame, column in ((stats.models, "model"), (stats.versions, "version")):
        other = frame.set_index(column).loc["other"]
        assert frame["runs"].sum() == stats.totals.n == 60
        assert (other["runs"], other["duration_ms"]) == (10, 100.0)


def test_downloads_are_told_by_audience_and_those_by_people_by_each_part(conn, package):
    rows = [Fetched(who, ago(1), version="2.0.0") for who in range(7)]
    rows += [Fetched(who, ago(2), installer="uv") for who in range(6)]
    rows += [Fetched(who, ago(1), "ci", "9.9.9") for who in range(9)]
    publish_days(conn, package, rows)
    stats = package_stats(conn, PUBLIC, package.name, 30)
    assert stats.audiences == {"person": 13, "ci": 9}
    assert stats.downloaded == 13
    assert stats.fetched == {
        "version": [{"value": "2.0.0", "downloads": 7}, {"value": "1.0.0", "downloads": 6}],
        "platform": [{"value": "linux", "downloads": 13}],
        "installer": [{"value": "pip", "downloads": 7}, {"value": "uv", "downloads": 6}],
    }


def test_downloads_that_a_part_does_not_tell_are_other():
    cuts = NONE_TOLD | {
        "": {(): Sums(n=50)},
        "audience": {("person",): Sums(n=30), ("ci",): Sums(n=15)},
        "audience,version": {("person", "1.0"): Sums(n=12), ("other", "other"): Sums(n=20)},
    }
    assert downloads.by_audience(cuts) == {"person": 30, "ci": 15, "other": 5}
    found = downloads.by_people(cuts)
    assert found["version"] == [
        {"value": "1.0", "downloads": 12},
        {"value": "other", "downloads": 18},
    ]
    assert found["platform"] == [{"value": "other", "downloads": 30}]


def test_downloads_that_no_audience_is_told_of_are_not_nought():
    assert downloads.by_audience(NONE_TOLD | {"": {(): Sums(n=9)}}) is None
