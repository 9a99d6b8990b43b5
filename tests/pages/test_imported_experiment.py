"""The page of an experiment that was run elsewhere, from its file on."""

import pytest

from ingest_api.importing.trials import import_trial, terms_of


@pytest.fixture
def imported(conn, project, tmp_path):
    """600 units a variant, of whom 120 bought in the control and 180 in the other."""
    bought = {"old": 120, "new": 180}
    rows = [f"{v}{n},{v},{n < bought[v]},{n}" for v in bought for n in range(600)]
    (tmp_path / "trial.csv").write_text("\n".join(["who,group,bought,spent", *rows]) + "\n")
    terms = terms_of("who", "group", "old", outcomes=["bought", "spent"])
    import_trial(conn, project.id, "checkout", tmp_path / "trial.csv", terms)
    conn.commit()
    return project


def test_an_import_is_read_like_an_experiment_at_its_planned_size(show, imported):
    shown = show("experiments", "product", imported, experiment="checkout")
    assert not shown.exception
    (verdict,) = [each.value for each in shown.header]
    assert "50.0%" in verdict
    assert "“new” raises bought" in verdict
