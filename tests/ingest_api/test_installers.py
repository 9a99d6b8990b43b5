"""User agents of those who download, as they are sent."""

import pytest

from ingest_api.installers import Client, client_of

PIP = (
    'pip/24.0 {{"ci":{ci},"cpu":"x86_64","distro":{{"name":"Ubuntu"}},'
    '"installer":{{"name":"pip","version":"24.0"}},"system":{{"name":"{system}"}}}}'
)
NPM = "npm/10.2.4 node/v20.11.0 {system} x64 workspaces/false{ci}"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537"


@pytest.mark.parametrize(
    ("agent", "client"),
    [
        (PIP.format(ci="null", system="Linux"), Client("pip", "person", "linux")),
        (PIP.format(ci="true", system="Darwin"), Client("pip", "ci", "macos")),
        (PIP.format(ci="null", system="Windows"), Client("pip", "person", "windows")),
        ('uv/0.5.1 {"ci": true, "system": {"name": "Linux"}}', Client("uv", "ci", "linux")),
        (NPM.format(system="darwin", ci=""), Client("npm", "person", "macos")),
        (NPM.format(system="win32", ci=""), Client("npm", "person", "windows")),
        (NPM.format(system="linux", ci=" ci/github-actions"), Client("npm", "ci", "linux")),
        (NPM.format(system="linux", ci=" ci/false"), Client("npm", "person", "linux")),
        ("poetry/1.8.2 CPython/3.11.4 Linux/6.1", Client("poetry", "person", "linux")),
        ("Composer/2.7.1 (Linux; 6.1; PHP 8.2; cURL 8; CI)", Client("composer", "ci", "linux")),
        ("cargo 1.75.0 (1d8b05cdd 2023-11-20)", Client("cargo", "person", "")),
        (
            "bandersnatch/6.5.0 (cpython 3.11.4, Linux x86_64)",
            Client("bandersnatch", "mirror", "linux"),
        ),
        ("python-requests/2.31 devpi-server/6.9", Client("python-requests", "mirror", "")),
        ("Artifactory/7.77.5", Client("artifactory", "mirror", "")),
        ("Nexus/3.66.0-02 (OSS; Linux; 5.15)", Client("nexus", "mirror", "linux")),
        ("GoModuleMirror/1.0 (+https://proxy.golang.org)", Client("gomodulemirror", "mirror", "")),
        ("Scrapy/2.11 (+https://scrapy.org)", Client("scrapy", "bot", "")),
        (CHROME, Client("browser", "person", "windows")),
        (PHONE, Client("browser", "person", "android")),
        ("curl/8.5.0", Client("curl", "person", "")),
        ("", Client("", "person", "")),
        ('{"ci":true}', Client("", "ci", "")),
        ("\x00/1 🙂", Client("", "person", "")),
    ],
)
def test_a_user_agent_tells_installer_system_and_who_is_behind_it(agent, client):
    assert client_of(agent) == client


def test_a_name_that_merely_holds_a_mirrors_is_none():
    assert client_of("nexus-of-mine/1.0").audience == "person"


def test_an_endless_agent_is_read_in_part():
    assert client_of("pip/1 " + "x" * 100_000 + ' "ci":true') == Client("pip", "person", "")
    assert len(client_of("a" * 5_000).installer) == 40
