"""The doors to what customers pay, what they cost to win, and what the figures assume."""

from sqlalchemy import Subquery, Table

from analytics.scope.building import of_project
from analytics.scope.viewer import Viewer
from db import tables

BUSINESS = frozenset({"business"})


def visible_customers(viewer: Viewer, project_id: int) -> Subquery:
    """Who pays in a project, or may come to."""
    return _ours(tables.customers, viewer, project_id)


def visible_subscription_changes(viewer: Viewer, project_id: int) -> Subquery:
    """What each subscription of a project is from an instant on."""
    return _ours(tables.subscription_changes, viewer, project_id)


def visible_payments(viewer: Viewer, project_id: int) -> Subquery:
    """Tries to pay, and refunds, in a project."""
    return _ours(tables.payments, viewer, project_id)


def visible_spend(viewer: Viewer, project_id: int) -> Subquery:
    """What a project spent on sales and marketing."""
    return _ours(tables.spend, viewer, project_id)


def visible_customer_movements(viewer: Viewer, project_id: int) -> Subquery:
    """What each month changed for each customer of a project."""
    return _ours(tables.customer_movements, viewer, project_id)


def visible_customer_plans(viewer: Viewer, project_id: int) -> Subquery:
    """What each month changed of the subscriptions of each customer of a project."""
    return _ours(tables.customer_plans, viewer, project_id)


def visible_customer_failures(viewer: Viewer, project_id: int) -> Subquery:
    """Debts of a project that were not paid at once."""
    return _ours(tables.customer_failures, viewer, project_id)


def visible_customer_trials(viewer: Viewer, project_id: int) -> Subquery:
    """Trials of a project's subscriptions."""
    return _ours(tables.customer_trials, viewer, project_id)


def visible_customer_unpriced(viewer: Viewer, project_id: int) -> Subquery:
    """Subscriptions of a project whose price is not all known."""
    return _ours(tables.customer_unpriced, viewer, project_id)


def visible_billed_prices(viewer: Viewer, project_id: int) -> Subquery:
    """How often each price of a project was ever billed."""
    return _ours(tables.billed_prices, viewer, project_id)


def visible_mrr_months(viewer: Viewer, project_id: int) -> Subquery:
    """The sums of these changes."""
    return _ours(tables.mrr_months, viewer, project_id)


def visible_mrr_cohorts(viewer: Viewer, project_id: int) -> Subquery:
    """The sums of these changes by the month in which the customers were new."""
    return _ours(tables.mrr_cohorts, viewer, project_id)


def visible_plan_months(viewer: Viewer, project_id: int) -> Subquery:
    """The changes of each month by plan and price, counted by subscription."""
    return _ours(tables.plan_months, viewer, project_id)


def visible_payment_months(viewer: Viewer, project_id: int) -> Subquery:
    """What was paid and paid back in each month of a project."""
    return _ours(tables.payment_months, viewer, project_id)


def visible_business_settings(viewer: Viewer, project_id: int) -> Subquery:
    """What the business figures of a project assume; no row where nobody changed anything."""
    return _ours(tables.business_settings, viewer, project_id)


def visible_goals(viewer: Viewer, project_id: int) -> Subquery:
    """What figures of a project shall reach, where that was changed."""
    return _ours(tables.goals, viewer, project_id)


def _ours(table: Table, viewer: Viewer, project_id: int) -> Subquery:
    return of_project(table, viewer, project_id, BUSINESS).subquery(f"visible_{table.name}")
