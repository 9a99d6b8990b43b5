"""Probes in words: which answer, and which was down most."""

import pandas as pd

from ui import words_probes

ROW = {"reason": "", "checked_at": pd.Timestamp("2026-03-02T10:05Z"), "uptime_day": 1.0}


def probes(**states):
    rows = [ROW | {"of": "project", "name": name, "state": state, "uptime_month": 0.9995}
            for name, state in states.items()]  # fmt: skip
    return pd.DataFrame(rows, columns=["of", "name", "state", "uptime_month", *ROW])


def test_probes_that_are_paused_are_told_beside_those_that_answer():
    told = words_probes.probes_finding(probes(A="up", B="paused", C="paused"))
    assert told == "1 of 1 probe answer, 2 more are paused"


def test_a_probe_of_looplens_is_not_taken_for_the_project_s():
    known = probes(API="up").assign(of="Looplens")
    told = words_probes.uptime_finding(known, known)
    assert told == "API (Looplens) was down most: 99.95% uptime in 30 days"
