"""What a segment is: conditions on actors, each possibly negated, of which all or any must hold.

Days are counted in the project's zone and with today: "in the last 7 days" is the same set of days
as the range "7d" of every page. A definition may be incomplete while it is built; `gap` says what
it lacks, and only a complete one is counted and stored.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import Field, TypeAdapter, ValidationError

from analytics.filters import EARLIEST, LATEST, MAX_DAYS
from analytics.product.funnels.definition import BadFunnel, Funnel
from db.errors import BadSegment
from db.tables import DIMENSIONS

MOST_RULES, MOST_VALUES, MOST_TIMES = 12, 200, 1_000_000
LONGEST_TEXT = 500  # characters of a name or value
NUL = "\x00"  # the one character that Postgres can't hold
LONGEST_DEFINITION = 100_000  # characters of JSON
MOST_DAYS = MAX_DAYS["day"]

When = Literal["used", "latest", "first"]
Comparison = Literal["at least", "at most", "exactly"]
Stage = Literal["new", "returning", "resurrecting", "dormant"]
Grain = Literal["week", "month"]
WHEN: tuple[When, ...] = get_args(When)
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
STAGES: tuple[Stage, ...] = get_args(Stage)


def _between(what: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise BadSegment(f"{what}: from {least} to {most:,}, not {number:,}.")


def _check_texts(*texts: str) -> None:
    for text in texts:
        if len(text) > LONGEST_TEXT or NUL in text:
            raise BadSegment(f"Names and values have up to {LONGEST_TEXT} characters, no NUL.")


@dataclass(frozen=True, slots=True)
class LastDays:
    """So many calendar days that end with today."""

    days: int
    kind: Literal["last"] = "last"

    def __post_init__(self) -> None:
        _between("The last days", self.days, 1, MOST_DAYS)


@dataclass(frozen=True, slots=True)
class Between:
    """The calendar days [start, end)."""

    start: date
    end: date
    kind: Literal["between"] = "between"

    def __post_init__(self) -> None:
        if not EARLIEST <= self.start < self.end <= LATEST:
            raise BadSegment(f"The days from {self.start} to before {self.end} are no range.")
        _between("The days of a range", (self.end - self.start).days, 1, MOST_DAYS)


Span = Annotated[LastDays | Between, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Trait:
    """One of these values of a dimension: used in the span, on the latest active day, or at first.

    Rollups keep a day's values without their order, so "latest" are all values of the last day on
    which the actor was active. The span counts for "used" alone.
    """

    dimension: str
    values: tuple[str, ...]
    when: When = "used"
    within: Span = LastDays(30)
    kind: Literal["trait"] = "trait"

    def __post_init__(self) -> None:
        if self.dimension not in DIMENSIONS:
            raise BadSegment(f"A dimension is one of {', '.join(DIMENSIONS)}.")
        _between("The values of a condition", len(self.values), 0, MOST_VALUES)
        _check_texts(*self.values)


@dataclass(frozen=True, slots=True)
class Did:
    """So many events of a name and subject in the span; without a name, events of any.

    The subject None stands for every subject.
    """

    name: str = ""
    subject: str | None = None
    comparison: Comparison = "at least"
    times: int = 1
    within: Span = LastDays(30)
    kind: Literal["did"] = "did"

    def __post_init__(self) -> None:
        _between("How often", self.times, 0, MOST_TIMES)
        _check_texts(self.name, self.subject or "")


@dataclass(frozen=True, slots=True)
class InStage:
    """A stage of the lifecycle in the present week or month (`ago` 0), or the whole one before."""

    stage: Stage
    grain: Grain = "week"
    ago: int = 1
    kind: Literal["stage"] = "stage"

    def __post_init__(self) -> None:
        _between("How many periods ago", self.ago, 0, 1)


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """A first event ever in the span."""

    within: Span = LastDays(30)
    kind: Literal["first seen"] = "first seen"


@dataclass(frozen=True, slots=True)
class Dropped:
    """Entered a funnel in the span and is lost after this step (from 1).

    The funnel is held as `Funnel.text`. After the last step nobody is lost: those are they who came
    to the end.
    """

    funnel: str
    step: int = 1
    within: Span = LastDays(30)
    kind: Literal["dropped"] = "dropped"

    def __post_init__(self) -> None:
        _between("The step of a funnel", self.step, 1, len(self.steps))

    @property
    def of(self) -> Funnel:
        """The funnel itself."""
        try:
            return Funnel.from_text(self.funnel)
        except BadFunnel as error:
            raise BadSegment(str(error)) from None

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of the funnel's events, in order."""
        return tuple(step.name for step in self.of.steps)


Condition = Annotated[Trait | Did | InStage | FirstSeen | Dropped, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition, or with `negated` its opposite: all other actors of the project."""

    condition: Condition
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """The actors for whom all rules hold, or any of them."""

    rules: tuple[Rule, ...] = ()
    match: Literal["all", "any"] = "all"

    def __post_init__(self) -> None:
        _between("The conditions of a segment", len(self.rules), 0, MOST_RULES)

    @property
    def gap(self) -> str:
        """What this lacks to be counted, as a sentence; "" when it is complete."""
        if not self.rules:
            return "Add a first condition."
        for place, rule in enumerate(self.rules, start=1):
            if isinstance(rule.condition, Trait) and not rule.condition.values:
                return f"Choose at least one value in condition {place}."
        return ""

    def check(self) -> None:
        """Raise BadSegment when it is incomplete."""
        if self.gap:
            raise BadSegment(self.gap)

    @property
    def json(self) -> str:
        """The definition as `definition_of` reads it."""
        return DEFINITION.dump_json(self).decode()


DEFINITION = TypeAdapter(Definition)


def definition_of(text: str) -> Definition:
    """The definition that this JSON holds, complete or not; raises BadSegment."""
    if len(text) > LONGEST_DEFINITION:
        raise BadSegment("This definition is too long.")
    try:
        return DEFINITION.validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadSegment(f"Not a segment: {place}: {first['msg']}.") from None
