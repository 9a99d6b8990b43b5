"""What downloads hold, and what stands under a card."""

import pandas as pd
from streamlit.testing.v1 import AppTest

from db.errors import TooWide
from tests.thorough import thorough
from ui import words
from ui.cards import csv_of, literal


def test_text_from_outside_is_no_formula_in_a_spreadsheet():
    data = pd.DataFrame({"subject": ["=1+1", "-x", "plain", ""], "n": [-1, 2, 3, 4]})
    assert csv_of(data).splitlines() == ["subject,n", "'=1+1,-1", "'-x,2", "plain,3", ",4"]


def card(asked=()):
    def page(asked):
        import pandas as pd
        import streamlit as st

        from ui.cards import table_card

        def query():
            st.session_state["made"] = st.session_state.get("made", 0) + 1
            return "SELECT 1"

        data = pd.DataFrame({"n": [1, 2]})
        for key in asked:
            st.session_state[key] = True
        table_card(data, title="T", help="H", name="t", columns={"n": "N"}, query=query)

    return AppTest.from_function(page, args=(asked,)).run()


@thorough
def test_the_query_is_made_only_while_somebody_looks_at_it():
    shown = card()
    assert "made" not in shown.session_state
    assert not shown.code
    shown = card(["query_t"])
    assert shown.code[0].value == "SELECT 1"
    assert shown.session_state["made"] == 1


def test_the_link_holds_everything_that_was_chosen():
    shown = card(["link_t"])
    shown.query_params["range"] = "7d"
    shown.query_params["platform"] = ["web", "a & b"]
    shown.run()
    assert shown.code[0].value == "?range=7d&platform=web&platform=a+%26+b"


def test_a_query_that_can_not_be_made_is_told_in_a_sentence():
    def page():
        import pandas as pd
        import streamlit as st

        from db.errors import TooWide
        from ui.cards import table_card

        def query():
            raise TooWide

        st.session_state["query_t"] = True
        data = pd.DataFrame({"n": [1, 2]})
        table_card(data, title="T", help="H", name="t", columns={"n": "N"}, query=query)

    shown = AppTest.from_function(page).run()
    assert not shown.exception
    assert shown.warning[0].value == str(TooWide())


def test_an_empty_card_has_nothing_to_take_away():
    def page():
        import pandas as pd

        from ui.cards import table_card

        data = pd.DataFrame({"n": pd.Series([], dtype="int64")})
        table_card(data, title="T", help="H", name="t", columns={"n": "N"})

    shown = AppTest.from_function(page).run()
    assert "Nothing was recorded" in shown.caption[0].value
    assert not shown.get("download_button")


def test_a_table_without_numbers_is_not_empty():
    def page():
        import pandas as pd

        from ui.cards import table_card

        data = pd.DataFrame({"name": ["ann"]})
        table_card(data, title="T", help="H", name="t", columns={"name": "Name"})

    shown = AppTest.from_function(page).run()
    assert shown.dataframe[0].value["name"].tolist() == ["ann"]
    assert "Nothing was recorded" not in shown.caption[0].value


def test_names_that_users_gave_are_no_markup_in_a_title():
    assert literal("![x](http://a/b.png) leads") == "\\!\\[x\\](http\u200b://a/b.png) leads"
    assert literal(r"\\[x](y)") == r"\\\[x\](y)"
    assert literal(literal("a_b: *c*")) == literal("a_b: *c*") == r"a\_b: \*c\*"
    assert literal("see WWW.evil.example :smile:") == "see WWW\u200b.evil.example :\u200bsmile:"
    assert literal(":material/home: :red[x]") == ":\u200bmaterial/home: \\:red\\[x\\]"
    assert literal(words.plain("https://e www.e")) == words.plain("https://e www.e")
    assert literal(words.plain("<b> & :red[x]")) == words.plain("<b> & :red[x]")
