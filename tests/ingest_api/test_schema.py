"""The API does what its OpenAPI document says, whatever is sent."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Engine

from db.access import create_key, create_project, ensure_person
from db.accounts import link_actor
from db.experiments.drafting import create_experiment
from db.experiments.running import start_experiment
from db.organisations import create_organisation
from db.packages import create_package
from db.tokens import create_token
from ingest_api.app import create_app
from tests.db.experiments.drafts import BUTTON, SWITCH
from tests.thorough import QUICK, cases, thorough

HELD = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


schema = schemathesis.openapi.from_dict(create_app().openapi())
if QUICK:  # cases are made while tests are collected, also those that would be left out
    schema = schema.include(path=["/api/v1/consent", "/api/v1/requests", "/readyz"])
questions = schema.include(method="GET").exclude(path="/metrics")


@pytest.fixture(scope="session")
def key(ingest_engine: Engine) -> str:
    with ingest_engine.begin() as conn:
        project = create_project(conn, "documented", consent="opt-out", retention_months=None)
        for draft in (BUTTON, SWITCH):
            create_experiment(conn, project.id, draft)
            start_experiment(conn, project.id, draft.key)
        return create_key(conn, project.id, "ingest")


@pytest.fixture(scope="session")
def token(ingest_engine: Engine) -> str:
    """A token of somebody who may manage all that there is, and is somebody in a project."""
    with ingest_engine.begin() as conn:
        project = create_project(conn, "managed", consent="opt-out")
        create_organisation(conn, project.id, "Acme", 5)
        create_package(conn, project.id, "code-reviewer")
        person_id = ensure_person(conn, "documented@x.example", "admin")
        link_actor(conn, person_id, project.id, 1)
        return create_token(conn, person_id, "test", "manage")


@thorough
@schema.parametrize()
@settings(max_examples=cases(30), deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_is_documented(case, client, key, token):
    headers = {"X-API-Key": key, "Authorization": f"Bearer {token}"}
    case.call_and_validate(str(client.base_url), headers=headers, checks=HELD)


@questions.parametrize()
@settings(max_examples=cases(5), deadline=None, suppress_health_check=list(HealthCheck))
def test_every_question_without_a_key_is_answered_as_documented(case, client):
    case.call_and_validate(str(client.base_url), checks=HELD)
