"""How numbers of tables are written."""

import pandas as pd

from ui import tables


def test_shares_are_percent_and_times_are_seconds_in_what_is_shown():
    rows = pd.DataFrame({"success": [0.9703], "duration_ms": [2_077.0], "runs": [3], "n": [0.5]})
    columns = {
        "success": tables.share("Success"),
        "duration_ms": tables.mean_time("Of the runs that told it"),
        "runs": "Runs",
        "n": None,
    }
    shown = tables.written(rows, columns).iloc[0]
    assert f"{shown['success']:.1f}%" == tables.SHARE % 97.03 == "97.0%"
    assert tables.SECONDS % shown["duration_ms"] == "2.08 s"
    assert (shown["runs"], shown["n"]) == (3, 0.5)
    assert rows["success"].tolist() == [0.9703]  # what a download holds
