"""Listing: which members of an organisation may be shown by name beside what is published of it."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from analytics.community.suppression import K, Share


def listed(team: Sequence[Share], agreed: AbstractSet[int]) -> list[Share]:
    """Of a team's cell the shares of those who agreed to be listed and hide nobody by it.

    What the others did could be had by subtraction. So they are none, or at least K people: those
    who agreed and ran least are not listed either until they are.
    """
    ran: Counter[int] = Counter()
    for share in team:
        ran[share.actor_key] += share.n
    hidden = ran.keys() - agreed
    if hidden:
        least = sorted(ran.keys() & agreed, key=lambda actor_key: (ran[actor_key], actor_key))
        hidden |= set(least[: max(0, K - len(hidden))])
    return [share for share in team if share.actor_key not in hidden]
