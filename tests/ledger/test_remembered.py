"""What is kept of keys is what was known of them, for the database they are of."""

from math import inf
from pathlib import Path

import pytest

from config.limit import Limit
from ledger.credentials import Credential
from ledger.principal import Principal
from ledger.remembered import read, write
from ledger.scope import compile_scope

URL = "postgresql://u:secret@db/x"
PLAIN = Credential(
    b"\x00\xff" * 16, Principal("k1", "", "caller", "", "t", "o"), inf, False, frozenset({"k1"})
)
FULL = Credential(
    b"\x01" * 32,
    Principal(
        "k2",
        "mine",
        "admin",
        "ann",
        "t",
        "o",
        compile_scope(["gpt-4o", "claude-*"]),
        (("app", "mail"), ("priority", "batch")),
        '{"app":"mail"}',
        (Limit("spend", 5, "month", ("a*",), True, (50, 80), "Europe/Berlin", 10, "deny"),),
    ),
    1_790_000_000.5,
    True,
    frozenset({"k2", "team", "org"}),
)


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    kept = [(PLAIN, 1_789_000_000.25), (FULL, 1.0)]
    write(file, URL, kept)
    write(file, URL, kept)
    assert read(file, URL) == kept
    assert file.stat().st_mode & 0o077 == 0
    assert b"secret" not in file.read_bytes()


def test_keys_of_another_database_are_not_known(tmp_path: Path) -> None:
    write(tmp_path / "keys.json", URL, [(PLAIN, 1.0)])
    assert read(tmp_path / "keys.json", URL + "y") is None


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"database":"x","keys":[[1]]}', b"[]", b'{"database":"\xff"}']
)
def test_what_cannot_be_read_is_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keys.json").write_bytes(content)
    assert read(tmp_path / "keys.json", URL) is None
    assert read(tmp_path / "none.json", URL) is None
