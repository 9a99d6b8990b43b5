"""What user agents tell."""

import pytest

from ingest_api.agents import platform_of

AGENTS = {
    "": "",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36": "web",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604": "ios",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0": "android",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": "bot",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)": "bot",
    "facebookexternalhit/1.1": "bot",
    "iconiq-cli/1.0.0": "",
    "Python-urllib/3.11": "",
    "python-requests/2.32": "",
    "Java/17.0.1": "",
    "Go-http-client/2.0": "",
    "curl/8.5.0": "",
    "\x00\xff" * 50: "",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_a_platform_is_read_from_browsers_and_servers_are_no_crawlers(agent):
    assert platform_of(agent) == AGENTS[agent]
