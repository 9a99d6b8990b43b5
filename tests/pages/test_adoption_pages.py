"""The pages of adoption, versions and commands."""

from datetime import UTC, datetime, timedelta

import pytest

from db.completions import set_completion

NOW = datetime.now(UTC)
PAGES = ("adoption", "versions", "commands")


def day(ago):
    return (NOW - timedelta(days=ago)).strftime("%Y-%m-%dT10:00Z")


@pytest.fixture
def shop(conn, project, add_events):
    add_events(
        project,
        f"ann feature_use {day(1)} subject=search platform=web version=1.0",
        f"bob feature_use {day(1)} subject=search platform=ios version=1.1",
        f"bob feature_use {day(2)} subject=export platform=ios version=1.0",
        f"bob feature_use {day(3)} subject=export platform=ios version=1.0",
        f"bob feature_use {day(4)} subject=export platform=ios version=1.0",
        f"cy template_used {day(2)} subject=report",
        f"cy template_done {day(1)} subject=report",
        f"cy template_used {day(1)} subject=invoice",
        f"cy command_run {day(1)} subject=build ok=0 error=Timeout"
        ' properties={"output_format":"json","flags":["--wide"],"prompt_length":45}',
    )
    set_completion(conn, project.id, "template_used", "template_done")
    conn.commit()
    return project


def titles(shown):
    return [element.value for element in shown.subheader]


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_run_with_and_without_events(show, project, page):
    shown = show(page, "product", project)
    assert not shown.exception
    assert not shown.error


def test_adoption_tells_the_leader_and_who_uses_more_with_fewer(show, shop):
    shown = show("adoption", "product", shop)
    assert not shown.exception
    assert titles(shown)[0] == (
        "\u201csearch\u201d is used by 67% of users; \u201cexport\u201d by 33%, "
        "and 3.0 times as often"
    )
    assert titles(shown)[1] == "100% of its users come back to \u201cexport\u201d"


def test_the_event_is_chosen_in_the_address(show, shop):
    shown = show("adoption", "product", shop, adopted="template_used")
    assert titles(shown)[1] == "\u201cinvoice\u201d is completed least: 0%"


def test_versions_tell_who_is_behind(show, shop):
    shown = show("versions", "product", shop)
    assert not shown.exception
    assert any("are not on 1\\.1 yet" in title for title in titles(shown))
    assert "No version fails more than others on its platform" in titles(shown)


def test_commands_tell_errors_formats_flags_and_prompts(show, shop):
    shown = show("commands", "product", shop)
    assert not shown.exception
    told = titles(shown)
    assert (
        told[0]
        == "\u201cbuild\u201d makes 100% of the runs; \u201cbuild\u201d fails most often: 100.0%"
    )
    assert "Timeout: 100% of the failures" in told
    assert "Half of the prompts have no more than 45 characters" in told
    assert "\\-\\-wide: 100% of the runs" in told
    assert "json: 100% of the runs" in told
