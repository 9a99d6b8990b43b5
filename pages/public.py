"""What a stranger sees at every address: what this is, and how to get in."""

import streamlit as st

from analytics.community.directory import directory
from ui.frame import ask, fetch_all
from ui.welcome import look_around, ways_in

with st.container(horizontal_alignment="center"), st.container(width=760):
    st.title("See how your product is used", anchor=False)
    st.markdown(
        "Looplens turns the events of your apps, commands and services into answers: who is "
        "active, what they use, where it fails, and what changed after you shipped. It runs on "
        "your own machines and keeps what people agreed to, and no more."
    )
    look_around(fetch_all(ask(directory, 1), openly=True)[0])
    ways_in()
