"""What an experiment or a flag is: its variants, for whom it is, and what it is measured by.

Every metric is a mean over the actors that were exposed, or a ratio of two such means, so that sums
and products over actors are all that statistics need. An outcome counts in the days after an
actor's first exposure that the metric's window says, in elapsed time; an actor is counted when the
window is over, once.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Literal, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from analytics.product.funnels.definition import BadFunnel, Funnel
from db.errors import BadExperiment
from db.tables import DIMENSIONS

LONGEST_TEXT = 200
MOST_VALUES = 200
LONGEST_WINDOW = 90  # days
DEFAULT_WINDOW = 7
LONGEST_DEFINITION = 100_000  # characters of JSON

T = TypeVar("T")
Role = Literal["primary", "secondary", "guardrail"]
Of = Literal[
    "did",  # 1 if the event happened at all, else 0
    "events",  # how often it happened
    "failures",  # how often it failed
    "value",  # the sum of its values: revenue, where the value is a price
    "duration",  # the sum of its durations, ms
    "timed",  # how many of its events have a duration
    "slow",  # how many of those took longer than `threshold` ms
    "sessions",  # different sessions
    "days",  # different active days, in the project's zone
    "back",  # 1 if active on day `day` after the exposure (from there on, where `after`), else 0
    "funnel",  # 1 if all steps of `funnel` were taken, else 0
    "score",  # the sum of the scores of feedback of the kind `feedback`
    "answers",  # how many of them have a score
    "promoters",  # answers of 9 and 10 less those of 0 to 6, times 100 (nps)
    "satisfied",  # how many of them are 4 or 5 (rating, csat)
    "helpful",  # how many say that it was helpful
    "judged",  # how many say whether it was
    "sentiment",  # positive comments less negative ones, times 100
    "scored",  # how many comments have a sentiment
    "said",  # all feedback, whatever it is
]
OF_SCORES = ("score", "answers", "promoters", "satisfied")
OF_FEEDBACK = (*OF_SCORES, "helpful", "judged", "sentiment", "scored", "said")
WITHOUT_PAST = ("back", "funnel", *OF_FEEDBACK)  # what no covariate before the exposure is made of


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise BadExperiment(message)


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of each actor, in a span of time.

    Without a name it is of all events; the subject None stands for every subject. What is no score
    is of feedback of every kind, unless one is named.
    """

    of: Of
    event: str = ""
    subject: str | None = None
    threshold: float = 0.0
    day: int = 0
    after: bool = False
    funnel: str = ""
    feedback: Literal["", "rating", "nps", "csat", "ces"] = ""

    def __post_init__(self) -> None:
        for text in (self.event, self.subject or ""):
            _check(len(text) <= LONGEST_TEXT and "\x00" not in text, "A name is too long.")
        _check(self.subject is None or bool(self.event), "A subject is one of an event.")
        _check((self.of == "slow") == (self.threshold > 0), "What is slow takes longer than 0 ms.")
        _check((self.of == "back") == (self.day > 0), "Coming back is on day 1 or later.")
        _check((self.of == "funnel") == bool(self.funnel), "A funnel is one with steps.")
        _check(self.of not in OF_SCORES or bool(self.feedback), "Scores are of a kind of feedback.")
        _check(self.of in OF_FEEDBACK or not self.feedback, "Only feedback has a kind.")
        if self.funnel:
            self.steps  # noqa: B018 - raises for what is no funnel

    @property
    def steps(self) -> Funnel:
        """The funnel itself."""
        try:
            return Funnel.from_text(self.funnel)
        except BadFunnel as error:
            raise BadExperiment(str(error)) from None

    @property
    def has_past(self) -> bool:
        """Whether the same can be measured before the exposure, as a covariate (CUPED)."""
        return self.of not in WITHOUT_PAST


@dataclass(frozen=True, slots=True)
class Metric:
    """A mean over actors, or with `over` a ratio of two means (delta method).

    `id` tells it from the others of its experiment and never changes. `cap` winsorises: what an
    actor has beyond it counts as it (of the numerator, in its unit). `margin` is of a guardrail:
    the relative change for the worse that is borne, 0.02 is 2 %. `unit` is as in the catalogue.
    """

    id: int
    role: Role
    label: str
    measure: Measure
    over: Measure | None = None
    better: Literal["up", "down"] = "up"
    window_days: int = DEFAULT_WINDOW
    cap: float | None = None
    margin: float = 0.0
    unit: str = ""

    def __post_init__(self) -> None:
        _check(0 < self.id < 1_000, "The number of a metric is 1 to 999.")
        _check(0 < len(self.label.strip()) <= LONGEST_TEXT, "A metric needs a name.")
        _check(
            1 <= self.window_days <= LONGEST_WINDOW,
            f"{self.label}: the outcome window is 1 to {LONGEST_WINDOW} days.",
        )
        _check(self.cap is None or self.cap > 0, f"{self.label}: the cap is above 0.")
        _check(0 <= self.margin < 1, f"{self.label}: the margin is from 0 to below 100 %.")
        _check(
            self.measure.day < self.window_days,
            f"{self.label}: day {self.measure.day} is not within {self.window_days} days.",
        )

    @property
    def is_share(self) -> bool:
        """Whether it is a part of a whole: then n*p and n*(1-p) must not be small."""
        if self.over is not None:
            return self.unit == "share"
        return self.measure.of in ("did", "back", "funnel")

    @property
    def is_of_feedback(self) -> bool:
        """Whether it counts what people said, of whom less is kept than of events."""
        return any(part.of in OF_FEEDBACK for part in (self.measure, self.over) if part)

    @property
    def has_past(self) -> bool:
        """Whether it has a covariate."""
        return self.measure.has_past and (self.over is None or self.over.has_past)


@dataclass(frozen=True, slots=True)
class InDimension:
    """One of these values of a dimension that the caller tells; "" is one that is not set."""

    dimension: str
    values: tuple[str, ...]
    negated: bool = False
    kind: Literal["dimension"] = "dimension"

    def __post_init__(self) -> None:
        _check(self.dimension in DIMENSIONS, f"A dimension is one of {', '.join(DIMENSIONS)}.")
        _check(0 < len(self.values) <= MOST_VALUES, "A condition has 1 to 200 values.")
        _check(all(len(one) <= LONGEST_TEXT for one in self.values), "A value is too long.")


@dataclass(frozen=True, slots=True)
class InSegment:
    """Member of a segment, as it was last counted; nobody is one of a segment that is gone."""

    segment: int
    negated: bool = False
    kind: Literal["segment"] = "segment"


Condition = Annotated[InDimension | InSegment, Field(discriminator="kind")]
METRICS = TypeAdapter(tuple[Metric, ...])
TARGETING = TypeAdapter(tuple[Condition, ...])


def metrics_of(text: str) -> tuple[Metric, ...]:
    """The metrics that this JSON holds; raises BadExperiment."""
    return _read(METRICS, text)


def targeting_of(text: str) -> tuple[InDimension | InSegment, ...]:
    """The conditions that this JSON holds, of which all must be met; raises BadExperiment."""
    return _read(TARGETING, text)


def numbered(metrics: tuple[Metric, ...]) -> tuple[Metric, ...]:
    """The metrics with ids from 1, in their order."""
    return tuple(replace(metric, id=place) for place, metric in enumerate(metrics, start=1))


def _read(adapter: TypeAdapter[T], text: str) -> T:
    _check(len(text) <= LONGEST_DEFINITION, "This definition is too long.")
    try:
        return adapter.validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadExperiment(f"{place}: {first['msg']}.") from None
