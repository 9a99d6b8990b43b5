"""A stranger gets nothing: every public function of analytics/ is found and called."""

import inspect
import pkgutil
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import CTE, Connection, Select, Subquery, Table, func, insert, literal, select

import analytics
from analytics import scope
from analytics.experiments.definition import METRICS as METRICS_OF
from analytics.experiments.definition import Measure, Metric
from analytics.experiments.outcomes.exposed import exposed
from analytics.experiments.outcomes.people import outcomes_of
from analytics.filters import NOT_SET, BadFilters
from analytics.measures.cutting import ALL
from analytics.metrics import METRICS
from analytics.operations.requests.measured import Measured
from analytics.operations.security.acts import Search
from analytics.operations.steps import Steps
from analytics.periods import periods
from analytics.product.funnels.definition import Funnel, Step
from analytics.product.journeys.asking import Journey
from analytics.product.retention.terms import ANYTHING, FIRST_TIME
from analytics.scope import PUBLIC, ROLE_FIELDS, Viewer, viewer_of
from analytics.segments.definition import Definition, Did, Dropped, LastDays, Rule
from db import access, tables
from db.alert_rules import Rule as AlertRule
from db.alert_rules import add_rule
from db.annotations import Draft, annotate
from db.completions import Completion, set_completion
from db.gauges import Gauge, keep_gauges
from db.goals import Goal, set_goal
from db.incidents import NewIncident, open_incident
from db.probe_results import Result, keep_results
from db.probes import Draft as ProbeDraft
from db.probes import save_probe
from db.request_stats import Served, record
from db.segments import create_segment, list_segments, lock_segment, store_members
from db.slos import SloDraft, save_slo
from db.views import Keeper, save_view
from jobs.measuring import COUNT_STATEMENTS
from tests.analytics.earning import DAYS_AND_PART, SETTINGS, earn
from tests.analytics.reference import anyone, asking
from tests.noted import write_notes
from tests.thorough import every_case, first_of, thorough

pytestmark = every_case

DAY = date(2026, 3, 2)
SOON = datetime(2026, 3, 2, 13, 2, tzinfo=UTC)
NEXT_WEEK = datetime(2026, 3, 10, tzinfo=UTC)
EVENTS = (
    "u1 open 2026-03-02T10:00Z subject=home platform=web session=s1 duration=20 plan=pro"
    ' properties={"tab":1}',
    "u3 open 2026-03-02T10:00Z subject=home platform=web session=s3",
    "u3 save 2026-03-02T10:05Z subject=file platform=web session=s3",
    "u2 save 2026-03-02T11:00Z subject=file platform=ios session=s2 duration=30 ok=0",
    "u1 rating 2026-03-02T12:00Z subject=home platform=web session=s1 value=5",
    "u2 command_run 2026-03-02T13:00Z subject=build platform=cli version=1.0 session=s2 ok=0",
)
EVERYBODY = Definition(
    (Rule(Did(within=LastDays(365))), Rule(Dropped("steps=open", within=LastDays(365)))), "any"
)


# They tell which of the entries that they are given are kept, and so nothing that was not known.
NO_QUESTIONS = {"in_chosen_cells", "kept_entries", "are_members"}
# What a rule sees is asked of its signal, and which signals there are is no secret.
NO_QUESTIONS |= {"look_over", "signals_of"}
BUILDING = "analytics.scope.building"  # what doors are built of is asked through them
# What is a person's, a package's or an organisation's; tests/analytics/community asks these.
COMMUNITY = ("analytics.scope.packages", "analytics.community")


def questions():
    """Every public function of analytics/ that takes a viewer, with its module."""
    for module in pkgutil.walk_packages(analytics.__path__, "analytics."):
        if module.name == BUILDING or module.name.startswith(COMMUNITY):
            continue
        loaded = import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            ours = function.__module__ == module.name and not name.startswith("_")
            ours = ours and name not in NO_QUESTIONS
            if ours and "viewer" in inspect.signature(function).parameters:
                yield f"{module.name}.{name}", function


