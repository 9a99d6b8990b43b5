"""What viewers see of a population, as equations of an attack, by the blocks that are stored."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from sqlalchemy import Connection, select

from analytics.community.listing import listed
from analytics.community.suppression import CUTS, OTHER, cells
from db.access import Project
from db.tables import member_days, published_cells
from tests.jobs.publishing.attack import Attack, Type
from tests.jobs.publishing.population import DAY, FIRST, Chance, Places, Ran, all_blocks, shares

Owner = tuple[str, int]  # package or organisation, and its number: packages from 0, others from 1
Place = tuple[int, int]  # day and arrival


@dataclass
class Held:
    """A block, and the places in time of the runs that it holds."""

    id: int
    owner: Owner
    cut: str
    places: list[Place] = field(default_factory=list)
    borders: list[date] = field(default_factory=list)


class Watch:
    """Follows the blocks as they are made, morning by morning."""

    def __init__(self, conn: Connection, project: Project, places: Places) -> None:
        self._conn, self._project, self._places = conn, project, places
        self._seen: set[int] = set()
        self._latest: dict[Owner, date] = defaultdict(lambda: date.min)
        self._waiting: dict[Owner, set[Place]] = defaultdict(set)
        self._fresh: dict[Owner, list[Held]] = defaultdict(list)
        self._through: dict[tuple[Owner, str], int] = defaultdict(int)
        self.held: list[Held] = []

    def look(self, arrived: Iterable[Ran]) -> None:
        """Note what this morning's blocks hold of what has arrived by now."""
        for ran in arrived:
            for owner in owners(ran):
                self._waiting[owner].add((ran.day, ran.came))
        new = [row for row in all_blocks(self._conn, self._project) if row.id not in self._seen]
        self._seen |= {row.id for row in new}
        late: dict[tuple[Owner, date, date], Held] = {}
        for row in new:
            if row.cut == "":
                self._total(row, late)
        for row in new:
            if row.cut != "":
                self._cut(row, late)
        for row in new:
            owner = self._owner(row)
            self._latest[owner] = max(self._latest[owner], row.last_day)

    def _total(self, row, late) -> None:
        owner = self._owner(row)
        is_late = row.last_day <= self._latest[owner]
        inside = {
            (day, came)
            for day, came in self._waiting[owner]
            if row.first_day <= FIRST + day * DAY <= row.last_day
            and (FIRST + day * DAY <= self._latest[owner]) is is_late
        }
        self._waiting[owner] -= inside
        held = Held(row.id, owner, "", sorted(inside), [row.first_day])
        self.held.append(held)
        if is_late:
            late[owner, row.first_day, row.last_day] = held
        else:
            self._fresh[owner].append(held)

    def _cut(self, row, late) -> None:
        owner = self._owner(row)
        if row.through is None:
            totals = [late[owner, row.first_day, row.last_day]]
        else:
            after = self._through[owner, row.cut]
            totals = [each for each in self._fresh[owner] if after < each.id <= row.through]
            self._through[owner, row.cut] = row.through
        places = [place for each in totals for place in each.places]
        borders = [each.borders[0] for each in totals]
        self.held.append(Held(row.id, owner, row.cut, places, borders))

    def _owner(self, row) -> Owner:
        if row.owner == "package":
            return "package", self._places.packages.index(row.owner_id)
        return "organisation", self._places.organisations.index(row.owner_id) + 1


def owners(ran: Ran) -> list[Owner]:
    """Whose blocks a run is part of."""
    own = [("organisation", ran.organisation)] if ran.organisation else []
    return [("package", ran.package), *own]


def type_of(ran: Ran, how: Chance, places: Places) -> Type:
    """The type of a run, for who is told by name whom the leaderboard lists."""
    who = ran.who if (ran.organisation, ran.who) in places.listed else 0
    place = ran.day, ran.came, ran.day >= how.released
    return Type(
        *place, ran.package, ran.organisation, ran.team, who, ran.version, ran.model, ran.country
    )


def all_types(ran: list[Ran], how: Chance, places: Places) -> Iterator[Type]:
    """Every type that a viewer has to think possible."""
    when = sorted({(each.day, each.came) for each in ran})
    teams = {(o, team, 0) for o in range(1, how.organisations + 1) for team in "AB"}
    named = {type_of(each, how, places) for each in ran}
    sides = sorted({(0, "", 0)} | teams | {(t.organisation, t.team, t.who) for t in named})
    for (day, came), package, side in product(when, (0, 1), sides):
        for version, model, country in product("12", "ab", ("DE", "FR")):
            if version == "1" or day >= how.released:
                yield Type(day, came, day >= how.released, package, *side, version, model, country)


