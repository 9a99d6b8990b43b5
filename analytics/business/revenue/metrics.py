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
    _money(
        key="ltv",
        label="LTV",
        definition="Lifetime value: what a customer brings in before they leave, after the cost of "
        "serving them.",
        formula="ARPA * gross margin / gross revenue churn; none where nothing was lost; 95% "
        "interval by Fay and Feuer where fewer than 30 customers left",
        counts=False,
    ),
    _money(
        key="cac",
        label="CAC",
        definition="Customer acquisition cost: what it cost in sales and marketing to win a "
        "customer.",
        formula="spend / new customers; none where nobody came or nothing is on record",
        direction="down",
        counts=False,
    ),
    _monthly(
        key="payback",
        label="Payback",
        unit="months",
        definition="How long it takes until a customer has brought in what it cost to win them.",
        formula="CAC / (ARPA * gross margin)",
        direction="down",
        counts=False,
    ),
    _monthly(
        key="ltv_cac",
        label="LTV / CAC",
        unit="times",
        definition="How many times what it cost to win them customers bring in.",
        formula="LTV / CAC",
        direction="up",
        counts=False,
    ),
    _share(
        key="paid_conversion",
        label="Conversion to paid",
        definition="The share of new visitors who signed up and paid within 60 days of their first "
        "visit; who may still come is left out.",
        formula="visitors who paid / visitors whose 60 days are over",
        direction="up",
    ),
    _share(
        key="trial_conversion",
        label="Trial conversion",
        definition="The share of trials that were paid for, of those that are over.",
        formula="trials converted / (trials begun - trials that go on)",
        direction="up",
    ),
    _share(
        key="recovery",
        label="Recovered payments",
        definition="The share of failed payments that a later try paid within 14 days, of those "
        "whose days are over.",
        formula="failures recovered / (failures - failures that are open)",
        direction="up",
    ),
)
