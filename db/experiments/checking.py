"""What can be kept as an experiment or a flag, and what can't, told in a sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from db.errors import BadExperiment
from db.experiments.kept import Experiment, Variant
from db.lines import fault, one_line
from db.tables import BUCKETS, EXPERIMENT_KINDS

LONGEST_NAME = 100
LONGEST_HYPOTHESIS = 2_000
LONGEST_JSON = 100_000  # bytes
LONGEST_VALUE = 10_000  # bytes of JSON
MOST_VARIANTS = 20
MOST_METRICS = 12
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")
A_KEY = "it begins with a letter and has up to 100 letters, digits, '-', '_' and '.'."
FIXED = ("control", "layer", "metrics", "plan")  # from the start on, with the variants' keys


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to try out or to switch.

    `share` is how many of the 10,000 buckets take part. `targeting` and `metrics` are JSON, whose
    conditions and metrics the caller has checked (analytics/experiments/definition.py). `plan` has
    at least `units`, the actors of all variants together after which it is read.
    """

    kind: str
    key: str
    name: str
    variants: tuple[Variant, ...]
    control: str
    hypothesis: str = ""
    targeting: str = "[]"
    layer: str = ""
    share: int = BUCKETS
    metrics: str = "[]"
    plan: dict[str, Any] | None = None


def draft_of(experiment: Experiment) -> Draft:
    """What is kept, as somebody would want it: to be changed with dataclasses.replace."""
    return Draft(**{name: getattr(experiment, name) for name in Draft.__slots__})


def checked(draft: Draft) -> Draft:
    """The draft with its texts on one line and its JSON as it is kept; raises BadExperiment."""
    if draft.kind not in EXPERIMENT_KINDS:
        raise BadExperiment(f"kind: it is one of {', '.join(EXPERIMENT_KINDS)}.")
    name, hypothesis = one_line(draft.name), one_line(draft.hypothesis)
    _check("name", fault(name, LONGEST_NAME))
    _check("key", _unlike_a_key(draft.key))
    _check("hypothesis", fault(hypothesis, LONGEST_HYPOTHESIS) if hypothesis else "")
    _check("layer", _unlike_a_key(draft.layer) if draft.layer else "")
    _check("share", "" if 0 <= draft.share <= BUCKETS else "it is from 0 to 100%.")
    tidy = replace(
        draft,
        name=name,
        hypothesis=hypothesis,
        variants=_checked_variants(draft),
        targeting=_listed("targeting", draft.targeting),
        metrics=_listed("metrics", draft.metrics),
        plan=None if draft.plan is None else _json("plan", draft.plan, LONGEST_JSON),
    )
    if tidy.kind == "flag" and tidy.metrics != "[]":
        raise BadExperiment("A flag has no metrics; make it an experiment to measure it.")
    return tidy


def check_measured(experiment: Experiment) -> None:
    """Raise BadExperiment unless an experiment has one primary metric, told from the others."""
    if experiment.kind != "experiment":
        return
    metrics = [each for each in orjson.loads(experiment.metrics) if isinstance(each, dict)]
    if sum(each.get("role") == "primary" for each in metrics) != 1:
        raise BadExperiment("An experiment has one primary metric, fixed before the start.")
    if len(metrics) > MOST_METRICS:
        raise BadExperiment(f"An experiment has at most {MOST_METRICS} metrics.")
    if len({each.get("id") for each in metrics}) < len(metrics):
        raise BadExperiment("Two metrics have one number.")


def check_running(kept: Experiment, wanted: Draft) -> None:
    """Raise BadExperiment where something is to be changed that is fixed since the start."""
    if kept.key != wanted.key or kept.kind != wanted.kind:
        raise BadExperiment("The key and the kind are fixed since the start.")
    now = draft_of(kept)
    for name in FIXED if kept.kind != "flag" else ("layer",):
        if _content(getattr(now, name)) != _content(getattr(wanted, name)):
            raise BadExperiment(f"{name}: fixed since the start; stop this one and make another.")
    if kept.kind != "flag" and _keys(kept.variants) != _keys(wanted.variants):
        raise BadExperiment(
            "The variants are fixed since the start; to end one, set its weight to 0%."
        )


def percent(buckets: int) -> str:
    """A number of buckets as people read it: 2,500 is 25%."""
    return f"{buckets * 100 / BUCKETS:g}%"


def _checked_variants(draft: Draft) -> tuple[Variant, ...]:
    keys = _keys(draft.variants)
    if len(keys) < 2:
        raise BadExperiment(
            "A flag has at least one variant besides the one that is off."
            if draft.kind == "flag"
            else "An experiment has at least two variants, one of which is the control."
        )
    _check("variants", "" if len(keys) <= MOST_VARIANTS else f"they are up to {MOST_VARIANTS}.")
    for key in keys:
        _check(f"variant '{key[:20]}'", _unlike_a_key(key))
        if keys.count(key) > 1:
            raise BadExperiment(f"Two variants are named '{key}'.")
    if draft.control not in keys:
        raise BadExperiment("There is no control: it has to be one of the variants.")
    _check_weights(draft)
    return tuple(
        replace(each, value=_json(f"variant '{each.key}'", each.value, LONGEST_VALUE))
        for each in draft.variants
    )


def _check_weights(draft: Draft) -> None:
    weights = {each.key: each.weight for each in draft.variants}
    if min(weights.values()) < 0:
        raise BadExperiment("A weight is from 0 to 100%.")
    if (total := sum(weights.values())) != BUCKETS:
        raise BadExperiment(f"The weights sum to {percent(total)}, not to 100%.")
    if draft.kind != "flag" and weights[draft.control] in (0, BUCKETS):
        raise BadExperiment("The control and at least one other variant need a weight above 0%.")


def _unlike_a_key(text: str) -> str:
    return "" if KEY.fullmatch(text) else A_KEY


def _keys(variants: Sequence[Variant]) -> list[str]:
    return [each.key for each in variants]


def _content(said: Any) -> Any:
    return orjson.loads(said) if isinstance(said, str) and said.startswith("[") else said


def _listed(field: str, text: str) -> str:
    """A list of JSON in the form in which it is compared and kept; raises BadExperiment."""
    try:
        listed = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadExperiment(f"{field}: it is no JSON.") from None
    if not isinstance(listed, list):
        raise BadExperiment(f"{field}: it is no list.")
    return orjson.dumps(_json(field, listed, LONGEST_JSON)).decode()


def _json(field: str, value: Any, longest: int) -> Any:
    """The value as JSON holds it; raises BadExperiment for what Postgres or clients can't read."""
    try:
        packed = orjson.dumps(value)
    except TypeError:
        raise BadExperiment(f"{field}: it can't be written as JSON.") from None
    if len(packed) > longest:
        raise BadExperiment(f"{field}: it has more than {longest:,} bytes.")
    if rb"\u0000" in packed.replace(rb"\\", b""):
        raise BadExperiment(f"{field}: it holds a NUL character.")
    return orjson.loads(packed)


def _check(field: str, wrong: str) -> None:
    if wrong:
        raise BadExperiment(f"{field}: {wrong}")
