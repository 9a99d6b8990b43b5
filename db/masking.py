"""Personal data in texts is masked before it is stored, and counted.

Texts are what people write, and all values in the JSON that comes with it; its names stay.

What is looked for: mailboxes, addresses of machines, phone numbers, payment cards, IBANs, keys and
passwords. Every pattern is linear in the length of the text: what comes in may be made to be slow.
"""

import re
from typing import Any, NamedTuple

from db.account_numbers import without_cards, without_ibans, without_phones
from db.addresses import REMOVED, without_addresses, without_words

# Unicode's controls but tabs and new lines, halves of characters, what is invisible within a word,
# and what turns the direction of a text.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)
PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}-----|\Z)", re.DOTALL
)
# As their makers prefix them, ours among them; and the three parts of a JSON Web Token (RFC 7519).
KEY = re.compile(
    r"""(?<![\w-])(?:
        sk-[\w-]{16,}+ | [spr]k_(?:live|test)_\w{8,}+ | gh[opsur]_\w{20,}+ | github_pat_\w{20,}+
      | glpat-[\w-]{16,}+ | xox[a-z]-[\w-]{10,}+ | (?:AKIA|ASIA)[0-9A-Z]{16} | AIza[\w-]{30,}+
      | ya29\.[\w-]{20,}+ | hf_\w{20,}+ | npm_\w{20,}+ | pypi-[\w-]{20,}+ | ll[irsa]_[\w-]{20,}+
      | SG\.[\w-]{16,}+\.[\w-]{16,}+ | eyJ[\w-]{8,}+\.[\w-]{4,}+(?:\.[\w-]*+)?
    )""",
    re.ASCII | re.VERBOSE,
)
# Twenty letters and digits in one piece, two digits among them: no word of any language.
RANDOM = re.compile(
    r"(?<![A-Za-z0-9])(?=\d*+[A-Za-z])(?=(?:[A-Za-z]*+\d){2})[A-Za-z0-9]{20,}+", re.ASCII
)
SECRET = re.compile(
    r"""(?<![a-z])(?P<label>
        (?:pass(?:word|wd|phrase|wort)?|pwd|pin|secret|token|(?:api|access)[ _-]?key)
        [ ]{0,2}[=:][ ]{0,2} | (?:bearer|basic)[ ]
    )(?=[^\s\[\]]{0,64}?\d)[^\s\[\]]{4,}+""",
    re.IGNORECASE | re.VERBOSE,
)


class Masked(NamedTuple):
    """What is kept of a text, and how many things were taken out of it."""

    text: str
    n: int


def cleaned(text: str) -> str:
    """The text without control characters and what else can't be seen, and without outer space."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNSEEN.sub("", lines).strip()


def mask(text: str, ids: tuple[str, ...] = ()) -> Masked:
    """The text with REMOVED in place of personal data and of these ids, and how often.

    Texts are cleaned first: an invisible character in the midst of an address would hide it.
    """
    given = kept = cleaned(text)
    kept = PRIVATE_KEY.sub(REMOVED, kept)
    kept = KEY.sub(REMOVED, without_addresses(kept))
    kept = SECRET.sub(rf"\g<label>{REMOVED}", kept)
    kept = without_ibans(RANDOM.sub(REMOVED, kept))
    kept = without_words(without_phones(without_cards(kept)), ids)
    return Masked(kept, max(0, kept.count(REMOVED) - given.count(REMOVED)))


def mask_json(value: Any) -> tuple[Any, int]:
    """The JSON with its texts masked, and how often; names of members stay as they are.

    Its depth is the caller's to bound, and ids in it are the caller's to take out.
    """
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        items, count = mask_json(list(value.values()))
        return dict(zip(value, items, strict=True)), count
    if isinstance(value, list):
        masked = [mask_json(item) for item in value]
        return [kept for kept, _ in masked], sum(count for _, count in masked)
    return value, 0
