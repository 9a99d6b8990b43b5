"""What a funnel is, in plain Python from the definitions: every chain there is, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, permutations, product
from statistics import mean, median


@dataclass(frozen=True)
class Happened:
    """An event of one actor: when, the steps that it may serve, and what it is broken down by."""

    at: int
    serves: frozenset[int] = frozenset()
    excluded: bool = False
    label: str = ""


@dataclass(frozen=True)
class Chain:
    """The first steps, done from one moment to another."""

    steps: int
    entry: int
    end: int
    spoilt: bool


@dataclass(frozen=True)
class Outcome:
    """What counts of one actor."""

    steps: int
    entry: int
    times: tuple[int, ...]
    label: str
    status: str  # converted, maturing, lost or left out


def orders(events: list[Happened]) -> Iterator[list[Happened]]:
    """Every order in which the events may have happened: those of one instant in any."""
    by_time = sorted(events, key=lambda event: event.at)
    moments = [list(group) for _, group in groupby(by_time, key=lambda event: event.at)]
    for arranged in product(*(permutations(moment) for moment in moments)):
        yield [event for moment in arranged for event in moment]


def runs(history: list[Happened], steps: int, order: str) -> Iterator[list[Happened]]:
    """The events of every chain in a history."""
    for place in range(len(history)):
        yield from _grown(history, [place], steps, order)


def _grown(history, taken, steps, order):
    served = [history[place] for place in taken]
    if order == "any":
        if not _servable([event.serves for event in served], steps):
            return
    elif len(taken) - 1 not in served[-1].serves:
        return
    yield served
    if len(taken) == steps:
        return
    last = taken[-1] + 1
    for place in range(last, min(last + 1, len(history)) if order == "strict" else len(history)):
        yield from _grown(history, [*taken, place], steps, order)


def _servable(serving, steps, used=frozenset()):
    """Whether each of the events can serve a step of its own."""
    if not serving:
        return True
    return any(
        _servable(serving[1:], steps, used | {step}) for step in serving[0] - used if step < steps
    )


def chains(events: list[Happened], steps: int, order: str, window: int, until: int) -> set[Chain]:
    """Every chain of an actor that enters before `until`."""
    forbidden = {event.at for event in events if event.excluded}
    found = set()
    for history in orders(events):
        for run in runs(history, steps, order):
            entry, end = run[0].at, run[-1].at
            if entry < until and end - entry <= window:
                spoilt = any(entry < at < end for at in forbidden)
                found.add(Chain(len(run), entry, end, spoilt))
    return found


def outcome(
    events: list[Happened], steps: int, order: str, window: int, until: int, now: int
) -> Outcome | None:
    """What counts of an actor; None of those who don't enter."""
    found = chains(events, steps, order, window, until)
    if not found:
        return None
    good = [chain for chain in found if not chain.spoilt]
    reached = max(chain.steps for chain in good)
    entry = max(chain.entry for chain in good if chain.steps == reached)
    of_entry = [chain for chain in good if chain.entry == entry]
    times = tuple(
        min(chain.end for chain in of_entry if chain.steps == step)
        for step in range(1, reached + 1)
    )
    status = "converted" if reached == steps else "maturing" if entry + window > now else "lost"
    if max(chain.steps for chain in found) > reached:
        status = "left out"
    label = min(
        event.label
        for event in events
        if event.at == entry and (0 in event.serves or (order == "any" and event.serves))
    )
    return Outcome(reached, entry, times, label, status)


def table(outcomes: list[Outcome], steps: int) -> list[dict[str, object]]:
    """The rows of a funnel: one a step."""
    counted = [one for one in outcomes if one.status != "left out"]
    rows = []
    for step in range(1, steps + 1):
        there = [one for one in counted if one.steps >= step]
        stopped = [one.status for one in counted if one.steps == step]
        took = [one.times[step - 1] - one.times[step - 2] for one in there if step > 1]
        rows.append(
            {
                "step": step,
                "actors": len(there),
                "lost": stopped.count("lost"),
                "maturing": stopped.count("maturing"),
                "median": median(took) if took else None,
                "mean": mean(took) if took else None,
            }
        )
    return rows
