"""What would name a person is taken out of the properties and texts that are kept.

Every pattern is linear in the length of the text: what comes in may be made to be slow.
"""

import re
from functools import lru_cache
from ipaddress import ip_address
from string import hexdigits
from typing import Any

REMOVED = "[removed]"
MAX_DEPTH = 12  # what lies deeper is replaced by null
SHORTEST_ID = 4  # characters; a shorter id is found in too many words
HEX_DIGITS = frozenset(hexdigits)

NAMING_A_PERSON = """
    ip ipaddress ipaddr ipv4 ipv6 clientip userip remoteip sourceip remoteaddr remoteaddress
    clientaddress xforwardedfor xrealip forwarded email emailaddress useremail mail phone
    phonenumber mobile userid uid username login distinctid anonymousid visitorid deviceid
    machineid macaddress idfa gaid hostname password passwd passphrase secret clientsecret token
    accesstoken refreshtoken idtoken jwt apikey xapikey authorization cookie setcookie sessionid
    firstname lastname surname givenname familyname fullname address streetaddress ssn
"""
IDENTIFYING = frozenset(NAMING_A_PERSON.split())
LONGEST_KEY = 40  # characters, separators included; longer ones aren't looked up
SEPARATORS = str.maketrans("", "", "_-. $")

LOCAL_PART = r"""[^\s@<>()\[\],;:"/=?&%\\]"""
MAILBOX = re.compile(rf"(?<!{LOCAL_PART}){LOCAL_PART}++(?:@|%40)[\w-]++(?:\.[\w-]++)++")
IPV4_LIKE = re.compile(r"(?<![^\W_])(?<!\d\.)(?:\d{1,3}\.){3}\d{1,3}(?![^\W_])(?!\.\d)", re.ASCII)
# Words such as "client:" may stand before an address; they have a letter that is no hex digit.
IPV6_LIKE = re.compile(
    r"(?<![\w:])(?P<before>(?:(?=[0-9A-Fa-f]*[^\W\dA-Fa-f])\w++:)*+)"
    r"(?P<address>[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.\d{1,3}){0,3})(?![\w:])"
)

Ids = tuple[str, ...]


def scrubbed(properties: dict[str, Any], ids: Ids = (), depth: int = 0) -> dict[str, Any]:
    """The properties without members that name a person by their key, and with clean texts."""
    return {
        scrubbed_text(key, ids): _scrubbed(value, ids, depth + 1)
        for key, value in properties.items()
        if len(key) > LONGEST_KEY or not _names_a_person(key)
    }


def scrubbed_text(text: str, ids: Ids = ()) -> str:
    """Mailboxes, addresses of machines and these ids are blotted out; most texts hold none."""
    if "@" in text or "%40" in text:
        text = MAILBOX.sub(REMOVED, text)
    if "." in text:
        text = IPV4_LIKE.sub(_without_ipv4, text)
    if ":" in text:
        text = IPV6_LIKE.sub(_without_ipv6, text)
    for each in ids:
        if each in text:
            text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", REMOVED, text)
    return text


def ids_to_find(*ids: str) -> Ids:
    """Those that are long enough to be looked for in texts."""
    return tuple(each for each in ids if len(each) >= SHORTEST_ID)


@lru_cache(maxsize=4096)
def _names_a_person(key: str) -> bool:
    return key.lower().translate(SEPARATORS) in IDENTIFYING


def _scrubbed(value: Any, ids: Ids, depth: int) -> Any:
    if isinstance(value, str):
        return scrubbed_text(value, ids)
    if isinstance(value, dict):
        return scrubbed(value, ids, depth) if depth <= MAX_DEPTH else None
    if isinstance(value, list):
        deeper = depth + 1
        return [_scrubbed(item, ids, deeper) for item in value] if depth <= MAX_DEPTH else None
    return value


def _without_ipv4(found: re.Match[str]) -> str:
    return REMOVED if _is_address(found[0]) else found[0]


def _without_ipv6(found: re.Match[str]) -> str:
    text = found["address"]
    may_be = "::" in text or text.count(":") >= 6
    if may_be and not HEX_DIGITS.isdisjoint(text) and _is_address(text):
        return found["before"] + REMOVED
    return found[0]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
