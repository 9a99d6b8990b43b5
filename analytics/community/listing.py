"""Listing: which members of an organisation may be shown by name beside what is published of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import combinations

from analytics.community.suppression import Cells, K, Share


def listed(teams: Cells, borders: Sequence[date], agreed: AbstractSet[int]) -> list[Share]:
    """Of a cut by team the shares of those who agreed to be listed and hide nobody by it.

    What the others did could be had by subtraction: from their team, or, by who knows on which days
    the listed were there, from the totals of days. So in each of these crowds they are none, or at
    least K people: those who agreed and ran least are not listed either until they are.
    """
    ran: Counter[int] = Counter()
    for shares in teams.values():
        for share in shares:
            ran[share.actor_key] += share.n
    named = ran.keys() & agreed
    crowds = [*map(_people, teams.values()), *_outside_whole_teams(teams, borders)]
    while telling := next(filter(None, (_telling(each, named, ran) for each in crowds)), None):
        named -= telling
    return [share for shares in teams.values() for share in shares if share.actor_key in named]


def _outside_whole_teams(teams: Cells, borders: Sequence[date]) -> Iterator[set[int]]:
    """Who ran in each row of blocks, without the teams that ran in these alone.

    What such a team ran is known, and can be taken from the totals; `borders` are the days on
    which the next block begins.
    """
    for first, end in combinations((date.min, *borders, date.max), 2):
        inside = {
            keys: [share for share in shares if first <= share.day < end]
            for keys, shares in teams.items()
        }
        parts = (inside[keys] for keys in teams if len(inside[keys]) < len(teams[keys]))
        yield {actor_key for part in parts for actor_key in _people(part)}


def _telling(crowd: set[int], named: AbstractSet[int], ran: Mapping[int, int]) -> set[int]:
    """Whom of the crowd to leave out, so that the others are not too few."""
    hidden = crowd - named
    least = sorted(crowd & named, key=lambda actor_key: (ran[actor_key], actor_key))
    return set(least[: max(0, K - len(hidden))]) if hidden else set()


def _people(shares: Iterable[Share]) -> set[int]:
    return {share.actor_key for share in shares}