def at_the_door(module: str) -> bool:
    """Whether a module is one of the doors, which the questions go through."""
    return module.startswith("analytics.scope")


QUESTIONS = dict(questions())
# What has no rows of the few events of this test: nobody's firsts, no property that is new, no
# ticket of before, minutes of the last month alone, the acts of that day (they are of today), no
# second currency, no alert about errors, and no feature.
EMPTY_HERE = {"load_firsts", "new_properties", "new_properties_sql", "backlog_sql"}
EMPTY_HERE |= {"visible_event_minutes", "minutes_sql"}
EMPTY_HERE |= {"main_feature"}
EMPTY_HERE |= {"audit_acts", "audit_acts_sql", "audit_choices"}
EMPTY_HERE |= {"standings_besides", "named_errors", "named_errors_sql", "core_adoption"}
NO_DIMENSIONS = {"visible_event_hours", "visible_duration_bins"}
OF_AN_EVENT = {"load_first_days"}
OF_A_SEGMENT = {"visible_members"}
OF_THE_WEEK_BEFORE = {"digest", "quoted", "baseline", "a_a", "a_a_sql"}
OF_THE_WEEK_BEFORE |= {"self_test", "self_test_sql"}
ALERT = AlertRule("Busy", "events", "threshold", value=1, window_minutes=60)
ERROR_ALERT = AlertRule("New error", "new_errors", "threshold", value=1, window_minutes=15)
IN_EXPERIMENTS = "analytics.experiments."
MARCH = Steps(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC), 60)
MEANT = {  # by names that mean something else elsewhere
    "analytics.operations.health": {"names": ("cpu", "disk")},
    "analytics.operations.health.gauges": {"name": "cpu"},
    "analytics.operations.signals.security": {"kind": "exported_rows"},
    "analytics.operations.signals.business": {"steps": MARCH},
    "analytics.scope.health": {"names": ("cpu", "disk")},
    "analytics.operations.support": {"by": "topic", "grouping": lambda *_: literal(0)},
    "analytics.operations.security": {
        "kind": "exported_rows",
        "kinds": ("exported_rows",),
        "search": Search(),
    },
    "analytics.business.overview": {"project": "first"},
}
IN_REVENUE = "analytics.business.revenue."
ACTIVITY = Metric(1, "primary", "Active", Measure("events"), window_days=1)


@pytest.fixture
def filled(conn, project, add_events):
    add_events(project, *EVENTS)
    hour = datetime(2026, 3, 2, 10, tzinfo=UTC)
    sent = {"project_id": project.id, "hour": hour, "n": 2}
    for outcome in ("accepted", "bot"):
        conn.execute(insert(tables.intake_hour).values(sent | {"outcome": outcome}))
    segment = create_segment(conn, project.id, "everybody", EVERYBODY.json, None)
    seen = select(tables.actor.c.actor_key).where(tables.actor.c.project_id == project.id)
    store_members(conn, lock_segment(conn, project.id, segment), seen, hour)
    _keep(conn, project.id, hour)
    _say(conn, project.id, hour)
    _try_out(conn, project.id, hour)
    _look_after(conn, project.id, hour)
    _alert(conn, project.id, hour)
    _serve(conn, project.id, hour)
    earn(conn, project)
    set_goal(conn, project.id, Goal("uptime", 0.5))
    write_notes(conn)
    return project


def _keep(conn, project_id, hour):
    """What people keep and grant: a note, a view that is shared, and a grant."""
    person = access.ensure_person(conn, "keeper@example.org", "product", (project_id,))
    annotate(conn, project_id, Draft("note", "Moved", at=hour))
    set_completion(conn, project_id, "open", "save")
    save_view(conn, Keeper(project_id, person), "trends", "Mobile", "range=7d", tables.ROLES)
    funnel = "steps=open!subject:eq:home~save"
    save_view(conn, Keeper(project_id, person), "funnels", "Saving", funnel, tables.ROLES)
    granted = {"project_id": project_id, "actor_key": 1, "granted": 1, "refused": 0}
    conn.execute(insert(tables.grants).values(granted))


