"""The sums of revenue: customers whose changes are not counted yet are counted whole, anew."""

from jobs.revenue.counting import count_customers, count_waiting

__all__ = ["count_customers", "count_waiting"]
