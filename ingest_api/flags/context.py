"""The context of an evaluation: who it is for, and the attributes that targeting may look at."""

from typing import Any

from db.tables import DIMENSIONS
from ingest_api.flags.deciding import Unit
from ingest_api.intake import COUNTRY

LONGEST_ID = 200
LONGEST_VALUE = 100
ALSO_AS = {"app_version": "appVersion"}


class BadContext(Exception):
    """This is no context; says why."""


def unit_of(body: Any) -> Unit:
    """The unit that the body of a request is about; raises BadContext.

    Attributes that are no dimensions are left alone: a context may hold what other flags need. So
    is a value that no event could have, which then counts as not set.
    """
    context = body.get("context") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(context, dict | None):
        raise BadContext("context: it has to be an object.")
    context = context or {}
    said = {name: _label(context.get(name, context.get(ALSO_AS.get(name)))) for name in DIMENSIONS}
    country = said["country"].upper() if COUNTRY.fullmatch(said["country"]) else ""
    return Unit(_id(context.get("targetingKey")), said | {"country": country})


def _id(given: Any) -> str:
    if given is None or given == "":
        return ""
    text = _text(given)
    if not 0 < len(text) <= LONGEST_ID:
        raise BadContext(f"targetingKey: it is a text of up to {LONGEST_ID} characters.")
    return text


def _label(given: Any) -> str:
    text = _text(given)
    return text if len(text) <= LONGEST_VALUE else ""


def _text(given: Any) -> str:
    """A text or number as Postgres and a hash can take it; "" for all else."""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return ""
    text = str(given)
    try:
        return text if b"\x00" not in text.encode() else ""
    except UnicodeEncodeError:  # half a character
        return ""