def _say(conn, project_id, hour):
    """What people say and want, and what became of it: a row in every table of it."""
    place, somebody = {"project_id": project_id}, {"project_id": project_id, "actor_key": 1}
    theme = {"kind": "pain", "name": "slow", "terms": {"slow": 1.0}, "found_at": hour}
    theme_id = _add(conn, tables.themes, place | theme)
    _add(conn, tables.themes, place | theme | {"name": "sluggish", "merged_into": theme_id})
    survey = {"name": "nps", "questions": [{"kind": "nps", "text": "?"}], "starts_at": hour}
    survey_id = _add(conn, tables.surveys, place | survey)
    _add(conn, tables.invitations, somebody | {"survey_id": survey_id, "shown_at": hour})
    said = {"kind": "rating", "said_at": hour, "score": 2, "platform": "web"}
    said |= {"comment": "slow, and slower every day"}
    scored = {"language": "en", "compound": 0.0, "sentiment": "neutral", "lexicon": "1"}
    scored |= {"corrected": "negative"}
    feedback_id = _add(conn, tables.feedback, somebody | said | scored)
    about = {"feedback_id": feedback_id, "theme_id": theme_id, "weight": 1.0}
    conn.execute(insert(tables.feedback_themes).values(about))
    request = {"title": "faster", "asked_at": hour}
    request_id = _add(conn, tables.requests, somebody | request)
    _add(conn, tables.requests, somebody | request | {"actor_key": 2, "title": "Faster, please"})
    shipped = {"actor_key": 3, "title": "brighter", "state": "shipped"}
    _add(conn, tables.requests, somebody | request | shipped)
    wanted = somebody | {"request_id": request_id}
    conn.execute(insert(tables.votes).values(wanted | {"voted_at": hour}))
    conn.execute(insert(tables.notices).values(wanted))
    rated = {
        "person_id": access.ensure_person(conn, "keeper@example.org", "product"),
        "page": "home",
    }
    conn.execute(insert(tables.page_ratings).values(rated | {"helpful": True, "said_at": hour}))
    believed = {"statement": "faster is better", "metric": "events", "expected": 0.1}
    _add(conn, tables.hypotheses, place | believed)
    price = {"plan": "pro", "monthly_cents": 900, "currency": "EUR"}
    conn.execute(insert(tables.plan_prices).values(place | price))
    text = {"markdown": "all", "html": "all"}
    week = {"week": DAY, "made_at": hour, "figures": {}}
    conn.execute(insert(tables.digests).values(place | text | week))
    target = {"name": "mail", "address": "mailto://x", "kinds": ["digest"]}
    target_id = _add(conn, tables.targets, place | target)
    message = {"target_id": target_id, "kind": "digest", "about": "1", "title": "Week"}
    _add(conn, tables.messages, place | text | message)


def _try_out(conn, project_id, hour):
    """An experiment to which everybody was exposed, with all that is kept of one."""
    place = {"project_id": project_id}
    about = {"key": "button", "kind": "experiment", "name": "Button", "salt": "s", "control": "A"}
    about |= {"variants": [{"key": key, "weight": 5_000} for key in "AB"]}
    about |= {"state": "running", "started_at": hour}
    about["metrics"] = METRICS_OF.dump_python((ACTIVITY,), mode="json")
    ours = place | {"experiment_id": _add(conn, tables.experiments, place | about)}
    _add(conn, tables.experiments, place | about | {"key": "flag", "kind": "flag"})
    phase = {"number": 1, "started_at": hour, "variants": about["variants"]}
    conn.execute(insert(tables.experiment_phases).values(ours | phase))
    people = conn.execute(
        select(tables.actor.c.actor_key).where(tables.actor.c.project_id == project_id)
    ).scalars()
    shown = ours | {"phase": 1, "variant": "A", "exposed_at": hour}
    cell = int(_cells(conn, project_id)[0])
    for actor_key in (1, *people):
        somebody = {"actor_key": actor_key, "cell_id": cell}
        conn.execute(insert(tables.exposures).values(shown | somebody))
    day = ours | {"phase": 1, "variant": "A", "day": DAY, "n": 1}
    conn.execute(insert(tables.exposure_days).values(day))
    for dimension in ("", "platform"):
        about = {"metric": 1, "dimension": dimension}
        conn.execute(insert(tables.outcome_days).values(day | about))
    done = {"key": "button", "at": hour}
    _add(conn, tables.experiment_log, ours | done | {"action": "started"})
    _add(conn, tables.experiment_log, place | done | {"action": "deleted"})


