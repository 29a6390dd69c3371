"""No forbidden address is connected: by requests, by MCP, by the webhook; a listener counts who comes."""

import asyncio
from contextlib import asynccontextmanager
from ipaddress import ip_network
from itertools import product

import httpx
import httpx2
import pytest

from agentloop.agents import ToolVersion
from agentloop.egress import Egress, Forbidden
from agentloop.events import ToolCall, ToolFailed
from agentloop.mcp.guarded import Guarded
from agentloop.reach import Reach
from agentloop.steps import Step
from agentloop.tools.http import HttpTool, resolved
from config.alert import AlertFacts
from config.secret import Secret
from gateway.metering.notifying import send
from ledger.notices import Notice

LOCAL = (ip_network("127.0.0.0/8"),)

# Ways to write "this machine" and its neighbours; PORT is the listener's.
WRITTEN = """
http://127.0.0.1:PORT/ https://127.0.0.1:PORT/ http://localhost:PORT/ https://localhost:PORT/ http://127.1:PORT/
http://127.0.1:PORT/ http://2130706433:PORT/ http://0x7f000001:PORT/ http://0x7f.0x0.0x0.0x1:PORT/
http://0177.0.0.1:PORT/ http://0177.0000.0000.0001:PORT/ http://017700000001:PORT/ http://127.0.0.1.:PORT/
http://0:PORT/ http://0.0.0.0:PORT/ http://00000000.0.0.0:PORT/ http://127.000.000.001:PORT/ http://127.0.0.2:PORT/
http://127.255.255.254:PORT/ http://[::1]:PORT/ http://[::]:PORT/ http://[0:0:0:0:0:0:0:1]:PORT/
http://[::ffff:127.0.0.1]:PORT/ http://[::ffff:7f00:1]:PORT/ http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/
http://[::127.0.0.1]:PORT/ http://[64:ff9b::7f00:1]:PORT/ http://[64:ff9b::127.0.0.1]:PORT/ http://[2002:7f00:1::]:PORT/
http://[2001:0:7f00:1::]:PORT/ http://[::1%25lo]:PORT/ http://[fe80::1%25lo]:PORT/ http://[fc00::1]:PORT/
http://[fd00:ec2::254]:PORT/ http://[fec0::1]:PORT/ http://[ff02::1]:PORT/ http://LOCALHOST:PORT/
http://localhost.:PORT/ http://LocalHost.:PORT/ http://127。0。0。1:PORT/ http://127．0．0．1:PORT/ http://127｡0｡0｡1:PORT/
http://①②⑦.⓪.⓪.①:PORT/ http://１２７.０.０.１:PORT/ http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/ http://ｌｏｃａｌｈｏｓｔ:PORT/ http://loca\u00adlhost:PORT/
http://%6c%6f%63alhost:PORT/ http://127%2e0%2e0%2e1:PORT/ http://127.0.0.1%00:PORT/ http://127.0.0.1%2f@desk.example:PORT/
http://desk.example@127.0.0.1:PORT/ http://desk.example:443@127.0.0.1:PORT/ http://desk.example%40127.0.0.1:PORT/
http://127.0.0.1:PORT@desk.example/ http://desk.example#@127.0.0.1:PORT/ http://127.0.0.1:PORT#@desk.example/
http://127.0.0.1:PORT?@desk.example/ http://127.0.0.1:PORT\\@desk.example/ http://desk.example\\@127.0.0.1:PORT/
http:\\\\127.0.0.1:PORT/ http:/127.0.0.1:PORT/ http:///127.0.0.1:PORT/ //127.0.0.1:PORT/ 127.0.0.1:PORT/
http://user:word@127.0.0.1:PORT/ http://:@127.0.0.1:PORT/ http://@127.0.0.1:PORT/ HTTP://127.0.0.1:PORT/
ftp://127.0.0.1:PORT/ gopher://127.0.0.1:PORT/ ws://127.0.0.1:PORT/ wss://127.0.0.1:PORT/ dict://127.0.0.1:PORT/
ldap://127.0.0.1:PORT/ tftp://127.0.0.1:PORT/ jar:http://127.0.0.1:PORT/!/ view-source:http://127.0.0.1:PORT/
file://127.0.0.1/etc/passwd file:///etc/passwd data:text/plain,x javascript:alert(1) unix:///var/run/docker.sock
http://169.254.169.254/latest/meta-data/ http://[::ffff:169.254.169.254]/ http://2852039166/ http://0xa9fea9fe/
http://0251.0376.0251.0376/ http://169.254.43518/ http://169.254.170.2/ http://100.100.100.200/ http://192.0.0.192/
http://metadata.google.internal/ https://metadata.google.internal./ http://metadata/ http://metadata.goog/
http://instance-data/ http://[fd00:ec2::254]/ https://169.254.169.254/ http://10.0.0.1/ http://172.16.0.1/
http://192.168.1.1/ http://100.64.0.1/ http://198.18.0.1/ http://224.0.0.1/ http://255.255.255.255/ http://240.0.0.1/
http://127.0.0.1.nip.example:PORT/ http://localtest.example:PORT/ http://spoofed.example:PORT/ http://169-254.example/
""".split()

