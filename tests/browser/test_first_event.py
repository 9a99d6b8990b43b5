"""From an empty project to a chart, with the code that the page shows."""

import subprocess
import sys

from tests.thorough import thorough


@thorough
def test_the_page_notices_the_first_event_that_its_own_code_sends(visit, product):
    product.command("project", "fresh", "--consent", "opt-in")
    printed = product.command("invite", "root@example.org", "--role", "admin")
    visitor = visit()
    visitor.page.goto(product.dashboard + "/access" + printed.split("/access")[-1].split()[0])
    visitor.page.get_by_role("button", name="Sign in").click()
    visitor.page.get_by_role("button", name="Sign out").wait_for(state="attached")
    visitor.open("/?project=fresh")
    assert "Waiting for the first event" in visitor.text
    visitor.click("Make an ingest key")
    visitor.page.get_by_role("tab", name="Python").click()
    code = visitor.page.locator("[data-testid=stCode]:visible code").first.inner_text()
    sent = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert '"accepted":1' in sent.stdout.replace(" ", "")
    visitor.page.get_by_text("1 event in all").wait_for(timeout=20_000)
    visitor.settle()
