"""Conditions of policies: a subset of CEL, compiled at load, evaluated without I/O or loops.

Supported: `||`, `&&`, `!`, comparisons, `in`, `+ - * / %`, members and indexes, lists, numbers, strings,
`true`, `false`, `null`, `size(x)`, `has(x.y)`; of strings `startsWith`, `endsWith`, `contains`, `matches`.

The language: https://github.com/google/cel-spec/blob/master/doc/langdef.md
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import re2

MAX_LENGTH = 2000
_MAX_DEPTH = 32

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)
    |(?P<text>[rR]"[^"]*"|[rR]'[^']*'|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>\|\||&&|==|!=|<=|>=|[-+*/%<>!().,\[\]]))""",
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:([0-3][0-7]{2})|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL
)
_ESCAPED = {**{sign: sign for sign in "\\?\"'`"}, **dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))}
_BINDS = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in"), 3),
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
}
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SUMS: Mapping[str, Callable[[Any, Any], Any]] = {"-": operator.sub, "*": operator.mul}
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_OF_TEXT = ("startsWith", "endsWith", "contains", "matches")


class Undecided(Exception):
    """The condition cannot be evaluated: a value is missing (`missing` names it) or of the wrong type."""

    def __init__(self, message: str, missing: str = "") -> None:
        super().__init__(message)
        self.missing = missing


Node = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled condition. `names` are the members that it uses, such as `facts.order_total`."""

    text: str
    names: frozenset[str]
    node: Node = field(repr=False)

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether the condition is true. Raises Undecided."""
        return _truth(self.node(facts))


