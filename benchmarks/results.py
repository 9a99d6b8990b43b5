"""Results: a name, a number, a unit and the bound it is held to."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Result:
    """One measured figure. `bound` is the most (or with `least`, the least) it should be."""

    group: str
    name: str
    value: float
    unit: str
    bound: float | None = None
    least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the bound holds; None where there is none."""
        if self.bound is None:
            return None
        return self.value >= self.bound if self.least else self.value <= self.bound


def show(machine: dict[str, str], results: Sequence[Result]) -> None:
    """Print the machine and a table."""
    console = Console()
    console.print("  ".join(f"{key}: {value}" for key, value in machine.items()))
    table = Table("what", "", "measured", "bound", "")
    for result in results:
        bound = "" if result.bound is None else f"{'≥' if result.least else '≤'} {result.bound:,g}"
        verdict = {True: "met", False: "MISSED", None: ""}[result.met]
        measured = f"{result.value:,.4g} {result.unit}"
        table.add_row(result.group, result.name, measured, bound, verdict)
    console.print(table)


def write(path: Path, machine: dict[str, str], results: Sequence[Result]) -> None:
    """Write machine and results as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(result) | {"met": result.met} for result in results]
    path.write_text(json.dumps({"machine": machine, "results": rows}, indent=2) + "\n")
