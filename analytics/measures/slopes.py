"""The trend of a series that one bad value does not bend."""

from numpy.typing import ArrayLike

CONFIDENCE = 0.95


def slopes(at: ArrayLike, values: ArrayLike) -> tuple[float, float, float]:
    """The median of the slopes between all pairs of points, and the ends of its 95 % interval.

    H. Theil, Proc. Royal Netherlands Academy of Sciences 53, 1950; P. K. Sen, Journal of the
    American Statistical Association 63, 1968.
    """
    from scipy.stats import theilslopes  # half a second to load, so it waits until it is needed

    found = theilslopes(values, at, CONFIDENCE)
    return float(found.slope), float(found.low_slope), float(found.high_slope)
