"""What is remembered, and how much of it."""

import json

import msgspec

from gateway.vendors.sim.records import Request, RequestLog, Stats


def request(seq: int = 1, body: bytes = b"{}", headers: list[tuple[bytes, bytes]] | None = None) -> Request:
    return Request(seq, "id", 0, "POST", "/", headers or [], body)


def test_the_log_is_bounded_by_number_and_by_size() -> None:
    log = RequestLog(limit=3, size=10)
    for seq in range(5):
        log.add(request(seq, b"12"))
    assert [each.seq for each in log.last(9)] == [2, 3, 4]
    log.add(request(5, b"123456789"))
    assert [each.seq for each in log.last(9)] == [5]
    log.add(request(6, b"12345678901"))
    assert log.last(9) == []


def test_the_last_are_given_oldest_first() -> None:
    log = RequestLog()
    for seq in range(4):
        log.add(request(seq))
    assert [each.seq for each in log.last(2)] == [2, 3]
    assert log.last(0) == []
    log.clear()
    assert log.last(9) == []


def test_a_body_is_shown_as_what_it_is() -> None:
    bodies = [b'{"a": 1}', b"{", b"\xff", b""]
    shown = json.loads(msgspec.json.encode([request(body=body).shown()["body"] for body in bodies]))
    assert shown == [{"a": 1}, "{", "�", ""]


def test_keys_are_shown_by_their_end_only() -> None:
    headers = [(b"authorization", b"Bearer sk-1234567890"), (b"x-api-key", b"short"), (b"accept", b"a b")]
    shown = request(headers=headers).shown()["headers"]
    assert shown == [["authorization", "Bearer …7890"], ["x-api-key", "…"], ["accept", "a b"]]


def test_open_calls_survive_a_clearing() -> None:
    stats = Stats()
    stats.begin()
    stats.begin()
    stats.open_calls -= 1
    stats.clear()
    assert (stats.requests, stats.open_calls, stats.most_open_calls) == (0, 1, 1)
