"""What is worth telling an author: findings beyond chance, each with its evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.community import intervals
from analytics.community.author.against import Change
from analytics.community.author.releases import Uptake
from analytics.community.best import Best, best_of
from analytics.community.intervals import Interval
from analytics.community.published import OTHER
from analytics.community.sums import Sums

FAILURES = 20  # below which it is not told which error is the most frequent


@dataclass(frozen=True, slots=True)
class Failing:
    """The most frequent error: `count` of all `failures`, and the interval of this share."""

    error_type: str
    count: int
    failures: int
    interval: Interval


Insight = Best | Change | Uptake | Failing


def insights(
    models: Mapping[str, Sums],
    errors: Mapping[str, Sums],
    effect: float,
    changes: Sequence[Change],
    uptake: Uptake | None,
) -> tuple[Insight, ...]:
    """The findings of a package, what to build on first and what to look into last.

    They are made of the runs by model and by error, with their `intervals.design_effect`, and of
    the changes of the newest version against the last, of which only those are told that chance
    does not explain.
    """
    sure = [each for each in changes if each.sure]
    better = [each for each in sure if each.better]
    worse = [each for each in sure if not each.better]
    found = (best_of(models, effect), *better, uptake, *worse, most_frequent(errors))
    return tuple(each for each in found if each is not None)


def most_frequent(errors: Mapping[str, Sums]) -> Failing | None:
    """The error that most failed runs have; None with few failures, or where none has a name."""
    failures = sum(sums.failures for sums in errors.values())
    named = {name: sums.failures for name, sums in errors.items() if name not in ("", OTHER)}
    if failures < FAILURES or not named:
        return None
    most = max(sorted(named), key=lambda name: named[name])
    found = intervals.share(named[most], failures)
    return found and Failing(most, named[most], failures, found)
