"""Configuration errors, worded so that they can be fixed without the manual."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Problem:
    """One error or warning. Contains no secrets: a value in a secret's place is hidden."""

    file: str
    path: str  # "models.fast.targets[1]"; "" for the document itself
    found: str
    allowed: str
    hint: str = ""
    line: int = 0  # from 1; 0: no position in the file
    column: int = 0  # from 1, in characters
    excerpt: str = ""  # the line as written

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and terminals understand it."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    @property
    def sentence(self) -> str:
        """The problem on one line, without the excerpt."""
        subject = f"{self.place} {self.path}".rstrip()
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        hint = f". {self.hint}" if self.hint else ""
        return f"{subject}: found {self.found}{allowed}{hint}"

    def __str__(self) -> str:
        if not self.excerpt:
            return self.sentence
        margin = f"{self.line:>6} | "
        pointer = " " * 6 + " | " + " " * (self.column - 1) + "^"
        return f"{self.sentence}\n{margin}{self.excerpt}\n{pointer}"

    def to_json(self) -> dict[str, str | int]:
        """The problem as JSON data, for `--json` and the admin API."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "found": self.found,
            "allowed": self.allowed,
            "hint": self.hint,
        }


class ConfigError(Exception):
    """An unusable configuration; `problems` has every mistake, in the order of the file.

    `files` is every file that was read or looked for: a change to any of them may fix it.
    """

    def __init__(self, problems: Iterable[Problem], files: Iterable[str] = ()) -> None:
        self.problems = tuple(problems)
        self.files = tuple(files)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        heading = "1 mistake in the configuration" if count == 1 else f"{count} mistakes in the configuration"
        return "\n".join([f"{heading}:", *map(str, self.problems)])

    def to_json(self) -> dict[str, object]:
        """All problems as JSON data."""
        return {"problems": [problem.to_json() for problem in self.problems]}


class Unfit(ValueError):
    """A value that cannot be parsed, raised by parsers of single values; says what is allowed."""

    def __init__(self, allowed: str, hint: str = "") -> None:
        super().__init__(allowed)
        self.allowed = allowed
        self.hint = hint


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A question with the nearest known word, or "" if none is close. Compares a bounded number of words."""
    alike = [other for other in known[:10_000] if abs(len(other) - len(word)) <= 4]
    near = get_close_matches(word[:100], alike[:200], n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else ""


def any_of(words: Iterable[str], most: int = 32) -> str:
    """Allowed words as a list for a sentence, at most `most` of them."""
    names = sorted(words)
    if not names:
        return "nothing: none is declared"
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def quoted(text: str, most: int = 80) -> str:
    """A value quoted for use in a sentence: on one line, at most `most` characters."""
    shown = text if len(text) <= most else text[: most - 1] + "…"
    return '"' + shown.translate({10: "\\n", 13: "\\r", 9: "\\t", 34: '\\"'}) + '"'
