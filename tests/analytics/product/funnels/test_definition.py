"""A funnel is what it was after a trip through an address, and nothing else passes for one."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.product.funnels.definition import (
    OPERATORS,
    ORDERS,
    BadFunnel,
    Condition,
    Funnel,
    Step,
    steps_of,
    window_of,
)

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
CONDITIONS = st.builds(Condition, TEXTS, st.sampled_from(OPERATORS), st.just("17"))
STEPS = st.builds(Step, TEXTS.filter(bool), st.lists(CONDITIONS, max_size=3).map(tuple))


@st.composite
def funnels(draw):
    steps = draw(st.lists(STEPS, min_size=1, max_size=8))
    others = draw(st.lists(STEPS.filter(lambda step: step not in steps), max_size=2))
    window = timedelta(minutes=draw(st.integers(1, 90 * 24 * 60)))
    return Funnel(tuple(steps), draw(st.sampled_from(ORDERS)), window, tuple(others))


@given(funnels())
def test_a_funnel_is_the_same_after_a_trip_through_an_address(funnel):
    unvalued = [
        Funnel.from_query(parse_qs(urlencode(funnel.to_query(), doseq=True))),
        Funnel.from_text(funnel.text),
    ]
    for other in unvalued:
        assert other.to_query() == funnel.to_query()
        assert [step.name for step in other.steps] == [step.name for step in funnel.steps]
        assert (other.order, other.window) == (funnel.order, funnel.window)


def test_an_address_is_short_and_legible():
    steps = (Step("page_view"), Step("sign_up"), Step("upgrade", (Condition("", "eq", "pro"),)))
    assert Funnel(steps).to_query() == {
        "steps": ["page_view~sign_up~upgrade!subject:eq:pro"],
        "order": ["ordered"],
        "window": ["14d"],
    }
    assert steps_of("a!.colour:has:light%7Eblue")[0].conditions[0] == Condition(
        "colour", "has", "light~blue"
    )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "steps=",
        "steps=a~",
        "steps=a&order=random",
        "steps=a&window=0m",
        "steps=a&window=91d",
        "steps=a&window=soon",
        "steps=a!colour:eq:red",
        "steps=a!.colour:is:red",
        "steps=a!.colour:gt:red",
        "steps=a~b&without=b",
        "steps=" + "~".join("abcdefghi"),
        "steps=" + "a" * 201,
        "steps=a!.colour:eq:%2500",
    ],
)
def test_what_is_no_funnel_is_refused(query):
    with pytest.raises(BadFunnel):
        Funnel.from_text(query)


@pytest.mark.parametrize(
    ("operator", "value", "yes", "no"),
    [
        ("eq", "a", ["a"], ["", "A", "aa"]),
        ("ne", "a", ["", "A", "aa"], ["a"]),
        ("has", "a", ["a", "bar"], ["", "A"]),
        ("gt", "2.5", ["3", "2.51", "10"], ["", "2.5", "2", "x", "1e9", " 3", "3\n"]),
        ("lt", "-1", ["-2", "-1.5"], ["", "-1", "0", "x"]),
        ("set", "", ["a", " "], [""]),
    ],
)
def test_a_condition_compares_text_and_numbers_as_numbers(operator, value, yes, no):
    condition = Condition("", operator, value)
    assert [condition.holds(text) for text in yes] == [True] * len(yes)
    assert [condition.holds(text) for text in no] == [False] * len(no)


def test_windows_have_minutes_hours_and_days():
    found = [window_of(text) for text in ("30m", "12h", "14d")]
    assert found == [timedelta(minutes=30), timedelta(hours=12), timedelta(days=14)]


def test_strict_order_has_to_do_with_all_events():
    steps = (Step("a"), Step("b"))
    assert Funnel(steps).names == ("a", "b")
    assert Funnel(steps, "strict").names == ()
