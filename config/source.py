"""Parses YAML text into a tree in which every node knows its line, column and path."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from config.errors import Problem, quoted
from config.node import Node, scalar

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml: slower, same events
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_NODES = 100_000  # counted after aliases are expanded, so that a few anchors cannot exhaust memory


@dataclass(slots=True)
class Parsed:
    """A document's tree, as much of it as could be read, and its syntax problems."""

    root: Node
    lines: list[str]
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True  # False: reading stopped before the end


def parse(data: bytes, file: str) -> Parsed:
    """Parses one YAML document. Never raises for its content: `problems` says what is wrong."""
    if len(data) > MAX_BYTES:
        return _unreadable(file, f"{len(data):,} bytes", f"at most {MAX_BYTES:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start} that is not UTF-8"
        return _unreadable(file, found, "a UTF-8 text file", *_place_of(data, error.start))
    builder = _Builder(file)
    try:
        whole = all(builder.take(event) for event in yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError as error:
        builder.problems.append(_syntax_problem(error, text, file))
        whole = False
    settle(builder.root)
    return Parsed(builder.root, text.splitlines(), builder.problems, whole)


def _unreadable(file: str, found: str, allowed: str, line: int = 0, column: int = 0) -> Parsed:
    return Parsed(Node({}, 1, 1), [], [Problem(file, "", found, allowed, "", line, column)], whole=False)


def _place_of(data: bytes, offset: int) -> tuple[int, int]:
    before = data[:offset]
    return before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode(errors="replace")) + 1


# libyaml's messages, and their meaning for the author: found, allowed, hint.
_BLOCK = (
    "a line that does not continue the block above",
    "keys of one block in one column",
    "Indent it alike.",
)
_SYNTAX: Mapping[str, tuple[str, str, str]] = {
    "mapping values are not allowed": (
        "a second ':' in one value",
        "one 'key: value' per line",
        "Quote the text if the colon belongs to it.",
    ),
    "could not find expected ':'": ("a line without ':'", "'key: value'", "Is the indentation right?"),
    "did not find expected key": _BLOCK,
    "did not find expected '-'": _BLOCK,
    "did not find expected ',' or ']'": ("a list that is not closed", "[a, b, c]", ""),
    "did not find expected ',' or '}'": ("a mapping that is not closed", "{a: 1, b: 2}", ""),
    "found unexpected end of stream": ("a quote that is not closed", "the same quote at the end", ""),
    "found undefined tag handle": ("a YAML tag", "plain values", "Quote the text if the '!' belongs to it."),
    "found unknown escape": (
        "an unknown escape",
        '\\n, \\t, \\" or \\\\',
        "Single quotes take a backslash as it is.",
    ),
    "control characters are not allowed": ("a control character", "printable text", ""),
}


def _syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "text that is not YAML")
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
    if isinstance(error, yaml.reader.ReaderError):  # a forbidden character: libyaml counts bytes
        line, column = _place_of(text.encode(), error.position)
    written = text.splitlines()
    here = written[line - 1] if 0 < line <= len(written) else ""
    if "cannot start any token" in said and here[column - 1 : column] == "\t":
        return Problem(file, "", "a tab", "spaces for indentation", "", line, column)
    for words, (found, allowed, hint) in _SYNTAX.items():
        if words in said:
            if found.endswith("not closed") or found.startswith("a line without"):  # reported at its start
                opened = error.context_mark if isinstance(error, yaml.MarkedYAMLError) else None
                line, column = (opened.line + 1, opened.column + 1) if opened else (line, column)
            return Problem(file, "", found, allowed, hint, line, column)
    return Problem(file, "", f"a syntax error ({said})", "YAML", "", line, column)


def _of_key(path: str, key: str) -> str:
    plain = re.fullmatch(r"[^\s.\[\]\"]+", key)
    step = key if plain else f"[{quoted(key)}]"
    return f"{path}.{step}" if path and plain else path + step


@dataclass(slots=True)
class _Open:
    """A mapping or list that has not ended yet."""

    node: Node
    anchor: str | None
    key: Node | None = None  # of a mapping: a key without its value so far


