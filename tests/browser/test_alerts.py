"""The form of an alert: what it would have done is shown before it is kept."""

import re

from sqlalchemy import select

from db.tables import alert_rules

FIRES = re.compile(r"Would have fired \d+ times")
OUTCOME = re.compile(r"Would (not )?have fired|Can hardly fire")


def test_an_alert_is_previewed_while_it_is_made_and_then_kept(visit, product):
    visitor = visit("operations").open("/alerts")
    page = visitor.page
    form = page.locator(".st-key-card_form")
    form.get_by_text(OUTCOME).first.wait_for()
    enter(visitor, form, "At least", "5")  # events in the window; the demo has few a minute
    enter(visitor, form, "Value (%)", "0.01")
    form.get_by_text(FIRES).first.wait_for()
    enter(visitor, form, "Value (%)", "99")
    form.get_by_text(FIRES).first.wait_for(state="hidden")
    form.get_by_text(OUTCOME).first.wait_for()
    enter(visitor, form, "Name", "Nearly everything fails")
    form.get_by_role("button", name="Save").click()
    visitor.settle()
    assert kept(product, "Nearly everything fails") == [("error_rate", 0.99)]
    assert not visitor.complaints


def enter(visitor, form, label, text):
    field = form.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")
    visitor.settle()


def kept(product, name):
    columns = alert_rules.c.metric, alert_rules.c.value
    return product.stored(select(*columns).where(alert_rules.c.name == name))
