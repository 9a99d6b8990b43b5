"""What the demo product earns: lives that make sense."""

from collections import Counter
from itertools import pairwise

from db.demo.actors import population
from db.demo.business import rates
from db.demo.business.buyers import buyers
from tests.db.demo.earned import SMALL, bought, changes_of
from tests.thorough import thorough


def test_the_same_demo_has_the_same_customers():
    people = population(SMALL)
    assert [*buyers(SMALL, people)] == [*buyers(SMALL, people)]


@thorough
def test_nothing_is_paid_or_changed_after_now():
    for buyer in bought():
        days = [each.day for each in (*buyer.life.changes, *buyer.life.payments)]
        assert max(days) < 0
        assert buyer.signed_up <= min(days)


@thorough
def test_a_subscription_begins_once_and_what_is_over_has_no_other_change_but_a_return():
    for buyer in bought():
        states = [change.status for change in changes_of(buyer)]
        assert states[0] in ("trialing", "active")
        assert "trialing" not in states[1:]
        after = [b for a, b in pairwise(states) if a == "canceled"]
        assert set(after) <= {"active"}


def test_known_customers_are_people_of_the_events():
    people = population(SMALL)
    known = [each.actor_key for each in buyers(SMALL, people) if each.actor_key is not None]
    assert len(known) > 150
    assert set(known) <= set(people.key.tolist())
    assert len(known) == len(set(known))


def test_more_customers_are_won_from_month_to_month():
    won = Counter(int(-each.life.changes[0].day // rates.MONTH_DAYS) for each in bought())
    lately, before = (sum(won[month] for month in range(a, a + 6)) for a in (1, 18))
    assert lately > 1.5 * before
