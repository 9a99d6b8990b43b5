"""The packages that may be looked up, and the statements behind a package's page."""

from datetime import date, timedelta

import pandas as pd
import pytest

from analytics.community.directory import directory
from analytics.community.packages import package_stats
from analytics.community.statements import cells_sql, days_sql
from analytics.scope import PUBLIC
from analytics.showing import shown
from tests.analytics.community.blocks import Ran, make_package, publish_days, publish_until

LAST = date(2026, 3, 31)


def ago(days):
    return LAST - timedelta(days=days)


@pytest.fixture
def package(conn, project):
    """A package with runs of forty days, among them two that are published together."""
    publish_until(conn, project, LAST)
    made = make_package(conn, project, summary="Reviews")
    rows = [
        Ran(who, ago(day), f"1.{day // 20}", ("m1", "m2")[who % 2], ok=who != day % 7)
        for day in range(40)
        for who in range(6 + day % 3)
    ]
    publish_days(conn, made, rows, spans=((ago(4), ago(3)),))
    return made


def read(conn, statement):
    """What a reader gets who pastes the statement into psql."""
    return pd.read_sql(shown(statement).replace("%", "%%"), conn)


def test_the_statement_of_the_days_gives_the_days_of_the_page(conn, package):
    stats = package_stats(conn, PUBLIC, "code-reviewer", 30)
    rows = read(conn, days_sql(PUBLIC, stats.package, stats.window))
    assert rows["runs"].astype(int).tolist() == stats.daily["runs"].tolist()
    assert pd.to_datetime(rows["first_day"]).tolist() == stats.daily["day"].tolist()
    assert len(rows) == 28


def test_the_statement_of_the_models_gives_the_models_of_the_page(conn, package):
    stats = package_stats(conn, PUBLIC, "code-reviewer", 30)
    rows = read(conn, cells_sql(PUBLIC, stats.package, stats.window, "version,model"))
    by_model = rows.assign(model=rows["cell"].str[1]).groupby("model")["n"].sum()
    assert by_model.astype(int).to_dict() == dict(
        zip(stats.models["model"], stats.models["runs"], strict=True)
    )
    by_version = rows.assign(version=rows["cell"].str[0]).groupby("version")["n"].sum()
    assert by_version.astype(int).to_dict() == dict(
        zip(stats.versions["version"], stats.versions["runs"], strict=True)
    )


def test_packages_are_listed_by_the_runs_of_thirty_days(conn, project, package):
    busy = make_package(conn, project, "busy")
    publish_days(conn, busy, [Ran(who, ago(1)) for who in range(900)])
    make_package(conn, project, "quiet")
    make_package(conn, project, "hidden", public=False)
    found = directory(conn, PUBLIC)
    assert found["name"].tolist() == ["busy", "code-reviewer", "quiet"]
    assert found["runs"].tolist()[::2] == [900, 0]
    assert found["runs"][1] == package_stats(conn, PUBLIC, "code-reviewer", 30).totals.n
    assert found["uid"].tolist()[:2] == [busy.uid, package.uid]
    assert found["summary"][1] == "Reviews"
    assert directory(conn, PUBLIC, 1)["name"].tolist() == ["busy"]


def test_without_packages_the_directory_keeps_its_columns(conn):
    found = directory(conn, PUBLIC)
    assert found.empty
    assert found.columns.tolist() == ["uid", "name", "summary", "runs"]
