"""The experiments that were planted in the demo get the right verdict, read from their pages."""

import pytest

from tests.browser.test_product import number
from tests.thorough import thorough

SAID = {  # by the verdict that is planted
    "better": "; safe to ship",
    "level": "No difference is shown",
    "split": "Don't read this: the split is wrong",
    "guardrail": "Stop: ",
}
KEYS = ("guided-setup", "upgrade-button", "new-editor", "instant-search", "one-step-invites")


def verdict_of(visit, key):
    return visit("product").open(f"/experiments?experiment={key}").text


@thorough
@pytest.mark.parametrize("key", KEYS)
def test_each_planted_experiment_gets_its_verdict(visit, truths, key):
    where, _ = truths[f"lift_{key}"]
    text = verdict_of(visit, key)
    assert [verdict for verdict, said in SAID.items() if said in text] == [where["verdict"]]


@thorough
@pytest.mark.parametrize("key", ["guided-setup", "one-step-invites"])
def test_the_verdict_tells_the_planted_lift(visit, truths, key):
    where, ratio = truths[f"lift_{key}"]
    raised = number(rf"{where['variants'][1]}\W+raises .+? by ([\d.]+)%", verdict_of(visit, key))
    assert raised / 100 == pytest.approx(ratio - 1, abs=0.12)


@thorough
def test_the_broken_guardrail_is_named_with_its_harm(visit, truths):
    _, slower = truths["time_instant-search"]
    text = verdict_of(visit, "instant-search")
    harm = number(r"breaks Time of a search, \+([\d.]+)%", text)
    assert harm / 100 == pytest.approx(slower - 1, abs=0.05)


@thorough
def test_a_wrong_split_hides_who_would_win(visit):
    text = verdict_of(visit, "new-editor")
    assert "raises" not in text
    assert "lowers" not in text


@thorough
def test_what_was_decided_is_told_with_who_did(visit):
    text = verdict_of(visit, "one-step-invites")
    assert "product@demo.example" in text
    assert "“one_step” shipped" in text


@thorough
def test_the_list_has_the_decision_or_else_the_verdict_of_each(visit, truths):
    text = visit("product").open("/experiments").text
    for key in KEYS:
        where, _ = truths[f"lift_{key}"]
        card = text[: text.index(f"· {key}")].rsplit("·", 1)[-1]
        said = [verdict for verdict, words in SAID.items() if words in card]
        decided = key == "one-step-invites"
        assert said == ([] if decided else [where["verdict"]])
        assert ("“one_step” shipped" in card) == decided
