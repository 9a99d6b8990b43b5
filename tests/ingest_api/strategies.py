"""What a client may send, by chance: nearly right events, and any JSON at all."""

from datetime import UTC, datetime
from typing import Any, get_type_hints

from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from ingest_api.formats.downloads import DownloadIn
from ingest_api.formats.events import EventIn
from ingest_api.formats.runs import RunIn
from ingest_api.formats.track import TrackIn

numbers = st.one_of(st.integers(), st.integers(-(2**70), 2**70), st.floats())
texts = st.one_of(
    st.text(max_size=20),
    st.text(st.characters(codec=None, categories=["Cs", "Cc", "Ll"]), max_size=6),
    st.sampled_from(["", "\x00", "\ud800", "x" * 600, "10.0.0.1", "a@b.example", "2001:db8::1"]),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
json_values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)
times = st.one_of(
    st.sampled_from(
        [
            "2026-03-01T23:30:00Z",
            "2026-03-01T23:30:00+14:00",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-12:00",
            1640995200,
            1640995200000,
            "1640995200",
            1e400,
        ]
    ),
    st.datetimes().map(datetime.isoformat),
    scalars,
)
moments = st.datetimes(timezones=st.just(UTC))


def members_of(model: Any) -> list[str]:
    """Every name that the format knows, fields included."""
    fields = getattr(model, "model_fields", None) or _annotated(model)
    names = set(fields)
    for field in fields.values():
        names |= set(getattr(field.validation_alias, "choices", ()))
    return sorted(names)


def _annotated(typed_dict: Any) -> dict[str, FieldInfo]:
    """The fields of a dictionary with types, as a model has them."""
    hints = get_type_hints(typed_dict, include_extras=True)
    return {name: FieldInfo.from_annotation(hint) for name, hint in hints.items()}


def nearly_right(model: Any, basis: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The basis with some known members set to anything, and some unknown ones."""
    known = st.dictionaries(st.sampled_from(members_of(model)), json_values, max_size=4)
    timed = st.fixed_dictionaries({}, optional={"timestamp": times})
    unknown = st.dictionaries(texts, json_values, max_size=2)
    return st.builds(lambda *parts: basis | parts[0] | parts[1] | parts[2], known, timed, unknown)


events = nearly_right(EventIn, {"event_type": "open", "user_id": "u1"})
commands = nearly_right(
    TrackIn,
    {
        "session_id": "s1",
        "command": "icon",
        "success": True,
        "timestamp": 1640995200000,
        "version": "1.0.0",
    },
)
runs = nearly_right(RunIn, {"package": "code-reviewer", "user_id": "u1"})
downloads = nearly_right(DownloadIn, {"package": "code-reviewer", "user_id": "u1"})
