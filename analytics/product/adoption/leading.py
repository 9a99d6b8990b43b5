"""The main feature: the one that most people use."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.product.adoption.answer import FEATURE_USE
from analytics.product.subjects import top_subjects
from analytics.scope import Viewer

LATELY = timedelta(days=28)


def main_feature(conn: Connection, viewer: Viewer, filters: Filters) -> str | None:
    """The feature with the most users of the last 28 days that are over.

    None where none was used, and of projects without ids, whose people nobody can count.
    """
    lately = filters.over(filters.today - LATELY, filters.today)
    used = top_subjects(conn, viewer, replace(lately, grain="day"), FEATURE_USE)
    if used.empty or filters.anonymous:
        return None
    return str(used.sort_values("actors", ascending=False)["subject"].iloc[0])
