"""What each figure is counted from: the value of every answer, their mean, and how sure it is.

The interval of a share is Wilson's (1927); that of NPS and of the net sentiment takes the variance
of the answers themselves, p + d - (p - d)^2, as DEFINITIONS of NPS do; that of CES is Student's t
with the variance estimated from a sample. All are of 95 % and end where the scale does. There is
none of a single answer, nor of a few that are all equal: a variance of 0 would look certain.
"""

from statistics import NormalDist
from typing import Any

from scipy.special import stdtrit  # Student's t; scipy.stats takes a second to import
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    FromClause,
    Integer,
    Label,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
)

from analytics.feedback.metrics import Measure, find_measure
from db.tables import FEEDBACK_KINDS, SENTIMENTS

Z = NormalDist().inv_cdf(0.975)
FULL = 100.0  # points
FEWEST = 2  # answers that make an interval
FEW = 30  # answers, below which a variance of 0 is taken for ignorance
T = {free: float(stdtrit(free, 0.975)) for free in range(1, 16)}  # by degrees of freedom
# Beyond them, of 1 / free to the power of 1 to 4: Abramowitz and Stegun (1972), 26.7.5.
T_BEYOND = (
    (Z**3 + Z) / 4,
    (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
    (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
    (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92160,
)
YES, NO = "yes", "no"

Number = ColumnElement[Any]


def sentiment_of(f: FromClause) -> ColumnElement[str]:
    """SQL for the sentiment of a comment: a person's label, else the one that was computed."""
    return func.coalesce(f.c.corrected, f.c.sentiment, type_=Text)


def value_of(f: FromClause, measure: str) -> Number:
    """SQL for the value of a row of feedback in a measure; null where it has none."""
    score, ours = f.c.score, f.c.kind == measure
    label = sentiment_of(f)
    good: Number = case((and_(ours, score >= 4), 1.0), (and_(ours, score < 4), 0.0))
    values: dict[str, Number] = {
        "nps": case(
            (and_(ours, score >= 9), FULL),
            (and_(ours, score <= 6), -FULL),
            (and_(ours, score.is_not(None)), 0.0),
        ),
        "csat": good,
        "rating": good,
        "ces": case((ours, score)),
        "helpful": case((f.c.helpful.is_(True), 1.0), (f.c.helpful.is_(False), 0.0)),
        "sentiment": case(
            (label == "positive", FULL), (label == "negative", -FULL), (label == "neutral", 0.0)
        ),
        "said": literal(1.0),
    }
    return cast(values[find_measure(measure).key], Double)


def answer_of(f: FromClause, measure: str) -> ColumnElement[Any]:
    """SQL for what was answered, as one of `answers_of`; null for other rows."""
    if find_measure(measure).scale:
        return case((f.c.kind == measure, cast(f.c.score, Text)))
    if measure == "helpful":
        return case((f.c.helpful.is_(True), YES), (f.c.helpful.is_(False), NO))
    return sentiment_of(f) if measure == "sentiment" else f.c.kind


def answers_of(measure: str) -> tuple[str, ...]:
    """What can be answered, in its order."""
    scale = find_measure(measure).scale
    if scale:
        return tuple(str(score) for score in range(scale[0], scale[1] + 1))
    others = {"helpful": (YES, NO), "sentiment": SENTIMENTS, "said": FEEDBACK_KINDS}
    return others[measure]


def counted(f: FromClause, measure: str, *groups: Label[Any]) -> Select[Any]:
    """SQL for n, mean and variance of the values of each group (a labelled column) that has any.

    Rows that were counted together before have the column `times`.
    """
    times = cast(f.c.times, Double) if "times" in f.c else literal(1.0, Double)
    columns = (value_of(f, measure).label("value"), times.label("times"))
    each = select(*groups, *columns).where(_answers(f, measure)).subquery("each")
    named = [each.c[group.name] for group in groups]
    value = each.c.value
    n = func.sum(each.c.times).filter(value.is_not(None))
    total, squares = func.sum(value * each.c.times), func.sum(value * value * each.c.times)
    sampled = find_measure(measure).interval == "sample"
    free = func.nullif(n - 1, 0) if sampled else n
    variance = func.greatest(squares - total * total / n, 0.0) / free
    return (
        select(
            *named,
            cast(n, BigInteger).label("n"),
            (total / n).label("mean"),
            variance.label("variance"),
        )
        .group_by(*named)
        .having(n > 0)
    )


def estimated(c: FromClause, measure: str) -> tuple[Number, Number, Number, Number]:
    """SQL for value, low, high and n of rows of `counted`, which may be missing."""
    n, mean = cast(c.c.n, Double), c.c.mean
    low, high = _interval(n, mean, c.c.variance, find_measure(measure))
    value: Number = func.coalesce(n, 0.0) if measure == "said" else mean
    count = func.coalesce(c.c.n, 0)
    bounds = low.label("low"), high.label("high")
    return value.label("value"), *bounds, count.label("n")


def wilson(n: Number, share: Number) -> tuple[Number, Number]:
    """SQL for the middle of the interval of a share, and half its length."""
    whole = 1 + Z * Z / n
    middle = (share + Z * Z / (2 * n)) / whole
    half = Z * func.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / whole
    return middle, half


def _answers(f: FromClause, measure: str) -> ColumnElement[bool]:
    """SQL for the rows among which those with a value are: quicker than to compute all values."""
    if find_measure(measure).scale:
        return f.c.kind == measure
    some: dict[str, ColumnElement[bool]] = {
        "helpful": f.c.helpful.is_not(None),
        "sentiment": sentiment_of(f).is_not(None),
    }
    return some.get(measure, true())


def _interval(n: Number, mean: Number, variance: Number, measure: Measure) -> tuple[Number, Number]:
    """SQL for both ends of an interval; null where there is none."""
    if measure.interval == "none":
        return cast(null(), Double), cast(null(), Double)
    if measure.interval == "wilson":
        middle, half = wilson(n, mean)
        lowest, highest = 0.0, 1.0
    else:
        reach = _student(n - 1) if measure.interval == "sample" else literal(Z, Double)
        known_variance = case((n < FEW, func.nullif(variance, 0.0)), else_=variance)
        middle, half = mean, reach * func.sqrt(known_variance / n)
        lowest, highest = _ends(measure)
    known = and_(n >= FEWEST, half.is_not(None))  # greatest and least leave out what is null
    low, high = func.greatest(middle - half, lowest), func.least(middle + half, highest)
    return case((known, low)), case((known, high))


def _ends(measure: Measure) -> tuple[float, float]:
    """Between which a measure can be."""
    if measure.interval == "sample" and measure.scale:
        return float(measure.scale[0]), float(measure.scale[1])
    return -FULL, FULL


def _student(free: Number) -> Number:
    """SQL for the 97.5 % quantile of Student's t; null without a degree of freedom."""
    over = 1.0 / func.nullif(free, 0.0)
    terms = (each * func.power(over, power) for power, each in enumerate(T_BEYOND, start=1))
    beyond: Number = sum(terms, start=literal(Z, Double))
    return case(T, value=cast(free, Integer), else_=beyond)
