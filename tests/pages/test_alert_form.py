"""A rule as it is kept, in the form: what nobody touched is saved as it was."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from analytics.operations.alerts.defaults import USUAL
from db.alert_rules import Rule, add_rule, rule_of
from db.business_settings import BusinessSettings, set_business_settings
from db.tables import alert_rules

NOW = datetime.now(UTC).replace(second=0, microsecond=0)


def opened(show, project, conn, rule):
    """The form with this rule in it, and the rule's number."""
    number = add_rule(conn, project.id, rule, NOW)
    conn.commit()
    shown = show("alerts", "admin", project)
    next(box for box in shown.selectbox if box.label == "Change").set_value(number).run()
    assert not shown.exception
    return shown, number


@pytest.mark.parametrize("key", ["down", "tickets", "conversion", "new_errors"])
def test_a_usual_rule_that_is_saved_as_it_is_stays_so(show, project, conn, key):
    shown, number = opened(show, project, conn, USUAL[key])
    next(button for button in shown.button if button.label == "Save").click().run()
    assert not shown.exception
    conn.rollback()
    kept = conn.execute(select(alert_rules).where(alert_rules.c.id == number)).one()
    assert rule_of(kept) == USUAL[key]


def test_money_is_entered_in_units_of_its_currency(show, project, conn):
    set_business_settings(conn, project.id, BusinessSettings(currency="JPY"))
    low = Rule("Low", "mrr", "threshold", value=50_000, above=False, window_minutes=44_640)
    shown, _ = opened(show, project, conn, low)
    value = next(field for field in shown.number_input if field.label == "Value (JPY)")
    assert value.value == 50_000
    assert any("at or below JPY 50,000" in caption.value for caption in shown.caption)
