"""Package: how much a package is run, by how many, and how well it does; open to everybody."""

import streamlit as st

from analytics.community.comparing import compare
from analytics.community.directory import directory
from analytics.community.packages import package_stats
from analytics.community.trending import trending
from ui import packages, packages_columns, words_packages
from ui.frame import ask, current_viewer, fetch_all
from ui.windows import choose_days

viewer = current_viewer()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    wanted = packages.choose_package()
    days = choose_days() if wanted else 0
stats = fetch_all(ask(package_stats, wanted, days), openly=True)[0] if wanted else None
if stats is None:
    if wanted:
        st.info(words_packages.UNKNOWN)
    grown, every = fetch_all(ask(trending), ask(directory), openly=True)
    packages.draw_list(
        grown,
        packages_columns.TRENDING,
        title=words_packages.trending_finding(grown),
        name="trending",
        empty=words_packages.NONE_GROWS,
    )
    packages.draw_list(
        every,
        packages_columns.DIRECTORY,
        title=words_packages.directory_finding(every),
        name="directory",
        empty=words_packages.NO_PACKAGES,
    )
    st.stop()

packages.draw_figures(stats)
if not stats.totals.n:
    st.info(words_packages.NOTHING_YET)
    st.stop()
packages.draw_daily(stats, viewer)
packages.draw_models(stats, viewer)
versions = words_packages.newest(stats)[::-1]  # each differs from the first
(compared,) = fetch_all(ask(compare, wanted, versions, days), openly=True)
packages.draw_versions(stats, compared, viewer)
packages.draw_downloads(stats)
packages.draw_badges(stats)
