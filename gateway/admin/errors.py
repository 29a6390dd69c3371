"""Status and code of each failure of the admin API."""

from typing import Literal

from ledger.credentials import UnknownKey
from ledger.entities import AccountError, AlreadyExists, DeclaredInFile, InvalidChange, NotFound
from storage.errors import StoreConflict, StoreDown

ErrorType = Literal["invalid_request_error", "permission_error", "server_error"]


class AdminError(Exception):
    """A refused request; the text is our own and safe to show."""

    def __init__(self, status: int, message: str, code: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param


# The most specific class first: the first match wins.
_STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (NotFound, 404, "not_found"),
    (AlreadyExists, 409, "already_exists"),
    (DeclaredInFile, 403, "declared_in_file"),
    (InvalidChange, 400, "invalid_value"),
    (AccountError, 400, "invalid_request"),
    (UnknownKey, 401, "invalid_api_key"),
    (StoreConflict, 409, "conflict"),
    (StoreDown, 503, "store_unavailable"),
)

TRANSLATED = tuple(kind for kind, _, _ in _STATUS)


def admin_error(error: Exception) -> AdminError:
    """The API error for one of the `TRANSLATED` errors."""
    status, code = next((status, code) for kind, status, code in _STATUS if isinstance(error, kind))
    return AdminError(status, str(error), code, getattr(error, "param", None))


def error_type(status: int) -> ErrorType:
    """OpenAI's error type for a status."""
    if status >= 500:
        return "server_error"
    return "permission_error" if status == 403 else "invalid_request_error"
