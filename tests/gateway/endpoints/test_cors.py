"""A page may read an answer when its origin is allowed, and then the origin alone is named."""

import pytest

from gateway.endpoints.cors import EXPOSED, cors_lines

PAGE = (b"origin", b"https://app.example.com")
CASES = {
    "an allowed page": ([PAGE], ["https://app.example.com"], True),
    "any page": ([PAGE], ["*"], True),
    "another page": ([PAGE], ["https://other.example.com"], False),
    "a page whose name only begins so": ([PAGE], ["https://app.example.co"], False),
    "no page": ([(b"host", b"x")], ["*"], False),
    "nobody": ([PAGE], [], False),
    "a page that is not Latin": ([(b"origin", b"https://\xe9.example")], ["https://app.example.com"], False),
}


@pytest.mark.parametrize(("headers", "allowed", "reads"), CASES.values(), ids=CASES.keys())
def test_who_may_read(headers: list[tuple[bytes, bytes]], allowed: list[str], reads: bool) -> None:
    lines = cors_lines(headers, allowed)
    assert bool(lines) is reads
    if reads:
        pairs = dict(line.split(b": ", 1) for line in lines.removesuffix(b"\r\n").split(b"\r\n"))
        assert pairs == {
            b"access-control-allow-origin": PAGE[1],
            b"vary": b"origin",
            b"access-control-expose-headers": ", ".join(EXPOSED).encode(),
        }
