"""Nobody is read off what is published: by windows, cuts, late days, or two viewers together.

Windows are sums of whole blocks; an attacker who has each block has every window.
"""

import random
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from analytics.community.suppression import K
from db.access import create_project
from tests.conftest import undone
from tests.jobs.publishing.attack import Attack, Type, groups, is_of
from tests.jobs.publishing.population import Chance, Places, Ran, drawn, mornings, settle
from tests.jobs.publishing.seeing import Watch, all_types, see, type_of
from tests.thorough import cases, thorough

GROUPS = 20  # of each population, by chance
ENOUGH = 50  # groups of all populations: else hardly anything was attacked
MORNINGS = 12

chances = st.builds(
    Chance,
    seed=st.integers(0, 10**6),
    people=st.integers(8, 40),
    runs=st.integers(20, 160),
    days=st.integers(1, 8),
    organisations=st.integers(0, 2),
    released=st.integers(0, 6),
    late=st.sampled_from([0.0, 0.1, 0.4]),
    listed=st.sampled_from([0.0, 0.5, 1.0]),
)


def attacked(conn: Connection, how: Chance, ran: list[Ran], heads: set[int]) -> int:
    """Publish morning by morning, and ask whether a small group follows from all that is seen.

    Returns how many groups were tried.
    """
    project = create_project(conn, "attacked", consent="opt-out", retention_months=None)
    places = settle(conn, project, how, ran)
    watch = Watch(conn, project, places)
    for _, arrived in mornings(conn, project, places, ran, MORNINGS):
        watch.look(arrived)
    return _test_groups(see(conn, watch, how, places, ran, heads), ran, how, places)


@thorough
def test_no_group_of_fewer_than_five_follows_from_what_is_published(module_conn):
    tried = []

    @settings(max_examples=cases(12), phases=[Phase.generate])
    @given(chances, st.sampled_from([set(), {1}, {1, 2}]))
    def attack(how, heads):
        with undone(module_conn):
            tried.append(attacked(module_conn, how, drawn(how), heads))

    attack()
    assert sum(tried) >= ENOUGH


def ran(*lines):
    """Runs as `who-who day organisation team version model`."""
    found = []
    for line in lines:
        who, day, organisation, team, version, model = line.split()
        first, _, last = who.partition("-")
        rest = (0, int(organisation), team.strip("-"), version, model, "DE", True, None, None)
        found += [
            Ran(w, int(day), int(day), *rest) for w in range(int(first), int(last or first) + 1)
        ]
    return found


PLAIN = Chance(seed=1, people=0, runs=0, days=0, organisations=2, released=2)
TWO_HEADS = ran("1-9 0 1 A 1 a", "11-19 0 2 B 1 a", "21-22 0 0 - 1 a")
RELEASED = ran("1-5 0 0 - 1 a", "6-7 0 0 - 1 b", "8-9 1 0 - 1 b", "11-15 2 0 - 2 a", "16 2 0 - 1 b")
RELEASED += ran("1-5 1 0 - 1 a")
ONE_LEFT = ran("1-5 0 0 - 1 a", "6-10 0 0 - 1 b", "11-12 0 0 - 2 a")
TEAM = ran("1-8 0 1 A 1 a", "11-16 0 1 B 1 a")
MONDAY = ran("1-4 0 1 A 1 a", "5 0 1 B 1 a", "6-10 1 1 A 1 a", "11-15 1 1 B 1 a")
FOUR = replace(PLAIN, listed=1.0, agreeing=4)


@thorough
@pytest.mark.parametrize(
    ("rule", "without", "happened", "how"),
    [
        ("suppression._outside_any_two", len, TWO_HEADS, PLAIN),
        ("suppression._telling", lambda *_: set(), RELEASED, PLAIN),
        (
            "suppression._filled_up",
            lambda _, found, __: found,
            ONE_LEFT,
            replace(PLAIN, released=0),
        ),
        ("listing.K", 0, TEAM, replace(PLAIN, listed=0.7)),
        ("listing._outside_whole_teams", lambda *_: [], MONDAY, FOUR),
    ],
)
def test_without_one_of_the_rules_the_attack_finds_somebody(
    conn, monkeypatch, rule, without, happened, how
):
    with undone(conn):
        attacked(conn, how, happened, {1, 2})
    monkeypatch.setattr(f"analytics.community.{rule}", without)
    with pytest.raises(AssertionError, match="is told"):
        attacked(conn, how, happened, {1, 2})


def _test_groups(attack: Attack, ran: list[Ran], how: Chance, places: Places) -> int:
    known, possible = set(attack.types), list(all_types(ran, how, places))
    typed = [(each, type_of(each, how, places)) for each in ran]
    chosen = groups((each for _, each in typed), most=3)
    random.Random(how.seed).shuffle(chosen)
    small = (group for group in chosen if _is_hidden(group, typed, places))
    tries = ((group, [t for t in possible if is_of(t, group)]) for group in small)
    seen = ((group, types) for group, types in tries if set(types) <= known)
    tried = 0
    for group, types in islice(seen, GROUPS):
        least, most = attack.bounds(types)
        assert most - least > 1e-6, f"{group} is told: {least}"
        tried += 1
    return tried


def _is_hidden(group: dict[str, object], typed: list[tuple[Ran, Type]], places: Places) -> bool:
    """Whether a group is of too few people, who are not all listed by name."""
    theirs = {(ran.organisation, ran.who) for ran, each in typed if is_of(each, group)}
    return len({who for _, who in theirs}) < K and not theirs <= places.listed
