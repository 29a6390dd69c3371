"""Tools that are HTTP requests: a method and a URL with placeholders for arguments."""

import asyncio
import re
import socket
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from agentloop.agents import ToolVersion
from agentloop.egress import Forbidden
from agentloop.events import Event, ToolCompleted, ToolFailed, ToolUnderway, ToolUnknown
from agentloop.reach import Reach
from agentloop.steps import Step
from agentloop.underway import begun, heard, task_of

MAX_OUTPUT_BYTES = 64 * 1024

_PLACE = re.compile(r"\{([A-Za-z0-9_.-]{1,64})\}")
_PARTS = re.compile(r"[/\\]")
_DOTS = frozenset([".", ".."])
_ACCEPTED = 202
_ENCODINGS = {"": False, "identity": False, "gzip": True, "x-gzip": True, "deflate": True}  # if compressed
_GZIP_OR_ZLIB = 47  # zlib's wbits for either format
_BODILESS = frozenset(["GET", "DELETE", "HEAD"])
_BEFORE_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

# The key is still in use (draft-ietf-httpapi-idempotency-key-header, 2.7), or the server is overloaded.
_BUSY = frozenset([409, 425, 429])
_BUSY_SECONDS = 1.0
_UNREAD = frozenset([401, 407, 408, 421])  # sent before the server looks at the idempotency key

Resolve = Callable[[str, int], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Request:
    """An outgoing request, before its host name is resolved."""

    method: str
    url: str
    query: tuple[tuple[str, str], ...]
    body: bytes


class Misplaced(ValueError):
    """An argument would change the structure of the declared URL. The message is for the model."""


def written(tool: ToolVersion, arguments: Mapping[str, Any]) -> Request:
    """The request of a call. Arguments without a placeholder go into the query or the JSON body.

    Raises Misplaced.
    """
    method = str(tool.settings["method"]).upper()
    used: set[str] = set()

    def place(match: re.Match[str]) -> str:
        used.add(match[1])
        value = _text(arguments.get(match[1], ""))
        # Many servers decode a path before they resolve it, so an encoded `..` is the parent folder; and with
        # an empty value, `/orders/{id}` is all orders.
        if not value or not _DOTS.isdisjoint(_PARTS.split(value)):
            raise Misplaced(f"{match[1]} is needed, and has no part '.' or '..'")
        return quote(value, safe="")

    url = _PLACE.sub(place, str(tool.settings["url"]))
    rest = {name: value for name, value in arguments.items() if name not in used}
    if method in _BODILESS:
        return Request(method, url, tuple((name, _text(value)) for name, value in rest.items()), b"")
    return Request(method, url, (), msgspec.json.encode(rest))


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


async def resolved(host: str, port: int) -> list[str]:
    """All addresses of a name. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class HttpTool:
    """Runs these tools."""

    client: httpx.AsyncClient
    resolve: Resolve = resolved

    async def call(self, tool: ToolVersion, reach: Reach, step: Step) -> Event:
        """ToolCompleted, ToolFailed if it surely had no effect or reports a failure, else ToolUnknown.

        ToolUnderway if the server continues in the background; a step with a handle is only polled.
        """
        if step.handle:
            return await self._asked(tool, reach, step)
        arguments: dict[str, Any] = msgspec.json.decode(step.call.arguments or "{}")
        call_id = step.call.call_id
        try:
            async with asyncio.timeout(tool.timeout):
                status, text = await self._answered(reach, written(tool, arguments), step)
        except Misplaced as wrong:
            return ToolFailed(call_id, "invalid_arguments", f"The arguments do not fit the tool: {wrong}.")
        except Forbidden as forbidden:
            return ToolFailed(call_id, "denied", f"The tool cannot be reached: {forbidden}.")
        except (*_BEFORE_SENT, OSError) as error:
            if isinstance(error, TimeoutError):
                return ToolUnknown(call_id, f"no answer in {tool.timeout:g} s")
            return ToolFailed(call_id, "unavailable", "The tool's server cannot be reached now.")
        except httpx.HTTPError as error:
            return ToolUnknown(call_id, f"the connection broke: {type(error).__name__}")
        if status >= 500 or (status in _UNREAD and step.lost_attempts > 0):
            return ToolUnknown(call_id, f"the tool's server answered {status}")
        if status >= 300:
            return ToolFailed(call_id, "tool_error", f"The tool answered {status}: {text[:2000]}")
        if status == _ACCEPTED and (task := task_of(tool)) is not None:
            return begun(call_id, task, text)
        return ToolCompleted(call_id, text)

    async def _answered(self, reach: Reach, request: Request, step: Step) -> tuple[int, str]:
        """The answer; while the server may be busy with an earlier attempt, the request is repeated."""
        while True:
            answer = await self._exchange(reach, request, step.key)
            if answer[0] not in _BUSY or step.lost_attempts <= 0:
                return answer
            await asyncio.sleep(_BUSY_SECONDS)

    async def _asked(self, tool: ToolVersion, reach: Reach, step: Step) -> Event:
        """Polls a task; ToolUnderway if the poll itself fails, so that it is repeated."""
        call_id, task = step.call.call_id, task_of(tool)
        if task is None:
            return ToolUnknown(call_id, "it is not declared any more how to ask for it")
        request = Request("GET", _PLACE.sub(quote(step.handle, safe=""), task.url), (), b"")
        try:
            async with asyncio.timeout(tool.timeout):
                answer = await self._exchange(reach, request, step.key)
        except (Forbidden, httpx.HTTPError, OSError):
            return ToolUnderway(call_id, step.handle)
        return heard(call_id, task, step.handle, answer)

    async def _exchange(self, reach: Reach, request: Request, key: str) -> tuple[int, str]:
        host, port, tls = reach.egress.place(request.url)
        address = reach.egress.pinned(await self.resolve(host, port), tls=tls)
        url = httpx.URL(request.url, params=request.query or None)
        headers = {
            **reach.headers,
            "host": url.netloc.decode(),
            "idempotency-key": key,
            "accept": "application/json",
            "accept-encoding": "identity",
            "connection": "close",
        }
        if request.body:
            headers["content-type"] = "application/json"
        asked = self.client.build_request(
            request.method,
            # The address that was checked, even if the name resolves to another by now.
            url.copy_with(host=address),
            headers=headers,
            content=request.body,
            extensions={"sni_hostname": host},
        )
        response = await self.client.send(asked, stream=True, follow_redirects=False)
        try:
            return response.status_code, await _head(response)
        finally:
            await response.aclose()


async def _head(response: httpx.Response) -> str:
    """The body as text, cut at MAX_OUTPUT_BYTES, a limit that also holds for decompressed bodies."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in _ENCODINGS:
        return f"[an answer in the encoding {encoding[:20]!r}, which was not asked for]"
    unfolding = zlib.decompressobj(_GZIP_OR_ZLIB) if _ENCODINGS[encoding] else None
    body = bytearray()
    async for piece in response.aiter_raw():
        try:
            body += unfolding.decompress(piece, MAX_OUTPUT_BYTES + 1) if unfolding is not None else piece
        except zlib.error:
            return f"[an answer that is not in the encoding {encoding!r}]"
        if len(body) > MAX_OUTPUT_BYTES:
            cut = f"\n[cut after {MAX_OUTPUT_BYTES} bytes]"
            return bytes(body[:MAX_OUTPUT_BYTES]).decode(errors="replace") + cut
    return body.decode(errors="replace")