def _look_after(conn, project_id, hour):
    """A probe with a result and an objective, of the project; and gauges, of all."""
    probe = save_probe(conn, project_id, ProbeDraft("Shop", "tcp", "host:1"))
    keep_results(conn, [Result(probe, hour, ok=True)])
    save_slo(conn, project_id, SloDraft("Up", "uptime", 0.99, probe_id=probe))
    for at in (hour, datetime(2026, 3, 4, 23, tzinfo=UTC)):
        keep_gauges(conn, [Gauge("cpu", 0.5), Gauge("disk", 0.5)], at)
    conn.execute(COUNT_STATEMENTS)
    place = {"project_id": project_id}
    helped = {"first_response_at": hour, "resolved_at": hour, "csat": 5}
    asked = {"ticket_id": "1", "opened_at": hour, "updated_at": hour} | helped
    conn.execute(insert(tables.tickets).values(place | asked))
    for kind in ("exported_rows", "unknown_key"):
        counted = {"hour": hour, "kind": kind, "n": 5}
        conn.execute(insert(tables.security_hours).values(place | counted))


def _serve(conn, project_id, hour):
    """A request that failed, as a server tells it; a page and an AI call, as clients do."""
    told = {"failures": 1, "cache_misses": 1, "errors": {"KeyError": 1}}
    record(conn, project_id, [Served(hour, "shop", "GET /runs", 1, {10: 1}, **told)])
    place = {"project_id": project_id}
    kind = _add(conn, tables.kinds, place | {"name": "page_view", "subject": "home"})
    seen = place | {"hour": hour, "kind_id": kind, "n": 1}
    conn.execute(insert(tables.event_hour).values(seen))
    packed = {"kind_id": kind, "n": 1, "bins": b"\0\12", "counts": b"\0\0\0\1"}
    conn.execute(insert(tables.duration_hour).values(place | packed | {"hour": hour}))
    conn.execute(insert(tables.duration_day).values(place | packed | {"day": DAY}))
    call = place | {"day": DAY, "name": "tts", "model": "nova", "n": 1}
    conn.execute(insert(tables.ai_days).values(call))
    conn.execute(insert(tables.ai_bins).values(call | {"bin": 10}))


def _alert(conn, project_id, hour):
    """Rules that fired, one for an error, and the incident that it was."""
    rule = add_rule(conn, project_id, ALERT, hour)
    fired = {"rule_id": rule, "project_id": project_id, "severity": "warning", "started_at": hour}
    episode = {"episode_id": _add(conn, tables.alert_episodes, fired), "at": hour, "act": "fired"}
    conn.execute(insert(tables.alert_history).values(episode))
    of_errors = fired | {"rule_id": add_rule(conn, project_id, ERROR_ALERT, hour)}
    _add(conn, tables.alert_episodes, of_errors)
    open_incident(conn, project_id, NewIncident("Down", "critical", hour), hour)


def _add(conn, table, values):
    return conn.execute(insert(table).values(values).returning(table.c.id)).scalar_one()


