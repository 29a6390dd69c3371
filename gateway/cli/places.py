"""Which configuration and which ledger a command uses."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.state import database_url, expected_directory, state_directory

USUAL = Path("signalbox.yaml")


@dataclass(frozen=True, slots=True)
class Where:
    """A command's options for configuration and ledger; None: not given."""

    config: Path | None = None
    state: Path | None = None
    database: str | None = None
    as_json: bool = False


def chosen_file(asked: Path | None) -> Path | None:
    """The configuration file: the one given, else ./signalbox.yaml if it exists, else None."""
    return asked or (USUAL if USUAL.exists() else None)


def ledger_url(where: Where, environ: Mapping[str, str], *, create: bool = True) -> str:
    """The database's URL: the one given, else the configuration file's, else the state directory's.

    Without `create` the state directory is only looked up. Only this one setting is read from the file, so
    that a shell without the vendors' keys is enough. Raises ConfigError for an unreadable file, OSError for a
    state directory that cannot be created.
    """
    if where.database:
        return where.database
    file = chosen_file(where.config)
    if file:
        # Imported late: a server without a file does not need it.
        loading = importlib.import_module("config.load")
        declared: str | None = loading.load_setting(file, environ, "stores", "database")
        if declared:
            return declared
    home = state_directory if create else expected_directory
    return database_url(None, home(where.state, environ))
