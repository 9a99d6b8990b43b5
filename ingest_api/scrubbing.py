"""What would name a person is taken out of the properties and texts that are kept."""

from functools import lru_cache
from typing import Any

from db.addresses import REMOVED, without_addresses, without_words

MAX_DEPTH = 12  # what lies deeper is replaced by null
SHORTEST_ID = 4  # characters; a shorter id is found in too many words

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

Ids = tuple[str, ...]


def scrubbed(properties: dict[str, Any], ids: Ids = (), depth: int = 0) -> dict[str, Any]:
    """The properties without members that name a person by their key, and with clean texts."""
    return {
        scrubbed_text(key, ids): _scrubbed(value, ids, depth + 1)
        for key, value in properties.items()
        if len(key) > LONGEST_KEY or not _names_a_person(key)
    }


def is_clean(properties: dict[str, Any], ids: Ids) -> bool:
    """Whether `scrubbed` would leave them as they are, told at once; False also where in doubt.

    Most properties are a few plain values in which nothing is to be found. Their texts are looked
    through together, with line breaks between them, at which no mailbox or address goes on.
    """
    texts = []
    for key, value in properties.items():
        kind = value.__class__
        if kind is dict or kind is list or (len(key) <= LONGEST_KEY and _names_a_person(key)):
            return False
        texts.append(key)
        if kind is str:
            texts.append(value)
        elif ids and _says(value, ids):
            return False
    together = "\n".join(texts)
    return scrubbed_text(together, ids) == together


def scrubbed_text(text: str, ids: Ids = ()) -> str:
    """Mailboxes, addresses of machines and these ids are blotted out."""
    return without_words(without_addresses(text), ids)


def ids_to_find(*ids: str) -> Ids:
    """Those that are long enough to be looked for in texts."""
    return tuple([each for each in ids if len(each) >= SHORTEST_ID])


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
    return REMOVED if _says(value, ids) else value


def _says(value: Any, ids: Ids) -> bool:
    """Whether a number is one of the ids, which senders may say as numbers, too."""
    if value.__class__ is int:
        return str(value) in ids
    return value.__class__ is float and (str(value) in ids or f"{value:.17g}" in ids)