def ask(function, conn, viewer, project, **more):
    """Call a question with whatever its signature asks for."""
    filters = asking(project, DAY, date(2026, 3, 3), **more)
    segment = next(iter(list_segments(conn, project.id)), None)
    known = {
        "conn": conn,
        "viewer": viewer,
        "filters": filters,
        "project_id": project.id,
        "now": datetime(2026, 3, 5, tzinfo=UTC),
        "metric": "events",
        "metrics": [METRICS["events"]],
        "keys": ["actors", "events"],
        "periods": periods(filters),
        "key": "actor",
        "what": "actor",
        "cell": _cells(conn, project.id),
        "source": "counts",
        "field": "product",
        "dimension": "platform",
        "event": "open",
        "name": "open",
        "pair": Completion("open", "save"),
        "subjects": ["home"],
        "most": 5,
        "terms": FIRST_TIME,
        "doing": ANYTHING,
        "project": project,
        "definition": EVERYBODY,
        "segment": segment,
        "segments": [segment] if segment else [],
        "segment_id": segment and segment.id,
        "funnel": Funnel((Step("open"), Step("save"))),
        "funnels": [("saved", Funnel((Step("open"), Step("save"))))],
        "step": 1,
        "figure": "count",
        "journey": Journey(),
        "released": DAY,
        "experiment_key": "button",
        "items": select(tables.themes.c.id.label("theme")).cte("items"),
        "people": select(tables.actor.c.actor_key).cte("people"),
        "spans": [(period.start, period.end) for period in periods(filters)],
        "start": datetime(2026, 3, 2, tzinfo=UTC),
        "end": datetime(2026, 3, 3, tzinfo=UTC),
        "goal": Goal("uptime", 0.5),
        "number": 1,
        "since": datetime(2026, 3, 2, tzinfo=UTC),
        "minutes": 60,
        "steps": Steps(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC), 60),
        "last_seen": datetime(2026, 3, 2, 13, tzinfo=UTC),
        "fingerprint": _fingerprint(conn, project.id),
        "asked": {},
        "measured": Measured(project.id),
        "cuts": [datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)],
        "apart": False,
        "figures": ("p95",),
        "apdex_ms": 200.0,
        "rule": ALERT,
        "rule_id": _first(conn, tables.alert_rules, project.id),
        "zone": "UTC",
        "currency": "EUR",
        "margin": 0.8,
        "settings": SETTINGS,
        "actors": _actors(conn, project.id),
        "retained_days": 30,
        "episode_id": _first(conn, tables.alert_episodes, project.id),
        "incident_id": _first(conn, tables.incidents, project.id),
        "measure": "rating",
        "theme_id": _first(conn, tables.themes, project.id),
        "experiment_id": _first(conn, tables.experiments, project.id),
        "slo_id": _first(conn, tables.slos, project.id),
    }
    if function.__module__.startswith(IN_EXPERIMENTS) or "exposed" in function.__annotations__:
        known |= in_experiments(viewer, filters, known["experiment_id"])
    if function.__name__ == "burning":
        known |= {"slo": known["slo_id"]}
    for module, meant in MEANT.items():
        known |= meant if function.__module__.startswith(module) else {}
    if function.__module__.startswith(IN_REVENUE):
        known |= DAYS_AND_PART
    wanted = inspect.signature(function).parameters
    missing = [
        name
        for name, parameter in wanted.items()
        if parameter.default is parameter.empty and name not in known
    ]
    assert not missing, f"tell this test what {function.__name__} takes for {missing}"
    return function(**{name: known[name] for name in wanted if name in known})


def in_experiments(viewer, filters, experiment_id):
    """What questions about experiments mean by these names."""
    people = exposed(viewer, filters, experiment_id, ACTIVITY.window_days)
    return {
        "key": "button",
        "metric": ACTIVITY,
        "measures": {"y": ACTIVITY.measure},
        "measure": Measure("funnel", funnel="steps=open"),
        "past": True,
        "phase": 1,
        "phases": [(experiment_id, 1)],
        "measured": [(experiment_id, 1, ACTIVITY.id)],
        "window_days": ACTIVITY.window_days,
        "days": [DAY, date(2026, 3, 3)],
        "exposed": people,
        "outcomes": outcomes_of(viewer, filters, people, ACTIVITY),
    }


