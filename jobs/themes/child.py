"""The process that finds themes, beside the worker: at most one, for one project."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import structlog
from sqlalchemy import Engine

from jobs.themes.due import next_due

LONGEST_SECONDS = 600.0  # then it is ended, as one that hangs
RETRY_SECONDS = 300.0  # after one that failed, for its project; others get their turn
# Sums are added in one order, so that equal texts give equal themes; and a core is left to others.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

log = structlog.get_logger()


class ThemeFinder:
    """Starts a process for the project that is due, and looks after it without waiting."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._project_id = 0
        self._started = 0.0
        self._rest_until: dict[int, float] = {}  # by project

    def look(self, engine: Engine) -> bool:
        """Start a process if a project is due and none runs; whether one was started."""
        if self._is_busy():
            return False
        with engine.begin() as conn:
            project_id = next_due(conn, datetime.now(UTC), self._resting())
        if project_id is None:
            return False
        command = [sys.executable, "-m", "jobs.themes", str(project_id)]
        self._process = subprocess.Popen(command, env=os.environ | ONE_THREAD)
        self._project_id = project_id
        self._started = time.monotonic()
        return True

    def stop(self) -> None:
        """End the process, if one runs; what it has not kept is found by the next."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def _is_busy(self) -> bool:
        if self._process is None:
            return False
        code = self._process.poll()
        if code is None and time.monotonic() < self._started + LONGEST_SECONDS:
            return True
        if code != 0:
            log.warning("themes were not found", project=self._project_id, code=code)
            self.stop()
            self._rest_until[self._project_id] = time.monotonic() + RETRY_SECONDS
        self._process = None
        return False

    def _resting(self) -> set[int]:
        """The projects whose last process failed a short while ago."""
        now = time.monotonic()
        return {project_id for project_id, until in self._rest_until.items() if now < until}
