"""Why to worry about the systems, in words: the worst first, names as they are."""

from collections.abc import Sequence

from analytics.operations.health.system import SystemHealth
from analytics.wording import amount, exact_share, listing

NAMED = 2  # of a list, before the rest is only counted
TOLD = 3  # reasons that a line has room for


def verdict(health: SystemHealth) -> str:
    """Whether to worry and why, in one line: "Act now: Mail is down"; names as they are.

    The one sentence on the state of systems, wherever it is told.
    """
    if health.worry == "unknown":
        return "Nothing is measured yet"
    if health.worry == "none":
        return "No need to worry: all answers, and no alert fires"
    told = reasons(health)[:TOLD] or [f"uptime at {exact_share(health.uptime)}"]
    return f"{'Act now' if health.worry == 'act' else 'Watch'}: {listing(told)}"


def reasons(health: SystemHealth) -> list[str]:
    """What there is to worry about, a clause each; nothing where all is well."""
    told = [
        (health.down, f"{_list(health.down)} {_are(health.down)} down"),
        (health.open_incidents, f"{_count(health.open_incidents, 'incident')} open"),
        (health.critical, f"{_count(health.critical, 'critical alert')} firing"),
        (_others(health), f"{_count(_others(health), 'alert')} firing"),
        (health.burning, _burning(health.burning)),
        (health.missed, f"{_objectives(health.missed)} {_are(health.missed)} missed"),
        (health.silent, f"nothing heard of {_list(health.silent)}"),
        (health.paused, _paused(health)),
        (health.disk_is_full, f"a disk is {amount(health.disk, 'share')} full"),
    ]
    return [text for number, text in told if number]


def _others(health: SystemHealth) -> int:
    return health.firing - health.critical


def _paused(health: SystemHealth) -> str:
    """How many nobody looks at: "4 probes are paused"."""
    number, all_of_them = len(health.paused), len(health.paused) + health.watching
    of = "" if health.is_unwatched else f"{number} of "
    return f"{of}{_count(all_of_them, 'probe')} {'is' if number == 1 else 'are'} paused"


def _list(names: Sequence[str]) -> str:
    """The names as far as a line has room for them: "A, B and 2 others"."""
    more = len(names) - NAMED
    shown = [*names[:NAMED], f"{more} others"] if more > 1 else names
    return listing(shown) if shown else ""


def _count(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _burning(names: Sequence[str]) -> str:
    burn = "burns its error budget" if len(names) == 1 else "burn their error budgets"
    return f"{_objectives(names)} {burn}"


def _objectives(names: Sequence[str]) -> str:
    """The only one by its name, which is a sentence: \u201cThe API answers\u201d; else how many."""
    return f"\u201c{names[0]}\u201d" if len(names) == 1 else _count(len(names), "objective")
