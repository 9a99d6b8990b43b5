"""Somebody who looks at the dashboard in a browser."""

import re

from PIL import Image

SETTLED = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  return app && app.dataset.testScriptState === 'notRunning'
    && app.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')
    && [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].every(
         chart => chart.querySelectorAll('svg path, canvas').length > 0);
}"""
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}


class Visitor:
    """Somebody with a browser window of their own."""

    def __init__(self, context, home, look="light"):
        self.context, self.home, self.look, self.complaints = context, home, look, []
        self.page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, message):
        if message.type == "error":
            self.complaints.append(message.text)

    def leave(self):
        """Forget who it was and what they kept, so that somebody else can have the window."""
        for page in self.context.pages:
            if page is not self.page:
                page.close()
        self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        self.context.clear_cookies()
        self.page.goto("about:blank")
        self._dress(self.look)
        self.complaints.clear()

    def open(self, path):
        self.page.goto(self.home + path)
        return self.settle()

    def wear(self, look):
        """Show the page in another look, as when the system's theme or the window changes."""
        self._dress(look)
        return self.settle()

    def _dress(self, look):
        self.page.emulate_media(color_scheme=LOOKS[look].get("color_scheme", "light"))
        self.page.set_viewport_size(LOOKS[look]["viewport"])

    def settle(self):
        """Wait until the page has been drawn and stays as it is."""
        self.page.wait_for_timeout(150)  # a click has to reach the server first
        self.page.wait_for_function(SETTLED)
        return self

    def enter_as(self, persona, path="/"):
        """Sign in as a persona where a page asks for it, and stay on that page."""
        self.open(path)
        self.page.get_by_role("button", name=persona).click()
        self.page.get_by_role("button", name="Sign out").wait_for(state="attached")
        return self.settle()

    def click(self, text):
        self.page.get_by_text(text, exact=True).first.click()
        return self.settle()

    def go(self, title):
        """Change the page through the navigation."""
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
        self.page.get_by_role("heading", name=title, level=1).wait_for()
        return self.settle()

    @property
    def address(self):
        return self.page.url.removeprefix(self.home)

    @property
    def text(self):
        return self.page.get_by_test_id("stMain").inner_text()

    def count(self, selector):
        return self.page.locator(selector).count()

    def figure(self, label):
        """The value of a tile."""
        tile = self.page.get_by_test_id("stMetric").filter(has_text=label).first
        return tile.get_by_test_id("stMetricValue").inner_text()

    def new_figure(self, label, old):
        """The value of a tile once it is another than the old one."""
        tile = self.page.get_by_test_id("stMetric").filter(has_text=label).first
        tile.get_by_test_id("stMetricValue").filter(has_not_text=re.compile(f"^{old}$")).wait_for()
        return self.settle().figure(label)

    def overflows(self):
        """Whether anything is wider than the window."""
        return self.page.evaluate(
            """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
                       .some(box => box.scrollWidth > box.clientWidth)"""
        )

    def shoot(self, path):
        """A picture of the whole page, which scrolls inside the window."""
        size = self.page.viewport_size
        height = self.page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": max(height, 600)})
        self.page.wait_for_timeout(400)  # charts follow the new size
        self.page.screenshot(path=path)
        with Image.open(path) as picture:  # flat colours need no more than a palette
            picture.convert("RGB").quantize(256).save(path, optimize=True)
        self.page.set_viewport_size(size)
