"""What is planted in the experiments of the demo, where and how large."""

from collections.abc import Iterator

from db.demo.experiments.trials import BROKEN, DECIDED, HARMFUL, NULL, WINNER, Trial, begun
from db.demo.shape import Shape

Truth = tuple[str, str, dict[str, object], float, str]  # name, what, where, size and unit
VERDICTS = {
    WINNER: "better",
    NULL: "level",
    BROKEN: "split",
    HARMFUL: "guardrail",
    DECIDED: "better",
}


def experiment_truths(of: Shape) -> list[Truth]:
    """One entry a truth, of the experiments that begin in the range."""
    return [truth for trial in begun(of) for truth in _truths(trial)]


def _truths(trial: Trial) -> Iterator[Truth]:
    where: dict[str, object] = {"experiment": trial.key, "variants": list(trial.variants)}
    often = "In the second variant this many times as many people reach the goal as in the first"
    goal = {"goal": trial.goal, "verdict": VERDICTS[trial]}
    yield f"lift_{trial.key}", often, where | goal, 1 + trial.lift, "ratio"
    if trial.clock:
        long = "In the second variant an event takes this many times as long as in the first"
        timed = where | {"name": trial.clock.name}
        yield f"time_{trial.key}", long, timed, trial.clock.slower, "ratio"
    if trial.lost_on:
        lost = "On some platforms this share of the exposures to the second variant is lost"
        yield f"split_{trial.key}", lost, where | {"platforms": list(trial.lost_on)}, 1.0, "share"
    if trial.mixed:
        both = "This share of the exposed people is seen in both variants"
        yield f"mixed_{trial.key}", both, where, trial.mixed, "share"
