"""What of the customer's app may an agent see, and we keep?

Two sieves, in this order: a value passes only under a name that the allow-list holds and that does
not speak of a secret; then secrets are blanked in what is left of free text, names included.
Redacting by pattern alone wrecks data: 9.9 % of times in milliseconds look like a card number.

    TooLarge   the value is too deep or too big to be looked at; carries the place
"""

import re
from typing import Any

import msgspec

from app.conversation.secret_text import REMOVED, blank

DEEPEST = 8  # objects and lists within each other
LARGEST = 256 * 1024  # bytes as JSON
LONGEST_NAME = 100  # characters of a member's name; longer ones are no names


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SECRET_WORDS = _names("""
    password passwd passphrase passcode pwd pin puk cvv cvc csc otp totp tan mtan token tokens jwt
    secret secrets authorization cookie cookies credential credentials pan iban ssn
""")
"""A name that holds one of these words never passes: newPin, access_token."""

SECRET_NAMES = _names("""
    cardnumber cardno cardnum ccnumber ccnum creditcard debitcard accountnumber sortcode
    securitycode onetimecode verificationcode smscode pincode otpcode password apikey privatekey
    signingkey
""")
"""A name that contains one of these, written together, never passes: card-number, userApiKey."""

WRITTEN_BY_SDK = _names("""
    screen step flow flow_title run_id interaction_id conversation_id progress of
    errors error field fields detail code kind type status state tone message text title label
    actions action at name target button count tries attempt attempts since duration_ms elapsed_ms
""")
OF_THE_DEVICE = _names("""
    device network os os_version model brand browser browser_version platform app app_version
    version build language languages locale timezone viewport width height pixel_ratio orientation
    touch theme font_scale screen_reader reduced_motion online effective_type connection downlink
    rtt save_data battery charging memory camera microphone notifications visible focused
""")
COMMON_IN_FORMS = _names("""
    id card_id order_id product_id item_id reason channel result outcome value option options
    selected enabled amount currency quantity country region date from to month url path route
    tab query category description note
""")
ALLOWED = WRITTEN_BY_SDK | OF_THE_DEVICE | COMMON_IN_FORMS
"""Names under which a value may pass; a company adds its own."""

_WORD = re.compile(r"(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+)[0-9]*|[0-9]+")
_ONE_TIME_CODE = re.compile(r"\s*\d{4,8}\s*")


class TooLarge(Exception):
    """The value is not looked at, so nothing of it is kept. `place` is a JSON pointer."""

    def __init__(self, place: str, limit: str) -> None:
        super().__init__(f"{place or '/'}: {limit}")
        self.place = place
        self.limit = limit


class Redacted(msgspec.Struct, frozen=True, kw_only=True):
    value: Any
    removed: tuple[str, ...] = ()
    """JSON pointers to what was left out or blanked; they hold no secret either."""


def redact(value: Any, allowed: frozenset[str] = ALLOWED) -> Redacted:
    """A copy of a JSON value that holds no secret. Raises TooLarge.

    `allowed` are names in snake_case; they match cardId and card-id as well. A bare text, like a
    message in the conversation, has no name and is only searched for secrets.
    """
    check_size(value)
    sieve = _Sieve(allowed)
    kept = sieve.kept(value, name=None, place="")
    return Redacted(value=kept, removed=tuple(sieve.removed))


class _Sieve:
    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self.removed: list[str] = []

    def kept(self, value: Any, name: str | None, place: str) -> Any:
        match value:
            case dict():
                return self._kept_members(value, place)
            case list():
                return [self.kept(one, name, f"{place}/{at}") for at, one in enumerate(value)]
            case str():
                return self._noted(value, _blank_text(value, name), place)
            case bool() | None:
                return value
            case int() | float():
                return self._noted(value, _blank_number(value, name), place)
            case _:
                raise TypeError(f"{place or '/'}: {type(value).__name__} is not a JSON value")

    def _kept_members(self, members: dict[str, Any], place: str) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for name, value in members.items():
            shown = blank(name[:LONGEST_NAME])
            member_place = _member(place, shown)
            if self._may_pass(name, value):
                kept[shown] = self.kept(value, name, member_place)
            else:
                self.removed.append(member_place)
        return kept

    def _may_pass(self, name: str, value: Any) -> bool:
        """Objects and lists of objects pass under any name, as their own members are sieved."""
        words = [word.lower() for word in _WORD.findall(name[:LONGEST_NAME])]
        if _speaks_of_a_secret(words):
            return False
        return "_".join(words) in self._allowed or _holds_only_objects(value)

    def _noted(self, before: Any, after: Any, place: str) -> Any:
        if after != before:
            self.removed.append(place)
        return after


def _speaks_of_a_secret(words: list[str]) -> bool:
    if not SECRET_WORDS.isdisjoint(word.rstrip("0123456789") for word in words):
        return True
    joined = "".join(words)
    return any(secret in joined for secret in SECRET_NAMES)


def _holds_only_objects(value: Any) -> bool:
    if isinstance(value, list):
        return all(_holds_only_objects(one) for one in value)
    return isinstance(value, dict)


def _blank_text(text: str, name: str | None) -> str:
    if name == "code" and _ONE_TIME_CODE.fullmatch(text):  # the code of an error is a word
        return REMOVED
    return blank(text)


def _blank_number(number: float, name: str | None) -> float | str:
    whole = str(abs(int(number))) if abs(number) < 1e20 else ""
    blanked = _blank_text(whole, name)
    return number if blanked == whole else blanked


def _member(place: str, name: str) -> str:
    return f"{place}/{name.replace('~', '~0').replace('/', '~1')}"  # RFC 6901


def check_size(value: Any, place: str = "", depth: int = 0) -> int:
    """Bytes of the value as JSON, near enough.

    Raises TooLarge, which names the innermost place that is too large.
    """
    match value:
        case dict() | list() if depth == DEEPEST:
            raise TooLarge(place, f"deeper than {DEEPEST} levels")
        case dict():
            size = 2
            for name, member in value.items():
                member_place = _member(place, blank(name[:LONGEST_NAME]))
                size += len(name) + 4 + check_size(member, member_place, depth + 1)
        case list():
            size = 2
            for at, one in enumerate(value):
                size += 1 + check_size(one, f"{place}/{at}", depth + 1)
        case str():
            size = 2 + len(value.encode(errors="surrogatepass"))
        case _:
            size = 8
    if size > LARGEST:
        raise TooLarge(place, f"more than {LARGEST // 1024} KiB")
    return size
