"""How MRR moved: each month from what it began with to what it ended with, to the cent."""

from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Select, cast, func, select

from analytics.business.revenue.currency import chosen_currency
from analytics.business.revenue.months import every_month, months_of
from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_mrr_months
from db.tables import MOVEMENTS

MONTHS_A_YEAR = 12
ADDED, TAKEN = ("new", "expansion", "reactivation"), ("contraction", "churn")
COUNTED = {"amount": "int64", "customers": "int64"}
SIGNS = {"new": 1, "reactivation": 1, "churn": -1}  # of heads
HEADS = {"new": "new", "reactivated": "reactivation", "lost": "churn"}


def movements(
    conn: Connection, viewer: Viewer, filters: Filters, currency: str = ""
) -> pd.DataFrame:
    """One row a month that the range touches, the present one last; none where nobody ever paid.

    Columns: month (datetime64[s]); start, new, expansion, contraction, churn, reactivation, end
    (int64, cents, none below 0: start + new + expansion + reactivation - contraction - churn =
    end); customers_start, customers_new, customers_reactivated, customers_lost, customers_end
    (int64); arr (int64, cents); arpa (float64, cents); logo_churn, gross_churn, net_churn, nrr
    (float64, shares, NaN where the month began with nothing); complete (bool: the month is over).
    The month that is not over ends now. Without a currency it is the one that is shown first.
    """
    shown = chosen_currency(conn, viewer, filters.project_id, currency)
    found = read(conn, movements_sql(viewer, filters, shown)).astype(COUNTED)
    ever = not found.empty
    before = found["month"] < months_of(filters).start
    rows = _bridged(every_month(_by_month(found[~before]), filters), found[before])
    return _with_rates(rows if ever else rows.head(0))


def movements_sql(viewer: Viewer, filters: Filters, currency: str) -> Select[Any]:
    """One row a month and kind up to the end of the range: amount (cents), customers."""
    m = visible_mrr_months(viewer, filters.project_id).c
    sums = [cast(func.sum(m[name]), BigInteger).label(name) for name in ("amount", "customers")]
    known = (m.currency == currency) & (m.month < months_of(filters).end)
    return select(m.month, m.kind, *sums).where(known).group_by(m.month, m.kind)


def _by_month(found: pd.DataFrame) -> pd.DataFrame:
    """Amounts by kind, all above 0, and heads by what became of them."""
    wide = found.pivot(index="month", columns="kind", values=["amount", "customers"])
    wide = wide.reindex(columns=pd.MultiIndex.from_product([["amount", "customers"], MOVEMENTS]))
    known = wide.fillna(0).astype("int64")
    amounts = {kind: known["amount", kind].abs() for kind in MOVEMENTS}
    heads = {f"customers_{name}": known["customers", kind] for name, kind in HEADS.items()}
    return pd.DataFrame(amounts | heads, index=known.index).reset_index()


def _bridged(rows: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """With what each month began and ended with."""
    heads = before["customers"] * before["kind"].map(SIGNS).fillna(0).astype("int64")
    moved = rows[[*ADDED]].sum(axis="columns") - rows[[*TAKEN]].sum(axis="columns")
    more = rows["customers_new"] + rows["customers_reactivated"] - rows["customers_lost"]
    end = int(before["amount"].sum()) + moved.cumsum()
    customers = int(heads.sum()) + more.cumsum()
    return rows.assign(
        start=end - moved,
        end=end,
        customers_start=customers - more,
        customers_end=customers,
    )


def _with_rates(rows: pd.DataFrame) -> pd.DataFrame:
    lost = rows["churn"] + rows["contraction"]
    start = rows["start"].where(rows["start"] > 0).astype("float64")
    heads = rows["customers_start"].where(rows["customers_start"] > 0).astype("float64")
    net = (lost - rows["expansion"] - rows["reactivation"]) / start
    rated = rows.assign(
        arr=MONTHS_A_YEAR * rows["end"],
        arpa=rows["end"] / rows["customers_end"].where(rows["customers_end"] > 0),
        logo_churn=rows["customers_lost"] / heads,
        gross_churn=lost / start,
        net_churn=net,
        nrr=1 - net,
    )
    return rated[list(COLUMNS)].astype(COLUMNS)


COLUMNS = (
    {"month": "datetime64[s]"}
    | dict.fromkeys(("start", *MOVEMENTS, "end"), "int64")
    | dict.fromkeys(("customers_start", *(f"customers_{name}" for name in HEADS)), "int64")
    | {"customers_end": "int64", "arr": "int64", "arpa": "float64"}
    | dict.fromkeys(("logo_churn", "gross_churn", "net_churn", "nrr"), "float64")
    | {"complete": "bool"}
)
