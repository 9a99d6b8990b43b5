"""The metrics of revenue: amounts are in the smallest unit of a currency, and never converted."""

from functools import partial

from analytics.metrics import Metric

_monthly = partial(Metric, sources=("counts",), grains=("month",))
_share = partial(_monthly, unit="share", counts=False)
_money = partial(_monthly, unit="cents", direction="up")

REVENUE_METRICS = (
    _money(
        key="mrr",
        label="MRR",
        definition="Monthly recurring revenue: what active subscriptions cost a month, without "
        "tax and what is paid once; a yearly price counts a twelfth.",
        formula="sum of the monthly prices of subscriptions that are active or past due at the "
        "end of the month",
    ),
    _money(
        key="arr",
        label="ARR",
        definition="Annual recurring revenue: what MRR comes to over a year, if it stays.",
        formula="12 * MRR",
    ),
    _monthly(
        key="customers",
        label="Customers",
        unit="customers",
        definition="Who pays for at least one subscription at the end of the month.",
        formula="customers with an MRR above 0 at the end of the month",
        direction="up",
    ),
    _money(
        key="arpa",
        label="ARPA",
        definition="Average revenue per account: what a customer pays a month, on average.",
        formula="MRR / customers",
        counts=False,
    ),
    _share(
        key="logo_churn",
        label="Customer churn",
        definition="The share of the customers at the start of a month who had left at its end.",
        formula="customers lost / customers at the start of the month",
        direction="down",
    ),
    _share(
        key="gross_revenue_churn",
        label="Gross revenue churn",
        definition="The share of MRR that a month took, by customers who left or pay less.",
        formula="(churn + contraction) / MRR at the start of the month",
        direction="down",
    ),
    _share(
        key="net_revenue_churn",
        label="Net revenue churn",
        definition="The same less what customers who pay more, or came back, added.",
        formula="(churn + contraction - expansion - reactivation) / MRR at the start of the month",
        direction="down",
    ),
    _share(
        key="nrr",
        label="Net revenue retention",
        definition="What customers of before pay at the end of a month, of what they paid at its "
        "start; above 100% they pay for growth without anybody new.",
        formula="1 - net revenue churn",
        direction="up",
    ),
)
