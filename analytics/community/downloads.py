"""The downloads of a package: who made them, and what people downloaded."""

from collections.abc import Iterable, Mapping

from analytics.community.breakdowns import Rows
from analytics.community.published import OTHER, TOTAL, Cells, closed
from analytics.community.sums import Sums

PERSON = "person"  # the audience that is no CI, bot or mirror
AUDIENCE = "audience"  # the cut that tells it, and the first key of those by one more
PARTS = ("version", "platform", "installer")
CUTS = ("", AUDIENCE, *(f"{AUDIENCE},{part}" for part in PARTS))


def by_audience(cuts: Mapping[str, Cells]) -> dict[str, int] | None:
    """The downloads of each audience of `CUTS`, the most first; None where nothing is told.

    Audiences are person, ci, bot and mirror; "other" is what could not be told apart.
    """
    told = cuts[AUDIENCE]
    if not told:
        return None
    every = closed(told, cuts[""].get(TOTAL, Sums()))
    return {audience: sums.n for (audience,), sums in _most_first(every)}


def by_people(cuts: Mapping[str, Cells]) -> dict[str, Rows]:
    """What people downloaded, by each of `PARTS`: rows of value (str) and downloads (int).

    The most come first and "other" last; without a part that is told, all are "other".
    """
    every = cuts[AUDIENCE].get((PERSON,), Sums())
    return {part: _rows(cuts[f"{AUDIENCE},{part}"], every) for part in PARTS}


def _rows(cells: Cells, every: Sums) -> Rows:
    mine: Cells = {(key,): sums for (audience, key), sums in cells.items() if audience == PERSON}
    whole = _most_first(closed(mine, every))
    return [{"value": value, "downloads": sums.n} for (value,), sums in whole]


def _most_first(cells: Cells) -> Iterable[tuple[tuple[str, ...], Sums]]:
    return sorted(cells.items(), key=lambda cell: (cell[0] == (OTHER,), -cell[1].n, cell[0]))
