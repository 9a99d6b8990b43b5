"""The queries that cards show can be pasted into psql as they are."""

from datetime import UTC, datetime, timedelta

import pytest

CARDS = {
    "executive": ("active_users", "top_features"),
    "quality": ("losses", "volumes", "clocks"),
    "health": ("probes", "uptime", "machines", "capacity", "tables"),
    "operations": ("open_alerts", "latency", "failures"),
}


@pytest.fixture
def shop(conn, project, add_events):
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    add_events(project, f"ann page_view {yesterday} platform=web subject=50%")
    conn.commit()
    return project


@pytest.mark.parametrize(("page", "card"), [(page, card) for page in CARDS for card in CARDS[page]])
def test_a_query_runs_as_it_is_shown(show, shop, conn, page, card):
    shown = show(page, "executive", shop)
    shown.session_state[f"query_{card}"] = True
    shown.run()
    assert not shown.exception
    if shown.code:  # a card without any data has none
        conn.exec_driver_sql(shown.code[0].value.replace("%", "%%")).all()
    else:
        assert card == "losses" or page in ("health", "operations")
