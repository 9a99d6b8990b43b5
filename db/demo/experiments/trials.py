"""The experiments of the demo: what each changes for the people in it, and by how much.

About 800 people of a demo of 200,000 events come by in the time of an experiment, 400 a variant.
What is planted is larger than what the experiments were planned to find, so that as many people
as planned show it with a probability above 0.94. That is for people who fall as they may; here they
are dealt out in quotas (`exposing.evenly`), so that chance can neither hide a difference nor show
one where there is none.
"""

from dataclasses import dataclass
from datetime import datetime
from statistics import NormalDist

from db.demo.shape import Shape

PLATFORMS = ("web", "ios", "android")  # for whose people the experiments are
STARTS_AT = 9  # o'clock
LEVEL, POWER = 0.05, 0.8


@dataclass(frozen=True, slots=True)
class Clock:
    """An event with a duration, which everybody in an experiment leaves.

    Its mean is `slower` times as long in the variant that is tried; a guardrail bears `margin`.
    """

    name: str
    label: str
    median_ms: float
    slower: float = 1.0
    margin: float = 0.10


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment of two variants at even weights, the first of them the control.

    `rates` are the shares of each variant's people that do what is wanted, `goal`, which is named
    by `label`. It is planned to find a change by `effect`, relative to the control. `started` and
    `stopped` are days before today. Exposures to the second variant on the platforms `lost_on`
    don't arrive; `mixed` is the share of people who see the other variant as well.
    """

    key: str
    name: str
    hypothesis: str
    variants: tuple[str, str]
    goal: str
    label: str
    rates: tuple[float, float]
    effect: float
    started: int
    stopped: int = 0
    clock: Clock | None = None
    lost_on: tuple[str, ...] = ()
    mixed: float = 0.0

    @property
    def lift(self) -> float:
        """The relative change that is planted."""
        control, tried = self.rates
        return tried / control - 1

    @property
    def units(self) -> int:
        """How many people are needed in all to find the effect: two shares of one variance.

        n = 2 (z(1 - level / 2) + z(power))^2 p (1 - p) / (p effect)^2 for each of two variants;
        Chow, Shao, Wang, Sample Size Calculations in Clinical Research, 4.2.1.
        """
        z = NormalDist().inv_cdf
        found = (z(1 - LEVEL / 2) + z(POWER)) ** 2
        rate = self.rates[0]
        return round(4 * found * rate * (1 - rate) / (rate * self.effect) ** 2)


WINNER = Trial(
    key="guided-setup",
    name="Guided setup",
    hypothesis="A list of first steps makes more people finish their setup.",
    variants=("plain", "guided"),
    goal="setup_finished",
    label="People who finish the setup",
    rates=(0.44, 0.62),
    effect=0.28,
    started=42,
    clock=Clock("setup_opened", "Time to open the setup", 640),
    mixed=0.02,
)
NULL = Trial(
    key="upgrade-button",
    name="Color of the upgrade button",
    hypothesis="A green button makes more people look at the plans.",
    variants=("blue", "green"),
    goal="plans_opened",
    label="People who look at the plans",
    rates=(0.40, 0.40),
    effect=0.30,
    started=42,
)
BROKEN = Trial(
    key="new-editor",
    name="New editor",
    hypothesis="The new editor makes more people share what they wrote.",
    variants=("old", "new"),
    goal="document_shared",
    label="People who share a document",
    rates=(0.40, 0.50),
    effect=0.30,
    started=41,
    lost_on=("ios", "android"),
)
HARMFUL = Trial(
    key="instant-search",
    name="Search while typing",
    hypothesis="Results that come while typing make more people open one.",
    variants=("on_enter", "while_typing"),
    goal="result_opened",
    label="People who open a result",
    rates=(0.42, 0.60),
    effect=0.28,
    started=40,
    clock=Clock("quick_search", "Time of a search", 410, slower=1.35, margin=0.05),
)
DECIDED = Trial(
    key="one-step-invites",
    name="Invitations in one step",
    hypothesis="An invitation without a choice of permissions makes more people invite somebody.",
    variants=("three_levels", "one_step"),
    goal="colleague_invited",
    label="People who invite a colleague",
    rates=(0.30, 0.46),
    effect=0.40,
    started=66,
    stopped=45,
    clock=Clock("invitation_opened", "Time to open the invitation", 520),
)
TRIALS = (WINNER, NULL, BROKEN, HARMFUL, DECIDED)


def begun(shape: Shape) -> tuple[Trial, ...]:
    """The experiments that begin in the range."""
    return tuple(trial for trial in TRIALS if trial.started < shape.days)


def lasting(shape: Shape, trial: Trial) -> tuple[datetime, datetime]:
    """When an experiment begins, and when it ends or that it goes on until now."""
    begin, end = (
        shape.instant(shape.days - 1 - ago, STARTS_AT) for ago in (trial.started, trial.stopped)
    )
    return begin, end if trial.stopped else shape.now
