"""Texts of one line that people give, such as titles and questions, and what can't be in them."""

import re
import unicodedata

UNSEEN = ("Cc", "Cs", "Zl", "Zp")  # Unicode's controls, halves of characters and line breaks
MAILBOX = re.compile(r"""[^\s@<>()\[\],;:"\\]+@[^\s@<>()\[\],;:"\\]+""")
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # the direction


def one_line(text: str) -> str:
    """The text with every stretch of blanks and line breaks as one space."""
    return " ".join(text.split())


def is_mailbox(text: str) -> bool:
    """Whether it may be the e-mail address of one person."""
    return len(text) <= 254 and text.isprintable() and bool(MAILBOX.fullmatch(text))


def fault(text: str, longest: int) -> str:
    """What is wrong with a line of at most so many characters, as a sentence; "" for nothing."""
    if not text:
        return "it is empty."
    if len(text) > longest:
        return f"it has more than {longest} characters."
    if any(unicodedata.category(char) in UNSEEN or char in TURNING for char in text):
        return "it holds control characters."
    return ""
