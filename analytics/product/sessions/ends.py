"""Where sessions begin and end, and how long they last."""

import numpy as np
import pandas as pd

from analytics.product.sessions.cutting import Sessions

LENGTHS = {  # from how many seconds on; a session of one event has no length
    "One event": -1,
    "Under 10 s": 0,
    "10 s to 1 min": 10,
    "1 to 5 min": 60,
    "5 to 15 min": 300,
    "15 to 30 min": 900,
    "30 to 60 min": 1_800,
    "Over 1 h": 3_600,
}
ENDS = {
    "name": "str",
    "subject": "str",
    "entries": "int64",
    "entry_share": "float64",
    "exits": "int64",
    "exit_share": "float64",
    "bounces": "int64",
    "bounce_rate": "float64",
}
LONG = {"length": "str", "sessions": "int64", "share": "float64"}


def ends_of(sessions: Sessions, kinds: pd.DataFrame) -> pd.DataFrame:
    """One row a kind that begins or ends a session, those that begin the most first."""
    counted = {
        "entries": sessions.entry,
        "exits": sessions.exit,
        "bounces": sessions.entry[sessions.depth == 1],
    }
    rows = pd.DataFrame({name: pd.Series(of).value_counts() for name, of in counted.items()})
    rows = rows.fillna(0).join(kinds)
    rows["entry_share"] = rows["entries"] / max(len(sessions), 1)
    rows["exit_share"] = rows["exits"] / max(len(sessions), 1)
    rows["bounce_rate"] = rows["bounces"] / rows["entries"].replace(0, np.nan)
    ranked = rows.sort_values(
        ["entries", "exits", "name", "subject"], ascending=[False, False, True, True]
    )
    return ranked[list(ENDS)].astype(ENDS).reset_index(drop=True)


def lengths_of(sessions: Sessions) -> pd.DataFrame:
    """Sessions by how long they last."""
    edges = np.array(list(LENGTHS.values())[1:], np.int64) * 1_000_000
    place = np.searchsorted(edges, sessions.duration, side="right")
    place[sessions.depth == 1] = 0
    count = np.bincount(place, minlength=len(LENGTHS))
    share = count / max(len(sessions), 1)
    return pd.DataFrame({"length": list(LENGTHS), "sessions": count, "share": share}).astype(LONG)
