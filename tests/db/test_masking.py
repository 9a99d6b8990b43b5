"""Personal data is found wherever it stands, and quickly; what is none stays."""

import time
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.account_numbers import IBAN_LENGTHS
from db.addresses import REMOVED
from db.masking import cleaned, mask, mask_json
from tests.thorough import first_of

MEGABYTE = 2**20
SLOWEST = 8.0  # seconds of the processor for a megabyte, on a busy machine
before = st.sampled_from(
    ["", " ", "call ", "(", "[", '"', "/", ":", "=", "\n", "é ", "号码", "<b>"]
)
behind = st.sampled_from(
    ["", " ", ".", ", ok", ")", "]", '"', ";", "\n", " 12/26", " thanks", "</b>"]
)
gap = st.sampled_from(["", " ", "-", ".", "\u00a0"])


@pytest.mark.parametrize(
    "personal",
    [
        "jane.roe+x@mail.example",
        "jane@m\u00fcller.example",
        "+49 30 901820",
        "+49 (0) 30 90 18 20",
        "+1 (555) 010-9999",
        "0049 30 901820",
        "030 901820",
        "030/90182-0",
        "0171 1234567",
        "01 23 45 67 89",
        "01.23.45.67.89",
        "020 7946 0958",
        "(555) 123-4567",
        "555-123-4567",
        "1 555 123 4567",
        "5551234567",
        "612 345 678",
        "98765 43210",
        "123-45-6789",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111111111111111",
        "378282246310005",
        "3782 822463 10005",
        "6304 0000 0000 0000",
        "0171-1234567",
        "(0171) 1234567",
        "(+49) 171 1234567",
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "gb82west12345698765432",
        "203.0.113.9",
        "2001:db8::7",
        "sk-abcdefghijklmnop1234",
        "sk_live_abcdefgh1234",
        "ghp_abcdefghijklmnopqrst1",
        "AKIAIOSFODNN7EXAMPLE",
        "lli_abcdefghijklmnopqrst",
        "xoxb-1234567890-abc",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_x",
        "5d41402abc4b2a76b9719d911017c592",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_what_is_personal_is_masked_and_counted(personal):
    assert mask(f"It is {personal}, thanks") == (f"It is {REMOVED}, thanks", 1)
    assert mask(f"({personal})") == (f"({REMOVED})", 1)
    assert mask(personal) == (REMOVED, 1)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("card 4111 1111 1111 1111 12/26", f"card {REMOVED} 12/26"),
        ("ticket 4711 4111 1111 1111 1111", f"ticket 4711 {REMOVED}"),
        ("ticket 4711 0171 1234567", f"ticket 4711 {REMOVED}"),
        ("AB12 DE89 3704 0044 0532 0130 00 is mine", f"AB12 {REMOVED} is mine"),
        ("password: hunter22 works", f"password: {REMOVED} works"),
        ("PIN=1234", f"PIN={REMOVED}"),
        ("Authorization: Bearer abc123def", f"Authorization: Bearer {REMOVED}"),
        ("a@b\u200b.example", REMOVED),
        ("0171\u00ad1234567", REMOVED),
    ],
)
def test_only_what_is_personal_is_masked(text, kept):
    assert mask(text) == (kept, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "It took 3,000,000 ms and 99.95 %",
        "3.14159265358979",
        "0.1234567890",
        "version 10.4.2 of 2026-03-01 23:30",
        "from 01.03.2026 12:30 to 02.03.2026",
        "on 01/03/26 - 02/03/26",
        "order 1234567890123456",
        "at 1700000000000",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "ISO 27001, RFC 9457, UTF-8, MP3",
        "GB82 WEST 1234 5698 7654 33",
        "at12 different people of 20 teams",
        "token: expired, password is wrong",
        "the bearer of bad news, basic authentication",
        "release-notes-for-version-2024-and-later",
        "550e8400-e29b-41d4-a716-446655440000",
        "antidisestablishmentarianism",
        "a @ b, @handle, 5 > 4, <b>&amp;</b>",
        REMOVED,
    ],
)
def test_what_is_not_personal_stays(text):
    assert mask(text) == (text, 0)


@given(before, st.text(digits, min_size=6, max_size=12), gap, behind)
def test_no_international_number_is_left(ahead, number, between, after):
    written = f"+4{number[:2]}{between}{number[2:]}"
    text, count = mask(f"{ahead}{written}{after}")
    assert (written in text, count) == (False, 1)


