"""What a person on each plan pays a month: whole cents, in one currency a project."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import BadPlanPrice
from db.lines import fault, one_line
from db.tables import plan_prices, projects

LONGEST_PLAN = 200
MOST_CENTS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PlanPrice:
    """The monthly price of a plan; `currency` is a code of ISO 4217."""

    plan: str
    monthly_cents: int
    currency: str


def set_plan_price(conn: Connection, project_id: int, price: PlanPrice) -> None:
    """Keep the price of a plan in place of an earlier one; raises BadPlanPrice.

    A total has one currency, so a project's prices have; two changes wait for each other.
    """
    _check(price)
    conn.execute(select(projects.c.id).where(projects.c.id == project_id).with_for_update())
    others = {each.currency for each in plan_prices_of(conn, project_id) if each.plan != price.plan}
    if others - {price.currency}:
        raise BadPlanPrice(f"currency: the other prices are in {others.pop()}.")
    values = {
        "project_id": project_id,
        "plan": price.plan,
        "monthly_cents": price.monthly_cents,
        "currency": price.currency,
    }
    new = insert(plan_prices).values(values)
    changed = {name: new.excluded[name] for name in ("monthly_cents", "currency")}
    conn.execute(new.on_conflict_do_update(index_elements=["project_id", "plan"], set_=changed))
    cents, currency = price.monthly_cents, price.currency
    note(conn, "plan_price.set", price.plan, project_id, monthly_cents=cents, currency=currency)


def remove_plan_price(conn: Connection, project_id: int, plan: str) -> bool:
    """Forget the price of a plan; whether it had one."""
    ours = (plan_prices.c.project_id == project_id) & (plan_prices.c.plan == plan)
    gone = delete(plan_prices).where(ours).returning(plan_prices.c.plan)
    if conn.execute(gone).one_or_none() is None:
        return False
    note(conn, "plan_price.remove", plan, project_id)
    return True


def plan_prices_of(conn: Connection, project_id: int) -> list[PlanPrice]:
    """The prices of a project's plans, the lowest first."""
    p = plan_prices.c
    chosen = select(p.plan, p.monthly_cents, p.currency).where(p.project_id == project_id)
    return [PlanPrice(*row) for row in conn.execute(chosen.order_by(p.monthly_cents, p.plan))]


def _check(price: PlanPrice) -> None:
    if price.plan != one_line(price.plan):
        raise BadPlanPrice("plan: it has blanks that can't be seen.")
    if wrong := fault(price.plan, LONGEST_PLAN):
        raise BadPlanPrice(f"plan: {wrong}")
    if not 0 <= price.monthly_cents <= MOST_CENTS:
        raise BadPlanPrice(f"price: it is from 0 to {MOST_CENTS / 100:,.2f} a month.")
    if not re.fullmatch("[A-Z]{3}", price.currency):
        raise BadPlanPrice("currency: it is a code of three letters, such as EUR.")
