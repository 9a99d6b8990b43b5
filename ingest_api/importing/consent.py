"""The consent of the people in a file.

An operator who imports a file into an opt-in project states that its people have consented: the
data is held already, and lawfully. So all purposes count as granted unless `--consent` names
fewer, and what was stated is recorded as coming from an import. A refusal on record always wins.
Projects that keep events until consent is withdrawn need no such statement and record none.
"""

from db.errors import BadImport
from ingest_api.formats.events import purposes
from ingest_api.steps import ALL_PURPOSES


def stated(consent: str, mode: str) -> int | None:
    """What an import states as granted, as bits; None leaves it to the record alone.

    `consent` is "all", "none" or purposes with commas between; raises BadImport.
    """
    named = [purpose.strip() for purpose in consent.split(",")]
    if named in (["all"], ["none"]):
        return ALL_PURPOSES if named == ["all"] and mode == "opt-in" else None
    try:
        granted = purposes(named)
    except ValueError as error:
        raise BadImport(f"--{error}; or all, or none.") from None
    return None if mode == "anonymous" else granted
