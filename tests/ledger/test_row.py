"""The nouns of the ledger go to JSON and back."""

from collections.abc import Callable

import msgspec
import pytest

from ledger.row import Begun, UsageRow


@pytest.mark.parametrize("kind", ["make_row", "make_begun"])
def test_a_record_tells_its_kind_on_the_wire(kind: str, request: pytest.FixtureRequest) -> None:
    make: Callable[..., Begun | UsageRow] = request.getfixturevalue(kind)
    record = make(7, tags='{"app":"mail"}')
    line = msgspec.json.encode(record)
    assert msgspec.json.decode(line, type=Begun | UsageRow) == record
    assert b"\n" not in line


def test_a_row_of_an_older_version_without_the_last_fields_is_still_read(make_row) -> None:
    fields = msgspec.json.decode(msgspec.json.encode(make_row(1)))
    older = msgspec.json.encode(fields[: -len(UsageRow.__struct_defaults__)])
    assert msgspec.json.decode(older, type=UsageRow) == make_row(1)
