"""Which columns of an experiment's file are what."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db.errors import BadImport

RATIO = "/"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured: a column, or one over another; with the same before the exposure.

    `past` and `past_over` are columns too. `cap` winsorises the outcome and its past.
    """

    label: str
    value: str
    over: str = ""
    past: str = ""
    past_over: str = ""
    cap: float | None = None
    down: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is made of."""
        named = (self.value, self.over, self.past, self.past_over)
        return tuple(column for column in named if column)


@dataclass(frozen=True, slots=True)
class Terms:
    """The columns of a file, what its control is called, and what should have been the split.

    `outcomes` begin with the primary one. `weights` hold each variant's part, in any unit; none are
    equal parts. `exposed_at` and `outcome_at` are columns of times, or "".
    """

    unit: str
    variant: str
    control: str
    outcomes: tuple[Outcome, ...]
    weights: Mapping[str, float]
    exposed_at: str = ""
    outcome_at: str = ""

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns that hold numbers, each once."""
        return tuple(dict.fromkeys(name for each in self.outcomes for name in each.columns))

    def check(self, columns: Sequence[str]) -> None:
        """Raise BadImport where the file lacks a column, naming those that it has."""
        times = (self.exposed_at, self.outcome_at) if self.exposed_at else ()
        for name in (self.unit, self.variant, *self.numbers, *times):
            if name not in columns:
                there = ", ".join(columns[:20])
                raise BadImport(f"There is no column '{name}'; there are {there}.")


def terms_of(
    unit: str,
    variant: str,
    control: str,
    outcomes: Sequence[str] = (),
    ratios: Sequence[str] = (),
    covariates: Sequence[str] = (),
    caps: Sequence[str] = (),
    down: Sequence[str] = (),
    weights: Sequence[str] = (),
    exposed_at: str = "",
    outcome_at: str = "",
) -> Terms:
    """The terms as the command line has them: NUM/DEN for ratios, OUTCOME=... for what is said of
    an outcome, VARIANT=PART for weights. Raises BadImport."""
    if not outcomes and not ratios:
        raise BadImport("An experiment has an outcome: name a column with --outcome or --ratio.")
    if bool(exposed_at) != bool(outcome_at):
        raise BadImport("Times are told together: --exposed-at and --outcome-at.")
    labels = (*outcomes, *ratios)
    for label in labels:
        if labels.count(label) > 1:
            raise BadImport(f"The outcome '{label}' is named twice.")
    pasts, limits = _pairs("--covariate", covariates), _pairs("--cap", caps)
    for option, named in (("--covariate", pasts), ("--cap", limits), ("--down", down)):
        for label in named:
            if label not in labels:
                raise BadImport(f"{option}: there is no outcome '{label}'.")
    found = tuple(
        _outcome(label, label in ratios, pasts.get(label, ""), limits.get(label), label in down)
        for label in labels
    )
    parts = {key: _number("--weight", part) for key, part in _pairs("--weight", weights).items()}
    return Terms(unit, variant, control, found, parts, exposed_at, outcome_at)


def _outcome(label: str, is_ratio: bool, past: str, cap: str | None, down: bool) -> Outcome:
    limit = None if cap is None else _number("--cap", cap)
    if not is_ratio:
        return Outcome(label, label, past=past, cap=limit, down=down)
    value, over = _parts("--ratio", label)
    past_value, past_over = _parts("--covariate", past) if past else ("", "")
    return Outcome(label, value, over, past_value, past_over, limit, down)


def _parts(option: str, text: str) -> tuple[str, str]:
    above, line, below = text.partition(RATIO)
    if not (above and line and below):
        raise BadImport(f"{option}: '{text}' is no ratio of two columns, such as clicks/views.")
    return above, below


def _pairs(option: str, texts: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, sign, value = text.rpartition("=")
        if not (name and sign and value):
            raise BadImport(f"{option}: '{text}' is not of the form NAME=VALUE.")
        pairs[name] = value
    return pairs


def _number(option: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise BadImport(f"{option}: '{text}' is no number.") from None
    if not (math.isfinite(number) and number > 0):
        raise BadImport(f"{option}: {text} is not above 0.")
    return number
