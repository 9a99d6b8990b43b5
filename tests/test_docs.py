"""Every command and snippet of the documentation runs, against the real processes."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from analytics.__main__ import page as page_of_metrics
from benchmarks.processes import free_port, running
from db.access import create_demo
from db.engine import make_engine
from tests.thorough import first_of

ROOT = Path(__file__).parent.parent
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/alerts.md",
    "docs/api.md",
    "docs/executive.md",
    "docs/experiments.md",
    "docs/feedback.md",
    "docs/flags.md",
    "docs/managing.md",
    "docs/monitoring.md",
    "docs/operations.md",
    "docs/packages.md",
    "docs/product.md",
    "docs/revenue.md",
    "docs/roadmap.md",
    "docs/security.md",
    "docs/support.md",
    "docs/usage.md",
)
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TARGET = re.compile(r"^\S*\s*make (\w+)", re.MULTILINE)


def blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((ROOT / page).read_text())


@pytest.fixture(scope="module")
def product(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a shell beside a running API with a demo project."""
    from tests.conftest import drop_database, make_database

    url = make_database(server)
    engine = make_engine(url)
    with engine.begin() as conn:
        create_demo(conn, "demo")
    engine.dispose()
    port = free_port()
    environment = {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "API_PORT": str(port),
    }
    with running("ingest_api", f"http://127.0.0.1:{port}/healthz", **environment):
        yield os.environ | environment | {"PYTHONPATH": str(ROOT)}
    drop_database(url, server)


def runnable(code: str, environment: dict[str, str]) -> str:
    """The block with this test's Python and port in place of those that readers have."""
    ours = code.replace(".venv/bin/python", sys.executable)
    return ours.replace("127.0.0.1:8000", f"127.0.0.1:{environment['API_PORT']}")


@pytest.mark.parametrize("page", first_of(PAGES))
def test_the_commands_and_snippets_of_the_documentation_run(
    page: str, product: dict[str, str], tmp_path: Path
) -> None:
    events = "event,user_id,session_id,timestamp,platform\nopen,u1,s1,2026-01-05 10:00:00,web\n"
    (tmp_path / "events.csv").write_text(events)
    (tmp_path / "address.txt").write_text("json://127.0.0.1:9/team\n")
    script = ["set -euo pipefail"]
    for number, (language, code) in enumerate(blocks(page)):
        if TARGET.match(code):
            continue
        if language == "python":
            (tmp_path / f"{number}.py").write_text(runnable(code, product))
            script.append(f"{sys.executable} {number}.py")
        else:
            script.append(runnable(code, product))
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=tmp_path,
        env=product,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "problem" not in done.stdout
    assert '"error"' not in done.stdout


def test_the_answer_that_the_readme_shows_is_what_the_api_answers(product: dict[str, str]) -> None:
    shown = json.loads(re.findall(r"```json\n(.*?)\n```", (ROOT / "README.md").read_text())[0])
    script = "\n".join(code for _, code in blocks("README.md") if "curl" in code)
    script = runnable(script, product).replace("my-product", "another-product")
    done = subprocess.run(
        ["bash", "-c", script], env=product, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == shown


@pytest.mark.parametrize("page", PAGES)
def test_every_make_command_of_the_documentation_exists(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = re.findall(r"make (run|test|lint|bench|clean|format)\b", (ROOT / page).read_text())
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)


def test_every_setting_that_the_code_reads_is_documented() -> None:
    folders = ("db", "ui", "ingest_api", "jobs", "analytics")
    code = "\n".join(
        path.read_text() for folder in folders for path in (ROOT / folder).rglob("*.py")
    )
    read = set(re.findall(r"""environ(?:\.get\(|\[)["']([A-Z_]+)["']""", code))
    read |= set(re.findall(r"""_port\(["']([A-Z_]+)["']""", code))
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/operations.md").read_text()))
    assert read - {"PATH"} <= documented


def test_the_documentation_names_no_place_of_a_machine() -> None:
    for page in ROOT.rglob("*.md"):
        if ".venv" not in page.parts and ".data" not in page.parts:
            assert not re.search(r"(/home/|/root/|/work/|/tmp/)", page.read_text()), page


def test_the_page_of_metrics_is_printed_from_the_catalogue() -> None:
    assert (ROOT / "docs/metrics.md").read_text() == page_of_metrics()


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
