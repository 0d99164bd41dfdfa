"""Which parts of a written text may nobody read?

Card numbers and the security codes beside them (PCI DSS 3.3, 3.4: the last four digits may stay),
IBANs, tokens, passwords and PINs that people or programs write into free text.
"""

import re
from collections.abc import Iterator
from itertools import accumulate

REMOVED = "[removed]"

# Spaces of any kind, hyphens and dashes, and the characters that nobody sees.
_GAP = r"[\s\-\u2010-\u2015\u2212\u00ad\u200b-\u200d\u2060\ufeff]{1,3}"
_DIGIT_GROUPS = re.compile(rf"\d+(?:{_GAP}\d+)*")
# Dots, slashes, commas also stand in versions, addresses and sums: only in the shape of a card.
_CARD_SHAPED = re.compile(
    r"(?<!\d)\d{4}([._/,:|+]|%20)(?:\d{4}\1\d{4}\1\d{1,7}|\d{6}\1\d{4,5})(?!\d)"
)
_ISSUER = re.compile(
    r"4|5[0-8]|6|8[12]"  # Visa; Mastercard, Maestro; Discover, UnionPay, Maestro; RuPay
    r"|220[0-4]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"  # Mir; Mastercard's second range
    r"|3(?:0[0-59]|[4-9])"  # Diners, American Express, JCB
)
_NO_DIGIT = re.compile("[^0-9]+")
_SHORTEST_CARD, _LONGEST_CARD = 13, 19

_AROUND_CARD = r"[^\d•]{1,20}"
_CODE_AFTER_CARD = re.compile(
    rf"(•••• \d{{4}}{_AROUND_CARD}(?:\d{{1,2}} ?[/-] ?\d{{2,4}}{_AROUND_CARD})?)\d{{3,4}}(?![\d/])"
)
# Before a card, but not the last four digits of another one.
_CODE_BEFORE_CARD = re.compile(r"(?<![\d•/] )(?<![\d/])\d{3,4}([\s,;|-]{1,4}•••• \d{4})")

_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \-]?[A-Za-z0-9]){11,30}")
_IBAN_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 "
    "DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 "
    "IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 "
    "MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 "
    "SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
)  # ISO 13616: every country has one length
_IBAN_LENGTH = {entry[:2]: int(entry[2:]) for entry in _IBAN_LENGTHS.split()}

# The ids that programs make (RFC 9562). One in 800 has groups that pass for a card or IBAN.
_ID = re.compile(
    r"(?<![0-9A-Za-z])([0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[1-8][0-9A-Fa-f]{3}"
    r"-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12})(?![0-9A-Za-z])"
)

_LABELLED = [
    re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]{8,}"),
    re.compile(r"()\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"),
    re.compile(r"(?i)\b((?:password|passwd|passphrase|pwd|secret|api[ _-]?key)\s*[:=]\s*)\S+"),
    re.compile(r"(?i)\b(pass(?:word|phrase|code)\s+is\s+)\S*\d\S*"),
    re.compile(
        r"(?i)\b((?:pin|otp|tan|passcode|cvv2?|cvc2?|csc"
        r"|(?:one[ -]time|verification|security) code)\s*(?:[:=#]|is\b)?\s*)\d{3,8}(?!\d)"
    ),
]
_SOCIAL_SECURITY = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")  # of the United States


# What the patterns cannot do without. Most of what people write has nothing of it, and then the
# patterns, which take 80 us for a hundred characters, are left out.
_LABELS = (
    "bearer",
    "eyj",
    "pass",
    "pwd",
    "secret",
    "key",
    "pin",
    "otp",
    "tan",
    "cv",
    "csc",
    "code",
)
_DIGIT = re.compile(r"\d")
_SOCIAL_SECURITY_DIGITS = 9
_IBAN_HEAD = re.compile(r"\d\d(?<=(?<![A-Za-z0-9])[A-Za-z]{2}\d\d)")


