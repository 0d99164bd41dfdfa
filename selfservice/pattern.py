"""Has a text this form? A small part of regular expressions, matched in linear time.

Characters, `.`, `[A-Z0-9]`, `[^ ]`, `\\d`, `\\w`, `\\s` (ASCII), `(one|other)`, and the repeats
`?`, `*`, `+`, `{2}`, `{2,}`, `{2,4}`. The whole text must match.

There is no backtracking: the text is read once, with the set of all places in the pattern where the
match may stand (V. M. Glushkov, The abstract theory of automata, 1961). So no text makes a pattern
slow. An endless repeat inside a repeat is refused all the same, for the sake of whoever takes the
pattern to another engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from selfservice.errors import FlowError

MAX_LENGTH = 100
MAX_PLACES = 200
"""Characters of the pattern with its repeats written out."""
MAX_PARTS = 1000

_SPECIAL = frozenset("\\^$.|?*+()[]{}")
_RANGES = {"d": "09", "w": "09AZ__az", "s": "\t\r  "}
_COUNT = re.compile(r"\{([0-9]{1,3})(,?)([0-9]{0,3})\}")


class _Chars(msgspec.Struct, frozen=True):
    """One character out of ranges: `09AZ` is 0 to 9 and A to Z."""

    ranges: str
    but: bool = False
    endless: bool = False

    def has(self, character: str) -> bool:
        pairs = zip(self.ranges[::2], self.ranges[1::2], strict=True)
        return any(first <= character <= last for first, last in pairs) != self.but


class _Row(msgspec.Struct, frozen=True):
    parts: tuple[_Node, ...]
    endless: bool


class _Either(msgspec.Struct, frozen=True):
    ways: tuple[_Node, ...]
    endless: bool


class _Repeat(msgspec.Struct, frozen=True):
    part: _Node
    least: int
    most: int | None
    endless: bool


_Node = _Chars | _Row | _Either | _Repeat


class Pattern:
    """A compiled pattern."""

    __slots__ = ("_net", "_whole", "text")

    def __init__(self, text: str) -> None:
        """Raises FlowError where it cannot be read or is too large."""
        if not 0 < len(text) <= MAX_LENGTH:
            raise _wrong(f"a pattern has 1 to {MAX_LENGTH} characters")
        self.text = text
        self._net = _Net()
        self._whole = self._net.add(_Reader(text).whole())

    def matches(self, text: str) -> bool:
        """Whether all of the text has this form."""
        if not text:
            return self._whole.empty
        places = self._net.having(text[0], self._whole.first)
        for character in text[1:]:
            if not places:
                return False
            places = self._net.after(character, places)
        return bool(places & self._whole.last)


# --- what it means ----------------------------------------------------------------------------


class _Piece(msgspec.Struct, frozen=True):
    """Where a match of a part can begin and end, as bits; `empty`: it may match nothing."""

    empty: bool
    first: int
    last: int


_NOTHING = _Piece(empty=True, first=0, last=0)


class _Net:
    """Every character of a pattern is a place; `_follow` says which may come after it."""

    def __init__(self) -> None:
        self._chars: list[_Chars] = []
        self._follow: list[int] = []
        self._parts = 0

    def having(self, character: str, places: int) -> int:
        """Those of the places where this character may stand."""
        found = 0
        for place in _bits(places):
            if self._chars[place].has(character):
                found |= 1 << place
        return found

    def after(self, character: str, places: int) -> int:
        """Where the match may stand one character on."""
        following = 0
        for place in _bits(places):
            following |= self._follow[place]
        return self.having(character, following)

    def add(self, node: _Node) -> _Piece:
        """Write out a part of the pattern."""
        self._parts += 1
        if self._parts > MAX_PARTS or len(self._chars) > MAX_PLACES:
            raise _wrong("with its repeats written out the pattern is too long")
        match node:
            case _Chars():
                self._chars.append(node)
                self._follow.append(0)
                here = 1 << len(self._chars) - 1
                return _Piece(empty=False, first=here, last=here)
            case _Row():
                return self._row(node.parts)
            case _Either():
                return self._either(node)
            case _Repeat():
                return self._repeat(node)

    def _row(self, parts: tuple[_Node, ...]) -> _Piece:
        so_far = _NOTHING
        for part in parts:
            so_far = self._behind(so_far, self.add(part))
        return so_far

    def _either(self, node: _Either) -> _Piece:
        pieces = [self.add(way) for way in node.ways]
        first = last = 0
        for piece in pieces:
            first, last = first | piece.first, last | piece.last
        return _Piece(empty=any(piece.empty for piece in pieces), first=first, last=last)

    def _repeat(self, node: _Repeat) -> _Piece:
        """`a{2,4}` is written out as `aaa?a?`, `a{2,}` as `aaa*`."""
        so_far = self._row((node.part,) * node.least)
        if node.most is None:
            piece = self.add(node.part)
            self._join(piece.last, piece.first)
            return self._behind(so_far, msgspec.structs.replace(piece, empty=True))
        for _ in range(node.most - node.least):
            piece = self.add(node.part)
            so_far = self._behind(so_far, msgspec.structs.replace(piece, empty=True))
        return so_far

    def _behind(self, one: _Piece, two: _Piece) -> _Piece:
        self._join(one.last, two.first)
        return _Piece(
            empty=one.empty and two.empty,
            first=one.first | (two.first if one.empty else 0),
            last=two.last | (one.last if two.empty else 0),
        )

    def _join(self, ends: int, starts: int) -> None:
        for place in _bits(ends):
            self._follow[place] |= starts


def _bits(places: int) -> Iterator[int]:
    while places:
        lowest = places & -places
        yield lowest.bit_length() - 1
        places ^= lowest


# --- how it is written ------------------------------------------------------------------------


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> _Node:
        found = self._either()
        if self._at < len(self._text):
            raise self._wrong("a `)` without its `(`")
        return found

    def _either(self) -> _Node:
        ways = [self._row()]
        while self._next() == "|":
            self._at += 1
            ways.append(self._row())
        return _Either(tuple(ways), endless=any(way.endless for way in ways))

    def _row(self) -> _Node:
        parts: list[_Node] = []
        while self._next() not in {"", "|", ")"}:
            parts.append(self._repeated(self._one()))
        return _Row(tuple(parts), endless=any(part.endless for part in parts))

    def _repeated(self, part: _Node) -> _Node:
        least, most = self._count()
        if (least, most) == (1, 1):
            return part
        if part.endless and most != 1:
            raise self._wrong("an endless repeat inside a repeat")
        if self._next() in {"?", "*", "+", "{"}:
            raise self._wrong("a repeat of a repeat")
        return _Repeat(part, least, most, endless=part.endless or most is None)

    def _count(self) -> tuple[int, int | None]:
        simple: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        character = self._next()
        if character in simple:
            self._at += 1
            return simple[character]
        if character != "{":
            return 1, 1
        found = _COUNT.match(self._text, self._at)
        if found is None or (found[3] and not found[2]):
            raise self._wrong("a count is written {2}, {2,} or {2,4}")
        self._at = found.end()
        least = int(found[1])
        most = int(found[3]) if found[3] else (None if found[2] else least)
        if most is not None and not (most > 0 and least <= most):
            raise self._wrong("a count goes from few to many, and not to none")
        return least, most

    def _one(self) -> _Node:
        character = self._take()
        match character:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case ".":
                return _Chars("", but=True)
            case "\\":
                return _Chars(self._escaped())
            case "^" | "$":
                raise self._wrong("the whole text must match: leave ^ and $ out")
            case _ if character in _SPECIAL:
                raise self._wrong(f"`{character}` needs a backslash here")
            case _:
                return _Chars(character * 2)

    def _group(self) -> _Node:
        if self._next() == "?" and not self._text.startswith("?:", self._at):
            raise self._wrong("groups are ( ) or (?: ): nothing looks ahead or behind")
        if self._next() == "?":
            self._at += 2
        inner = self._either()
        if self._take() != ")":
            raise self._wrong("a `(` without its `)`")
        return inner

    def _class(self) -> _Chars:
        but = self._next() == "^"
        self._at += but
        ranges = ""
        while self._next() not in {"]", ""}:
            ranges += self._range()
        if self._take() != "]" or not ranges:
            raise self._wrong("a class of characters is written [A-Z0-9]")
        return _Chars(ranges, but=but)

    def _range(self) -> str:
        first = self._member()
        is_range = self._next() == "-" and self._text[self._at + 1 : self._at + 2] not in {"]", ""}
        if not is_range:
            return first
        self._at += 1
        last = self._member()
        if len(set(first)) > 1 or len(set(last)) > 1 or first[0] > last[0]:
            raise self._wrong("a range goes from one character to a later one")
        return first[0] + last[0]

    def _member(self) -> str:
        character = self._take()
        if character == "[":
            raise self._wrong("`[` needs a backslash in a class")
        return self._escaped() if character == "\\" else character * 2

    def _escaped(self) -> str:
        character = self._take()
        if character in _RANGES:
            return _RANGES[character]
        if not character or character.isalnum() or ord(character) > 126:
            raise self._wrong("after a backslash stands d, w, s or a mark")
        return character * 2

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._text[self._at - 1 : self._at]

    def _wrong(self, why: str) -> FlowError:
        return _wrong(f"{why} (character {min(self._at, len(self._text)) or 1})")


def _wrong(why: str) -> FlowError:
    return FlowError("", why, code="E026")
