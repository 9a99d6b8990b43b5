"""What the routes share: made when the process starts, kept on the application."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Engine
from starlette.requests import Request

from ingest_api.catalogue import Catalogue
from ingest_api.flags.evaluating import Evaluations
from ingest_api.keys import Keys
from ingest_api.limiting import Limits
from ingest_api.private.answers import PrivateAnswers
from ingest_api.public.answers import PublicAnswers
from ingest_api.writer import Writer


@dataclass(slots=True)
class State:
    """The engine for short questions, and what is kept of keys, limits, flags and packages.

    `public` has the answers that need no key, `private` those to one person.
    """

    engine: Engine
    keys: Keys
    limits: Limits
    writer: Writer
    flags: Evaluations
    catalogue: Catalogue
    public: PublicAnswers
    private: PrivateAnswers


def state_of(request: Request) -> State:
    """The state of the application that serves this request."""
    return cast(State, request.app.state.looplens)
