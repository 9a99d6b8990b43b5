"""My packages: how those do that the viewer wrote, what each release changed, and what to do."""

import streamlit as st

from analytics.community.author.audience import also_used
from analytics.community.author.own import own_packages
from analytics.community.author.portrait import portrait
from ui import packages_author, words_insights, words_packages
from ui.frame import ask, enter, fetch, fetch_all
from ui.packages_audience import draw_audience, draw_comments
from ui.windows import choose_days

viewer = enter("packages")
days = choose_days()
own = fetch(own_packages, days)
if not own:
    st.info(words_insights.NOBODYS)
    st.code(words_insights.ADDING, language="shell")
    st.stop()

packages_author.draw_own(own, viewer, days)
package = packages_author.choose_own(own)
found, also = fetch_all(ask(portrait, package.id, days), ask(also_used, package.id, days))
packages_author.draw_figures(package)
if found is None or not package.runs.n:
    st.info(words_packages.NOTHING_YET)
    st.stop()
packages_author.draw_insights(found)
packages_author.draw_releases(found, viewer, days)
draw_audience(found, also, viewer, days)
draw_comments(package.id)