class _Builder:
    """Consumes the parser's events one by one, with an explicit stack, so that depth is bounded."""

    def __init__(self, file: str) -> None:
        self.root = Node({}, 1, 1)
        self.problems: list[Problem] = []
        self._file = file
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._nodes = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> bool:
        """Adds one event; False if reading must stop."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            return self._documents == 1 or self._refuse(event, "a second document", "one document per file")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            return self._open(event)
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            closed = self._stack.pop()
            if closed.anchor:
                self._anchors[closed.anchor] = closed.node
        return True

    def _refuse(self, event: yaml.Event, found: str, allowed: str) -> bool:
        self.problems.append(Problem(self._file, "", found, allowed, "", *_place(event)))
        return False

    def _scalar(self, event: yaml.ScalarEvent) -> bool:
        if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            return self._refuse(event, f"the YAML tag {quoted(event.tag)}", "plain values")
        plain = event.implicit[0]  # neither quoted nor tagged
        value = scalar(event.value) if plain else event.value
        node = Node(value, *_place(event), event.value, plain)
        if event.anchor:
            self._anchors[event.anchor] = node
        return self._add(node, event)

    def _alias(self, event: yaml.AliasEvent) -> bool:
        target = self._anchors.get(event.anchor or "")
        if target is None:  # also an alias inside its own anchor, which is not closed yet
            return self._refuse(
                event, f"the alias *{event.anchor}", f"an alias of an &{event.anchor} above it"
            )
        return self._add(self._copy(target, 0), event)

    def _copy(self, node: Node, depth: int) -> Node:
        """A copy for each alias, because a path belongs to a position; stops at the bound."""
        self._nodes += 1
        value = node.value
        if depth + len(self._stack) > MAX_DEPTH:
            self._nodes = MAX_NODES + 1
        if self._nodes <= MAX_NODES:
            if isinstance(value, dict):
                value = {key: self._copy(child, depth + 1) for key, child in value.items()}
            elif isinstance(value, list):
                value = [self._copy(child, depth + 1) for child in value]
        return Node(
            value,
            node.line,
            node.column,
            node.text,
            node.plain,
            key_line=node.key_line,
            key_column=node.key_column,
        )

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> bool:
        if event.tag not in (None, "!"):
            return self._refuse(event, f"the YAML tag {quoted(event.tag)}", "plain values")
        if len(self._stack) >= MAX_DEPTH:
            return self._refuse(event, "values nested too deeply", f"at most {MAX_DEPTH} levels")
        node = Node({} if isinstance(event, yaml.MappingStartEvent) else [], *_place(event))
        if not self._add(node, event):
            return False
        self._stack.append(_Open(node, event.anchor))
        return True

    def _add(self, node: Node, event: yaml.Event) -> bool:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            return self._refuse(
                event, f"more than {MAX_NODES:,} values", "fewer, those that aliases stand for with them"
            )
        if not self._stack:
            self.root = node
            return True
        top = self._stack[-1]
        if isinstance(top.node.value, list):
            top.node.value.append(node)
            return True
        if top.key is None:
            if isinstance(node.value, list | dict):
                return self._refuse(event, "a list or mapping as a key", "text as a key")
            top.key = node
            return True
        self._enter(top, top.key, node)
        top.key = None
        return True

    def _enter(self, top: _Open, key: Node, node: Node) -> None:
        assert isinstance(top.node.value, dict)
        node.key_line, node.key_column = key.line, key.column
        first = top.node.value.get(key.text)
        if first is not None:
            found = f"the key {quoted(key.text)} a second time"
            hint = f"The first one is in line {first.key_line}."
            self.problems.append(Problem(self._file, "", found, "each key once", hint, key.line, key.column))
            return
        top.node.value[key.text] = node


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)


def settle(node: Node, path: str = "") -> None:
    """Sets each node's path, and expands `<<` (a mapping, or a list of mappings, to inherit from)."""
    node.path = path
    if isinstance(node.value, dict):
        merged = node.value.get("<<")
        parents = merged.value if merged is not None and isinstance(merged.value, list) else [merged]
        inherited = [
            parent.value for parent in parents if parent is not None and isinstance(parent.value, dict)
        ]
        if inherited and len(inherited) == len(parents):  # else `<<` stays and is reported as an unknown key
            own = {key: child for key, child in node.value.items() if key != "<<"}
            # Own keys win, then the first parent's: https://yaml.org/type/merge.html
            node.value = {}
            for block in (*reversed(inherited), own):
                node.value.update(block)
        for key, child in node.value.items():
            settle(child, _of_key(path, key))
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            settle(child, f"{path}[{index}]")
