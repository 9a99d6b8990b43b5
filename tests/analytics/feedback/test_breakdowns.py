"""What a measure is made of: its answers, and the values of what they are about."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.feedback.breakdowns import (
    FEW,
    PARTS,
    breakdown,
    breakdown_sql,
    distribution,
    distribution_sql,
)
from analytics.feedback.metrics import MEASURES
from analytics.filters import BadFilters
from analytics.scope import PUBLIC
from db.access import create_project
from tests.analytics.feedback import reference
from tests.analytics.feedback.reference import SCALES, Said, answer, estimate, history, keep, values
from tests.analytics.reference import anyone, asking
from tests.conftest import undone
from tests.thorough import cases

START, END = date(2026, 3, 16), date(2026, 3, 30)
NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


@settings(max_examples=cases(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    measure=st.sampled_from(sorted(MEASURES)),
    part=st.sampled_from(PARTS),
)
def test_every_value_is_that_of_the_reference(conn, seed, measure, part):
    with undone(conn):
        project = create_project(
            conn, "random", consent="opt-out", timezone="Europe/Berlin", retention_months=None
        )
        said = history(seed, START - timedelta(days=7), 30, 150)
        reference.store(conn, project, said)
        filters = asking(project, START, END, country=("DE",))
        found = breakdown(conn, anyone(project), filters, measure, part)
        inside = keep(said, filters)
        names = {getattr(each, part) or "(not set)" for each in inside}
        total = len(values(inside, measure))
        of = {
            name: values(
                [each for each in inside if (getattr(each, part) or "(not set)") == name], measure
            )
            for name in names
        }
        assert set(found["series"]) == {name for name in names if of[name]}
        for row in found.itertuples():
            expected = estimate(of[row.series], measure)
            assert (row.value, row.low, row.high, row.n) == pytest.approx(expected, nan_ok=True)
            assert row.share == pytest.approx(len(of[row.series]) / total)


def test_a_few_good_answers_are_no_first_place(conn, project):
    many = [Said(1, "rating", NOON, 5 if n < 45 else 1, platform="web") for n in range(50)]
    some = [Said(1, "rating", NOON, 5 if n < 11 else 1, platform="ios") for n in range(12)]
    few = [Said(1, "rating", NOON, 5, platform="cli") for _ in range(FEW - 1)]
    reference.store(conn, project, many + some + few)
    filters = asking(project, START, END)
    found = breakdown(conn, anyone(project), filters, "rating", "platform")
    assert found["series"].tolist() == ["web", "ios", "cli"]
    assert found["value"].tolist() == pytest.approx([45 / 50, 11 / 12, 1.0])


def test_what_is_no_part_is_refused(conn, project):
    for part in ("comment", "id; drop table feedback"):
        with pytest.raises(BadFilters):
            breakdown(conn, anyone(project), asking(project, START, END), "nps", part)


@pytest.mark.parametrize("measure", [*SCALES, "helpful", "sentiment", "said"])
def test_every_answer_is_listed_with_its_number(conn, project, measure):
    said = history(5, START - timedelta(days=7), 30, 150)
    reference.store(conn, project, said)
    filters = asking(project, START, END)
    found = distribution(conn, anyone(project), filters, measure)
    inside = keep(said, filters)
    given = {
        "helpful": [{True: "yes", False: "no"}.get(each.helpful) for each in inside],
        "sentiment": [each.label for each in inside],
        "said": [each.kind for each in inside],
    }.get(measure) or [str(each.score) for each in inside if each.kind == measure]
    assert found["n"].tolist() == [given.count(name) for name in found["answer"]]
    if measure in SCALES:
        assert found["answer"].tolist() == [str(score) for score in SCALES[measure]]
    assert found["share"].sum() == pytest.approx(1)


def test_a_distribution_of_nothing_has_its_answers_and_no_shares(conn, project):
    found = distribution(conn, anyone(project), asking(project, START, END), "csat")
    assert found["n"].tolist() == [0] * 5
    assert found["share"].isna().all()


def test_the_statements_give_the_same_rows(conn, project):
    reference.store(conn, project, history(5, START, 14, 150))
    filters, viewer = asking(project, START, END), anyone(project)
    for question, sql in ((breakdown, breakdown_sql), (distribution, distribution_sql)):
        found = question(conn, viewer, filters, "ces")
        rows = answer(conn, sql(viewer, filters, "ces"))
        assert rows.astype(found.dtypes).equals(found)


def test_a_stranger_gets_neither(conn, project):
    reference.store(conn, project, history(5, START, 14))
    filters = asking(project, START, END)
    assert breakdown(conn, PUBLIC, filters).empty
    assert distribution(conn, PUBLIC, filters).empty


def test_answers_that_are_all_equal_and_single_ones_have_no_interval(conn, project):
    equal = [Said(1, "nps", NOON, 9, platform="web") for _ in range(4)]
    single = [Said(1, "rating", NOON, 5, platform="web")]
    reference.store(conn, project, equal + single)
    for measure, value in (("nps", 100.0), ("rating", 1.0)):
        found = breakdown(conn, anyone(project), asking(project, START, END), measure, "platform")
        assert found["value"].tolist() == [value]
        assert found[["low", "high"]].isna().all(axis=None)


def test_effort_has_the_interval_of_students_t_within_its_scale(conn, project):
    some = [Said(1, "ces", NOON, score, platform="web") for score in (4, 5, 4, 5)]
    few = [Said(1, "ces", NOON, score, platform="cli") for score in (1, 7, 4)]
    many = [Said(1, "ces", NOON, n % 7 + 1, platform="ios") for n in range(70)]
    reference.store(conn, project, some + few + many)
    found = breakdown(conn, anyone(project), asking(project, START, END), "ces", "platform")
    ends = found.set_index("series")[["low", "high"]].T.to_dict("list")
    assert ends["web"] == pytest.approx(stats.t.interval(0.95, 3, 4.5, (1 / 3 / 4) ** 0.5))
    assert ends["cli"] == [1.0, 7.0]
    assert ends["ios"] == pytest.approx(stats.t.interval(0.95, 69, 4, (280 / 69 / 70) ** 0.5))
