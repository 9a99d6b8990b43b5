"""Detailing: blocks of totals are cut several at once, where one alone would be mostly "other"."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from analytics.community.suppression import OTHER, Block, Cells, cells

LONGEST = timedelta(days=6)  # from the first to the last day that are cut at once: a week
TOLD = 0.9  # of what is counted, under its own keys: then no further day is waited for


class Counted(NamedTuple):
    """A block whose total is published, with its id."""

    id: int
    block: Block


class Cut(NamedTuple):
    """Days cut one way: the name of the cut ('' for totals), and the cells.

    `through` is the id of the last block of totals that it holds; None where no other is waited
    for, as of what came late.
    """

    name: str
    first_day: date
    last_day: date
    through: int | None
    cells: Cells


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

    What may still be joined by days after `until` makes none.
    """
    group: list[Counted] = []
    made: Cut | None = None
    for each in counted:
        if made and each.block.last_day - made.first_day > LONGEST:
            yield made
            group = []
        group.append(each)
        made = _cut(owner, names, group)
        if _tells_most(made.cells) or each.block.last_day - made.first_day >= LONGEST:
            yield made
            group, made = [], None
    if made and until - made.first_day >= LONGEST:
        yield made


def _cut(owner: str, names: Sequence[str], group: Sequence[Counted]) -> Cut:
    blocks = [each.block for each in group]
    shares = [share for block in blocks for share in block.shares]
    borders = [block.first_day for block in blocks[1:]]
    found = cells(owner, names, shares, borders)
    days = blocks[0].first_day, blocks[-1].last_day
    return Cut(",".join(names), *days, group[-1].id, found)


def _tells_most(found: Cells) -> bool:
    told = {keys: sum(share.n for share in shares) for keys, shares in found.items()}
    return sum(n for keys, n in told.items() if OTHER not in keys) >= TOLD * sum(told.values())
