"""The state of the data, in sentences."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from analytics.operations.intake import Freshness
from analytics.operations.quality import Rolling
from db.tables import ROLLED_AS
from ui import words_quality

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def fresh(ago=60, waiting=0, lag=0.0):
    at = NOW - timedelta(seconds=ago)
    return Freshness(at, at, lag, waiting, 100)


def sent(**outcomes):
    return pd.DataFrame({"outcome": list(outcomes), "n": list(outcomes.values())})


def test_all_is_well_in_one_sentence():
    told = words_quality.verdict(fresh(), sent(accepted=97, no_consent=2, bot=1), NOW)
    assert told == "Data is fresh; 3.0% of events are not kept, mostly without consent"


@pytest.mark.parametrize(
    ("state", "begins"),
    [
        (fresh(ago=86_400 * 3), "Nothing has come since 3 days ago"),
        (fresh(waiting=4, lag=600.0), "Counting is 10 min behind"),
        (Freshness(None, None, 0.0, 0, 0), "There is no data yet"),
    ],
)
def test_what_is_wrong_comes_first(state, begins):
    assert words_quality.verdict(state, sent(accepted=1), NOW).startswith(begins)


def test_where_nothing_is_lost_it_says_so():
    assert words_quality.losing(sent(accepted=5)) == "everything that was sent is kept"
    assert words_quality.losing(sent()) == "everything that was sent is kept"


def test_a_single_reason_is_not_mostly():
    assert (
        words_quality.losing(sent(accepted=1, bot=1)) == "50.0% of events are not kept, from bots"
    )
    told = words_quality.losing(sent(accepted=1, too_old=1))
    assert told == "50.0% of events are not kept, for being too old"


def test_events_that_begin_and_end_are_counted():
    frame = pd.DataFrame({"name": list("abc"), "state": ["new", "quiet", ""]})
    assert words_quality.events_finding(frame) == "Of 3 events 1 is new and 1 has gone quiet"
    assert words_quality.events_finding(frame[2:]) == "The one event keeps coming"


def test_consent_is_a_share_of_those_who_could_have_been_kept():
    clocks = pd.DataFrame({"delay": ["Within 150 s"], "events": [10], "share": [1.0]})
    rolling = Rolling(5, 1.5, 3.0, ROLLED_AS)
    told = "\n".join(
        words_quality.facts(
            fresh(), sent(accepted=61, no_consent=39, bot=100), clocks, rolling, NOW
        )
    )
    assert "61.0% of the events that could be kept" in told
    assert "30.5% of the 200 events" in told
    assert "counted within 1.5 s, 95% within 3.0 s" in told
    assert "older version" not in told


def test_an_older_version_of_the_counts_is_told():
    empty = pd.DataFrame({"delay": [], "events": [], "share": []})
    told = words_quality.facts(fresh(), sent(), empty, Rolling(1, 1.0, 1.0, ROLLED_AS - 1), NOW)
    assert "older version" in told[-1]
