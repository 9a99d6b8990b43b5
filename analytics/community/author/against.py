"""What differs between a version and the one before it, and whether that is beyond chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import fmean, stdev
from typing import Literal

from scipy.special import stdtrit  # Student's t; scipy.stats takes a second to import

from analytics.community import intervals
from analytics.community.author.parts import Slice
from analytics.community.intervals import Interval
from analytics.community.sums import Sums, summed_by

Measure = Literal["success", "duration", "rating"]
FEWEST_DAYS = 5  # on which both versions ran, below which their durations are not compared
LEVEL = 0.975


@dataclass(frozen=True, slots=True)
class Change:
    """A measure of a version against another one's.

    `value` and `before` are shares (0 to 1), mean ms or mean stars of `n` and `n_before` runs or
    ratings; `difference` is absolute, but relative (0.2: 20 % more) for durations; `interval` holds
    95 % of what it may be, and is None where too little is known.
    """

    measure: Measure
    version: str
    against: str
    value: float
    before: float
    n: int
    n_before: int
    difference: float
    interval: Interval | None

    @property
    def sure(self) -> bool:
        """Whether chance does not explain the difference."""
        return self.interval is not None and (self.interval.low > 0 or self.interval.high < 0)

    @property
    def better(self) -> bool:
        """Whether it is a change for the better, sure or not."""
        return (self.difference < 0) == (self.measure == "duration")


def changes(
    pair: tuple[str, str],
    runs: Mapping[str, Sums],
    ratings: Mapping[str, Sums],
    slices: Sequence[Slice],
    effect: float = 1.0,
) -> tuple[Change, ...]:
    """The changes from the second of a pair of versions to the first, those that can be told.

    `effect` is the `intervals.design_effect` of the runs.
    """
    told = (_success(pair, runs, effect), _rating(pair, ratings), _duration(pair, runs, slices))
    return tuple(each for each in told if each is not None)


def _success(pair: tuple[str, str], runs: Mapping[str, Sums], effect: float) -> Change | None:
    new, old = (runs.get(version, Sums()) for version in pair)
    if new.success is None or old.success is None:
        return None
    good, good_before = new.n - new.failures, old.n - old.failures
    found = intervals.share_difference(good, new.n, good_before, old.n, effect)
    difference = new.success - old.success
    return Change("success", *pair, new.success, old.success, new.n, old.n, difference, found)


def _rating(pair: tuple[str, str], ratings: Mapping[str, Sums]) -> Change | None:
    new, old = (ratings.get(version, Sums()) for version in pair)
    if new.rating is None or old.rating is None:
        return None
    found = intervals.rating_difference(new.score_sum, new.n, old.score_sum, old.n)
    difference = new.rating - old.rating
    return Change("rating", *pair, new.rating, old.rating, new.n, old.n, difference, found)


def _duration(
    pair: tuple[str, str], runs: Mapping[str, Sums], slices: Sequence[Slice]
) -> Change | None:
    new, old = (runs.get(version, Sums()) for version in pair)
    if not new.duration_ms or not old.duration_ms:
        return None
    ratios = _ratios(pair, slices)
    if len(ratios) < FEWEST_DAYS:
        difference, found = new.duration_ms / old.duration_ms - 1, None
    else:
        difference, found = exp(fmean(ratios)) - 1, _of_ratios(ratios)
    return Change(
        "duration", *pair, new.duration_ms, old.duration_ms, new.timed, old.timed, difference, found
    )


def _ratios(pair: tuple[str, str], slices: Sequence[Slice]) -> list[float]:
    """The logarithm of how many times as long the first took, for each time when both ran.

    Only what ran at the same time is compared: a slow week then counts for both.
    """
    ours = (each for each in slices if each.version in pair)
    times = summed_by((((each.first, each.last), each.version), each.runs) for each in ours)
    both = (
        (runs.duration_ms, times[days, pair[1]].duration_ms)
        for (days, version), runs in times.items()
        if version == pair[0] and (days, pair[1]) in times
    )
    return [log(new / old) for new, old in both if new and old]


def _of_ratios(ratios: Sequence[float]) -> Interval:
    """Student's interval of their mean, as a relative difference."""
    reach = float(stdtrit(len(ratios) - 1, LEVEL)) * stdev(ratios) / sqrt(len(ratios))
    middle = fmean(ratios)
    return Interval(exp(middle - reach) - 1, exp(middle + reach) - 1)
