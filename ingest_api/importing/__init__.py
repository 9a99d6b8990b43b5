"""Files of events or runs, row by row through the format, steps and writer of the API."""

from ingest_api.importing.loading import import_events, preview
from ingest_api.importing.outcome import Imported

__all__ = ["Imported", "import_events", "preview"]
