"""What the demo product earns: customers, subscriptions, payments and spend of two years."""

from db.demo.business.keeping import keep_business

__all__ = ["keep_business"]
