"""Loads a configuration from a file: the thin shell around the compiler."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from config.catalog import Loaded
from config.compile import compile_document
from config.errors import ConfigError, Problem
from config.kinds import VendorKind
from config.references import References, resolve
from config.source import MAX_BYTES, parse

MOST_REFERENCED_BYTES = 1_000_000


def load_file(path: str | Path, kinds: Mapping[str, VendorKind], environ: Mapping[str, str]) -> Loaded:
    """The catalog that a file describes. Raises ConfigError with every error, also for an unreadable file."""
    return compile_document(_document(path), str(path), kinds, _references(path, environ))


def load_setting(path: str | Path, environ: Mapping[str, str], *steps: str) -> str | None:
    """One string setting of a file, with references resolved and nothing else checked; None if unset.

    Raises ConfigError if the file cannot be read or a reference cannot be resolved.
    """
    parsed = parse(_document(path), str(path))
    node = parsed.root.get(*steps)
    if parsed.problems and not parsed.whole:
        raise ConfigError(parsed.problems, [str(path)])
    if node is None or not isinstance(node.value, str):
        return None
    problems = resolve(node, str(path), _references(path, environ))
    if problems:
        raise ConfigError(problems, [str(path)])
    return node.value or None


def _document(path: str | Path) -> bytes:
    try:
        data = _regular(str(path), MAX_BYTES + 1)
        if not data.strip():
            # An interrupted write, for example on a full disk, must not select the defaults.
            raise OSError(0, "it is empty")
        return data
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        hint = "`signalbox init` writes one." if isinstance(error, FileNotFoundError) else ""
        problem = Problem(str(path), "", f"no readable file ({reason})", "a YAML file", hint)
        raise ConfigError([problem], [str(path)]) from error


def _references(path: str | Path, environ: Mapping[str, str]) -> References:
    return References(environ, os.path.dirname(os.path.abspath(path)), _read)


def _read(path: str) -> bytes:
    data = _regular(path, MOST_REFERENCED_BYTES + 1)
    if len(data) > MOST_REFERENCED_BYTES:
        raise OSError(0, f"larger than {MOST_REFERENCED_BYTES:,} bytes")
    return data


def _regular(path: str, most: int) -> bytes:
    """The first bytes of a regular file. OSError for anything else: a pipe may block or be read already."""
    with open(path, "rb", opener=_open_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "not a regular file")
        return file.read(most)


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
