"""What is behind a popover is made while it is open, and not before."""

from streamlit.testing.v1 import AppTest


def drawn():
    import streamlit as st

    from ui.popovers import popover

    popover("More", "more", lambda: st.text("behind"), icon="add")


def test_it_is_drawn_while_it_is_open():
    shown = AppTest.from_function(drawn).run(timeout=30)
    assert not shown.text
    shown.session_state["more"] = True
    assert [text.value for text in shown.run().text] == ["behind"]
    shown.session_state["more"] = False
    assert not shown.run().text
