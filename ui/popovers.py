"""Popovers whose content is made only while they are open: most are never opened."""

from collections.abc import Callable
from typing import Literal

import streamlit as st


def popover(
    label: str,
    key: str,
    draw: Callable[[], None],
    *,
    icon: str = "",
    help: str | None = None,
    type: Literal["secondary", "tertiary"] = "tertiary",
) -> None:
    """A button of this name that opens; `draw` draws what is behind it.

    `icon` is the name of a Material symbol. Another label on a later run closes it. Inside a
    fragment, opening it runs that alone.
    """
    symbol = f":material/{icon}:" if icon else None
    door = st.popover(label, key=key, icon=symbol, help=help, type=type, on_change="rerun")
    if door.open:
        with door:
            draw()
