"""An A/B test of a mobile game, as it was published, against scipy and statsmodels on its rows.

Players met a first gate on level 30 (the control) or on level 40; it is known that the later gate
kept fewer of them.
"""

from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import chisquare, norm, ttest_ind
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from analytics.experiments.results import results
from db.access import create_project
from db.engine import make_engine
from ingest_api.importing.trials import import_trial, terms_of
from tests.analytics.reference import anyone
from tests.conftest import drop_database, make_database
from tests.thorough import thorough

FILE = Path(__file__).parents[3] / "shared" / "data" / "cookie_cats.csv.gz"
CAP = 1_000  # one player played 49,854 rounds
pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason="../shared/data/cookie_cats.csv.gz is not here"
)


@pytest.fixture(scope="module")
def players():
    """The rounds and the retention of each player, by variant."""
    rows = pd.read_csv(FILE)
    rows["rounds"] = rows["sum_game_rounds"].clip(upper=CAP)
    return dict(iter(rows.groupby("version")))


@pytest.fixture(scope="module")
def read(server):
    """What is read of the file after it was imported."""
    url = make_database(server)
    engine = make_engine(url)
    with engine.begin() as conn:
        yield _read(conn)
    engine.dispose()
    drop_database(url, server)


@thorough
def test_the_later_gate_keeps_fewer_players(read):
    assert (read.verdict.kind, read.verdict.variant) == ("worse", "gate_40")
    assert read.verdict.progress == 1
    assert not read.verdict.early


@thorough
def test_the_split_is_scipys_and_not_wrong_by_our_bound(read):
    assert read.split.p == pytest.approx(chisquare([44_700, 45_489]).pvalue)
    assert 0.001 < read.split.p < 0.01
    assert not read.split.wrong


@pytest.mark.parametrize(("place", "column"), [(0, "retention_7"), (1, "retention_1")])
def test_retention_is_that_of_statsmodels(read, players, place, column):
    found, counts = read.estimates[place], [players[v][column].sum() for v in players]
    sizes = [len(group) for group in players.values()]
    _, p = proportions_ztest(counts, sizes)
    low, high = confint_proportions_2indep(*_backwards(counts, sizes), method="wald")
    assert found.planned.control_value == pytest.approx(counts[0] / sizes[0])
    assert found.planned.value == pytest.approx(counts[1] / sizes[1])
    assert found.p_value == pytest.approx(p, rel=0.01)
    assert (found.planned.low, found.planned.high) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize(("place", "column"), [(0, "retention_7"), (1, "retention_1")])
def test_the_relative_effect_is_the_risk_ratio_of_statsmodels(read, players, place, column):
    found, counts = read.estimates[place].planned, [players[v][column].sum() for v in players]
    sizes = [len(group) for group in players.values()]
    low, high = confint_proportions_2indep(
        *_backwards(counts, sizes), compare="ratio", method="log"
    )
    assert (found.lift_low + 1, found.lift_high + 1) == pytest.approx((low, high), abs=1e-5)


def test_rounds_are_winsorised_and_compared_by_welch(read, players):
    found = read.estimates[2]
    rounds = [group["rounds"] for group in players.values()]
    theirs = ttest_ind(rounds[1], rounds[0], equal_var=False)
    low, high = theirs.confidence_interval()
    assert found.planned.control_value == pytest.approx(rounds[0].mean())
    assert found.p_value == pytest.approx(theirs.pvalue)
    assert (found.planned.low, found.planned.high) == pytest.approx((low, high))


def test_the_secondary_metrics_are_corrected_for_each_other(read):
    seventh, first, rounds = read.estimates
    assert seventh.adjusted == seventh.p_value
    smaller, larger = sorted([first.p_value, rounds.p_value])
    assert sorted([first.adjusted, rounds.adjusted]) == pytest.approx(
        [min(2 * smaller, larger), larger]
    )


def test_the_chance_to_win_is_the_other_side_of_the_one_sided_test(read):
    seventh = read.estimates[0]
    z = seventh.planned.difference / seventh.planned.error
    assert seventh.chance == pytest.approx(norm.cdf(z))
    assert seventh.chance == pytest.approx(seventh.p_value / 2, rel=0.01)
    assert seventh.loss == pytest.approx(-seventh.planned.difference, rel=0.01)


def test_looking_at_any_moment_would_have_found_less(read):
    """The price of looking: here 2 % certainty in place of 0.2 %, and no verdict."""
    seventh = read.estimates[0]
    assert seventh.p_value < 0.002 < 0.01 < seventh.anytime
    assert seventh.now.low < seventh.planned.low < seventh.planned.high < seventh.now.high


def _read(conn):
    project = create_project(conn, "cats")
    terms = terms_of(
        unit="userid",
        variant="version",
        control="gate_30",
        outcomes=["retention_7", "retention_1", "sum_game_rounds"],
        caps=[f"sum_game_rounds={CAP}"],
    )
    trial = import_trial(conn, project.id, "gates", FILE, terms)
    assert trial.units == {"gate_30": 44_700, "gate_40": 45_489}
    return results(conn, anyone(project), project.id, "gates").reading


def _backwards(counts, sizes):
    """The treatment first, as statsmodels compares."""
    return counts[1], sizes[1], counts[0], sizes[0]