def _first(conn, table, project_id):
    return (
        conn.execute(
            select(func.min(table.c.id)).where(table.c.project_id == project_id)
        ).scalar_one()
        or 0
    )


def _fingerprint(conn, project_id):
    """The error that failed last."""
    mine = select(tables.error_groups.c.fingerprint, tables.error_groups.c.last_seen)
    mine = mine.where(tables.error_groups.c.project_id == project_id)
    found = conn.execute(mine.order_by(tables.error_groups.c.last_seen.desc())).first()
    return found.fingerprint if found else 0


def _actors(conn, project_id):
    seen = select(tables.actor.c.actor_key).where(tables.actor.c.project_id == project_id)
    return np.array(conn.execute(seen).scalars().all(), np.int64)


def _cells(conn, project_id):
    cells = select(tables.cells.c.id).where(tables.cells.c.project_id == project_id)
    return np.array(conn.execute(cells).scalars().all(), np.int32)


def is_nothing(conn: Connection, answer: object) -> bool:
    """Whether an answer holds no row, no count and no time of anybody."""
    if isinstance(answer, Select):
        answer = answer.subquery()
    if isinstance(answer, Subquery | CTE):
        return conn.execute(select(func.count()).select_from(answer)).scalar_one() == 0
    if isinstance(answer, pd.DataFrame | pd.Series):
        return answer.empty
    if isinstance(answer, Viewer):
        return not answer.projects
    if is_dataclass(answer):
        return all(is_nothing(conn, getattr(answer, field.name)) for field in fields(answer))
    if isinstance(answer, dict):
        return all(is_nothing(conn, value) for value in answer.values())
    if isinstance(answer, np.ndarray):
        return answer.size == 0
    # The days asked for, not a time of anybody's; and the name of the whole, of which nothing is.
    return not answer or type(answer) is date or answer == ALL


STRANGERS = {
    "the public": PUBLIC,
    "an admin of another project": Viewer(7, "x@example.org", "admin", frozenset({-1})),
}


@pytest.mark.parametrize("stranger", first_of(STRANGERS))
@pytest.mark.parametrize("more", first_of([{}, {"platform": ("web",)}]), ids=["all", "web"])
def test_a_stranger_gets_nothing_from_any_question(conn, filled, subtests, stranger, more):
    stranger = STRANGERS[stranger]
    for name, question in QUESTIONS.items():
        with subtests.test(name):
            if more and question.__name__ in NO_DIMENSIONS:
                with pytest.raises(BadFilters):
                    ask(question, conn, stranger, filled, **more)
            elif question is scope.within:
                assert question(PUBLIC, "product") is PUBLIC
            else:
                assert is_nothing(conn, ask(question, conn, stranger, filled, **more))


@thorough
@thorough
def test_a_member_whose_role_has_no_field_learns_only_that_the_project_lives(
    conn, filled, subtests
):
    member = anyone(filled, role="member")
    open_to_all = {"freshness", "projects_of", "visible_ledger", "visible_hours_ever"}
    open_to_all |= {"visible_sightings", "within"}
    for name, question in QUESTIONS.items():
        if question.__name__ not in open_to_all:
            with subtests.test(name):
                assert is_nothing(conn, ask(question, conn, member, filled))


def test_who_may_see_the_project_gets_something(conn, filled, subtests):
    segment = {"segment": list_segments(conn, filled.id)[0].id}
    for name, question in QUESTIONS.items():
        if question.__name__ in EMPTY_HERE:
            continue
        more = {"event": "open"} if question.__name__ in OF_AN_EVENT else {}
        more = segment if question.__name__ in OF_A_SEGMENT else more
        more = {"now": NEXT_WEEK} if question.__name__ in OF_THE_WEEK_BEFORE else more
        more = {"now": SOON} if question.__module__ == "analytics.operations.live" else more
        with subtests.test(name):
            assert not is_nothing(conn, ask(question, conn, anyone(filled), filled, **more))


