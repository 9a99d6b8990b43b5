"""What the people of the demo said, as frames, and how what is planted in it is measured."""

from functools import cache

import pandas as pd
import pyarrow as pa

from db.demo.actors import population
from db.demo.experiments import lived
from db.demo.feedback import crowd, hear, surveys
from db.demo.feedback.comments import Crowd
from db.demo.feedback.keeping import Heard
from db.demo.feedback.truths import AFTER
from db.demo.load import EVENTS_PER_COMMENT
from db.demo.shape import Shape
from tests.db.demo.frames import NOW, SHAPE, Where


@cache
def heard(shape: Shape) -> tuple[Crowd, tuple[Heard, ...]]:
    ours = crowd(shape, population(shape), shape.events // EVENTS_PER_COMMENT)
    return ours, tuple(hear(ours, day, chunk) for day, chunk in enumerate(lived(shape)))


def said(shape: Shape) -> pd.DataFrame:
    """Comments and ratings, without the answers to surveys."""
    return pa.concat_tables([each.said for each in heard(shape)[1]]).to_pandas()


def comments(shape: Shape = SHAPE) -> pd.DataFrame:
    return said(shape).dropna(subset="comment")


def about(where: Where) -> pd.Series:
    """Which comments hold all the words, and are on the subject where one is named."""
    all_of_them = comments()
    found = pd.Series(True, index=all_of_them.index)
    for word in where["words"]:
        found &= all_of_them["comment"].str.contains(word, case=False)
    return found & all_of_them["subject"].eq(where.get("subject", all_of_them["subject"]))


def share(_: pd.DataFrame, where: Where) -> float:
    found, at = about(where), comments()["said_at"]
    begin = pd.Timestamp(where.get("from", "1970-01-01"), tz="UTC")
    assert not found[at < begin].any()
    return float(found[at >= begin].mean())


def days_back(demo: pd.DataFrame, found: pd.Series) -> pd.Series:
    """On how many of the AFTER days each of the comments' people is active."""
    whole = comments().loc[found].assign(day=lambda all_: all_["said_at"].dt.floor("D"))
    whole = whole[whole["said_at"] < pd.Timestamp(NOW) - pd.Timedelta(days=AFTER + 1)]
    days = demo[["actor_key", "day"]].drop_duplicates()
    pairs = whole.reset_index().merge(days, on="actor_key", suffixes=("", "_active"))
    later = (pairs["day_active"] - pairs["day"]).dt.days.between(1, AFTER)
    return later.groupby(pairs["index"]).sum()


def before_churn(demo: pd.DataFrame, where: Where) -> float:
    """Also: all others who comment are back several times as often."""
    found = about(where)
    leaving, others = days_back(demo, found).mean(), days_back(demo, ~found).mean()
    assert leaving < 0.2 * others
    return float(leaving)


def nps(_: pd.DataFrame, where: Where) -> float:
    ours, days = heard(SHAPE)
    visits = pa.concat_tables([each.visits for each in days])
    number = [survey.name for survey in surveys.SURVEYS].index(where["survey"])
    given = surveys.answers(ours, surveys.shown(ours, visits, number), number).to_pandas()
    score = given.loc[given["plan"] == where["plan"], "score"]
    assert score.between(0, 10).all()
    return float(100 * ((score >= 9).mean() - (score <= 6).mean()))


SAID_MEASURES = {
    "pain_slow_export": (share, 0.12),
    "pain_permissions": (share, 0.10),
    "pain_lost_changes": (share, 0.10),
    "pain_before_churn": (before_churn, 0.20),
    "praise_saved_views": (share, 0.10),
    "nps_free": (nps, 0.30),
    "nps_pro": (nps, 0.30),
    "nps_team": (nps, 0.30),
}
