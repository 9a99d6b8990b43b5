"""`python -m jobs.themes PROJECT_ID`: find the themes of one project and end.

It is a process of its own so that the worker goes on rolling up, and that the memory is given
back.
"""

import os
import sys
import time
from datetime import UTC, datetime

import structlog

from db.engine import database_url, make_engine
from jobs.themes.run import find_and_keep

NICENESS = 10  # requests and pages come first

log = structlog.get_logger()


def main() -> None:
    """Find them with what time others leave."""
    os.nice(NICENESS)
    started = time.monotonic()
    engine = make_engine(database_url(), pool_size=1)
    project_id = int(sys.argv[1])
    kept = find_and_keep(engine, project_id, datetime.now(UTC))
    engine.dispose()
    seconds = round(time.monotonic() - started, 1)
    log.info("found themes", project=project_id, themes=kept, seconds=seconds)


if __name__ == "__main__":
    main()
