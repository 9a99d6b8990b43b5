"""An evaluation: definitions, what is known, a decision, and its exposure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from db.identity import actor_key
from ingest_api.event import Circumstances
from ingest_api.flags.deciding import Decision, Known, Unit, UnitMissing, decide
from ingest_api.flags.definitions import Definitions, Flag
from ingest_api.flags.exposing import Exposures, exposure
from ingest_api.flags.lookups import Lookups, Question

NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for flags, in which circumstances, and whether they may be followed."""

    seen: Circumstances
    unit: Unit
    do_not_track: bool = False

    @property
    def is_somebody(self) -> bool:
        """Whether anything can be on record of them."""
        anonymous = self.seen.sender.consent == "anonymous"
        return bool(self.unit.id) and not anonymous and not self.do_not_track


@dataclass(slots=True)
class Evaluations:
    """What evaluating needs, as long as the process lives."""

    definitions: Definitions
    lookups: Lookups
    exposures: Exposures

    async def one(self, key: str, asking: Asking) -> Decision | None:
        """What is served of this flag, which counts as shown; None where there is none.

        Raises UnitMissing and Problem 503.
        """
        flag = (await self.definitions.of(asking.seen.sender.project_id)).get(key)
        if flag is None:
            return None
        unit = await self._known(asking, [flag])
        decision = decide(flag, unit)
        return self._exposed(flag, unit, decision, asking) if decision.is_first else decision

    async def all(self, asking: Asking) -> dict[str, Decision | None]:
        """What is served of each flag, which does not count as shown; raises Problem 503.

        None where a unit is missing. Drafts are left out: browsers need not hear of them.
        """
        kept = await self.definitions.of(asking.seen.sender.project_id)
        flags = {key: kept[key] for key in sorted(kept) if kept[key].experiment.state != "draft"}
        unit = await self._known(asking, flags.values())
        return {key: _decision(flag, unit) for key, flag in flags.items()}

    async def _known(self, asking: Asking, flags: Iterable[Flag]) -> Unit:
        """The unit with what is on record, as far as any of the flags asks for it."""
        wanted = [flag for flag in flags if _asks(flag)]
        if not wanted or not asking.is_somebody:
            return asking.unit
        sender = asking.seen.sender
        key = actor_key(sender.secret, asking.unit.id)
        segments = frozenset[int]().union(*(flag.segments for flag in wanted))
        known = await self.lookups.known(Question(sender, key, segments))
        for flag in wanted:
            known = self.exposures.known(known, key, flag.experiment)
        return replace(asking.unit, known=known)

    def _exposed(self, flag: Flag, unit: Unit, decision: Decision, asking: Asking) -> Decision:
        """The decision, logged; the control for who is only a crawler."""
        event = exposure(unit, flag, decision.variant.key, asking.seen)
        if event is None:
            return decide(flag, replace(unit, known=NOTHING))
        self.exposures.log(event, decision.variant.key, flag.experiment, asking.seen)
        return decision


def _asks(flag: Flag) -> bool:
    """Whether what is served depends on what is on record."""
    running = flag.experiment.kind == "experiment" and flag.experiment.state == "running"
    return not flag.experiment.killed and (running or bool(flag.segments))


def _decision(flag: Flag, unit: Unit) -> Decision | None:
    try:
        return decide(flag, unit)
    except UnitMissing:
        return None
