from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.metrics import METRICS
from analytics.operations.alerts.following import Looks
from analytics.operations.alerts.letters import NamedError, Place, Told, letter_of
from analytics.operations.alerts.picture import Drawn, chart_of, draw
from analytics.operations.alerts.wording import condition, figure, sentence, time_of
from analytics.operations.signals.catalogue import SIGNALS
from analytics.operations.signals.points import minute_of
from db.alert_rules import Rule
from db.outbox import Attachment

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
RATE = METRICS["error_rate"]
RULE = Rule("Errors", "error_rate", "threshold", value=0.05, window_minutes=5, delay_minutes=10)
PLACE = Place("shop", "Europe/Berlin", "http://127.0.0.1:8501/alerts")


def rule(kind, value=0.0, above=True, window=60):
    return Rule("x", "error_rate", kind, value=value, above=above, window_minutes=window)


@pytest.mark.parametrize(
    ("rule", "level", "said"),
    [
        (RULE, 0.123, "Error rate 12.3%, at or above 5.0%"),
        (RULE, None, "Error rate: unknown"),
        (
            rule("change", -0.3, above=False),
            -0.35,
            "Error rate down 35% on a week earlier; the limit is down 30%",
        ),
        (
            rule("anomaly", 5),
            7.04,
            "Error rate is 7.0 times its usual variation more than usual at this time",
        ),
        (rule("no_data", window=1_440), 0, "Error rate: nothing came for 1 day"),
        (
            rule("burn", 14.4),
            20,
            "Error rate 20.0 times what the budget allows; the limit is 14.4 times",
        ),
    ],
)
def test_what_a_rule_saw_is_one_sentence(rule, level, said):
    assert sentence(rule, RATE, level) == said


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (RULE, "at or above 5.0% in 5 minutes, for 10 minutes"),
        (rule("change", 0.5, window=20_160), "up 50% or more on 2 weeks earlier in 2 weeks"),
        (rule("no_data"), "when nothing came for 1 hour"),
    ],
)
def test_when_a_rule_fires_is_said_as_people_say_it(rule, said):
    assert condition(rule, RATE) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.0012, "share", "0.12%"),
        (0.9995, "share", "99.95%"),
        (1_234.0, "ms", "1.23 s"),
        (2_500_000, "bytes", "2.5 MB"),
        (12_345, "cents", "123.45"),
        (7, "points", "7 points"),
        (float("nan"), "share", "unknown"),
    ],
)
def test_a_figure_has_its_unit(value, unit, said):
    assert figure(value, unit) == said


@pytest.mark.parametrize(
    ("currency", "said"), [("EUR", "€1,000.00"), ("JPY", "JPY 100,000"), ("KWD", "KWD 100.000")]
)
def test_money_has_the_digits_of_its_currency(currency, said):
    assert figure(100_000, "cents", currency) == said
    limit = Rule("MRR", "mrr", "threshold", value=100_000, above=False)
    assert sentence(limit, SIGNALS["mrr"].metric, 100_000, currency).count(said) == 2


def test_times_are_in_their_largest_unit():
    said = [time_of(minutes) for minutes in (1, 90, 120, 1_440, 4_320, 10_080)]
    assert said == ["1 minute", "90 minutes", "2 hours", "1 day", "3 days", "1 week"]


def told(name="Errors", severity="critical", ended=None):
    return Told(name, severity, "Error rate 12.3%, at or above 5.0%", NOW, ended)


def test_one_alert_is_its_own_title():
    picture = Attachment("alert.png", b"png")
    letter = letter_of([told()], PLACE, picture)
    assert letter.title == "Critical: Error rate 12.3%, at or above 5.0%"
    assert "since 2 March, 11:00" in letter.markdown
    assert letter.attachment is picture


def errors(number):
    return tuple(NamedError(f"Error {each}", f"http://x/errors?error={each}") for each in number)


def test_an_alert_names_its_errors_with_a_link_to_each():
    letter = letter_of([replace(told(), errors=errors(range(2)))], PLACE, None)
    assert "\n  - Error 0: [see it](http://x/errors?error=0)\n" in letter.markdown
    assert "more" not in letter.markdown
    assert letter.html.count('<a href="http://x/errors?error=') == 2


def test_of_many_errors_five_are_named():
    letter = letter_of([replace(told(), errors=errors(range(1_205)))], PLACE, None)
    assert letter.markdown.count("see it") == 5
    assert "\n  - and 1,200 more\n" in letter.markdown


def test_the_title_of_an_error_is_never_more_than_text():
    title = "<b>Gone</b> [here](http://evil.example) `x`\n# Title ![i](http://evil.example/i.png)"
    hostile = NamedError(title, "http://x/errors?error=0")
    letter = letter_of([replace(told(), errors=(hostile,))], PLACE, None)
    assert letter.html.count("<a ") == 2
    assert "evil.example/i.png" in letter.html
    for markup in ("<b>", "<img", "<code>", "<h1", 'href="http://evil'):
        assert markup not in letter.html


def test_what_is_over_says_since_when():
    letter = letter_of([told(ended=NOW + timedelta(minutes=30))], PLACE, None)
    assert "well again at 11:30" in letter.markdown


def test_many_alerts_are_counted_and_the_rest_is_not_named():
    many = [told(f"rule {number}", "warning") for number in range(25)]
    letter = letter_of(many, PLACE, None, is_escalation=True)
    assert letter.title == "Still firing: 25 alerts"
    assert letter.markdown.count("\n- ") == 21
    assert "and 5 more" in letter.markdown
    assert letter.markdown.startswith("Nobody has acknowledged this yet.")


@pytest.mark.parametrize("kind", ["threshold", "change"])
@pytest.mark.parametrize("values", [[], [0.1, np.nan, 0.2]])
def test_a_chart_is_drawn_of_whatever_was_seen(kind, values):
    at = minute_of(NOW) + np.arange(len(values))
    none = np.zeros(len(values), bool)
    looks = Looks(at, np.array(values), np.array(values), none, none, none)
    drawn = Drawn('"<b>"', rule(kind, 0.15), RATE, looks, NOW)
    assert draw([drawn] * 5).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("currency", "unit", "figures"),
    [("EUR", "EUR", [46.8, 50.0]), ("JPY", "JPY", [4_680, 5_000]), ("", "money", [46.8, 50.0])],
)
def test_money_is_drawn_in_its_currency(currency, unit, figures):
    none = np.zeros(1, bool)
    looks = Looks(np.array([minute_of(NOW)]), np.array([4_680.0]), none, none, none, none)
    limit = Rule("MRR", "mrr", "threshold", value=5_000, above=False)
    drawn = Drawn("MRR", limit, SIGNALS["mrr"].metric, looks, NOW, currency)
    chart = chart_of(drawn)
    line, _, limits = chart["layer"]
    assert line["encoding"]["y"]["title"] == unit
    shown = [chart["data"]["values"][0]["value"], limits["data"]["values"][0]["limit"]]
    assert shown == pytest.approx(figures)
