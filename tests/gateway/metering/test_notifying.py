"""A webhook is told over a real connection: signed, pinned to an allowed address, no redirect followed."""

import hashlib
import hmac

import pytest

from config.alert import AlertFacts
from config.secret import Secret
from gateway.metering.notifying import send, signature
from ledger.notices import Notice
from tests.gateway.listener import Listener
from tests.ports import refusing

NOTICE = Notice("abc", 1, '{"percent":50}')
SECRET = Secret("s3cret", "literal")


def facts(listener: Listener, *private: str) -> AlertFacts:
    return AlertFacts(listener.url, listener.host, SECRET, private)


async def test_what_arrives_is_signed_with_its_time() -> None:
    async with Listener([200]) as listener:
        assert await send(facts(listener, "127.0.0.0/8"), NOTICE, 1_790_000_000) == ""
        host = listener.host
    [heard] = listener.requests
    expected = hmac.new(b"s3cret", b"1790000000." + heard.body.encode(), hashlib.sha256).hexdigest()
    assert heard.header("x-signalbox-signature") == f"t=1790000000,v1={expected}"
    assert heard.header("x-signalbox-delivery") == "abc"
    assert heard.header("host") == host
    assert heard.head.startswith("POST /hook?team=a HTTP/1.1")
    assert heard.body == NOTICE.body


def test_another_time_or_body_has_another_signature() -> None:
    assert len({signature("a", 1, "x"), signature("a", 2, "x"), signature("a", 1, "y")}) == 3


async def test_a_private_address_is_not_reached_unless_it_is_listed() -> None:
    async with Listener([200]) as listener:
        assert "127.0.0.1 is not a public address" in await send(facts(listener), NOTICE, 1)
        assert listener.requests == []


async def test_a_name_that_stands_for_a_private_address_is_not_reached() -> None:
    async def inside(_host: str, _port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.8"]

    webhook = AlertFacts("https://hooks.example.com/x", "hooks.example.com:443", SECRET)
    assert "10.0.0.8 is not a public address" in await send(webhook, NOTICE, 1, inside)


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_whoever_does_not_say_yes_has_not_taken_it(status: int) -> None:
    async with Listener([status], headers="location: http://10.0.0.1/\r\n") as listener:
        assert await send(facts(listener, "127.0.0.0/8"), NOTICE, 1) == f"it answered {status}"
    assert len(listener.requests) == 1


async def test_a_server_that_is_not_there_is_said() -> None:
    with refusing() as port:
        webhook = AlertFacts(f"http://127.0.0.1:{port}/", f"127.0.0.1:{port}", SECRET, ("127.0.0.0/8",))
        assert await send(webhook, NOTICE, 1) == "it cannot be reached (ConnectError)"
