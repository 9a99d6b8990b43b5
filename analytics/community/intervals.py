"""How sure shares and mean ratings are: 95 % intervals of one and of the difference of two."""

from math import hypot, sqrt
from statistics import NormalDist
from typing import NamedTuple

Z = NormalDist().inv_cdf(0.975)
LEAST, MOST = 1, 5  # stars


class Interval(NamedTuple):
    """Both ends, as text `low to high`."""

    low: float
    high: float

    def scaled(self, times: float, plus: float = 0.0) -> "Interval":
        """The same interval on another scale."""
        return Interval(self.low * times + plus, self.high * times + plus)


def share(successes: float, n: int) -> Interval | None:
    """The interval of a share, 0 to 1 (Wilson, 1927); None where n is 0."""
    if not n:
        return None
    middle = (successes + Z * Z / 2) / (n + Z * Z)
    half = Z / (n + Z * Z) * sqrt(max(successes * (n - successes) / n, 0.0) + Z * Z / 4)
    return Interval(max(middle - half, 0.0), min(middle + half, 1.0))


def share_difference(a: float, a_n: int, b: float, b_n: int) -> Interval | None:
    """The interval of a / a_n - b / b_n (Newcombe, 1998, method 10); None where an n is 0."""
    first, second = share(a, a_n), share(b, b_n)
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
