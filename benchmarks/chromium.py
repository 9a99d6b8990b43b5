"""The browser that pages are looked at with, in measurements and in tests."""

import shutil
from pathlib import Path

from playwright.sync_api import Playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser(playwright: Playwright) -> str | None:
    """The path of a Chromium: the system's, else Playwright's own; None when there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None
