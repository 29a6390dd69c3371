"""A model server on this machine is found when it answers, and nothing else is taken for one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from config.catalog import Catalog, Vendor
from config.defaults import default_catalog
from config.kinds import VendorKind
from gateway.server.local import extended, find_local
from tests.ports import refusing

FOUND = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


def kind(port: int, *, host: str = "127.0.0.1", probe: str | None = "/models") -> VendorKind:
    return VendorKind("ollama", "Ollama", f"http://{host}:{port}/v1", key_required=False, probe=probe)


@asynccontextmanager
async def server(answer: bytes | None) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that answers everything so, or nothing at all; its port, and what it was asked."""
    asked: list[bytes] = []
    silent: list[asyncio.StreamWriter] = []

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        if answer is not None:
            writer.write(answer)
            await writer.drain()
            writer.close()
        else:
            silent.append(writer)

    listening = await asyncio.start_server(reply, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1], asked
        for writer in silent:
            writer.close()


async def test_a_server_that_answers_is_a_vendor_without_a_key() -> None:
    async with server(FOUND) as (port, asked):
        found = await find_local([kind(port)])
    assert [(vendor.name, vendor.base_url, vendor.api_key) for vendor in found] == [
        ("ollama", f"http://127.0.0.1:{port}/v1", None)
    ]
    assert asked[0].startswith(b"GET /v1/models HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", id="another server"),
        pytest.param(FOUND.replace(b"application/json", b"text/html"), id="a page for people"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", id="no HTTP at all"),
        pytest.param(None, id="silence"),
    ],
)
async def test_what_does_not_answer_as_one_is_none(answer: bytes | None) -> None:
    async with server(answer) as (port, asked):
        assert await find_local([kind(port)]) == []
    assert len(asked) == 1


async def test_a_port_that_nobody_listens_on_is_none() -> None:
    with refusing() as port:
        assert await find_local([kind(port)]) == []


@pytest.mark.parametrize(
    ("host", "probe"),
    [("127.0.0.1", None), ("models.example", "/models"), ("192.0.2.1", "/models")],
    ids=["no probe", "a name", "an address elsewhere"],
)
async def test_only_this_machine_is_asked_and_only_with_a_probe(host: str, probe: str | None) -> None:
    async with server(FOUND) as (port, asked):
        assert await find_local([kind(port, host=host, probe=probe)]) == []
    assert asked == []


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with server(FOUND) as (port, _), server(FOUND) as (proxy, through):
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy}")
        assert len(await find_local([kind(port)])) == 1
    assert through == []


def empty() -> Catalog:
    return default_catalog({}, {}).catalog


def test_what_was_found_is_callable_by_its_prefix_under_a_version_of_its_own() -> None:
    vendor = Vendor("ollama", kind(1), "http://127.0.0.1:1/v1", None)
    catalog = extended(empty(), [vendor])
    group = catalog.resolve("ollama/llama3")
    assert group is not None
    assert [target.name for target in group.targets] == ["ollama/llama3"]
    assert catalog.version != empty().version
    assert extended(empty(), [vendor]).version == catalog.version


def test_a_vendor_that_is_there_already_is_left_as_it_is() -> None:
    first = extended(empty(), [Vendor("ollama", kind(1), "http://127.0.0.1:1/v1", None)])
    assert extended(first, [Vendor("ollama", kind(2), "http://127.0.0.1:2/v1", None)]) is first
