"""The layers of the house: who may import whom, and where a library may be known."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("app", "pages", "ui", "analytics", "ingest_api", "jobs", "db", "sdk", "benchmarks", "tests")
MAY_IMPORT = {
    "app": {"ui"},
    "pages": {"ui", "analytics"},
    "ui": {"ui", "analytics", "db"},
    "analytics": {"analytics", "db"},
    "ingest_api": {"ingest_api", "analytics", "db"},
    "jobs": {"jobs", "analytics", "db"},
    "db": {"db"},
    "sdk": set(),
}
KNOWN_IN = {
    "streamlit": {"app", "pages", "ui"},
    "altair": {"ui"},
    "fastapi": {"ingest_api"},
    "starlette": {"ingest_api", "ui"},
    "uvicorn": {"ingest_api"},
    "alembic": {"db"},
}
COMMAND_LINE = "db/__main__.py"  # puts the parts together, and so may import all of them


def sources(part: str) -> list[Path]:
    """The files of a part; of our code only, not of what is installed beside it."""
    single = ROOT / f"{part}.py"
    return [single] if single.exists() else sorted((ROOT / part).rglob("*.py"))


@cache
def imported(source: Path) -> set[str]:
    """The top packages that a file imports, anywhere in it."""
    return set(_imported(source))


def _imported(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: a relative import"
            yield str(node.module).split(".")[0]


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports_run_one_way(part):
    for source in sources(part):
        if source.relative_to(ROOT).as_posix() != COMMAND_LINE:
            ours = imported(source) & set(OURS)
            assert ours <= MAY_IMPORT[part], f"{source.relative_to(ROOT)} imports {ours}"


@pytest.mark.parametrize("library", KNOWN_IN)
def test_a_library_is_known_only_where_it_belongs(library):
    knowing = {
        part for part in MAY_IMPORT for source in sources(part) if library in imported(source)
    }
    assert knowing <= KNOWN_IN[library]


def test_every_part_of_the_house_is_looked_at():
    standing = {path.parent.name for path in ROOT.glob("*/*.py")} | {
        path.stem for path in ROOT.glob("*.py")
    }
    assert standing <= set(OURS)


@pytest.mark.parametrize("part", ["db", "analytics", "ingest_api", "jobs", "ui"])
def test_every_part_has_files_to_hold_to_this(part):
    assert sources(part)