# Each number of an address in each of three bases, fewer numbers for the same, IPv4 in each dress of IPv6.
BASES = ("{:d}", "0{:o}", "0x{:x}")
DRESSES = """
::DOTTED ::ffff:DOTTED ::ffff:0:DOTTED 64:ff9b::DOTTED 64:ff9b:1::DOTTED 0:0:0:0:0:FFFF:DOTTED
::HEX ::ffff:HEX ::ffff:0:HEX 64:ff9b::HEX 2002:HEX:: 2002:HEX::1 2606:4700::5efe:HEX 2606:4700::200:5efe:HEX
fe80::5efe:HEX fe80::HEX%25lo
""".split()


def spellings(address: str) -> list[str]:
    """Everything that some library would take for the address."""
    numbers = [int(each) for each in address.split(".")]
    a, b, c, d = numbers
    parts = [(a, b, c, d), (a, b, c << 8 | d), (a, b << 16 | c << 8 | d), (a << 24 | b << 16 | c << 8 | d,)]
    found = {
        ".".join(base.format(number) for base, number in zip(bases, each, strict=True))
        for each in parts
        for bases in product(BASES, repeat=len(each))
    }
    hexadecimal = f"{a << 8 | b:x}:{c << 8 | d:x}"
    found |= {f"[{each.replace('DOTTED', address).replace('HEX', hexadecimal)}]" for each in DRESSES}
    return [f"{scheme}://{host}:PORT/" for host in sorted(found) for scheme in ("http", "https")]


GENERATED = [url for address in ("127.0.0.1", "169.254.169.254") for url in spellings(address)]


async def nowhere_good(host, _port):
    """A name server that an attacker owns: its names stand for this machine, alone or beside others."""
    if host.endswith((".nip.example", "spoofed.example")):
        return ["93.184.216.34", "127.0.0.1"]
    if host.endswith(".example"):
        return ["::ffff:127.0.0.1"] if host.startswith("local") else ["169.254.169.254"]
    return await resolved(host, _port)


@asynccontextmanager
async def listener():
    """Its port, and who connected."""
    came = []

    async def come(_reader, writer):
        came.append(writer.get_extra_info("peername"))
        writer.close()

    async with await asyncio.start_server(come, "127.0.0.1", 0) as server:
        yield str(server.sockets[0].getsockname()[1]), came


