"""How sure shares and mean ratings are: 95 % intervals of one and of the difference of two."""

from math import hypot, sqrt
from statistics import NormalDist
from typing import NamedTuple

Z = NormalDist().inv_cdf(0.975)
LEAST, MOST = 1, 5  # stars
ICC = 0.1  # how alike the runs of one person are: the correlation of success within people
UNEVEN = 2.5  # how much more the few who run most weigh: 1 + the squared variation of runs a person


class Interval(NamedTuple):
    """Both ends, as text `low to high`."""

    low: float
    high: float

    def scaled(self, times: float, plus: float = 0.0) -> "Interval":
        """The same interval on another scale."""
        return Interval(self.low * times + plus, self.high * times + plus)


def design_effect(runs: int, people: int) -> float:
    """By how much fewer runs would tell as much if each were somebody else's, 1 or more.

    1 + (m - 1) * ICC of m runs a person (Kish, 1965, section 8.2), where m varies between people as
    `UNEVEN` says (Donner and Klar, 2000). Nobody counted is as one person.
    """
    each = max(runs / max(people, 1), 1.0)
    return 1 + (each - 1) * UNEVEN * ICC


def share(successes: float, n: float, effect: float = 1.0) -> Interval | None:
    """The interval of a share, 0 to 1 (Wilson, 1927); None where n is 0.

    Runs that come in groups of people are worth n / `effect` (see `design_effect`).
    """
    if not n:
        return None
    successes, n = successes / effect, n / effect
    middle = (successes + Z * Z / 2) / (n + Z * Z)
    half = Z / (n + Z * Z) * sqrt(max(successes * (n - successes) / n, 0.0) + Z * Z / 4)
    return Interval(max(middle - half, 0.0), min(middle + half, 1.0))


def share_difference(
    a: float, a_n: float, b: float, b_n: float, effect: float = 1.0
) -> Interval | None:
    """The interval of a / a_n - b / b_n (Newcombe, 1998, method 10); None where an n is 0."""
    first, second = share(a, a_n, effect), share(b, b_n, effect)
    if first is None or second is None:
        return None
    p, q = a / a_n, b / b_n
    return Interval(
        p - q - hypot(p - first.low, second.high - q),
        p - q + hypot(first.high - p, q - second.low),
    )


def rating(score_sum: int, n: int) -> Interval | None:
    """The interval of a mean of 1 to 5 stars; None where n is 0.

    Only sums are published. A variable between two bounds varies at most as one that takes only
    those two (Bhatia and Davis, 2000): so it is read as a share of the scale, and a little wide.
    """
    found = share(_of_scale(score_sum, n), n)
    return found and found.scaled(MOST - LEAST, LEAST)


def rating_difference(a_sum: int, a_n: int, b_sum: int, b_n: int) -> Interval | None:
    """The interval of the difference of two such means; None where an n is 0."""
    found = share_difference(_of_scale(a_sum, a_n), a_n, _of_scale(b_sum, b_n), b_n)
    return found and found.scaled(MOST - LEAST)


def _of_scale(score_sum: int, n: int) -> float:
    return (score_sum - LEAST * n) / (MOST - LEAST)
