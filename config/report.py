"""Collects the mistakes in one document while it is compiled."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from config.errors import ConfigError, Problem, quoted
from config.node import Node

_SECRET_PATH = re.compile(
    r"(?:^|\.)(?:api_key|admin_key|database|redis|proxy)$|^tool_servers\.[^.]+\.url$"
    r"|\.(?:headers|environment)[.\[]|^retention\.keys\."
)
_SECRET_KEY = re.compile(
    r"""(["']?[\w-]*(?:key|token|secret|passw|auth|credential|cookie)[\w-]*["']?\s*:\s+)"""
    r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,#}{\]][^,#}]*)""",
    re.IGNORECASE,
)
_SECRET_WORD = re.compile(r"\bsk-[\w-]{6,}|(?<=://)[^/\s@\"']+(?=@)")
_WIDEST = 200


class Report:
    """Collects problems and warnings with their positions; the first one at a path wins."""

    def __init__(self, file: str, root: Node, lines: list[str]) -> None:
        self.file = file
        self._lines = lines
        self._hidden: dict[int, list[str]] = {}
        for node in root.walk():
            if isinstance(node.value, str) and is_secret(node.path) and not _is_reference(node.text):
                self._hidden.setdefault(node.line, []).append(node.text)
        self._problems: dict[object, Problem] = {}  # by path, or by position and text if there is no path
        self._warnings: dict[object, Problem] = {}

    def add(self, problems: Iterable[Problem]) -> None:
        """Adds problems that already have a position."""
        for problem in problems:
            _put(self._problems, problem)

    def wrong(self, node: Node, found: str, allowed: str, hint: str = "") -> None:
        """Reports a wrong value, at the value."""
        _put(self._problems, Problem(self.file, node.path, found, allowed, hint, node.line, node.column))

    def wrong_key(self, node: Node, found: str, allowed: str, hint: str = "") -> None:
        """Reports an entry that is wrong as a whole, at its key."""
        line, column = (node.key_line, node.key_column) if node.key_line else (node.line, node.column)
        _put(self._problems, Problem(self.file, node.path, found, allowed, hint, line, column))

    def gap(self, node: Node, found: str, allowed: str, hint: str = "") -> None:
        """Reports something missing in a block, unless something in that block is already wrong."""
        if not any(
            problem.path.startswith((node.path + ".", node.path + "[")) for problem in self._problems.values()
        ):
            self.wrong_key(node, found, allowed, hint)

    def warn(self, node: Node, found: str, allowed: str, hint: str = "") -> None:
        """Warns about something that works but is unwise."""
        _put(self._warnings, Problem(self.file, node.path, found, allowed, hint, node.line, node.column))

    def finish(self, files: Iterable[str]) -> tuple[Problem, ...]:
        """The warnings. Raises ConfigError with every problem, in the order of the file, if there is one."""
        if self._problems:
            raise ConfigError(self._placed(self._problems), files)
        return self._placed(self._warnings)

    def _placed(self, problems: Mapping[object, Problem]) -> tuple[Problem, ...]:
        ordered = sorted(problems.values(), key=lambda problem: (problem.line, problem.column))
        return tuple(replace(problem, excerpt=self._excerpt(problem.line)) for problem in ordered)

    def _excerpt(self, line: int) -> str:
        if not 0 < line <= len(self._lines):
            return ""
        written = self._lines[line - 1]
        for text in self._hidden.get(line, ()):
            written = written.replace(text, "•" * len(text))
        written = _SECRET_KEY.sub(_cover, written)
        written = _SECRET_WORD.sub(lambda match: "•" * len(match.group()), written)
        return written if len(written) <= _WIDEST else written[: _WIDEST - 1] + "…"


def _put(where: dict[object, Problem], problem: Problem) -> None:
    where.setdefault(problem.path or (problem.line, problem.column, problem.found), problem)


def is_secret(path: str) -> bool:
    """Whether the value at this path must not be shown."""
    return _SECRET_PATH.search(path) is not None


def shown(node: Node) -> str:
    """A value as messages show it: as written, never what a reference resolved to, never a secret."""
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    if not node.text:
        return "nothing"
    if is_secret(node.path) and not _is_reference(node.text):
        return "a value that is not shown because it may be secret"
    if node.plain and not isinstance(node.value, str):
        return node.text
    return quoted(_SECRET_WORD.sub("•••", node.text))


def _is_reference(text: str) -> bool:
    return text.lstrip("\"'").startswith(("${", "file:"))


def _cover(match: re.Match[str]) -> str:
    key, value = match.groups()
    if _is_reference(value):
        return match.group()
    return key + "•" * len(value.rstrip()) + value[len(value.rstrip()) :]
