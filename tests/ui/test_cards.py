"""What downloads hold."""

import pandas as pd

from ui.cards import csv_of


def test_text_from_outside_is_no_formula_in_a_spreadsheet():
    data = pd.DataFrame({"subject": ["=1+1", "-x", "plain", ""], "n": [-1, 2, 3, 4]})
    assert csv_of(data).splitlines() == ["subject,n", "'=1+1,-1", "'-x,2", "plain,3", ",4"]
