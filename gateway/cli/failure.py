"""How a command fails: a text or a JSON document on standard error, and exit code 1."""

import json
from typing import Any, NoReturn

import typer

from config.errors import ConfigError
from config.view import without_password
from gateway.admin.errors import TRANSLATED, admin_error
from ledger.entities import AccountError
from ledger.spool import SpoolFull
from storage.engine import UnknownDatabase
from storage.errors import StoreDown, StoreError

# Errors that a command expects; all others are bugs and keep their traceback.
CLAIMED = (ConfigError, AccountError, StoreError, SpoolFull, UnknownDatabase, OSError)


def fail(message: str, *, as_json: bool = False, code: str = "invalid_value", **more: Any) -> NoReturn:
    """Prints what is wrong and exits with 1; `more` is added to the JSON document."""
    document = {"error": {"message": message, "code": code, **more}}
    typer.echo(json.dumps(document) if as_json else f"error: {message}", err=True)
    raise typer.Exit(1)


def fail_because(error: Exception, *, as_json: bool, database: str = "") -> NoReturn:
    """Prints what one of the `CLAIMED` errors means and exits with 1.

    `database` is the URL of the database in use; if it is unavailable, it is named without its password.
    """
    if isinstance(error, StoreDown) and database:
        fail(f"{error} {_named(database)}", as_json=as_json, code="store_unavailable")
    if isinstance(error, ConfigError):
        fail(str(error), as_json=as_json, code="invalid_configuration", **error.to_json())
    if isinstance(error, TRANSLATED):
        refusal = admin_error(error)
        fail(refusal.message, as_json=as_json, code=refusal.code)
    if isinstance(error, SpoolFull):
        hint = "Free some space, or name another folder with --state."
        fail(f"Nothing can be written: {error}. {hint}", as_json=as_json, code="system_error")
    code = "store_unavailable" if isinstance(error, StoreError) else "invalid_value"
    fail(_reason(error), as_json=as_json, code="system_error" if isinstance(error, OSError) else code)


def _named(url: str) -> str:
    place = without_password(url)
    if place.startswith("sqlite"):
        return f"It is {place}."
    return f"It is {place}: see that it runs and can be reached from here, or name another by --database."


def _reason(error: Exception) -> str:
    """The text of an OSError without its number, with its file name."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}."
    return str(error)
