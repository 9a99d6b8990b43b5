"""The executive report: its figures, its words, one page, and nothing of anybody's as markup."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from uuid import UUID

import pytest
from pypdf import PdfReader

from analytics.community.assumptions import OF_ORGANISATION, Range, assumed
from analytics.community.organisation import Headed, OrganisationUsage, TeamUse, TopPackage
from analytics.community.published import OTHER, Sums
from analytics.community.report import Report, as_html, as_pdf
from analytics.community.report.recommending import recommendations
from analytics.community.report.text import page_of
from tests.thorough import thorough

UID = UUID(int=7)
ACME = Headed(1, UID, "Acme", 50, False, {}, date(2026, 1, 30), "Europe/Berlin")
TEAMS = (
    TeamUse("Frontend", 15, 2_000, 2_340),
    TeamUse("Backend", 15, 1_800, 2_100),
    TeamUse("DevOps", 10, 1_100, 1_407),
    TeamUse("", 5, 723, 1_000),
)
USED = (
    TopPackage(UID, "code-reviewer", 35, 1_247, 1_300, 4.7, 31),
    TopPackage(UID, "api-designer", 30, 892, 900, None, 0),
    TopPackage(None, OTHER, 0, 40, 40, None, 0),
)
USAGE = OrganisationUsage(
    ACME,
    date(2026, 1, 1),
    date(2026, 1, 31),
    Sums(n=5_623, credits=6_847),
    active=47,
    runs_before=4_196,
    teams=TEAMS,
    packages=USED,
)
MADE = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
GOLDEN = Report(USAGE, assumed({}, OF_ORGANISATION), MADE)


def having(**change):
    """The golden report with another usage."""
    return replace(GOLDEN, usage=replace(USAGE, **change))


def pdf_of(report):
    return PdfReader(io.BytesIO(as_pdf(report)))


def text_of(report):
    (page,) = pdf_of(report).pages
    return " ".join(page.extract_text().split())


class Text(HTMLParser):
    """The text of a document, and the tags that it is made of."""

    def __init__(self, html):
        super().__init__()
        self.said, self.tags = [], set()
        self.feed(html)

    def handle_starttag(self, tag, _):
        self.tags.add(tag)

    def handle_data(self, data):
        self.said.append(data)

    @property
    def line(self):
        return " ".join(" ".join(self.said).split())


FORMS = {"html": lambda report: Text(as_html(report)).line, "pdf": text_of}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize(
    "said",
    [
        "47 of 50 94% adoption",
        "5,623 +34% on the 30 days before",
        "281 worth $16,860",
        "Cost $193 $193 $193",
        "Benefit / cost 43.6x 87.4x 145.3x",
        "ROI 42.6x 86.4x 144.3x",
        "Hourly rate, $ an hour 45 60 75",
        "Frontend 15+ 2,000 2,340 $46.80",
        "Unassigned 5+ 723 1,000 $20.00",
        "All 47 5,623 6,847 $136.94",
        "code-reviewer 35+ 1,247 62 4.7 (31)",
    ],
)
def test_both_forms_tell_the_golden_figures(form, said):
    assert said in form(GOLDEN)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_both_forms_state_filters_definitions_and_date(form):
    text = form(GOLDEN)
    assert "1 January 2026 to 30 January 2026, 30 whole days" in text
    assert "made on 31 January 2026 at 09:05 (Europe/Berlin)" in text
    assert "no other filter" in text
    for defined in ("Active:", "Adoption:", "Hours saved:", "Value:", "Cost:", "ROI:"):
        assert defined in text


def test_both_forms_say_the_same():
    page = page_of(GOLDEN)
    cells = [value for table in page.tables for row in (table.head, *table.rows) for value in row]
    tiles = [said for tile in page.tiles for said in (tile.label, tile.value, tile.note)]
    for text in (form(GOLDEN) for form in FORMS.values()):
        for said in (page.title, page.subtitle, *tiles, *cells, *page.notes):
            assert " ".join(said.split()) in text
        for said in page.recommendations:
            assert said in text


CROWDED = having(
    organisation=replace(ACME, name="The Long Organisation of Very Many Words " * 9),
    teams=tuple(TeamUse(f"Team of a long name {n} " * 4, 5, 10_000_000, 99) for n in range(60)),
    packages=tuple(
        TopPackage(UID, f"package-{n}-" * 30, 1_000, 10_000_000, 9, 4.5, 99_999) for n in range(60)
    ),
    totals=Sums(n=10**12, credits=10**12),
)


def test_whatever_is_in_it_there_is_one_page():
    assert len(pdf_of(CROWDED).pages) == 1
    lowest = min(position for position, _ in lines(CROWDED))
    assert lowest > 14 / 25.4 * 72  # the margin, in points from the lower end


def lines(report):
    """Where each piece of text stands on the page: points from the lower end, and the text."""
    found = []

    def visit(text, user, place, font, size):
        if text.strip():
            found.append((place[5] + user[5], text))

    pdf_of(report).pages[0].extract_text(visitor_text=visit)
    return found


def test_teams_of_a_long_list_are_put_together_and_add_up():
    (table,) = (each for each in page_of(CROWDED).tables if each.title == "Cost by team")
    assert table.rows[-2][:4] == ("53 more", "\u2013", "530,000,000", f"{53 * 99:,}")


HOSTILE = "<img src=x onerror=alert(1)>{{ 7 * 7 }}&amp;'\""


def test_names_are_text_in_html_and_nothing_else():
    report = having(
        organisation=replace(ACME, name=HOSTILE),
        teams=(TeamUse(HOSTILE, 5, 9, 9),),
        packages=(TopPackage(UID, HOSTILE, 5, 5_000, 9, None, 0),),
    )
    found = Text(as_html(report))
    assert not {"img", "script", "a", "iframe", "link"} & found.tags
    assert HOSTILE[:30] in found.line
    assert "49" not in found.line.split("usage and return")[0]


def test_html_refers_to_nothing_outside_of_it():
    html = as_html(GOLDEN)
    assert "http" not in html
    assert "src=" not in html
    assert "url(" not in html


@pytest.mark.parametrize(
    "name", ["Ромашка", "Ελλάδα", "Łódź GmbH", "Ho\u00e0n Ki\u1ebfm", "O\u2019Neil & Söhne"]
)
def test_letters_of_europe_are_in_both_forms(name):
    report = having(organisation=replace(ACME, name=name))
    assert all(f"{name}: usage and return" in form(report) for form in FORMS.values())


@pytest.mark.parametrize("name", ["日本", "🦊", "\x00\x07", "\u202eevil", "e\u0301"])
def test_other_letters_break_no_page(name):
    report = having(organisation=replace(ACME, name=name))
    assert "usage and return" in text_of(report)
    assert "usage and return" in Text(as_html(report)).line


def test_before_a_day_is_published_it_says_so():
    empty = replace(GOLDEN, usage=OrganisationUsage(ACME, None, None))
    for form in FORMS.values():
        assert "No day is published yet" in form(empty)
        assert "$" not in form(empty)


@thorough
def test_the_longest_range_has_room_for_its_change():
    year = having(start=date(2025, 1, 31))
    assert "+34% on the 365 days before" in text_of(year)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_more_active_members_than_seats_are_told_as_they_are(form):
    assert "6 on 5 100% adoption" in form(having(organisation=replace(ACME, seats=5), active=6))


def test_what_teams_cost_adds_up_to_the_eye():
    (table,) = (each for each in page_of(GOLDEN).tables if each.title == "Cost by team")
    *parts, whole = (float(row[-1].strip("$")) for row in table.rows)
    assert round(sum(parts), 2) == whole


def test_people_of_other_windows_may_be_more():
    report = having(start=date(2026, 1, 2), active=45)
    assert "45+ of 50 at least 90% adoption" in text_of(report)
    assert "All 45+ 5,623" in text_of(report)


def test_without_days_before_there_is_no_change():
    assert "change not known" in text_of(having(runs_before=None))


def test_without_a_price_ratios_are_dashes():
    free = Range(0.0, 0.0, 0.0)
    prices = GOLDEN.assumed | {"plan_price": free, "seat_price": free}
    assert "ROI \u2013 \u2013 \u2013" in text_of(replace(GOLDEN, assumed=prices))


@thorough
def test_the_same_report_is_the_same_file():
    assert as_pdf(GOLDEN) == as_pdf(GOLDEN)


CASES = {
    "adoption": ({}, "Adoption is strong (94%)"),
    "nobody's credits": ({}, "15% of the credits belong to no team"),
    "a favourite": ({}, "22% of the runs are of code-reviewer"),
    "idle seats": ({"active": 20}, "30 of 50 seats had no active member"),
    "fewer runs": ({"runs_before": 10_000}, "Runs fell by 44%"),
    "a loss": ({"totals": Sums(n=60, credits=9)}, "What runs save is less than what they cost"),
    "a loss at worst": ({"totals": Sums(n=100, credits=9)}, "Under the low assumptions"),
}


def test_where_people_are_rounded_down_no_seat_is_called_idle():
    week = having(start=date(2026, 1, 24), active=5)
    assert not [each for each in recommendations(week) if "seats" in each]


@pytest.mark.parametrize(("change", "said"), CASES.values(), ids=CASES.keys())
def test_a_recommendation_says_which_figure_it_comes_from(change, said):
    assert any(each.startswith(said) for each in recommendations(having(**change)))


def test_where_nothing_stands_out_nothing_is_recommended():
    calm = having(active=30, teams=TEAMS[:3], packages=USED[2:])
    assert recommendations(calm) == ()
