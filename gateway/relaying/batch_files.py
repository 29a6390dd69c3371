"""Checks what the lines of a vendor-run batch refer to, before it starts."""

from collections.abc import AsyncIterator

import msgspec

from config.kinds import Operation
from dialects.account_names import MADE, Name, names_in
from dialects.errors import UNREADABLE, Malformed
from dialects.plain import is_plain
from gateway.batching.lines import Wrong, numbered
from gateway.errors import BadRequest


class _Line(msgspec.Struct, frozen=True, gc=False):
    url: str = ""
    body: msgspec.Raw = msgspec.Raw(b"{}")


_LINE = msgspec.json.Decoder(_Line)


async def names_of(pieces: AsyncIterator[bytes]) -> list[Name]:
    """The objects that the requests of a batch's file refer to, each once. Raises BadRequest."""
    found: dict[tuple[str, str], Name] = {}
    number = 0
    try:
        async for number, data in numbered(pieces):
            for name in _names_in(data):
                found.setdefault((name.kind, name.id), name._replace(place=f"line {number}: {name.place}"))
    except Wrong as error:
        raise BadRequest(str(error), param="input_file_id") from None
    except (Malformed, *UNREADABLE):
        raise BadRequest(f"Line {number} of the file cannot be read.", param="input_file_id") from None
    return list(found.values())


def made_among(names: list[Name]) -> set[str]:
    """The ids among them of kinds that can be made through this gateway."""
    return {name.id for name in names if name.kind in MADE}


def _names_in(data: bytes) -> list[Name]:
    line = _LINE.decode(data)
    operation = Operation.RESPONSES if line.url.endswith("/responses") else Operation.CHAT
    body = bytes(line.body)
    return [] if is_plain(operation, body) else names_in(operation, body)
