"""Whatever somebody decides is noted: functions that write either do so or are no acts."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WRITERS = {"insert", "inserting", "update", "delete"}
NOT_OURS = ("tables", "migrations", "demo")

# What writes and is no act that somebody answers for.
FACTS = {  # what programs and people of the product send, one row each: far more than acts
    "db/feedback.py": {"record"},
    "db/inviting.py": {"invite", "mark_answered"},
    "db/ledger.py": {"count_outcome"},
    "db/notices.py": {"tell"},
    "db/page_ratings.py": {"rate_page"},
    "db/request_stats.py": {"record", "report"},
    "db/requests.py": {"ask_for", "vote", "take_back"},
    "db/revenue.py": {"record_customers", "record_changes", "record_payments", "record_spend"},
    "db/tickets.py": {"record_tickets"},
}
CHORES = {  # what the worker does by itself
    "db/accounts.py": {"forget_uninvited"},
    "db/gauges.py": {"keep_gauges", "thin"},
    "db/outbox.py": {"post", "take_due", "mark_sent", "mark_failed"},
    "db/probe_results.py": {"keep_results", "drop_old"},
    "db/probes.py": {"take_due"},
    "db/request_stats.py": {"add_up", "forget"},
    "db/security.py": {"add_counts", "forget_counts"},
    "db/segments.py": {"store_members"},
}
PARTS = {  # of acts that are noted as a whole
    "db/access.py": {"ensure_person"},
    "db/rows.py": {"inserting"},
    "db/erasures.py": {"finish_erasure"},
    "db/experiments/kept.py": {"update_experiment"},
    "db/revenue.py": {"unlink_customer"},
    "db/tickets.py": {"unlink_tickets"},
    "db/experiments/phases.py": {"begin_phase", "end_phase", "keep_past_phase"},
}


def modules():
    found = (path for path in (ROOT / "db").rglob("*.py"))
    return sorted(path for path in found if not set(path.parts) & set(NOT_OURS))


@cache
def parsed(path):
    return ast.parse(path.read_text())


@cache
def functions(path):
    """The functions of a module, each with the names of what it calls."""
    return {
        node.name: {_name(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef)
    }


@cache
def imported(path):
    """Where the names that a module imports from db are defined: name to module and name."""
    return {
        alias.asname or alias.name: (ROOT / f"{node.module.replace('.', '/')}.py", alias.name)
        for node in parsed(path).body
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("db.")
        for alias in node.names
    }


def _name(called):
    return called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")


def reach(path, name, *, abroad):
    """What a function calls, by itself or through others: of its module, or of all of db."""
    found, seen, waiting = set(), set(), [(path, name)]
    while waiting:
        path, name = waiting.pop()
        if (path, name) in seen or not path.exists():
            continue
        seen.add((path, name))
        calls = functions(path).get(name, set())
        found |= calls
        waiting += [(path, called) for called in calls]
        if abroad:
            waiting += [imported(path)[called] for called in calls if called in imported(path)]
    return found


def writers():
    """Every public function of db that writes: its module and its name."""
    return {
        (str(path.relative_to(ROOT)), name)
        for path in modules()
        for name in functions(path)
        if not name.startswith("_") and name != "note" and reach(path, name, abroad=False) & WRITERS
    }


def exempt():
    listed = (FACTS, CHORES, PARTS)
    return {(path, name) for of in listed for path, names in of.items() for name in names}


def notes(path, name):
    return "note" in reach(ROOT / path, name, abroad=True)


def test_every_act_is_noted():
    silent = {each for each in writers() - exempt() if not notes(*each)}
    assert silent == set(), "call db.audit.note at their end, or list them above with a reason"


def test_nothing_is_listed_that_does_not_write_or_is_noted_all_the_same():
    assert {each for each in exempt() if (ROOT / each[0]).exists()} <= writers()
    assert {each for each in exempt() if (ROOT / each[0]).exists() and notes(*each)} == set()


@pytest.mark.parametrize("act", ["create_key", "revoke_key", "create_project", "invite"])
def test_the_search_finds_what_is_noted_and_what_is_not(act):
    assert ("db/access.py", act) in writers()
    assert notes("db/access.py", act)
    assert not notes("db/access.py", "find_project")
    assert ("db/access.py", "find_project") not in writers()
