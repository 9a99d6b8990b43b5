"""What came of the experiments of the demo, and how what is planted in them is measured."""

import json

import pandas as pd

from tests.db.demo.frames import Where


def exposures(demo: pd.DataFrame, key: str) -> pd.DataFrame:
    """All exposures to an experiment by time, with their variant."""
    found = demo[(demo["name"] == "exposure") & (demo["subject"] == key)]
    variant = [json.loads(text)["variant"] for text in found["properties"]]
    return found.assign(variant=variant).sort_values("occurred_at", kind="stable")


def people(demo: pd.DataFrame, key: str) -> pd.DataFrame:
    """The first exposure of each actor, with whether they were seen in both variants."""
    shown = exposures(demo, key).groupby("actor_key")
    return shown.first().assign(mixed=shown["variant"].nunique() > 1)


def following(demo: pd.DataFrame, key: str, name: str) -> pd.DataFrame:
    """The events of one name in the week after their actor's exposure, with its variant."""
    exposed = people(demo, key)[["occurred_at", "variant", "mixed"]]
    found = demo[demo["name"] == name].merge(
        exposed, left_on="actor_key", right_index=True, suffixes=("", "_exposed")
    )
    waited = found["occurred_at"] - found["occurred_at_exposed"]
    assert waited.between(pd.Timedelta(0), pd.Timedelta(days=7)).all()
    return found[~found["mixed"]]


def lift(demo: pd.DataFrame, where: Where) -> float:
    exposed = people(demo, where["experiment"]).query("~mixed")
    reached = following(demo, where["experiment"], where["goal"])["actor_key"]
    rate = exposed.index.isin(reached).astype(float)
    first, second = (rate[exposed["variant"] == key].mean() for key in where["variants"])
    return float(second / first)


def time(demo: pd.DataFrame, where: Where) -> float:
    found = following(demo, where["experiment"], where["name"])
    took = found.groupby("variant")["duration_ms"].mean()
    first, second = (took[key] for key in where["variants"])
    return float(second / first)


def lost(demo: pd.DataFrame, where: Where) -> float:
    """Also: on the other platforms the split is even."""
    exposed = people(demo, where["experiment"])
    there = exposed["platform"].isin(where["platforms"])
    kept = exposed["variant"] == where["variants"][1]
    assert abs(kept[~there].mean() - 0.5) < 0.01
    assert there.sum() > 100
    return float(1 - kept[there].mean() / 0.5)


def mixed(demo: pd.DataFrame, where: Where) -> float:
    return float(people(demo, where["experiment"])["mixed"].mean())


TRIED_MEASURES = {
    **{
        f"lift_{key}": (lift, 0.03)
        for key in (
            "guided-setup",
            "upgrade-button",
            "new-editor",
            "instant-search",
            "one-step-invites",
        )
    },
    "time_guided-setup": (time, 0.02),
    "time_instant-search": (time, 0.02),
    "time_one-step-invites": (time, 0.02),
    "split_new-editor": (lost, 0.01),
    "mixed_guided-setup": (mixed, 0.25),
}
