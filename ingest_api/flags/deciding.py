"""Who is given which variant, and why: a function of the definition and of what is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from analytics.experiments.assignment import takes_part, variant_of
from analytics.experiments.definition import InDimension, InSegment
from db.experiments.kept import Experiment, Variant
from ingest_api.flags.definitions import Flag
from ingest_api.steps import PURPOSE_BITS

# As OpenFeature names them: https://openfeature.dev/specification/types#resolution-reason
Reason = Literal["DISABLED", "STATIC", "DEFAULT", "SPLIT", "TARGETING_MATCH"]


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record of somebody.

    `allowed` are purposes, as bits; `exposed` has the variants that they were first given, by the
    number of the experiment; `segments` are those whose members they are.
    """

    allowed: int = 0
    exposed: Mapping[int, str] = field(default_factory=dict)
    segments: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Unit:
    """Somebody who asks: their id, "" where it was not said, and what was said of them."""

    id: str
    dimensions: Mapping[str, str]
    known: Known = Known()

    def allows(self, purpose: str) -> bool:
        """Whether they allow this purpose."""
        return bool(self.known.allowed & PURPOSE_BITS[purpose])


@dataclass(frozen=True, slots=True)
class Decision:
    """What is served and why.

    `exposes`: whether to be shown it is an exposure to an experiment; `is_first`: one that is not
    on record yet.
    """

    variant: Variant
    reason: Reason
    exposes: bool = False
    is_first: bool = False


class UnitMissing(Exception):
    """What is served depends on whom it is served to, which was not said."""


def decide(flag: Flag, unit: Unit) -> Decision:
    """The variant of a unit; raises UnitMissing."""
    experiment = flag.experiment
    control = _named(experiment, experiment.control)
    if experiment.killed or experiment.state == "draft":
        return Decision(control, "DISABLED")
    if experiment.state == "stopped":
        return _decided(flag, unit, control)
    if not unit.id and experiment.needs_unit:
        raise UnitMissing
    if experiment.kind == "experiment":
        return _tried(flag, unit, control)
    return _split(flag, unit, control)


def _decided(flag: Flag, unit: Unit, control: Variant) -> Decision:
    """Of what is over everybody gets what was shipped, whom it was meant for."""
    if flag.experiment.decision != "shipped":
        return Decision(control, "DISABLED")
    if not fits(flag, unit):
        return Decision(control, "DEFAULT")
    return Decision(_named(flag.experiment, flag.experiment.decided_variant), "STATIC")


def _tried(flag: Flag, unit: Unit, control: Variant) -> Decision:
    """Nobody takes part who doesn't allow it; who does keeps what they were first given.

    Anybody can send an exposure, so that one counts only to what they may have been given.
    """
    if not unit.allows("features"):
        return Decision(control, "DEFAULT")
    given = flag.experiment.variant(unit.known.exposed.get(flag.experiment.id, ""))
    if given is not None and _gave(flag, unit, given):
        return Decision(given, "SPLIT", exposes=True)
    decision = _split(flag, unit, control)
    new = decision.reason == "SPLIT"
    return Decision(decision.variant, decision.reason, exposes=new, is_first=new)


def _gave(flag: Flag, unit: Unit, given: Variant) -> bool:
    """Whether they had this variant in one of the phases, if the targeting fitted."""
    salt, layer = flag.experiment.salt, flag.experiment.layer
    return any(
        variant_of(salt, phase.variants, unit.id).key == given.key
        and takes_part(salt, layer, (phase.share_from, phase.share_to), unit.id)
        for phase in reversed(flag.phases)
    )


def _split(flag: Flag, unit: Unit, control: Variant) -> Decision:
    experiment = flag.experiment
    share = (experiment.share_from, experiment.share_to)
    if not fits(flag, unit):
        return Decision(control, "DEFAULT")
    if experiment.needs_unit and not takes_part(experiment.salt, experiment.layer, share, unit.id):
        return Decision(control, "DEFAULT")
    variant = variant_of(experiment.salt, experiment.variants, unit.id)
    for_all: Reason = "TARGETING_MATCH" if flag.conditions else "STATIC"
    return Decision(variant, "SPLIT" if experiment.needs_unit else for_all)


def fits(flag: Flag, unit: Unit) -> bool:
    """Whether all conditions are met."""
    return all(_meets(condition, unit) for condition in flag.conditions)


def _meets(condition: InDimension | InSegment, unit: Unit) -> bool:
    """Being in a segment, or not, is only known of who allows that usage is kept."""
    if isinstance(condition, InDimension):
        value = unit.dimensions.get(condition.dimension, "")
        return (value in condition.values) != condition.negated
    is_member = condition.segment in unit.known.segments
    return unit.allows("usage") and is_member != condition.negated


def _named(experiment: Experiment, key: str) -> Variant:
    """A variant that the definition is known to have."""
    return next(each for each in experiment.variants if each.key == key)
