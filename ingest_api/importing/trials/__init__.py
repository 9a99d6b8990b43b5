"""Experiments that were run elsewhere: a file with one row a unit becomes sums, and no unit is
kept."""

from ingest_api.importing.trials.storing import Trial, import_trial
from ingest_api.importing.trials.terms import Terms, terms_of

__all__ = ["Terms", "Trial", "import_trial", "terms_of"]
