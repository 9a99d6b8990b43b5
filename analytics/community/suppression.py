"""Suppression: what is published of packages and organisations, so that nobody is read off it.

Shares are gathered into blocks, blocks are cut into cells. A cell is safe when enough people stand
behind it for everybody who may see it: whatever is added up or subtracted of safe cells is about
that many people again (k-anonymity of a partition; Hundepool et al., Statistical Disclosure
Control, 2012, sections 4.2 and 4.3). docs/privacy.md tells why.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import repeat
from operator import attrgetter
from typing import NamedTuple

from db.tables import NO_ORGANISATION

K = 5  # people, at least, that every number is about
OTHER = "other"  # the key of what is merged
CUTS: Mapping[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("package", "runs"): (("version", "model"), ("country",), ("platform",), ("error_type",)),
    ("package", "downloads"): (
        ("audience",),
        ("audience", "version"),
        ("audience", "platform"),
        ("audience", "installer"),
    ),
    ("package", "ratings"): (("version",),),
    ("organisation", "runs"): (("team",), ("package",), ("model",)),
    ("organisation", "ratings"): (("package",),),
}
"""The cuts of each owner and stream, each by one or several keys at once."""

Crowd = AbstractSet[tuple[int, int]]
"""People and the organisations they ran for: pairs of actor_key and organisation_id."""
Keys = tuple[str, ...]
Cells = dict[Keys, list["Share"]]


class Share(NamedTuple):
    """What one person adds to the sums of a day, with what it is cut by."""

    day: date
    actor_key: int
    organisation_id: int
    package: str
    version: str
    model: str
    team: str
    error_type: str
    platform: str
    country: str
    installer: str
    audience: str
    n: int
    failures: int
    timed: int
    metered: int
    tokens: int
    credits: int
    score_sum: int
    good: int
    duration_sum: float


class Block(NamedTuple):
    """Days that are published at once, for ever."""

    first_day: date
    last_day: date
    shares: list[Share]


def is_enough(owner: str, crowd: Crowd) -> bool:
    """Whether a crowd is K people, for everybody who may see the numbers of this owner.

    The head of an organisation sees its part of a package as well, and may head a second one, or
    know who does. So for a package K people are left whichever two organisations are left out.
    """
    if owner == "organisation":
        return len({actor for actor, _ in crowd}) >= K
    alone = {actor for actor, organisation in crowd if organisation == NO_ORGANISATION}
    return len(alone) >= K or _outside_any_two(crowd) >= K


def is_safe(owner: str, shares: Sequence[Share]) -> bool:
    """Whether enough people ran, and none or enough of them told a duration and their tokens.

    An average is over those who told it: it could else be the duration of one person.
    """
    told = (_timed(shares), _metered(shares))
    return is_enough(owner, _ran(shares)) and all(_is_none_or_enough(owner, each) for each in told)


def blocks(owner: str, days: Iterable[tuple[date, list[Share]]]) -> Iterator[Block]:
    """The days, in order, in the smallest blocks of enough people; what is left makes none."""
    found: list[Share] = []
    crowd: set[tuple[int, int]] = set()
    for day, shares in days:
        found += shares
        crowd |= _ran(shares)
        if is_enough(owner, crowd):
            yield Block(found[0].day, day, without_scarce(owner, found))
            found, crowd = [], set()


def without_scarce(owner: str, shares: list[Share]) -> list[Share]:
    """The shares of a block without durations, and without tokens, that too few people told."""
    if not _is_none_or_enough(owner, _timed(shares)):
        shares = [share._replace(timed=0, duration_sum=0.0) for share in shares]
    if not _is_none_or_enough(owner, _metered(shares)):
        shares = [share._replace(metered=0, tokens=0) for share in shares]
    return shares


def cells(
    owner: str, names: Sequence[str], shares: Sequence[Share], borders: Sequence[date] = ()
) -> Cells:
    """The shares by the keys of a cut, each cell safe; all of them together have to be.

    Cells that are not are merged: their last key becomes "other", then the one before. What is
    still not safe when all keys are takes in the smallest cells. `borders` are the days on which
    the next of several blocks begins that are cut at once.
    """
    found = _by_keys(names, shares)
    small = {keys for keys, cell in found.items() if not is_safe(owner, cell)}
    for kept in reversed(range(len(names))):
        small = _merge(owner, found, small, kept)
    rest = (OTHER,) * len(names)
    found = _filled_up(owner, found, rest)
    while tells := next(filter(None, (_telling(owner, found, day) for day in borders)), None):
        found = _joined(found, tells, rest)
    return found


def _merge(owner: str, found: Cells, small: AbstractSet[Keys], kept: int) -> set[Keys]:
    """Leave small cells only so many of their keys; returns those that are still small then."""
    targets = set()
    for keys in small:
        target = keys[:kept] + (OTHER,) * (len(keys) - kept)
        shares = found.pop(keys)
        found[target] += shares
        targets.add(target)
    return {keys for keys in targets if not is_safe(owner, found[keys])}


def _filled_up(owner: str, found: Cells, rest: Keys) -> Cells:
    """The cells, where the rest has taken in as many as make it safe, the smallest first."""
    smallest = sorted(found.keys() - {rest}, key=lambda keys: (_people(found[keys]), keys))
    for keys in smallest:
        if rest not in found or is_safe(owner, found[rest]):
            break
        found[rest] += found.pop(keys)
    return found


def _telling(owner: str, found: Cells, border: date) -> set[Keys]:
    """The cells on one side of a border that tell too much of the others there.

    A version is released, a team dissolved: who knows when has its whole cell on one side of that
    day, takes it from the totals of the days there, and is left with what the others did then.
    """
    for before in (True, False):
        here = {
            keys: [share for share in shares if (share.day < border) is before]
            for keys, shares in found.items()
        }
        whole = {keys for keys, shares in found.items() if len(here[keys]) == len(shares)}
        others = [share for keys in found.keys() - whole for share in here[keys]]
        if whole and others and not is_safe(owner, others):
            return whole
    return set()


def _joined(found: Cells, those: set[Keys], rest: Keys) -> Cells:
    """The cells, where those are part of the rest; if they are the rest, then the smallest is."""
    if those == {rest}:
        those = {min(found.keys() - {rest}, key=lambda keys: (_people(found[keys]), keys))}
    joined: Cells = defaultdict(list)
    for keys, shares in found.items():
        joined[rest if keys in those else keys] += shares
    return joined


def _outside_any_two(crowd: Crowd) -> int:
    """How many people are left when the two organisations are left out that leave the fewest."""
    places: dict[int, set[int]] = defaultdict(set)
    for actor, organisation in crowd:
        places[actor].add(organisation)
    within = Counter(
        frozenset(each)
        for each in places.values()
        if len(each) <= 2 and NO_ORGANISATION not in each
    )
    alone = Counter({min(each): n for each, n in within.items() if len(each) == 1})
    two = sum(n for _, n in alone.most_common(2))
    both = (n + sum(alone[o] for o in each) for each, n in within.items() if len(each) == 2)
    return len(places) - max(two, *both, 0)


def _by_keys(names: Sequence[str], shares: Sequence[Share]) -> Cells:
    found: Cells = defaultdict(list)
    keys = zip(*(map(attrgetter(name), shares) for name in names), strict=True)
    for key, share in zip(keys if names else repeat(()), shares, strict=bool(names)):
        found[key].append(share)
    return found


def _is_none_or_enough(owner: str, crowd: Crowd) -> bool:
    return not crowd or is_enough(owner, crowd)


def _ran(shares: Iterable[Share]) -> set[tuple[int, int]]:
    return {(share.actor_key, share.organisation_id) for share in shares}


def _timed(shares: Iterable[Share]) -> set[tuple[int, int]]:
    return {(share.actor_key, share.organisation_id) for share in shares if share.timed}


def _metered(shares: Iterable[Share]) -> set[tuple[int, int]]:
    return {(share.actor_key, share.organisation_id) for share in shares if share.metered}


def _people(shares: Iterable[Share]) -> int:
    return len({share.actor_key for share in shares})
