"""Resolves references in a document: `${NAME}`, `${NAME:-default}` and `file:/path`."""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from config.errors import Problem, did_you_mean, quoted
from config.node import Node

_REFERENCE = re.compile(r"\$(?:\$(?=\{)|\{([A-Za-z_][A-Za-z0-9_]*)(?::-((?:(?!\$\{)[^}])*))?\})")
_BROKEN = re.compile(r"\$\{")
_OWN = "workflows."  # there `${…}` refers to earlier answers and is evaluated at runtime
_WRITING = "${NAME} or ${NAME:-default}"


@dataclass(slots=True)
class References:
    """The sources that references read from. `read` takes an absolute path and may raise OSError."""

    environ: Mapping[str, str]
    folder: str  # of the document; relative paths start here
    read: Callable[[str], bytes]
    contents: dict[str, bytes] = field(default_factory=dict)  # files that were read, by absolute path

    def absolute(self, path: str) -> str:
        """The absolute path, relative paths starting at the document's folder."""
        return posixpath.normpath(posixpath.join(self.folder, path))

    def readable(self, path: str) -> str:
        """The absolute path of a file that can be read. Raises OSError otherwise."""
        absolute = self.absolute(path)
        self.contents[absolute] = b""  # watched from now on, even if it cannot be read yet
        self.contents[absolute] = self.read(absolute)
        return absolute


def resolve(root: Node, file: str, references: References) -> list[Problem]:
    """Replaces every reference below `root` in place; a node's `origin` then names its source.

    A reference to something empty leaves the value out, as if it had not been written.
    """
    problems: list[Problem] = []
    for node in root.walk():
        if node.path.startswith(_OWN):
            continue
        if isinstance(node.value, str) and ("${" in node.value or node.value.startswith("file:")):
            try:
                _resolve_node(node, references)
            except _Unresolved as error:
                found, allowed, hint = error.args
                problems.append(Problem(file, node.path, found, allowed, hint, node.line, node.column))
                node.value = None
                node.origin = "nothing"
    return problems


class _Unresolved(Exception):
    """Its arguments are what was found, what is allowed, and a hint."""


def _resolve_node(node: Node, references: References) -> None:
    written = node.text
    value, names = _expand(written, references.environ)
    if written.startswith("file:"):
        path = references.absolute(value.removeprefix("file:"))
        node.value, node.origin = _read(path, references), f"file {path}"
        return
    node.value = value or None
    node.origin = ", ".join(f"env {name}" for name in names)


def _expand(text: str, environ: Mapping[str, str]) -> tuple[str, list[str]]:
    names: list[str] = []

    def value_of(match: re.Match[str]) -> str:
        name, default = match.group(1), match.group(2)
        if name is None:
            return "$"  # "$${" escapes a literal "${"
        value = environ.get(name, "")
        if value:
            names.append(name)
            return value
        if default is not None:
            return default
        raise _Unresolved(*_missing(name, environ))

    if _BROKEN.search(_REFERENCE.sub("", text)):
        raise _Unresolved(
            f"{quoted(text)}, a reference that is not finished or stands in another",
            _WRITING,
            'Write "$${" for the text "${".',
        )
    return _REFERENCE.sub(value_of, text), names


def _missing(name: str, environ: Mapping[str, str]) -> tuple[str, str, str]:
    state = "is empty" if name in environ else "is not set"
    near = did_you_mean(name, [known for known in environ if known.isupper()]) if name not in environ else ""
    todo = near or f"Set it, or give a default: ${{{name}:-…}}."
    return f"${{{name}}}, but the environment variable {name} {state}", "a variable that is set", todo


def _read(path: str, references: References) -> str:
    allowed = "a readable text file"
    try:
        text = references.contents[references.readable(path)].decode().strip()
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise _Unresolved(f"file:{path}, which cannot be read ({reason})", allowed, "") from error
    except ValueError as error:
        raise _Unresolved(f"file:{path}, which is not text", allowed, "") from error
    if not text:
        raise _Unresolved(f"file:{path}, which is empty", "a file that holds the value", "")
    return text