def with_check_digit(payload):
    """A card's number by Luhn's rule, summed as it is written in ISO/IEC 7812-1."""
    doubled = [int(d) * (2 - at % 2) for at, d in enumerate(reversed(payload))]
    return payload + str(-sum(each // 10 + each % 10 for each in doubled) % 10)


@given(before, st.text(digits, min_size=12, max_size=18).map(with_check_digit), behind)
def test_no_card_is_left(ahead, number, after):
    assert number not in mask(f"{ahead}{number}{after}").text


@given(
    before,
    st.text("123456789", min_size=15, max_size=15).map(with_check_digit),
    st.sampled_from([" ", "-", " - ", "\u00a0", "."]),
    behind,
)
def test_no_card_in_groups_is_left(ahead, number, between, after):
    written = between.join(number[at : at + 4] for at in range(0, 16, 4))
    text = mask(f"{ahead}{written}{after}").text
    assert not any(written[at : at + 7] in text for at in range(len(written) - 6))


def with_check_digits(country, account):
    """An IBAN, its check digits reckoned as ISO 13616 says."""
    spelt = "".join(str(ord(c) - 55) if c.isalpha() else c for c in f"{account}{country}00")
    return f"{country}{98 - int(spelt) % 97:02d}{account}"


ibans = st.sampled_from(sorted(IBAN_LENGTHS)).flatmap(
    lambda country: st.text(
        digits + "ABCXYZ", min_size=IBAN_LENGTHS[country] - 4, max_size=IBAN_LENGTHS[country] - 4
    ).map(lambda account: with_check_digits(country, account))
)


@given(before.filter(lambda text: text != "é "), ibans, st.booleans(), behind)
def test_no_iban_is_left(ahead, iban, grouped, after):
    written = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4)) if grouped else iban
    text, count = mask(f"{ahead}{written}{after}")
    assert written not in text
    assert count >= 1


@given(before, st.text(ascii_letters + digits, min_size=24, max_size=60), behind)
def test_no_key_is_left_by_its_prefix(ahead, secret, after):
    for prefix in ("sk-", "ghp_", "hf_", "lls_", "glpat-"):
        assert secret not in mask(f"{ahead}{prefix}{secret}{after}").text


@given(st.text(max_size=80))
def test_masking_what_is_masked_changes_nothing(text):
    once = mask(text)
    assert mask(once.text) == (once.text, 0)


pieces = st.sampled_from(
    "4111 1111 1111 1111|+49 30 901820|a@b.example|DE89 3704 0044 0532 0130 00|x| |12|0|.|-|(|]|@"
    f"|{REMOVED}|token=|é|\u200b|sk-|::|\n".split("|")
)


@given(st.lists(pieces, max_size=12).map("".join))
def test_masking_what_is_masked_changes_nothing_however_pieces_meet(text):
    once = mask(text)
    assert mask(once.text) == (once.text, 0)
    assert "a@b.example" not in once.text


def test_a_persons_own_ids_are_found_as_whole_words():
    assert mask("I am u-4711, not u-47112", ("u-4711",)) == (f"I am {REMOVED}, not u-47112", 1)


@given(st.text(st.characters(codec=None), max_size=60))
def test_what_is_kept_can_be_stored_and_seen(text):
    kept = cleaned(text)
    kept.encode()
    assert not set(kept) & set("\x00\x07\x1b\x7f\x9f\u202e\u200b\ufeff\r")
    assert kept == kept.strip()


def test_new_lines_tabs_and_joined_characters_stay():
    assert cleaned("a\tb\r\nc\rd 👩\u200d🚀 न\u200dम\n") == "a\tb\nc\nd 👩\u200d🚀 न\u200dम"


def test_texts_within_json_are_masked_and_the_rest_stays():
    value = {"a": ["b@c.example", 1, None, {"d": "+49 30 901820", "e": True}], "f": 2.5}
    kept = {"a": [REMOVED, 1, None, {"d": REMOVED, "e": True}], "f": 2.5}
    assert mask_json(value) == (kept, 2)


HOSTILE = [
    "1",
    "1 ",
    "11 ",
    "1111 ",
    "0 ",
    "01 ",
    "(0",
    "+1",
    "+",
    "1-",
    "a@",
    "@",
    "a1",
    "::",
    "1:",
]
HOSTILE += ["DE12 ", "DE89 3704 0044 0532 0130 01 ", "4111 1111 1111 1112 ", "sk-", "eyJ", "eyJa."]
HOSTILE += ["pin:", "token: ", "bearer ", "-----BEGIN PRIVATE KEY-----", "é", "\x00", " ", "\u200b"]
HOSTILE += ["a" * 19 + " ", "2026-03-01 ", "1.2.3.", "%40", "SG.", "555-123-456x"]


@pytest.mark.parametrize("unit", first_of(HOSTILE))
def test_a_megabyte_of_anything_takes_no_longer_than_it_is_long(unit):
    def seconds(size):
        text = unit * (size // len(unit))
        started = time.process_time()
        mask(text)
        return time.process_time() - started

    assert seconds(MEGABYTE) < SLOWEST
