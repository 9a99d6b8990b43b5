from analytics.choices import dimension_values, projects_of
from analytics.scope import PUBLIC
from tests.analytics.reference import anyone


def test_values_come_in_the_order_of_their_recent_use(conn, project, add_events):
    add_events(
        project,
        "u1 open 2026-01-01T10:00Z platform=old",
        "u2 open 2026-01-01T10:00Z platform=old",
        "u3 open 2026-01-01T10:00Z platform=old",
        "u1 open 2026-03-02T10:00Z platform=web",
        "u2 open 2026-03-02T10:00Z platform=ios",
        "u3 open 2026-03-03T10:00Z platform=ios",
        "u3 open 2026-03-03T10:00Z",
    )
    values = dimension_values(conn, anyone(project), project.id)
    assert values["platform"] == ["ios", "(not set)", "web", "old"]


def test_a_dimension_that_was_never_set_has_nothing_to_choose(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z platform=web")
    values = dimension_values(conn, anyone(project), project.id)
    assert values == {
        "platform": ["web"],
        "app_version": [],
        "country": [],
        "channel": [],
        "plan": [],
    }


def test_a_project_without_events_has_nothing_to_choose(conn, project):
    assert not any(dimension_values(conn, anyone(project), project.id).values())


def test_everybody_sees_their_own_projects_by_name(conn, project, berlin):
    assert projects_of(conn, anyone(project, berlin)) == [berlin, project]
    assert projects_of(conn, anyone(project)) == [project]
    assert projects_of(conn, PUBLIC) == []
