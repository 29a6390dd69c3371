"""Every error that rooms below may raise has a status, a type and a code."""

import pytest

from gateway.admin.errors import TRANSLATED, admin_error, error_type
from ledger.credentials import UnknownKey
from ledger.entities import AccountError, AlreadyExists, DeclaredInFile, InvalidChange, NotFound
from storage.errors import StoreConflict, StoreDown, StoreSlow


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("x", "team"), 404, "not_found"),
        (AlreadyExists("x"), 409, "already_exists"),
        (DeclaredInFile("x"), 403, "declared_in_file"),
        (InvalidChange("x", "name"), 400, "invalid_value"),
        (AccountError("x"), 400, "invalid_request"),
        (UnknownKey("revoked"), 401, "invalid_api_key"),
        (StoreConflict("x"), 409, "conflict"),
        (StoreDown("x"), 503, "store_unavailable"),
        (StoreSlow("x"), 503, "store_unavailable"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_an_error_of_a_room_below_has_its_status(error, status, code) -> None:
    said = admin_error(error)
    assert (said.status, said.code) == (status, code)
    assert said.param == getattr(error, "param", None)


def every(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in every(below))]


@pytest.mark.parametrize("kind", [*every(AccountError), *every(StoreDown), StoreConflict, UnknownKey])
def test_no_error_of_accounts_is_left_out(kind) -> None:
    assert issubclass(kind, TRANSLATED)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "invalid_request_error"), (403, "permission_error"), (500, "server_error"), (503, "server_error")],
)
def test_the_type_says_whose_fault_it_is(status, kind) -> None:
    assert error_type(status) == kind
