"""What is said of a rule that sees too little, and of one that would have fired."""

from dataclasses import replace

import pandas as pd
import pytest

from analytics.operations.alerts.preview import EPISODES, SEEN, Preview
from ui.words_alerts import about, outcome, outcome_note, watching


def seen(known, fired, looks=43_200):
    """A preview of so many looks of which so many told something, with so many episodes."""
    episodes = pd.DataFrame(index=range(fired), columns=list(EPISODES))
    return Preview(looks, known, False, episodes, pd.DataFrame(columns=list(SEEN)))


@pytest.mark.parametrize(
    ("known", "fired", "said"),
    [
        (0, 0, "Nothing is known yet of what this would look at"),
        (17, 0, "Can hardly fire"),
        (17, 1, "Would have fired once in 30 days, and could not judge most of them"),
        (43_000, 0, "Would not have fired in 30 days"),
        (43_000, 2, "Would have fired twice in 30 days"),
    ],
)
def test_a_preview_that_could_judge_little_is_no_comfort(known, fired, said):
    assert outcome(seen(known, fired)) == said


def test_its_note_says_in_how_much_of_the_time_and_what_cures_it():
    said = outcome_note(seen(17, 0))
    assert "99.96% of windows hold too little" in said
    assert "longer window" in said
    assert "longer window" not in outcome_note(seen(43_000, 0))


def test_what_has_yet_to_learn_what_is_usual_says_so_and_asks_for_no_longer_window():
    young = replace(seen(0, 0), learning=43_000)
    assert outcome(young) == "Learns what is usual until it knows three weeks"
    later = replace(seen(8_640, 1), learning=34_560)
    assert outcome(later) == "Would have fired once in 30 days"
    assert "80% were before that: nothing is unusual until three weeks" in outcome_note(later)
    assert "longer window" not in outcome_note(later)


def test_what_is_kept_for_an_hour_is_looked_at_for_an_hour():
    short = replace(seen(60, 0, looks=60), minutes=60)
    assert outcome(short) == "Would not have fired in 1 hour"
    assert "How it was before is not kept." in outcome_note(short)


def test_rules_that_cannot_judge_are_counted():
    rules = pd.DataFrame({"state": ["quiet", "cannot judge", "paused"], "metric": ["a", "b", "a"]})
    assert watching(rules) == "2 rules look at 2 metrics, 1 cannot judge just now"
    assert watching(rules[:1]) == "1 rule looks at 1 metric"


def test_an_episode_names_its_first_error_and_counts_the_rest():
    episodes = pd.DataFrame({"episode_id": [3, 2, 1]})
    named = pd.DataFrame({"episode_id": [3, 3, 1], "title": ["Crash", "Timeout", "Late"]})
    assert about(episodes, named) == ["Crash and 1 more", "", "Late"]
    assert about(episodes, named[:0]) == ["", "", ""]
