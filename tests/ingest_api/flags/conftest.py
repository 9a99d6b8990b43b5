"""Flags and experiments in the project of a door, as clients then see them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from db.experiments import drafting, running
from db.experiments.checking import Draft, draft_of
from db.experiments.kept import find_experiment
from db.tables import EXPOSURE
from ingest_api.flags import definitions
from tests.ingest_api.conftest import Door, event

OFREP = "/ofrep/v1/evaluate/flags"
GRANT = "/api/v1/consent"


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Definitions are read anew for each request, so that tests need not wait for changes."""
    monkeypatch.setattr(definitions, "REMEMBERED_SECONDS", -1.0)


@dataclass(frozen=True)
class House:
    """A project with flags."""

    door: Door

    def keep(self, draft: Draft, started: bool = True) -> None:
        self.change(drafting.create_experiment, draft)
        if started:
            self.change(running.start_experiment, draft.key)

    def change(self, how: Callable[..., Any], *args: Any) -> Any:
        """Do this to the project's flags, in a transaction of its own."""
        with self.door.engine.begin() as conn:
            return how(conn, self.door.project.id, *args)

    def draft(self, key: str) -> Draft:
        with self.door.engine.connect() as conn:
            return draft_of(find_experiment(conn, self.door.project.id, key))

    def one(self, key: str, unit: str | None = "u1", **context: Any) -> Any:
        """The answer to a single evaluation."""
        said = context if unit is None else {"targetingKey": unit} | context
        return self.door.send({"context": said}, f"{OFREP}/{key}")

    def served(self, key: str, unit: str | None = "u1", **context: Any) -> tuple[str, str]:
        """Variant and reason of a single evaluation."""
        answer = self.one(key, unit, **context)
        assert answer.status_code == 200, answer.text
        return answer.json()["variant"], answer.json()["reason"]

    def grant(self, unit: str, *purposes: str, granted: bool = True) -> None:
        said = {"user_id": unit, "purposes": dict.fromkeys(purposes, granted), "version": "1"}
        key = {"X-API-Key": self.door.key}
        answer = self.door.client.put(GRANT, json=said | {"source": "test"}, headers=key)
        assert answer.status_code == 200, answer.text

    def exposures(self) -> list[Any]:
        """Subject and variant of each that was logged, when all that was sent is stored."""
        self.door.send([event("flush")])
        logged = self.door.stored("name", "subject", "properties", "purpose")
        assert {row[3] for row in logged if row[0] == EXPOSURE} <= {"features"}
        return [(row[1], row[2]["variant"]) for row in logged if row[0] == EXPOSURE]


@pytest.fixture
def house(door: Door) -> House:
    return House(door)
