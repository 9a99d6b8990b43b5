"""A short table names its rows and columns, and shows values as text."""

from ui.short_tables import Column, short_table

COLUMNS = {"figure": Column("Figure"), "now": Column("Now", "What it is <now>.")}


def test_the_first_column_names_the_rows():
    drawn = short_table([{"figure": "MRR", "now": 3}, {"figure": "NPS", "now": "+4"}], COLUMNS, "2")
    assert '<th scope="row">MRR</th><td>3</td>' in drawn
    assert '<th scope="row">NPS</th><td>+4</td>' in drawn


def test_columns_say_what_they_mean():
    drawn = short_table([], COLUMNS, "Goals")
    assert '<th scope="col">Figure</th>' in drawn
    assert '<th scope="col" title="What it is &lt;now&gt;.">Now</th>' in drawn


def test_values_and_its_name_are_text():
    evil = '"><img src=x onerror=alert(1)>'
    drawn = short_table([{"figure": evil, "now": evil}], COLUMNS, evil)
    assert "<img" not in drawn
    assert drawn.count("&lt;img") == 3


def test_a_column_may_draw_from_the_whole_row():
    columns = {"a": Column("A"), "both": Column("Both", drawn=lambda row: f"<b>{row['b']}</b>")}
    drawn = short_table([{"a": 1, "b": 2}], columns, "Sums")
    assert "<td><b>2</b></td>" in drawn
