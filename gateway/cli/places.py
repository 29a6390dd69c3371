"""Which configuration and which ledger a command works on."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.state import database_url, expected_directory, state_directory

USUAL = Path("signalbox.yaml")


@dataclass(frozen=True, slots=True)
class Where:
    """What the options of a command say of its place; None: nothing was said."""

    config: Path | None = None
    state: Path | None = None
    database: str | None = None
    as_json: bool = False


def chosen_file(asked: Path | None) -> Path | None:
    """The configuration file: the one asked for, else ./signalbox.yaml if it is there, else none."""
    return asked or (USUAL if USUAL.exists() else None)


def ledger_url(where: Where, environ: Mapping[str, str], *, create: bool = True) -> str:
    """The database's URL: what was asked for, else the configuration file's, else the state directory's.

    Without `create` the state directory is only looked for. Of the file only this one setting is read, so
    that a shell without the vendors' keys will do.
    Raises ConfigError for a file that cannot be read, OSError for a state directory that cannot be made.
    """
    if where.database:
        return where.database
    file = chosen_file(where.config)
    if file:
        # Loaded late, for a server without a file.
        loading = importlib.import_module("config.load")
        declared: str | None = loading.load_setting(file, environ, "stores", "database")
        if declared:
            return declared
    home = state_directory if create else expected_directory
    return database_url(None, home(where.state, environ))
