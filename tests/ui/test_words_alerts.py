"""What is said of a rule that sees too little, and of one that would have fired."""

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


def test_rules_that_cannot_judge_are_counted():
    rules = pd.DataFrame({"state": ["quiet", "cannot judge", "paused"], "metric": ["a", "b", "a"]})
    assert watching(rules) == "2 rules look at 2 metrics, 1 cannot judge just now"
    assert watching(rules[:1]) == "1 rule looks at 1 metric"


def test_an_episode_names_its_first_error_and_counts_the_rest():
    episodes = pd.DataFrame({"episode_id": [3, 2, 1]})
    named = pd.DataFrame({"episode_id": [3, 3, 1], "title": ["Crash", "Timeout", "Late"]})
    assert about(episodes, named) == ["Crash and 1 more", "", "Late"]
    assert about(episodes, named[:0]) == ["", "", ""]
