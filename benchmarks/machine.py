"""What the measurements were made on."""

import os
import platform
import time
from pathlib import Path

import psutil

ADDITIONS = 10_000_000


def describe() -> dict[str, str]:
    """Processor, cores, memory and versions, and how fast it is at this hour, for the head of a
    report: a machine that others share may take half as long again as an hour before."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "processor": cpu,
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "additions": f"{_additions() / 1e6:.1f} million/s",
    }


def _additions() -> float:
    """How many integers one core adds up in a second of Python."""
    started, total = time.perf_counter(), 0
    for number in range(ADDITIONS):
        total += number
    return ADDITIONS / (time.perf_counter() - started)
