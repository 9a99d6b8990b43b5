"""The scores over a range are what their definitions say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import hypot, sqrt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from statsmodels.stats.proportion import proportion_confint

from analytics.feedback.metrics import MEASURES, SURVEYED, find_measure
from analytics.feedback.scores import SCORED, responses_sql, scores, scores_sql
from analytics.scope import PUBLIC
from db import tables
from db.access import create_project
from db.errors import UnknownMetric
from tests.analytics.feedback import reference
from tests.analytics.feedback.reference import Said, answer, estimate, history, keep, store, values
from tests.analytics.reference import anyone, asking
from tests.conftest import undone
from tests.thorough import cases

START = date(2026, 3, 16)
NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


def by_key(conn, project, filters):
    return {score.measure.key: score for score in scores(conn, anyone(project), filters)}


def near(number):
    return pytest.approx(number, nan_ok=True)


def nans(*numbers):
    return tuple(float("nan") if number is None else number for number in numbers)


def reach(estimated, measure):
    """Half an interval of Wilson; of others the side that the scale does not cut off."""
    middle, low, high, _ = estimated
    return (high - low) / 2 if measure.interval == "wilson" else max(high - middle, middle - low)


@settings(max_examples=cases(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    more=st.sampled_from([{}, {"platform": ("web",)}, {"plan": ("pro",), "country": ("DE",)}]),
    answers=st.sampled_from([0, 3, 90]),
)
def test_every_score_is_that_of_the_reference(conn, seed, more, answers):
    with undone(conn):
        project = create_project(
            conn, "random", consent="opt-out", timezone="Europe/Berlin", retention_months=None
        )
        said = history(seed, START - timedelta(days=20), 40, answers)
        reference.store(conn, project, said)
        filters = asking(project, START, START + timedelta(days=14), compare=True, **more)
        found = by_key(conn, project, filters)
        before = filters.previous()
        for measure in SCORED:
            score, key = found[measure.key], measure.key
            expected = estimate(values(keep(said, filters), key), key)
            assert nans(score.value, score.low, score.high, score.n) == near(expected)
            then = estimate(values(keep(said, before), key), key)
            if expected[3] and then[3]:
                assert score.change == near(expected[0] - then[0])
                margin = hypot(reach(expected, measure), reach(then, measure))
                assert nans(score.change_margin) == near((margin,))
            else:
                assert score.change is None


def test_nps_is_no_mean_of_scores(conn, project):
    scored = [10, 10, 9, 8, 7, 6, 0]
    reference.store(conn, project, [Said(1, "nps", NOON, score) for score in scored])
    nps = by_key(conn, project, asking(project, START, date(2026, 3, 23)))["nps"]
    p, d, n = 3 / 7, 2 / 7, 7
    assert nps.value == pytest.approx(100 * (p - d))
    assert nps.margin == pytest.approx(100 * 1.959964 * sqrt((p + d - (p - d) ** 2) / n))


def test_the_margin_of_nps_is_whole_where_its_interval_ends_at_the_scale(conn, project):
    filters = asking(project, START, START + timedelta(days=7))
    store(
        conn,
        project,
        [Said(who, "nps", NOON, score=given) for who, given in enumerate((10, 10, 9, 3))],
    )
    found = by_key(conn, project, filters)["nps"]
    share, against = 3 / 4, 1 / 4
    error = sqrt((share + against - (share - against) ** 2) / 4)
    assert (found.value, found.high) == (50, 100)
    assert found.margin == pytest.approx(100 * 1.959964 * error, rel=1e-5)


def test_the_interval_of_a_share_is_that_of_statsmodels(conn, project):
    scored = [5] * 4 + [4] * 3 + [1] * 2
    reference.store(conn, project, [Said(1, "rating", NOON, score) for score in scored])
    found = by_key(conn, project, asking(project, START, date(2026, 3, 23)))["rating"]
    assert (found.low, found.high) == pytest.approx(proportion_confint(7, 9, method="wilson"))


def test_a_label_of_a_person_comes_before_the_computed_one(conn, project):
    said = Said(1, "text", NOON, comment="not bad", sentiment="negative", corrected="positive")
    reference.store(conn, project, [said])
    filters = asking(project, START, date(2026, 3, 23))
    assert by_key(conn, project, filters)["sentiment"].value == 100


def invite(conn, project, kind, at, answered, who=1):
    survey = {
        "project_id": project.id,
        "name": f"about {kind}",
        "questions": [{"kind": "text", "text": "?"}, {"kind": kind, "text": "?"}],
        "starts_at": at,
    }
    made = insert(tables.surveys).values(survey).returning(tables.surveys.c.id)
    shown = {
        "project_id": project.id,
        "survey_id": conn.execute(made).scalar_one(),
        "actor_key": who,
    }
    for number in range(4):
        answered_at = at if number < answered else None
        row = shown | {"shown_at": at, "answered_at": answered_at}
        conn.execute(insert(tables.invitations).values(row))


def test_the_response_rate_is_of_the_invitations_to_surveys_that_ask_for_it(conn, project):
    invite(conn, project, "nps", NOON, answered=3)
    invite(conn, project, "csat", NOON - timedelta(days=30), answered=4)
    found = by_key(conn, project, asking(project, START, date(2026, 3, 23)))
    assert (found["nps"].shown, found["nps"].answered) == (4, 3)
    assert found["nps"].response_rate == 0.75
    assert found["csat"].response_rate is None
    assert found["rating"].response_rate is None


def test_nobody_knows_the_platform_of_an_invitation(conn, project):
    invite(conn, project, "nps", NOON, answered=3)
    filters = asking(project, START, date(2026, 3, 23), platform=("web",))
    assert by_key(conn, project, filters)["nps"].shown is None


def test_a_change_within_its_margin_is_chance(conn, project):
    week = timedelta(days=7)
    for at, good in ((NOON - week, 50), (NOON, 54)):
        said = [Said(1, "rating", at, 5 if number < good else 1) for number in range(100)]
        reference.store(conn, project, said)
    filters = asking(project, START, START + week, compare=True)
    rating = by_key(conn, project, filters)["rating"]
    assert rating.change == pytest.approx(0.04)
    assert not rating.moved
    later = [Said(1, "rating", NOON, 5) for _ in range(200)]
    reference.store(conn, project, later)
    assert by_key(conn, project, filters)["rating"].moved


def test_of_few_answers_no_change_is_told_from_chance(conn, project):
    week = timedelta(days=7)
    filters = asking(project, START, START + week, compare=True)
    for n, moved in ((1, False), (28, False), (1, True)):  # 1, 29 and 30 answers either time
        for at, score in ((NOON - week, 10), (NOON, 0)):
            reference.store(conn, project, [Said(who, "nps", at, score) for who in range(n)])
        nps = by_key(conn, project, filters)["nps"]
        assert nps.change == -200
        assert nps.moved is moved


def test_the_day_that_is_not_over_is_in_the_value_and_not_in_the_change(conn, project):
    now = datetime(2026, 3, 22, 12, tzinfo=UTC)
    reference.store(
        conn,
        project,
        [
            Said(1, "rating", now - timedelta(days=9), 1),
            Said(1, "rating", now - timedelta(days=1), 1),
            Said(1, "rating", now - timedelta(hours=1), 5),
        ],
    )
    filters = replace(asking(project, START, START + timedelta(days=7)), now=now, compare=True)
    rating = by_key(conn, project, filters)["rating"]
    assert (rating.value, rating.n, rating.change) == (0.5, 2, 0.0)


def test_the_statement_gives_the_same_numbers(conn, project):
    reference.store(conn, project, history(3, START, 14))
    invite(conn, project, "nps", NOON, answered=3)
    filters = asking(project, START, START + timedelta(days=14))
    found = by_key(conn, project, filters)
    rows = answer(conn, scores_sql(anyone(project), filters)).set_index("measure")
    assert set(rows.index) == set(MEASURES) - {"said"}
    for key, row in rows.iterrows():
        score = found[key]
        assert tuple(row) == pytest.approx((score.value, score.low, score.high, score.n))
    (responses,) = answer(conn, responses_sql(anyone(project), filters)).to_dict("records")
    assert responses == {"measure": "nps", "shown": 4, "answered": 3}


def test_strangers_and_roles_without_the_field_get_no_scores(conn, project):
    reference.store(conn, project, history(3, START, 14))
    filters = asking(project, START, START + timedelta(days=14))
    for viewer in (PUBLIC, anyone(project, role="operations"), anyone(project, role="member")):
        assert scores(conn, viewer, filters) == []


def test_every_measure_says_what_it_is(subtests):
    for measure in MEASURES.values():
        with subtests.test(measure.key):
            assert measure.metric.definition.endswith(".")
            assert measure.metric.formula
            assert (measure.scale is not None) or measure.key not in SURVEYED
    assert len({measure.metric.label for measure in MEASURES.values()}) == len(MEASURES)


def test_a_measure_that_does_not_exist_is_named_in_the_error():
    with pytest.raises(UnknownMetric, match="happiness"):
        find_measure("happiness")
