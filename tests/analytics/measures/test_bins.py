"""Bins are the same however they are packed and unpacked, by Postgres or by numpy."""

from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Column, Integer, LargeBinary, column, select, true, values

from analytics.measures.bins import each_bin, packed_bins, strung_bins, unpacked

HELD = {-176: 1, -1: 2**31 - 1, 0: 3, 255: 256, 587: 70_000}  # bin: how many
AT = datetime(2026, 3, 1, tzinfo=UTC)


def _packed(conn, held=HELD):
    """These bins in the order of a table, which is not theirs."""
    rows = values(column("bin", Integer), column("n", Integer), name="rows").data(
        sorted(held.items(), reverse=True)
    )
    return conn.execute(select(*packed_bins(rows.c.bin, rows.c.n))).one()


def test_postgres_packs_bins_in_their_order_and_numpy_reads_them(conn):
    row = _packed(conn)
    _, bins, n = unpacked(pd.DataFrame([{"at": AT.replace(tzinfo=None), **row._asdict()}]))
    assert dict(zip(bins.tolist(), n.tolist(), strict=True)) == HELD
    assert list(bins) == sorted(HELD)


def test_postgres_unpacks_what_it_has_packed(conn):
    packed = values(Column("bins", LargeBinary), Column("counts", LargeBinary), name="packed").data(
        [tuple(_packed(conn))]
    )
    each, bin_, n = each_bin(packed.c)
    rows = conn.execute(select(bin_, n).join_from(packed, each, true()))
    assert {row.bin: row.n for row in rows} == HELD


def test_rows_strung_together_add_up_and_what_counts_nothing_is_left_out(conn):
    packed = values(Column("bins", LargeBinary), Column("counts", LargeBinary), name="packed").data(
        [tuple(_packed(conn, each)) for each in ({3: 5, 4: 1}, {4: -1, 7: 2}, {3: 1})]
    )
    row = conn.execute(select(*strung_bins(packed.c))).one()
    _, bins, n = unpacked(pd.DataFrame([{"at": AT.replace(tzinfo=None), **row._asdict()}]))
    assert dict(zip(bins.tolist(), n.tolist(), strict=True)) == {3: 6, 7: 2}
