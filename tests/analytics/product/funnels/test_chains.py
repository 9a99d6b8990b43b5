"""Every chain there is, against the reference, which tries all of them one by one."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.product.funnels.definition import Funnel, Step
from analytics.product.funnels.instants import Marked
from analytics.product.funnels.outcomes import entries_of, labels_of, outcomes_of, times_of
from tests.analytics.product.funnels.reference import Happened, outcome
from tests.thorough import cases

MINUTE = 60_000_000
ORDERS = ("ordered", "strict", "any")


@st.composite
def histories(draw, steps):
    """A few events a person at few moments, so that many happen at once; each of some kind."""
    kinds = draw(
        st.lists(st.frozensets(st.integers(0, steps - 1), max_size=steps), min_size=1, max_size=4)
    )
    happened = st.builds(
        Happened,
        at=st.integers(0, 9).map(lambda minute: minute * MINUTE),
        serves=st.sampled_from([*kinds, frozenset({0}), frozenset({steps - 1})]),
        excluded=st.sampled_from([False, False, False, True]),
        label=st.sampled_from(["", "ios", "web"]),
    )
    return draw(st.lists(st.lists(happened, max_size=6), max_size=4))


def marked(people):
    values = tuple(sorted({event.label for events in people for event in events} | {""}))
    rows = sorted(
        (who, event.at, sum(1 << step for step in event.serves), event.excluded, event.label)
        for who, events in enumerate(people)
        for event in events
    )
    return Marked(
        keys=np.arange(len(people)),
        actor=np.array([row[0] for row in rows], np.int64),
        at=np.array([row[1] for row in rows], np.int64),
        steps=np.array([row[2] for row in rows], np.uint8),
        excluded=np.array([row[3] for row in rows], np.bool_),
        label=np.array([values.index(row[4]) for row in rows], np.int32),
        values=values,
    )


def moment(minutes):
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)


def engine(people, steps, order, window, until, now):
    """Each actor's outcome, as the reference says it."""
    funnel = Funnel(
        tuple(Step(f"step {n}") for n in range(steps)), order, timedelta(minutes=window)
    )
    events = marked(people)
    moments, entries = entries_of(events, funnel, moment(until))
    found = outcomes_of(entries, funnel, moment(now))
    labels = labels_of(events, moments, entries.place[found.row], order)
    done = times_of(events, moments, entries, found.row, order)
    told = {}
    for row, reached, still, out, label, when in zip(
        found.row, found.steps, found.open, found.left_out, labels, done, strict=True
    ):
        status = "converted" if reached == steps else "maturing" if still else "lost"
        times = tuple(when[:reached].tolist())
        told[int(entries.actor[row])] = (
            int(reached),
            int(entries.at[row]),
            times,
            events.values[label],
            "left out" if out else status,
        )
    return told


def by_hand(people, steps, order, window, until, now):
    times = (window * MINUTE, until * MINUTE, now * MINUTE)
    found = {who: outcome(events, steps, order, *times) for who, events in enumerate(people)}
    return {
        who: (one.steps, one.entry, one.times, one.label, one.status)
        for who, one in found.items()
        if one is not None
    }


@pytest.mark.parametrize("order", ORDERS)
@settings(max_examples=cases(400))
@given(data=st.data(), steps=st.integers(1, 4), window=st.integers(1, 6))
def test_every_actor_counts_as_in_the_reference(order, data, steps, window):
    people = data.draw(histories(steps))
    until, now = data.draw(st.integers(1, 11)), data.draw(st.integers(0, 12))
    asked = (people, steps, order, window, until, now)
    assert engine(*asked) == by_hand(*asked)
