"""What the business figures of a project assume."""

from dataclasses import replace

import pytest

from db.business_settings import BusinessSettings, business_settings_of, set_business_settings
from db.errors import BadSetting


def test_until_somebody_changes_them_a_project_has_the_usual_settings(conn, project):
    assert business_settings_of(conn, project.id) == BusinessSettings()


def test_settings_are_kept_in_place_of_those_before(conn, project, berlin):
    first = BusinessSettings(currency="EUR", gross_margin=0.7, retained_days=60)
    set_business_settings(conn, project.id, first)
    second = replace(first, currency="", summary_pace="never", signup_event="register")
    set_business_settings(conn, project.id, second)
    assert business_settings_of(conn, project.id) == second
    assert business_settings_of(conn, berlin.id) == BusinessSettings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("currency", "eur"),
        ("currency", "EURO"),
        ("gross_margin", 0.0),
        ("gross_margin", 1.01),
        ("gross_margin", float("nan")),
        ("retained_days", 0),
        ("retained_days", 366),
        ("summary_pace", "hourly"),
        ("visit_event", ""),
        ("signup_event", "sign\x00up"),
        ("signup_event", "x" * 101),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(conn, project, name, value):
    with pytest.raises(BadSetting, match=f"^{name}: "):
        set_business_settings(conn, project.id, replace(BusinessSettings(), **{name: value}))
    assert business_settings_of(conn, project.id) == BusinessSettings()
