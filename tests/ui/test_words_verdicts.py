"""Verdicts in words: one sentence each, and what to do."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analytics.experiments.definition import Measure, Metric
from analytics.experiments.statistics import Effect, Estimate, Verdict
from db.experiments.kept import Experiment, Variant
from ui import words_verdicts
from ui.words_verdicts import ICONS, SHORT

DAY = datetime(2026, 3, 3, tzinfo=UTC)
RUNNING = Experiment(
    id=1,
    project_id=1,
    key="short",
    kind="experiment",
    name="Short",
    hypothesis="",
    state="running",
    killed=False,
    variants=(Variant("A", 5_000), Variant("B", 5_000)),
    control="A",
    targeting="[]",
    layer="",
    share_from=0,
    share_to=10_000,
    salt="s",
    metrics="[]",
    plan=None,
    decision="",
    decided_variant="",
    decision_note="",
    decided_at=None,
    decided_by=None,
    maker=None,
    created_at=DAY,
    started_at=DAY,
    stopped_at=None,
    counted_at=None,
)
COMPLETION = Metric(1, "primary", "Completion", Measure("did"), unit="share")
WAIT = Metric(1, "primary", "Wait", Measure("duration"), better="down", unit="ms")
ERRORS = Metric(2, "guardrail", "Error rate", Measure("failures"), better="down", margin=0.02)


RATIO = replace(ERRORS, role="primary", over=Measure("events"))


def effect(lift, lowest, highest, **more):
    told = {"difference": lift, "lift": lift, "lift_low": lowest, "lift_high": highest}
    whole = dict.fromkeys(Effect.__slots__, 0.1) | {"n": 500, "n_control": 500, "no_lift": ""}
    return Effect(**(whole | told | more))


def verdict(kind, estimate=None, broken=(), progress=None):
    return Verdict(kind, estimate, tuple(broken), progress)


def estimate(metric, *interval, **more):
    return Estimate(metric, "B", now=effect(*interval, **more))


def unsettled(*labels):
    open_ = tuple(Estimate(replace(ERRORS, label=label), "B", "nobody") for label in labels)
    return replace(verdict("better", estimate(COMPLETION, 0.021, 0.004, 0.039)), unsettled=open_)


SENTENCES = {
    "better": (
        verdict("better", estimate(COMPLETION, 0.021, 0.004, 0.039)),
        "“B” raises Completion by 2.1% (0.4 to 3.9); safe to ship.",
    ),
    "better with one guardrail open": (
        unsettled("Refunds"),
        "“B” raises Completion by 2.1% (0.4 to 3.9); Refunds is not settled yet.",
    ),
    "better with three guardrails open": (
        unsettled("Refunds", "Errors", "Time"),
        "“B” raises Completion by 2.1% (0.4 to 3.9); Refunds, Errors and Time are not settled yet.",
    ),
    "better where less is better": (
        verdict("better", estimate(WAIT, -0.05, -0.09, -0.01)),
        "“B” lowers Wait by 5.0% (1.0 to 9.0); safe to ship.",
    ),
    "worse": (
        verdict("worse", estimate(COMPLETION, -0.05, -0.09, -0.01)),
        "“B” lowers Completion by 5.0% (1.0 to 9.0); don't ship it.",
    ),
    "running": (
        verdict("running", estimate(COMPLETION, 0.01, -0.1, 0.1), progress=0.619),
        "Keep running: 61% of the needed sample.",
    ),
    "running without a plan": (
        verdict("running", estimate(COMPLETION, 0.01, -0.1, 0.1)),
        "Keep running: no difference is shown yet.",
    ),
    "running with the whole sample": (
        verdict("running", estimate(COMPLETION, 0.01, -0.1, 0.1), progress=1.2),
        "The needed sample is there; no difference is shown so far.",
    ),
    "guardrail": (
        verdict("guardrail", broken=[estimate(ERRORS, 0.12, 0.05, 0.19)]),
        "Stop: “B” breaks Error rate, +12.0% (5.0 to 19.0).",
    ),
    "split": (verdict("split"), "Don't read this: the split is wrong."),
    "level": (
        verdict("level", estimate(COMPLETION, 0.002, -0.011, 0.015)),
        "No difference is shown in Completion: +0.2% (-1.1 to 1.5).",
    ),
    "empty": (verdict("empty"), "Nobody was exposed yet."),
    "few": (
        verdict("few", Estimate(COMPLETION, "B", "few")),
        "Too little is known yet: each variant needs 100 people, and 5 of each outcome.",
    ),
    "few in a ratio": (
        verdict("few", Estimate(RATIO, "B", "few")),
        "Too little is known yet: each variant needs 100 people, 30 of them with something that is "
        "divided by, and 5 of each outcome.",
    ),
    "undefined": (
        verdict("undefined", Estimate(COMPLETION, "B", "flat")),
        "Completion can't be compared: everybody has the same value, so that nothing can be told "
        "apart.",
    ),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_every_verdict_is_one_plain_sentence(case):
    found, told = SENTENCES[case]
    assert words_verdicts.sentence(RUNNING, found) == told
    assert words_verdicts.advice(RUNNING, found)


def test_without_a_lift_the_difference_is_told_in_the_metrics_unit():
    inside = {"difference": -40, "low": -60, "high": -20}
    shown = estimate(WAIT, None, None, None, **inside)
    assert words_verdicts.sentence(RUNNING, verdict("better", shown)) == (
        "“B” lowers Wait by 40 ms (20 to 60); safe to ship."
    )
    assert words_verdicts.effect(shown) == "-40 (-60 to -20)"


def test_a_draft_and_what_is_switched_off_say_so_whatever_is_known():
    draft = replace(RUNNING, state="draft", started_at=None)
    assert words_verdicts.sentence(draft, None) == "This is a draft: nobody gets it yet."
    killed = replace(RUNNING, killed=True)
    told = words_verdicts.sentence(killed, verdict("better", estimate(COMPLETION, 0.1, 0.1, 0.1)))
    assert told == "Switched off: everybody gets “A”."


def test_what_was_decided_takes_the_place_of_advice():
    decided = replace(
        RUNNING,
        decision="shipped",
        decided_variant="B",
        decided_by="ann@example.org",
        decided_at=DAY,
        decision_note="It pays.",
    )
    assert words_verdicts.advice(decided, verdict("split")) == (
        "Decided on 3 Mar 2026 by ann@example.org: “B” shipped. It pays."
    )


def test_an_early_winner_is_told_to_be_early():
    early = verdict("better", estimate(COMPLETION, 0.1, 0.05, 0.2))
    assert "allows for looking early" in words_verdicts.advice(RUNNING, early)


def test_nobody_is_told_to_ship_what_is_not_settled():
    assert "Ship" not in words_verdicts.advice(RUNNING, unsettled("Refunds"))
    assert words_verdicts.short(RUNNING, unsettled("Refunds")) == "Better, not settled"
    assert words_verdicts.short(RUNNING, unsettled()) == SHORT["better"]


def test_the_last_percent_is_not_rounded_away():
    assert words_verdicts.percent(0.999) == "99%"
    assert words_verdicts.percent(0.29) == "29%"
    assert words_verdicts.percent(1.0) == "100%"


def test_every_kind_has_an_icon_and_a_word_of_its_own():
    assert ICONS.keys() == SHORT.keys()
    assert len({icon for icon, _ in ICONS.values()}) >= len(ICONS) - 1
    assert len(set(SHORT.values())) == len(SHORT)