def read_expression(text: str) -> Expression:
    """Parses a condition. Raises ValueError, with what was found and where."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"it is longer than {MAX_LENGTH} characters")
    reader = _Reader(text)
    node = reader.binary(0, 0)
    reader.end()
    return Expression(text, frozenset(reader.names), node)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    place = 0
    end = len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(f"{text[place:].strip()[:1]!r} at {place + 1} is nothing that a condition knows")
        kind = str(match.lastgroup)
        yield kind, match[kind], match.start(kind)
        place = match.end()
    yield "end", "", end


class _Reader:
    """A precedence-climbing parser; each node is a function of the facts."""

    def __init__(self, text: str) -> None:
        self._rest = list(_tokens(text))[::-1]
        self.names: set[str] = set()

    def binary(self, least: int, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise ValueError("it is nested too deep")
        left = self._unary(depth)
        while True:
            _, sign, _ = self._rest[-1]
            binds = _BINDS.get(sign, 0)
            if binds <= least:
                return left
            self._rest.pop()
            left = _joined(sign, left, self.binary(binds, depth + 1))

    def end(self) -> None:
        kind, text, place = self._rest[-1]
        if kind != "end":
            raise ValueError(f"{text!r} at {place + 1} follows where the condition should end")

    def _unary(self, depth: int) -> Node:
        if self._took("!"):
            inner = self._deeper(depth)
            return lambda facts: not _truth(inner(facts))
        if self._took("-"):
            negated = self._deeper(depth)
            return lambda facts: -_number(negated(facts))
        return self._after(self._primary(depth), depth)

    def _deeper(self, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise ValueError("it is nested too deep")
        return self._unary(depth + 1)

    def _primary(self, depth: int) -> tuple[Node, str]:
        """The node, and its dotted path if it consists of names only."""
        kind, text, place = self._rest.pop()
        if kind == "number":
            return _constant(float(text) if "." in text else int(text)), ""
        if kind == "text":
            return _constant(_spoken(text, place)), ""
        if text == "(":
            inner = self.binary(0, depth + 1)
            self._need(")")
            return inner, ""
        if text == "[":
            items = self._list("]", depth)
            return (lambda facts: [item(facts) for item in items]), ""
        if kind != "name":
            raise ValueError(f"{text!r} at {place + 1} begins no value" if text else "it ends too early")
        return self._named(text, place, depth)

    def _named(self, name: str, place: int, depth: int) -> tuple[Node, str]:
        if name in _WORDS:
            return _constant(_WORDS[name]), ""
        if name == "size" and self._took("("):
            inner = self.binary(0, depth + 1)
            self._need(")")
            return (lambda facts: _size(inner(facts))), ""
        if name == "has" and self._took("("):
            return _has(self._path(place)), ""
        self.names.add(name)
        return _member(None, name, name), name

    def _path(self, place: int) -> Node:
        """The argument of `has`: a member of a name."""
        node: Node | None = None
        path = ""
        while True:
            kind, name, _ = self._rest.pop()
            if kind != "name":
                raise ValueError(f"has at {place + 1} asks for a member, such as has(facts.order_total)")
            path = f"{path}.{name}" if path else name
            self.names.add(path)
            node = _member(node, name, path)
            if self._took("."):
                continue
            self._need(")")
            if "." not in path:
                raise ValueError(f"has at {place + 1} asks for a member, such as has(facts.order_total)")
            return node

    def _after(self, value: tuple[Node, str], depth: int) -> Node:
        node, path = value
        while True:
            if self._took("."):
                _, name, place = self._rest.pop()
                if name in _OF_TEXT and self._took("("):
                    node, path = self._method(name, node, place, depth), ""
                    continue
                if not name.isidentifier():
                    raise ValueError(f"{name!r} at {place + 1} is no member's name")
                inner, path = node, f"{path}.{name}" if path else ""
                self.names.add(path)
                node = _member(inner, name, path or name)
            elif self._took("["):
                index, outer, path = self.binary(0, depth + 1), node, ""
                self._need("]")
                node = _index(outer, index)
            else:
                return node

    def _method(self, name: str, node: Node, place: int, depth: int) -> Node:
        arguments = self._list(")", depth)
        if len(arguments) != 1:
            raise ValueError(f"{name} at {place + 1} takes one text")
        return _of_text(name, node, arguments[0])

    def _list(self, end: str, depth: int) -> list[Node]:
        items: list[Node] = []
        if self._took(end):
            return items
        while True:
            items.append(self.binary(0, depth + 1))
            if self._took(end):
                return items
            self._need(",")

    def _took(self, sign: str) -> bool:
        kind, text, _ = self._rest[-1]
        if kind in ("sign", "name") and text == sign:
            self._rest.pop()
            return True
        return False

    def _need(self, sign: str) -> None:
        _, text, place = self._rest[-1]
        if not self._took(sign):
            raise ValueError(f"{sign!r} is missing at {place + 1}, where {text or 'the end'!r} is")


def _spoken(text: str, place: int) -> str:
    """The value of a quoted string. Raises ValueError."""
    if text[0] in "rR":
        return text[2:-1]

    def one(match: re.Match[str]) -> str:
        octal, *hexadecimal, sign = match.groups()
        code = int(octal, 8) if octal else int(next(filter(None, hexadecimal), "-1"), 16)
        if code < 0 and sign in _ESCAPED:
            return _ESCAPED[sign]
        if not 0 <= code <= 0x10FFFF or 0xD800 <= code < 0xE000:
            found = f"{match[0]!r} in the text at {place + 1}".replace("\\\\", "\\")
            raise ValueError(
                f"{found} stands for nothing: a backslash is written twice, or the text as r'...'"
            )
        return chr(code)

    return _ESCAPE.sub(one, text[1:-1])


def _constant(value: Any) -> Node:
    return lambda facts: value


def _member(inner: Node | None, name: str, path: str) -> Node:
    def look(facts: Mapping[str, Any]) -> Any:
        value = facts if inner is None else inner(facts)
        # Nearly all are dicts; isinstance with an ABC is slower.
        if not (type(value) is dict or isinstance(value, Mapping)) or name not in value:
            raise Undecided(f"there is no {path}", path)
        return value[name]

    return look


def _has(inner: Node) -> Node:
    def has(facts: Mapping[str, Any]) -> bool:
        try:
            inner(facts)
        except Undecided:
            return False
        return True

    return has


def _index(outer: Node, index: Node) -> Node:
    def look(facts: Mapping[str, Any]) -> Any:
        value, place = outer(facts), index(facts)
        if isinstance(value, Mapping) and place in value:
            return value[place]
        if isinstance(value, list) and type(place) is int and 0 <= place < len(value):
            return value[place]
        raise Undecided(f"there is nothing at [{place!r}]")

    return look


def _of_text(name: str, node: Node, argument: Node) -> Node:
    def look(facts: Mapping[str, Any]) -> bool:
        text, other = node(facts), argument(facts)
        if not isinstance(text, str) or not isinstance(other, str):
            raise Undecided(f"{name} compares texts")
        if name == "matches":
            try:
                return re2.search(other, text) is not None
            except re2.error:
                raise Undecided(f"the pattern {other!r} cannot be read") from None
        if name == "contains":
            return other in text
        return text.startswith(other) if name == "startsWith" else text.endswith(other)

    return look


def _joined(sign: str, left: Node, right: Node) -> Node:
    if sign in ("||", "&&"):
        return _either(left, right, until=sign == "||")
    return lambda facts: _computed(sign, left(facts), right(facts))


def _either(left: Node, right: Node, *, until: bool) -> Node:
    """As in CEL, one decisive side is enough, even if the other cannot be evaluated."""

    def look(facts: Mapping[str, Any]) -> bool:
        try:
            if _truth(left(facts)) is until:
                return until
        except Undecided:
            if _truth(right(facts)) is until:
                return until
            raise
        return _truth(right(facts))

    return look


def _computed(sign: str, left: Any, right: Any) -> Any:
    if sign in ("==", "!="):
        return _equal(left, right) is (sign == "==")
    if sign == "in":
        if not isinstance(right, list | Mapping):
            raise Undecided("`in` looks into a list or a map")
        return any(_equal(left, each) for each in right)
    if sign in _ORDERS:
        if isinstance(left, str) and isinstance(right, str):
            return _ORDERS[sign](left, right)
        return _ORDERS[sign](_number(left), _number(right))
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    first, second = _number(left), _number(right)
    if sign == "+":
        return first + second
    if sign in _SUMS:
        return _SUMS[sign](first, second)
    if not second:
        raise Undecided("it divides by zero")
    return first % second if sign == "%" else first / second


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Undecided(f"{str(value)[:40]!r} is neither true nor false")
    return value


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Undecided(f"{str(value)[:40]!r} is no number")
    return value


def _size(value: Any) -> int:
    if not isinstance(value, str | list | Mapping):
        raise Undecided("size is of texts, lists and maps")
    return len(value)
