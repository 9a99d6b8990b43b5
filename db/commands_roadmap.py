"""Commands about what may be built: the prices of plans, by which people's money is counted."""

from dataclasses import asdict
from decimal import Decimal, DecimalException
from typing import Annotated

import typer
from sqlalchemy import Connection

from db import access
from db.console import AsJson, Name, answer, in_database, told_plainly
from db.errors import BadPlanPrice
from db.plan_prices import MOST_CENTS, PlanPrice, plan_prices_of, remove_plan_price, set_plan_price


@told_plainly
def plan_price(
    name: Name,
    plan: Annotated[str, typer.Argument(help="The plan as events name it.")] = "",
    price: Annotated[str, typer.Argument(help="What a person on it pays a month: 19.90")] = "",
    currency: Annotated[str, typer.Option(help="ISO 4217 code; one a project.")] = "EUR",
    remove: Annotated[bool, typer.Option("--remove", help="Forget the price.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a plan costs a month; without a plan, list what was said."""
    if remove and (price or not plan):
        raise BadPlanPrice("To remove a price, name its plan alone.")
    cents = cents_of(price) if plan and not remove else 0

    def work(conn: Connection) -> list[PlanPrice]:
        project_id = access.find_project(conn, name).id
        if remove and not remove_plan_price(conn, project_id, plan):
            raise BadPlanPrice(f"No price of '{plan}' is known in '{name}'.")
        if plan and not remove:
            set_plan_price(conn, project_id, PlanPrice(plan, cents, currency))
        return plan_prices_of(conn, project_id)

    known = in_database(work)
    lines = [f"{each.plan}: {each.monthly_cents / 100:,.2f} {each.currency}" for each in known]
    answer([asdict(each) for each in known], "\n".join(lines) or "No prices yet.", as_json)


def cents_of(price: str) -> int:
    """An amount as people write it, in whole cents; raises BadPlanPrice."""
    try:
        cents = Decimal(price) * 100
    except DecimalException:
        raise BadPlanPrice(f"price: '{price}' is not an amount, such as 19.90.") from None
    if not cents.is_finite() or abs(cents) > MOST_CENTS:
        raise BadPlanPrice(f"price: it is at most {MOST_CENTS / 100:,.2f} a month.")
    if cents != cents.to_integral_value():
        raise BadPlanPrice("price: it has at most two decimals.")
    return int(cents)
