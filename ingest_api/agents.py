"""What a user agent tells: the platform, or that nobody sits there."""

from functools import lru_cache

from ua_parser import parser  # made here, or the first request would wait for it

# Libraries that servers send events with, which lists of crawlers hold as well.
LIBRARIES = ("python-urllib/", "java/", "google-http-java-client/", "winhttp", "wordpress/")


@lru_cache(maxsize=4096)
def platform_of(agent: str) -> str:
    """web, ios, android or bot for a browser's user agent; '' for everything else."""
    if not agent or agent.lower().startswith(LIBRARIES):
        return ""
    parsed = parser.parse(agent)
    if parsed.device and parsed.device.family == "Spider":
        return "bot"
    system = parsed.os.family.lower() if parsed.os else ""
    if system in ("ios", "android"):
        return system
    return "web" if agent.startswith("Mozilla/") else ""
