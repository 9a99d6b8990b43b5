"""The whole path from runs to blocks once more, in plain Python: what the worker is compared with.

Slow and literal: each rule as it is written in docs/privacy.md, over lists of runs.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import combinations

from tests.jobs.publishing.population import Ran

K, TOLD, OTHER = 5, 0.9, "other"
Keys = tuple[str, ...]
Told = tuple[int, int, int, int, int, int, float]
Made = tuple[str, int, int, dict[Keys, Told]]  # cut, first and last day, cells


def key_of(ran: Ran, name: str) -> str:
    """What a run is cut by."""
    if name == "error_type":
        return "" if ran.ok else "Timeout"
    return "linux" if name == "platform" else str(getattr(ran, name))


def told(runs: list[Ran]) -> Told:
    """People, runs, failures, timed, metered, tokens and the sum of durations."""
    timed = [r.duration for r in runs if r.duration is not None]
    metered = [r.tokens for r in runs if r.tokens is not None]
    failures = sum(not r.ok for r in runs)
    people = len({r.who for r in runs})
    return people, len(runs), failures, len(timed), len(metered), sum(metered), sum(timed)


def package_is_enough(runs: list[Ran]) -> bool:
    """Whichever two organisations are left out."""
    places = {r.organisation for r in runs if r.organisation} | {-1, -2}
    pairs = combinations(sorted(places), 2)
    return all(len({r.who for r in runs if r.organisation not in pair}) >= K for pair in pairs)


def organisation_is_enough(runs: list[Ran]) -> bool:
    return len({r.who for r in runs}) >= K


@dataclass
class Stack:
    """What is published of one package's or organisation's runs, morning by morning."""

    cuts: list[Keys]
    is_enough: Callable[[list[Ran]], bool]
    made: list[Made] = field(default_factory=list)
    _waiting: list[Ran] = field(default_factory=list)
    _latest: int = -1
    _uncut: dict[Keys, list[list[Ran]]] = field(default_factory=lambda: defaultdict(list))

    def publish(self, arrived: list[Ran], until: int) -> None:
        self._waiting += arrived
        latest = self._latest
        for block in self._gathered([r for r in self._waiting if r.day <= latest]):
            self._tell("", [block], {(): block})
            for names in self.cuts:
                self._tell(",".join(names), [block], self._cells(names, [block]))
        for block in self._gathered([r for r in self._waiting if latest < r.day <= until]):
            self._tell("", [block], {(): block})
            for names in self.cuts:
                self._uncut[names].append(block)
        for names in self.cuts:
            self._cut(names, until)

    def _gathered(self, runs: list[Ran]) -> list[list[Ran]]:
        found, block = [], []
        for day in sorted({r.day for r in runs}):
            block += [r for r in runs if r.day == day]
            if self.is_enough(block):
                self._waiting = [r for r in self._waiting if not any(r is each for each in block)]
                self._latest = max(self._latest, day)
                found.append(self._without_scarce(block))
                block = []
        return found

    def _without_scarce(self, block: list[Ran]) -> list[Ran]:
        for name in ("duration", "tokens"):
            if not self._is_none_or_enough([r for r in block if getattr(r, name) is not None]):
                block = [replace(r, **{name: None}) for r in block]
        return block

    def _cut(self, names: Keys, until: int) -> None:
        uncut = self._uncut[names]
        for size in range(1, len(uncut) + 1):
            group, following = uncut[:size], uncut[size : size + 1]
            first, last = _days(group)
            cells = self._cells(names, group)
            is_of_errors = names == ("error_type",)
            longest = 28 if is_of_errors else 7
            counts = {k: sum(not (is_of_errors and r.ok) for r in rs) for k, rs in cells.items()}
            own = sum(count for keys, count in counts.items() if OTHER not in keys)
            most = own >= TOLD * sum(counts.values())
            end = _days(following)[1] - 1 if following else until  # no block ends until then
            if most or last - first >= longest - 1 or end - first >= longest - 1:
                self._tell(",".join(names), group, cells)
                self._uncut[names] = uncut[size:]
                self._cut(names, until)
                return

    def _cells(self, names: Keys, group: list[list[Ran]]) -> dict:
        found = defaultdict(list)
        for ran in (r for block in group for r in block):
            found[tuple(key_of(ran, name) for name in names)].append(ran)
        for kept in reversed(range(len(names))):
            for keys in [k for k, runs in found.items() if not self._is_safe(runs)]:
                runs = found.pop(keys)
                found[keys[:kept] + (OTHER,) * (len(names) - kept)] += runs
        rest = (OTHER,) * len(names)
        while rest in found and not self._is_safe(found[rest]) and len(found) > 1:
            _join(found, [_smallest(found, rest)], rest)
        borders = [_days([block])[0] for block in group[1:]]
        while tells := next(filter(None, (self._telling(found, day) for day in borders)), []):
            _join(found, [_smallest(found, rest)] if tells == [rest] else tells, rest)
        return found

    def _telling(self, found: dict, border: int) -> list[Keys]:
        for side in (lambda r: r.day < border, lambda r: r.day >= border):
            whole = [keys for keys, runs in found.items() if all(map(side, runs))]
            others = [
                r for keys, runs in found.items() if keys not in whole for r in runs if side(r)
            ]
            if whole and others and not self._is_safe(others):
                return whole
        return []

    def _is_safe(self, runs: list[Ran]) -> bool:
        told_some = (
            [r for r in runs if r.duration is not None],
            [r for r in runs if r.tokens is not None],
        )
        return self.is_enough(runs) and all(map(self._is_none_or_enough, told_some))

    def _is_none_or_enough(self, runs: list[Ran]) -> bool:
        return not runs or self.is_enough(runs)

    def _tell(self, cut: str, group: list[list[Ran]], cells: dict) -> None:
        self.made.append((cut, *_days(group), {keys: told(runs) for keys, runs in cells.items()}))


def _days(group: list[list[Ran]]) -> tuple[int, int]:
    days = [r.day for block in group for r in block]
    return min(days), max(days)


def _smallest(found: dict, rest: Keys) -> Keys:
    return min(set(found) - {rest}, key=lambda keys: (len({r.who for r in found[keys]}), keys))


def _join(found: dict, those: list[Keys], rest: Keys) -> None:
    for keys in [each for each in those if each != rest]:
        found[rest] += found.pop(keys)
