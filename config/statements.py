"""Operators' SQL for tools: one statement, whose placeholders are `:name`."""

import re
from dataclasses import dataclass

# Tokens without a placeholder: strings, quoted names, dollar quotes, comments, casts. Then a placeholder,
# then `;`.
_TOKEN = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|--[^\n]*|/\*.*?\*/|::"""
    r"""|:(?P<place>[A-Za-z_]\w*)|(?P<end>;)""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: `numbered` has `$1`, `$2` … in the order of `names`; `named` keeps `:name`."""

    named: str
    numbered: str
    names: tuple[str, ...]


def read_statement(text: str) -> Statement:
    """Parses a statement. Raises ValueError if there is none, or more than one."""
    names: list[str] = []
    text = text.strip().rstrip(";").rstrip()
    if not text:
        raise ValueError("there is no statement")

    def number(match: re.Match[str]) -> str:
        if match["end"]:
            raise ValueError("there is more than one statement")
        name = match["place"]
        if name is None:
            return match[0]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return Statement(text, _TOKEN.sub(number, text), tuple(names))