def blank(text: str) -> str:
    """The same text without secrets; a text without secrets comes back unchanged."""
    folded = text.casefold()
    if any(label in folded for label in _LABELS):
        for labelled in _LABELLED:
            text = labelled.sub(rf"\1{REMOVED}", text)
    digits = len(_DIGIT.findall(text))
    if digits >= _SOCIAL_SECURITY_DIGITS:
        text = _SOCIAL_SECURITY.sub(REMOVED, text)
    if digits >= _SHORTEST_CARD or _IBAN_HEAD.search(text):
        parts = _ID.split(text)  # every second one is an id
        text = "".join(part if at % 2 else _blank_numbers(part) for at, part in enumerate(parts))
    if "••••" not in text:
        return text
    text = _CODE_AFTER_CARD.sub(rf"\1{REMOVED}", text)
    return _CODE_BEFORE_CARD.sub(rf"{REMOVED}\1", text)


def _blank_numbers(text: str) -> str:
    text = _IBAN_START.sub(_blank_iban, text)
    text = _CARD_SHAPED.sub(_blank_shaped_card, text)
    return _DIGIT_GROUPS.sub(_blank_cards, text)


def _blank_iban(found: re.Match[str]) -> str:
    text = found.group()
    length = _IBAN_LENGTH.get(text[:2].upper(), 0)
    places = [at for at, char in enumerate(text) if char.isalnum()]
    if not 0 < length <= len(places):
        return text
    end = places[length - 1] + 1
    iban = "".join(char for char in text[:end] if char.isalnum())
    if int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 != 1:
        return text
    return REMOVED + text[end:]


def _blank_shaped_card(found: re.Match[str]) -> str:
    separator = found.group(1)
    return _blank_cards_in(found.group(), found.group().replace(separator, " " * len(separator)))


def _blank_cards(found: re.Match[str]) -> str:
    return _blank_cards_in(found.group(), found.group())


def _blank_cards_in(text: str, grouped: str) -> str:
    """`grouped` is the text as digits and gaps, of the same length."""
    if len(text) < _SHORTEST_CARD:
        return text
    kept: list[str] = []
    after = 0
    for start, end in _merged(_card_spans(grouped)):
        kept += [text[after:start], f"•••• {_digits(grouped[start:end])[-4:]}"]
        after = end
    return "".join([*kept, text[after:]])


def _card_spans(grouped: str) -> Iterator[tuple[int, int]]:
    """Where card numbers stand, by their start; they may overlap.

    Any digit groups that follow each other may make up the number, as people write "2 4242 4242
    4242 4242" or one digit at a time, but a number never starts or ends within a group.
    """
    digits = _digits(grouped)
    if len(digits) < _SHORTEST_CARD:
        return
    groups = list(_groups(grouped))
    ends = {end: text_end for _, _, text_end, end in groups}
    sums = _luhn_sums(digits)
    for text_start, start, _, _ in groups:
        if not _ISSUER.match(digits, start):
            continue
        for end in range(start + _shortest(digits[start]), start + _LONGEST_CARD + 1):
            if end in ends and _passes_luhn(sums, start, end):
                yield text_start, ends[end]


def _merged(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping spans as one, so that no half of a number is left over."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def _digits(text: str) -> str:
    """Digits of any script as 0-9."""
    if text.isascii():
        return _NO_DIGIT.sub("", text)
    return "".join(str(int(char)) for char in text if char.isdecimal())


def _groups(grouped: str) -> Iterator[tuple[int, int, int, int]]:
    """Each group's start in the text and among the digits, then its end in both."""
    start = 0
    for group in re.finditer(r"\d+", grouped):
        end = start + len(group.group())
        yield group.start(), start, group.end(), end
        start = end


def _shortest(first: str) -> int:
    # With 13 digits only Visa: times in milliseconds have 13, and one in ten of them passes Luhn.
    return _SHORTEST_CARD if first == "4" else _SHORTEST_CARD + 1


def _luhn_sums(digits: str) -> tuple[list[int], list[int]]:
    """Running sums that double the digits at odd, and those at even positions (ISO 7812 B)."""
    plain = [int(digit) for digit in digits]
    doubled = [2 * digit - 9 * (digit > 4) for digit in plain]
    odd = (two if at % 2 else one for at, (one, two) in enumerate(zip(plain, doubled, strict=True)))
    even = (
        one if at % 2 else two for at, (one, two) in enumerate(zip(plain, doubled, strict=True))
    )
    return [0, *accumulate(odd)], [0, *accumulate(even)]


def _passes_luhn(sums: tuple[list[int], list[int]], start: int, end: int) -> bool:
    running = sums[end % 2 == 0]  # the last digit is never doubled
    return (running[end] - running[start]) % 10 == 0
