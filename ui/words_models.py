"""Models in words: which is used most, and which does the same for less."""

from collections.abc import Sequence

from analytics.community.efficiency import MARGIN, ModelUse, Swap
from analytics.community.published import OTHER
from ui import words
from ui.words import plain

MODELS = (
    "Runs by model. Time is the mean of the runs that told how long they took. A share of less "
    "time is told, never of more speed: 22% less time is 28% more speed."
)
SWAPS = (
    "Of all pairs of models with 30 runs each, what would have saved most: a model is named only "
    "where it takes less beyond chance (95% over all pairs) and fails at most "
    f"{MARGIN * 100:.0f} points more often, also at the end of the interval."
)
NO_SWAP = (
    "Of the models that you tried often enough, none is shown to take less time or fewer credits "
    f"than another while failing at most {MARGIN * 100:.0f} points more often."
)
NO_RUN = "Nothing was run in these days."
NAMES = {"": "not told", OTHER: "others, run by few"}


def name(model: str) -> str:
    """What a model is called, also where it was not told or several are one."""
    return NAMES.get(model, model)


def finding(models: Sequence[ModelUse], whose: str) -> str:
    """Which model is used most, and how much: "gpt-4o made 58% of your runs"."""
    if not models:
        return "Models"
    share = models[0].runs / sum(each.runs for each in models)
    return f"{name(models[0].model)} made {share:.0%} of {whose} runs"


def swap(found: Swap) -> str:
    """One model in place of another, with what is known of both, as Markdown."""
    span = f"95%: {found.low:.0%} to {found.high:.0%}"
    unit = "a run" if found.figure == "time" else "credits a run"
    now, then = (_figure(found, value) for value in (found.value, found.value_instead))
    success = f"{found.success:.1%} against {found.success_instead:.1%}"
    apart = f"{-found.worse_by * 100:+.1f} to {found.better_by * 100:+.1f} points"
    return (
        f"**{plain(found.model)}** takes **{plain(found.words)}** than {plain(found.instead_of)} "
        + plain(f"({span}): {now} in place of {then} {unit}. ")
        + plain(f"Without error: {success}; the difference is {apart} (95%).")
    )


def swaps_title(found: Sequence[Swap]) -> str:
    """What to try: "claude-sonnet: 22% less time, success at most 5 points lower"."""
    if not found:
        return "No better model is shown"
    first = found[0]
    success = (
        "with fewer failures"
        if first.worse_by < 0
        else f"success at most {MARGIN * 100:.0f} points lower"
    )
    return f"{first.model}: {first.words}, {success}"


def _figure(found: Swap, value: float) -> str:
    return words.amount(value, "ms") if found.figure == "time" else f"{value:.2f}"
