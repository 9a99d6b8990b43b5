"""Which column of a file holds which field of an event, a run or a download."""

from dataclasses import dataclass
from typing import Any

from db.errors import BadImport
from ingest_api.event import Event, Reject
from ingest_api.importing.kinds import EVENTS, Kind
from ingest_api.importing.rows import Row

PROPERTY = "properties."
HELD_AS = {  # what an event calls fields that it has under other names
    "actor": "distinct_id",
    "session": "session_id",
    "run_id": "event_id",
    "download_id": "event_id",
    "package": "subject",
    "version": "app_version",
}
IN_THE_RUN = {
    "organization": "organisation",
    "request_size_bytes": "request_bytes",
    "response_size_bytes": "response_bytes",
}
WHOLE_IDS = ("user_id", "session_id", "event_id")


@dataclass(frozen=True, slots=True)
class Mapping:
    """Columns by field; what no field names is not imported."""

    column_of: dict[str, str]
    kind: Kind = EVENTS

    def item(self, row: Row) -> dict[str, Any]:
        """The row as the API would be sent it; empty cells are left out."""
        sent: dict[str, Any] = {}
        properties: dict[str, Any] = {}
        for field, column in self.column_of.items():
            value = row.get(column)
            if value is None or value == "" or value != value:
                continue
            if field.startswith(PROPERTY):
                properties[field.removeprefix(PROPERTY)] = value
            else:
                sent[self.kind.sent_as[field]] = value
        for name in WHOLE_IDS:
            if isinstance(number := sent.get(name), float) and number.is_integer():
                sent[name] = int(number)  # pandas writes a column of ids with gaps as floats
        if properties:
            sent["properties"] = properties
        return sent

    def event(self, item: dict[str, Any]) -> Event | Reject:
        """The canonical event, by the API's own format; a file's event needs its time."""
        if "timestamp" not in item:
            return Reject("invalid", "timestamp: Field required")
        return self.kind.parse(item)

    def told(self, reject: Reject) -> str:
        """The message of a reject, with the file's names for the fields."""
        names = self.kind.sent_as
        columns = {names.get(field, field): column for field, column in self.column_of.items()}
        parts = [part.partition(": ") for part in reject.message.split("; ")]
        return "; ".join(f"{columns.get(name, name)}{colon}{rest}" for name, colon, rest in parts)

    def shown(self, event: Event) -> dict[str, Any]:
        """What the mapped fields hold, by their names."""
        fields = [field for field in self.column_of if not field.startswith(PROPERTY)]
        shown = {field: _held(event, field) for field in fields}
        return shown | ({"properties": event.properties} if event.properties else {})


def _held(event: Event, field: str) -> Any:
    """What the event, or its run, has of a field."""
    name = HELD_AS.get(field, field)
    return getattr(event if hasattr(event, name) else event.run, IN_THE_RUN.get(name, name), None)


def parse_mapping(text: str, columns: tuple[str, ...], mode: str, kind: Kind = EVENTS) -> Mapping:
    """The mapping that `field=column,...` says of a file with these columns.

    Raises BadImport for an unknown field, a missing column, or a field that is needed.
    """
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    column_of: dict[str, str] = {}
    for field, equals, column in ((f.strip(), e, c.strip()) for f, e, c in pairs):
        if not equals or not column:
            raise BadImport(f"--map is field=column,...; '{field}' has no column.")
        if not _is_field(field, kind):
            more = " and properties.NAME" if kind.takes_properties else ""
            there = f"there are {', '.join(kind.sent_as)}{more}"
            raise BadImport(f"--map: no field is named '{field}'; {there}.")
        if field in column_of:
            raise BadImport(f"--map names the field '{field}' twice.")
        column_of[field] = column
    _check(column_of, columns, mode, kind)
    return Mapping(column_of, kind)


def _is_field(field: str, kind: Kind) -> bool:
    is_property = field.startswith(PROPERTY) and field != PROPERTY
    return field in kind.sent_as or (is_property and kind.takes_properties)


def _check(column_of: dict[str, str], columns: tuple[str, ...], mode: str, kind: Kind) -> None:
    there = f"The file's columns are {', '.join(columns[:50]) or 'none'}."
    for field in kind.needed:
        if field not in column_of:
            raise BadImport(f"--map must say which column is {field}. {there}")
    if mode != "anonymous" and not column_of.keys() & {"actor", "session"}:
        raise BadImport(f"--map must say which column is actor, or at least session. {there}")
    for column in column_of.values():
        if columns.count(column) > 1:
            raise BadImport(f"The file has {columns.count(column)} columns named '{column}'.")
        if column not in columns:
            raise BadImport(f"The file has no column '{column}'. {there}")
