"""What the people of the demo did, and how what is planted in it is measured: pandas, no SQL."""

import json

import numpy as np
import pandas as pd

from db.demo.kinds import TEMPLATES
from tests.db.demo.frames import Where


def weekly_growth(demo: pd.DataFrame, where: Where) -> float:
    days = demo.groupby("day").size().iloc[:-1]
    weeks = days.iloc[len(days) % 7 :].to_numpy().reshape(-1, 7).sum(axis=1)
    return float(np.exp(np.polyfit(np.arange(len(weeks)), np.log(weeks), 1)[0]) - 1)


def weekend(demo: pd.DataFrame, where: Where) -> float:
    days = demo.groupby("day").size().iloc[:-1]
    usual = days / days.rolling(7, center=True).mean()
    at_weekend = usual.index.day_of_week >= 5
    return float(usual[at_weekend].mean() / usual[~at_weekend].mean())


def peak_hour(demo: pd.DataFrame, where: Where) -> float:
    return float(demo["occurred_at"].dt.tz_convert(where["zone"]).dt.hour.mode()[0])


def top_feature(demo: pd.DataFrame, where: Where) -> float:
    return float((demo.loc[demo["name"] == where["name"], "subject"] == where["subject"]).mean())


def back_on(demo: pd.DataFrame, day: int) -> pd.Series:
    """Whether each actor is active this many days after their first."""
    return (demo["day"] == demo["first"] + pd.Timedelta(days=day)).groupby(demo["actor_key"]).any()


def since(demo: pd.DataFrame, start: str, days: int) -> pd.DataFrame:
    """The events of actors first seen from a date on, who have lived through so many days since."""
    until = demo["day"].max() - pd.Timedelta(days=days)  # the last day has not ended yet
    return demo[(demo["first"] >= pd.Timestamp(start, tz="UTC")) & (demo["first"] < until)]


def retention_day_7(demo: pd.DataFrame, where: Where) -> float:
    new = since(demo, where["first_seen_from"], where["day"])
    return float(back_on(new[new["first"].dt.day_of_week < 5], where["day"]).mean())


def sticky_feature(demo: pd.DataFrame, where: Where) -> float:
    new = since(demo, where["first_seen_from"], where["day"])
    used = (new["subject"] == where["subject"]) & (new["name"] == where["name"])
    adopts = (used & (new["day"] == new["first"])).groupby(new["actor_key"]).any()
    back = back_on(new, where["day"])
    return float(back[adopts].mean() / back[~adopts].mean())


def funnel(demo: pd.DataFrame, where: Where) -> float:
    """The conversion to a step, in order, of who reached the one before."""
    new = since(demo, where["first_seen_from"], where["window_days"])
    reached = pd.Series(pd.Timestamp(0, tz="UTC"), index=pd.Index(new["actor_key"].unique()))
    for step in where["steps"][: where["steps"].index(where["step"]) + 1]:
        before, entered = reached, len(reached)
        done = new[(new["name"] == step) & new["actor_key"].isin(before.index)]
        done = done[done["occurred_at"] > done["actor_key"].map(before)]
        reached = done.groupby("actor_key")["occurred_at"].min()
    return len(reached) / entered


def at_endpoint(demo: pd.DataFrame, where: Where) -> tuple[pd.DataFrame, pd.Series]:
    """The attempts at the endpoint of the incident, and which of them fall into it."""
    tried = demo[(demo["name"] == where["name"]) & (demo["subject"] == where["subject"])]
    begin, end = (pd.Timestamp(where[key]) for key in ("from", "to"))
    return tried, (tried["occurred_at"] >= begin) & (tried["occurred_at"] < end)


def incident(demo: pd.DataFrame, where: Where) -> float:
    tried, inside = at_endpoint(demo, where)
    return float(1 - tried.loc[inside, "ok"].mean())


def incident_slowness(demo: pd.DataFrame, where: Where) -> float:
    tried, inside = at_endpoint(demo, where)
    duration = tried["duration_ms"]
    return float(duration[inside].median() / duration[~inside].median())


def version_regression(demo: pd.DataFrame, where: Where) -> float:
    there = demo[demo["platform"] == where["platform"]]
    bad = there["app_version"] == where["app_version"]
    return float((1 - there.loc[bad, "ok"].mean()) / (1 - there.loc[~bad, "ok"].mean()))


def country_launch(demo: pd.DataFrame, where: Where) -> float:
    launch = pd.Timestamp(where["from"], tz="UTC")
    assert demo.loc[demo["country"] == where["country"], "day"].min() >= launch
    new = demo[demo["first"] >= launch].groupby("actor_key")["country"].first()
    return float((new == where["country"]).mean())


def campaign(demo: pd.DataFrame, where: Where) -> float:
    begin, end = (pd.Timestamp(where[key], tz="UTC") for key in ("from", "to"))
    new = demo[(demo["first"] >= begin) & (demo["first"] < end)]
    return float((new.groupby("actor_key")["channel"].first() == where["channel"]).mean())


def completion(demo: pd.DataFrame, where: Where) -> float:
    """Of the starts, those whose actor ends the same subject before starting it again."""
    pair = demo["name"].isin([where["start"], where["done"]]) & (
        demo["subject"] == where["subject"]
    )
    order = demo[pair].sort_values(["actor_key", "occurred_at"], kind="stable")
    starts = order["name"] == where["start"]
    ended = ~starts.shift(-1, fill_value=True) & (
        order["actor_key"] == order["actor_key"].shift(-1)
    )
    return float(ended[starts].mean())


def satisfaction(demo: pd.DataFrame, where: Where) -> float:
    stars = demo.loc[
        (demo["name"] == where["name"]) & (demo["subject"] == where["subject"]), "value"
    ]
    assert stars.isin([1, 2, 3, 4, 5]).all()
    return float((stars >= 4).mean())


def output_format(demo: pd.DataFrame, where: Where) -> float:
    said = demo.loc[demo["name"] == where["name"], "properties"]
    formats = [json.loads(text)["output_format"] for text in said]
    return formats.count(where["output_format"]) / len(formats)


def corrected(demo: pd.DataFrame, where: Where) -> float:
    said = demo.loc[demo["name"] == where["name"], "properties"].astype(str)
    heard = [told for told in map(json.loads, said) if told["model_used"] == where["model_used"]]
    return sum(told["corrected"] for told in heard) / len(heard)


USED_MEASURES = {
    "weekly_growth": (weekly_growth, 0.15),
    "weekend": (weekend, 0.05),
    "peak_hour": (peak_hour, 0.0),
    "top_feature": (top_feature, 0.06),
    "sticky_feature": (sticky_feature, 0.25),
    "retention_day_7": (retention_day_7, 0.10),
    "funnel_sign_up": (funnel, 0.05),
    "funnel_template_used": (funnel, 0.07),
    "funnel_upgrade": (funnel, 0.25),
    "incident": (incident, 0.15),
    "incident_slowness": (incident_slowness, 0.20),
    "version_regression": (version_regression, 0.10),
    "country_launch": (country_launch, 0.20),
    "campaign": (campaign, 0.20),
    **{f"completion_{subject}": (completion, 0.06) for subject in TEMPLATES.split()},
    "satisfaction": (satisfaction, 0.30),
    "output_format": (output_format, 0.03),
    "corrected_aria-1": (corrected, 0.1),
    "corrected_aria-2": (corrected, 0.15),
}
