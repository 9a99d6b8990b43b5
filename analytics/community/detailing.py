"""Detailing: blocks of totals are cut several at once, where one alone would be mostly "other"."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

from analytics.community.suppression import OTHER, Block, Cells, cells

LONGEST = timedelta(days=6)  # from the first to the last day that are cut at once: a week
LONGEST_OF_ERRORS = timedelta(days=27)  # which are few
TOLD = 0.9  # of runs or errors, under their own keys: then no further day is waited for
ERRORS = ("error_type",)


class Counted(NamedTuple):
    """A block whose total is published, with its id."""

    id: int
    block: Block


class Cut(NamedTuple):
    """Days cut one way: the name of the cut ('' for totals), and the cells.

    `through` is the id of the last block of totals that it holds; None where no other is waited
    for, as of what came late. `borders` are the days on which all but the first of them begin.
    """

    name: str
    first_day: date
    last_day: date
    through: int | None
    cells: Cells
    borders: Sequence[date] = ()


def total(block: Block) -> Cut:
    """The block as one cell."""
    return Cut("", block.first_day, block.last_day, None, {(): block.shares})


def alone(owner: str, names: Sequence[str], block: Block) -> Cut:
    """The block cut at once, whatever is merged by it."""
    return _cut(owner, names, [Counted(0, block)])._replace(through=None)


def cuts(
    owner: str, names: Sequence[str], counted: Sequence[Counted], until: date
) -> Iterator[Cut]:
    """The blocks, in order, cut as many at once as it takes to tell most, or as fit into a week.

    Errors get four. What may still be joined by days after `until` makes none.
    """
    longest = LONGEST_OF_ERRORS if names == ERRORS else LONGEST
    group: list[Counted] = []
    made: Cut | None = None
    for each in counted:
        if made and each.block.last_day - made.first_day > longest:
            yield made
            group = []
        group.append(each)
        made = _cut(owner, names, group)
        if _tells_most(made) or each.block.last_day - made.first_day >= longest:
            yield made
            group, made = [], None
    if made and until - made.first_day >= longest:
        yield made


def _cut(owner: str, names: Sequence[str], group: Sequence[Counted]) -> Cut:
    blocks = [each.block for each in group]
    shares = [share for block in blocks for share in block.shares]
    borders = [block.first_day for block in blocks[1:]]
    found = cells(owner, names, shares, borders)
    days = blocks[0].first_day, blocks[-1].last_day
    return Cut(",".join(names), *days, group[-1].id, found, borders)


def _tells_most(made: Cut) -> bool:
    """Of errors, most of those that happened: else the many runs without one would be enough."""
    counted = attrgetter("failures" if made.name in ERRORS else "n")
    told = {keys: sum(map(counted, shares)) for keys, shares in made.cells.items()}
    own = sum(n for keys, n in told.items() if OTHER not in keys)
    return bool(own >= TOLD * sum(told.values()))