def test_a_strangers_frames_have_the_columns_and_types_of_everybody_elses(conn, filled):
    from analytics.operations.intake import intake
    from analytics.product.trends import top_subjects, trend

    for question in (trend, top_subjects, intake):
        theirs = ask(question, conn, PUBLIC, filled)
        ours = ask(question, conn, anyone(filled), filled)
        assert theirs.dtypes.to_dict() == ours.dtypes.to_dict()


def test_the_facts_are_read_nowhere_but_at_the_door():
    facts = {table.name for table in tables.metadata.sorted_tables} - {"projects"}
    for module in pkgutil.walk_packages(analytics.__path__, "analytics."):
        names = vars(import_module(module.name))
        used = {value.name for value in names.values() if isinstance(value, Table)}
        assert at_the_door(module.name) or not used & facts


def test_one_project_does_not_see_another(conn, filled, berlin, add_events):
    add_events(berlin, "u9 open 2026-03-02T10:00Z platform=cli")
    hours = ask(scope.visible_event_hours, conn, anyone(filled, berlin), berlin)
    assert conn.execute(select(func.sum(hours.c.n))).scalar_one() == 1


def test_the_range_is_half_open_in_the_zone_of_the_project(conn, berlin, add_events):
    add_events(
        berlin,
        "before open 2026-03-01T22:59:59Z",
        "first open 2026-03-01T23:00:00Z",
        "last open 2026-03-02T22:59:59Z",
        "after open 2026-03-02T23:00:00Z",
    )
    for door in (scope.visible_event_days, scope.visible_event_hours, scope.visible_events):
        rows = ask(door, conn, anyone(berlin), berlin)
        n = func.sum(rows.c.n) if "n" in rows.c else func.count(rows.c.event_id)
        assert conn.execute(select(n)).scalar_one() == 2


def test_a_value_that_is_not_set_can_be_asked_for(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z", "u2 open 2026-03-02T10:00Z platform=web")
    for door in (scope.visible_event_days, scope.visible_events, scope.visible_newcomers):
        rows = ask(door, conn, anyone(project), project, platform=(NOT_SET,))
        assert len(conn.execute(select(rows)).all()) == 1


def test_a_breakdown_by_something_else_than_a_dimension_is_refused(project):
    filters = asking(project, DAY, date(2026, 3, 3))
    with pytest.raises(BadFilters):
        scope.visible_event_days(anyone(project), filters, "event_id; drop table events")


def test_a_hostile_value_is_only_a_value(conn, filled):
    rows = ask(
        scope.visible_event_days, conn, anyone(filled), filled, platform=("' or 1=1 --", "%s")
    )
    assert is_nothing(conn, rows)


def test_a_session_token_decides_who_asks(conn, project):
    person = access.ensure_person(conn, "pm@example.org", "product", (project.id,))
    token = access.sign_in(conn, person)
    viewer = viewer_of(conn, token)
    assert (viewer.role, viewer.projects) == ("product", frozenset({project.id}))
    assert viewer.sees(project.id, "product")
    assert not viewer.sees(project.id, "business")
    assert viewer_of(conn, token + "x") is PUBLIC
    assert viewer_of(conn, None) is PUBLIC
    access.sign_out(conn, token)
    assert viewer_of(conn, token) is PUBLIC


def test_every_role_is_a_role_that_people_can_have():
    assert set(ROLE_FIELDS) <= set(tables.ROLES)


def test_a_door_is_built_once_for_a_viewer_and_for_each_anew():
    ann, again, bob = (
        scope.Viewer(1, "ann@example.org", "author", frozenset(), packages=frozenset({package}))
        for package in (1, 1, 2)
    )
    assert scope.visible_authored_cells(ann) is scope.visible_authored_cells(again)
    for viewer, package in ((ann, 1), (bob, 2)):
        mine = scope.visible_authored_packages(viewer)
        assert mine.element.compile().params == {"id_1": [package]}
