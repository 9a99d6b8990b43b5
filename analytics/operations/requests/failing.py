"""Of what kind failures and refusals were, and where."""

from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Double, Select, cast, func, select, true

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.operations.requests.measured import Measured
from analytics.periods import whole
from analytics.scope import Viewer, visible_request_stats

KINDS = {
    "kind": "str",
    "service": "str",
    "endpoint": "str",
    "n": "int64",
    "share": "float64",
}
MOST = 200
REFUSED = r"^4\d\d$"  # the kind of what was refused, which is no failure


def error_kinds(
    conn: Connection, viewer: Viewer, measured: Measured, filters: Filters
) -> pd.DataFrame:
    """Failures and refusals of the range by kind and endpoint: failures first, each by how often
    (200).

    Columns: kind (str: the name of an exception, or a status), service and endpoint (str), n
    (int64), share (float64: of the endpoint's requests). Empty of clients, whose failures the page
    of errors tells apart.
    """
    if measured.by != "servers":
        return pd.DataFrame(columns=list(KINDS)).astype(KINDS)
    return read(conn, error_kinds_sql(viewer, measured, filters)).astype(KINDS)


def error_kinds_sql(viewer: Viewer, measured: Measured, filters: Filters) -> Select[Any]:
    """The statement behind `error_kinds`."""
    s = visible_request_stats(viewer, measured.project_id).c
    span = whole(filters)
    chosen = [s.at >= span.start, s.at < span.end]
    chosen += [s.service == measured.service] if measured.service else []
    chosen += [s.endpoint == measured.endpoint] if measured.endpoint else []
    place = (s.service, s.endpoint)
    served = select(*place, func.sum(s.n).label("served")).where(*chosen).group_by(*place)
    all_ = served.subquery("served").c
    each = func.jsonb_each_text(s.errors).table_valued("key", "value").lateral()
    n = func.sum(cast(each.c.value, BigInteger))
    failed = select(each.c.key.label("kind"), *place, n.label("n")).join_from(
        s.id.table, each, true()
    )
    kinds = failed.where(*chosen).group_by(each.c.key, *place).subquery("kinds").c
    share = cast(kinds.n / func.nullif(all_.served, 0), Double).label("share")
    same = (all_.service == kinds.service) & (all_.endpoint == kinds.endpoint)
    refused = kinds.kind.regexp_match(REFUSED)
    return (
        select(kinds.kind, kinds.service, kinds.endpoint, cast(kinds.n, BigInteger), share)
        .join_from(kinds.kind.table, all_.served.table, same)
        .order_by(refused, kinds.n.desc(), kinds.kind, kinds.endpoint)
        .limit(MOST)
    )