def see(
    conn: Connection, watch: Watch, how: Chance, places: Places, ran: list[Ran], heads: set[int]
) -> Attack:
    """All that the public and the heads of these organisations see; what is stored is checked."""
    shown = [each for each in watch.held if each.owner[0] == "package" or each.owner[1] in heads]
    at = {(each.owner, place) for each in shown for place in each.places}
    attack = Attack(t for t in all_types(ran, how, places) if _covered(t, at))
    for held in shown:
        _see_block(conn, attack, held, places, [each for each in ran if _is_in(each, held)])
    _see_members(conn, attack, watch, places, ran, heads)
    known = set(attack.types)
    assert attack.holds(t for t in (type_of(each, how, places) for each in ran) if t in known)
    return attack


def _covered(each: Type, at: set[tuple[Owner, Place]]) -> bool:
    place = each.day, each.came
    return (("package", each.package), place) in at or (
        ("organisation", each.organisation),
        place,
    ) in at


def _is_in(ran: Ran, held: Held) -> bool:
    return held.owner in owners(ran) and (ran.day, ran.came) in held.places


def _see_block(
    conn: Connection, attack: Attack, held: Held, places: Places, ran: list[Ran]
) -> None:
    names = tuple(filter(None, held.cut.split(",")))
    expected = cells(held.owner[0], names, shares(ran, places), held.borders[1:])
    c = published_cells.c
    stored = conn.execute(select(c["keys"], c.people, c.n).where(c.block_id == held.id)).all()
    told = {tuple(row[0]): (row.people, row.n) for row in stored}
    assert told == {
        keys: (len({s.actor_key for s in found}), sum(s.n for s in found))
        for keys, found in expected.items()
    }
    if names in ((), *CUTS[held.owner[0], "runs"]):
        _see_cells(
            attack,
            held,
            names,
            {k: n for k, (_, n) in told.items()},
            _labels(names, expected),
            places,
        )


def _labels(names, expected):
    """Which cell the runs of certain keys are in."""
    return {
        tuple(getattr(share, name) for name in names): keys
        for keys, found in expected.items()
        for share in found
    }


def _see_cells(attack, held: Held, names, told, labels, places: Places) -> None:
    inside = [t for t in attack.types if _type_is_in(t, held)]
    by_cell = defaultdict(list)
    for each in inside:
        keys = tuple(_key(each, name, places) for name in names)
        by_cell[labels.get(keys) or _likely(keys, told)].append(each)
    attack.know_none(by_cell.pop(None, []))
    for keys, types in by_cell.items():
        attack.see(types, told[keys])


def _type_is_in(each: Type, held: Held) -> bool:
    number = each.package if held.owner[0] == "package" else each.organisation
    return number == held.owner[1] and (each.day, each.came) in set(held.places)


def _key(each: Type, name: str, places: Places) -> str:
    if name == "package":
        return str(places.packages[each.package])
    return "linux" if name == "platform" else getattr(each, name, "")


def _likely(keys, told):
    """The cell of keys that nobody had, were there one: their own, or where they would be put."""
    for kept in range(len(keys), -1, -1):
        candidate = keys[:kept] + (OTHER,) * (len(keys) - kept)
        if candidate in told:
            return candidate
    return None


def _see_members(conn, attack, watch: Watch, places: Places, ran, heads: set[int]) -> None:
    """What the leaderboard tells by name of each cut by team, added up as it is stored.

    The heads know besides on which days of the cut each of those who are listed was there.
    """
    told = defaultdict(set)
    for held in watch.held:
        if held.cut == "team" and held.owner[1] in heads:
            of_block = [each for each in ran if _is_in(each, held)]
            agreed = {who for number, who in places.listed if number == held.owner[1]}
            found = cells("organisation", ("team",), shares(of_block, places), held.borders[1:])
            for who in {share.actor_key for share in listed(found, held.borders[1:], agreed)}:
                inside = [t for t in attack.types if t.who == who and _type_is_in(t, held)]
                there = {each.day for each in of_block if each.who == who}
                attack.know_none(t for t in inside if t.day not in there)
                told[held.owner[1], who, held.borders[0]] |= set(inside)
    d = member_days.c
    stored = {
        (places.organisations.index(row.organisation_id) + 1, row.actor_key, row.day): row.n
        for row in conn.execute(select(d.organisation_id, d.actor_key, d.day, d.n))
        if row.organisation_id in places.organisations
    }
    assert {key for key in stored if key[0] in heads} == set(told)
    for key, types in told.items():
        attack.see(types, stored[key])
