"""The metrics of feedback: what each is counted from, and how sure it is."""

from dataclasses import dataclass
from typing import Literal

from analytics.metrics import DAILY, Metric
from db.errors import UnknownMetric

Interval = Literal["wilson", "normal", "sample", "none"]
SURVEYED = ("nps", "csat", "ces")  # asked in surveys, so that there is a response rate


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric that is the mean of one value an answer, and how its 95 % interval is made.

    `interval` is wilson (shares), normal (the variance of the answers themselves, as NPS is
    defined), sample (the variance estimated from a sample) or none (counts). `scale` holds the
    lowest and the highest score where there are scores.
    """

    metric: Metric
    interval: Interval
    scale: tuple[int, int] | None = None

    @property
    def key(self) -> str:
        """What the metric is called in the catalogue and in the address."""
        return self.metric.key


def _metric(key: str, label: str, unit: str, definition: str, formula: str) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit=unit,
        definition=definition,
        formula=formula,
        direction="neutral" if key == "said" else "up",
        sources=("counts",),
        counts=key == "said",
        grains=DAILY,
    )


ALL_MEASURES = (
    Measure(
        _metric(
            "nps",
            "NPS",
            "points",
            "Net Promoter Score: the percentage of answers of 9 and 10 less that of 0 to 6.",
            "100 * (promoters - detractors) / answers; 95% interval from "
            "sqrt((p + d - (p - d)^2) / n)",
        ),
        "normal",
        (0, 10),
    ),
    Measure(
        _metric(
            "csat",
            "CSAT",
            "share",
            "Customer satisfaction: the share of 4 and 5 among survey answers from 1 to 5.",
            "answers of 4 and 5 / answers; 95% interval by Wilson",
        ),
        "wilson",
        (1, 5),
    ),
    Measure(
        _metric(
            "ces",
            "CES",
            "of 7",
            "Customer effort: the mean of answers from 1 to 7, where 7 is without any effort.",
            "mean of the answers; 95% interval by Student's t, within the scale",
        ),
        "sample",
        (1, 7),
    ),
    Measure(
        _metric(
            "rating",
            "Good ratings",
            "share",
            "The share of 4 and 5 among ratings from 1 to 5 stars, given outside of surveys.",
            "ratings of 4 and 5 / ratings; 95% interval by Wilson",
        ),
        "wilson",
        (1, 5),
    ),
    Measure(
        _metric(
            "helpful",
            "Helpful",
            "share",
            "The share of yes among the answers to whether something was helpful.",
            "yes / (yes + no); 95% interval by Wilson",
        ),
        "wilson",
    ),
    Measure(
        _metric(
            "sentiment",
            "Net sentiment",
            "points",
            "The percentage of positive comments less that of negative ones, where one was told.",
            "100 * (positive - negative) / scored comments; a person's label comes before VADER's",
        ),
        "normal",
    ),
    Measure(
        _metric(
            "said",
            "Feedback",
            "answers",
            "All ratings, answers and comments.",
            "number of answers",
        ),
        "none",
    ),
)

MEASURES = {measure.key: measure for measure in ALL_MEASURES}
FEEDBACK_METRICS = tuple(measure.metric for measure in ALL_MEASURES)


def find_measure(key: str) -> Measure:
    """The measure of this name; raises UnknownMetric."""
    if key not in MEASURES:
        raise UnknownMetric(f"No metric is called '{key}'; there are {', '.join(MEASURES)}.")
    return MEASURES[key]
