"""Mailboxes and addresses of machines in texts, which are blotted out of what is kept.

Every pattern is linear in the length of the text: what comes in may be made to be slow.
"""

import re
from ipaddress import ip_address
from string import hexdigits

REMOVED = "[removed]"
HEX_DIGITS = frozenset(hexdigits)

LOCAL_PART = r"""[^\s@<>()\[\],;:"/=?&%\\]"""
MAILBOX = re.compile(rf"(?<!{LOCAL_PART}){LOCAL_PART}++(?:@|%40)[\w-]++(?:\.[\w-]++)++")
IPV4_LIKE = re.compile(r"(?<![^\W_])(?<!\d\.)(?:\d{1,3}\.){3}\d{1,3}(?![^\W_])(?!\.\d)", re.ASCII)
# Words such as "client:" may stand before an address; they have a letter that is no hex digit.
IPV6_LIKE = re.compile(
    r"(?<![\w:])(?P<before>(?:(?=[0-9A-Fa-f]*[^\W\dA-Fa-f])\w++:)*+)"
    r"(?P<address>[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.\d{1,3}){0,3})(?![\w:])"
)


def without_addresses(text: str) -> str:
    """The text with REMOVED in place of each address; most texts hold none."""
    if "@" in text or "%40" in text:
        text = MAILBOX.sub(REMOVED, text)
    if "." in text:
        text = IPV4_LIKE.sub(_without_ipv4, text)
    if ":" in text:
        text = IPV6_LIKE.sub(_without_ipv6, text)
    return text


def without_words(text: str, words: tuple[str, ...]) -> str:
    """The text with REMOVED in place of each of these, where it stands as a word of its own."""
    for each in words:
        if each in text:
            text = _without_word(text, each)
    return text


def _without_word(text: str, word: str) -> str:
    """By hand: a pattern of each word would have to be compiled, which takes ten times as long."""
    kept, start, at = [], 0, text.find(word)
    while at >= 0:
        end = at + len(word)
        if _goes_on(text[at - 1 : at]) or _goes_on(text[end : end + 1]):
            at = text.find(word, at + 1)
            continue
        kept.append(text[start:at])
        start, at = end, text.find(word, end)
    return REMOVED.join([*kept, text[start:]])


def _goes_on(beside: str) -> bool:
    return beside.isalnum() or beside == "_"


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