def hosts_of(url: str) -> frozenset[str]:
    """Whatever host somebody could read in it, as if the operator had listed it: only the address is left."""
    found = set()
    for read in (httpx.URL, httpx2.URL):
        try:
            parsed = read(url)
        except (ValueError, httpx.InvalidURL, httpx2.InvalidURL):
            continue
        port = parsed.port or {"https": 443, "http": 80}.get(parsed.scheme, 0)
        for host in (parsed.host, parsed.raw_host.decode(errors="replace")):
            found |= {f"{host}:{port}", f"{host.rstrip('.').lower()}:{port}"}
    return frozenset(found)


def test_there_are_over_a_hundred_of_them():
    assert len(set(WRITTEN)) >= 110
    assert len(set(GENERATED)) >= 500


CLIENT = httpx.AsyncClient(trust_env=False, timeout=2)  # never closed, for nothing is ever opened
GUARDED = Guarded(Egress(frozenset()), nowhere_good)


async def by_request(url: str, reach: Reach) -> None:
    tool = ToolVersion("desk/x", "http", "", {}, timeout=2.0, settings={"method": "GET", "url": url})
    step = Step(ToolCall("c", "desk__x", "{}"), 1, key="KEY")
    failed = await HttpTool(CLIENT, nowhere_good).call(tool, reach, step)
    assert isinstance(failed, ToolFailed)


async def by_mcp(url: str, reach: Reach) -> None:
    GUARDED._egress = reach.egress
    with pytest.raises((Forbidden, OSError, httpx2.InvalidURL, httpx2.RequestError, ValueError)):
        await GUARDED.handle_async_request(httpx2.Request("POST", url))


async def by_webhook(url: str, reach: Reach) -> None:
    for host in sorted(reach.egress.hosts) or [""]:
        facts = AlertFacts(url, host, Secret("s", "test"))
        assert await send(facts, Notice("1", 0, "{}"), 0, nowhere_good)


@pytest.mark.parametrize("way", [by_request, by_mcp, by_webhook], ids=lambda way: way.__name__)
@pytest.mark.parametrize("listed", [False, True], ids=["not listed", "listed by name"])
async def test_none_of_them_is_connected(way, listed):
    async with listener() as (port, came):
        for written in (*WRITTEN, *GENERATED):
            url = written.replace("PORT", port)
            hosts = hosts_of(url) if listed else frozenset(["desk.example:443"])
            await way(url, Reach(Egress(hosts), {}))
            assert not came, url


async def test_a_name_that_stands_for_something_else_the_second_time_is_looked_up_once():
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])

    async def rebinding(_host, _port):
        return next(answers)

    async with listener() as (port, came):
        egress = Egress(frozenset([f"desk.example:{port}"]))
        host, number, _ = egress.place(f"https://desk.example:{port}/")
        assert egress.pinned(await rebinding(host, number), tls=True) == "93.184.216.34"
        settings = {"method": "GET", "url": f"https://desk.example:{port}/"}
        tool = ToolVersion("desk/x", "http", "", {}, timeout=0.2, settings=settings)
        async with httpx.AsyncClient(trust_env=False) as client:
            step = Step(ToolCall("c", "desk__x", "{}"), 1, key="KEY")
            await HttpTool(client, rebinding).call(tool, Reach(egress, {}), step)
        assert not came


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_one_of_them_is_not_followed(status):
    async with listener() as (inside, came):

        async def redirect(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            head = f"HTTP/1.1 {status} X\r\nlocation: http://127.0.0.1:{inside}/\r\n"
            writer.write(f"{head}content-length: 0\r\n\r\n".encode())
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(redirect, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            egress = Egress(frozenset([f"127.0.0.1:{port}"]), LOCAL)
            settings = {"method": "GET", "url": f"http://127.0.0.1:{port}/"}
            tool = ToolVersion("desk/x", "http", "", {}, timeout=5.0, settings=settings)
            async with httpx.AsyncClient(trust_env=False) as client:
                step = Step(ToolCall("c", "desk__x", "{}"), 1, key="KEY")
                failed = await HttpTool(client).call(tool, Reach(egress, {}), step)
            assert isinstance(failed, ToolFailed)
        assert not came
