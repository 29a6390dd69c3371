"""An MCP server started as a local program: without our environment, connected by pipes."""

import logging
import os
import resource
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from subprocess import DEVNULL

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream, Process
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from agentloop.reach import Program

log = logging.getLogger("signalbox.runs")

MAX_LINE = 4 * 1024 * 1024  # bytes of one message
_GRACE_SECONDS = 1.0  # to exit by itself after its input was closed
_PATH = "/usr/local/bin:/usr/bin:/bin"
_LIMITS = ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 256))

Said = SessionMessage | Exception
Streams = tuple[ObjectReceiveStream[Said], ObjectSendStream[SessionMessage]]


class NotStarted(Exception):
    """The program cannot be started as configured."""


@asynccontextmanager
async def speaking(program: Program) -> AsyncIterator[Streams]:
    """The streams of messages from and to the program; it ends with the block.

    Raises NotStarted. A line that is no message is skipped; an overlong line ends the connection.
    """
    process = await _started(program)
    heard_by, heard = anyio.create_memory_object_stream[Said](0)
    told, told_by = anyio.create_memory_object_stream[SessionMessage](0)
    try:
        async with heard_by, heard, told, told_by, anyio.create_task_group() as group:
            group.start_soon(_listen, process, heard_by)
            group.start_soon(_speak, process, told_by, heard_by)
            yield heard, told
            group.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):  # do not leave the program running
            await _end(process)


async def _started(program: Program) -> Process:
    command = list(program.command)
    if not program.network:
        if shutil.which("unshare") is None:
            raise NotStarted("there is no `unshare` to keep it from the network; set network: host")
        command = ["unshare", "--map-root-user", "--net", "--", *command]
    try:
        process = await anyio.open_process(
            command, env={"PATH": _PATH, **program.environment}, stderr=DEVNULL, start_new_session=True
        )
    except OSError as error:
        raise NotStarted(f"{program.command[0]} cannot be started: {error.strerror}") from error
    if hasattr(resource, "prlimit"):  # only Linux can limit a process from outside
        with suppress(OSError):
            for what, most in _LIMITS:
                resource.prlimit(process.pid, what, (most, most))
    return process


async def _listen(process: Process, heard_by: ObjectSendStream[Said]) -> None:
    assert process.stdout is not None
    rest = b""
    async with heard_by:
        with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError):
            async for piece in process.stdout:
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    await heard_by.send(_message(line))
                if len(rest) > MAX_LINE:
                    log.warning(
                        "a tool server's message is over %d bytes; its connection is closed", MAX_LINE
                    )
                    return


def _message(line: bytes) -> Said:
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError as error:
        return error


async def _speak(
    process: Process, told_by: ObjectReceiveStream[SessionMessage], heard_by: ObjectSendStream[Said]
) -> None:
    assert process.stdin is not None
    with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError, OSError):
        async for said in told_by:
            text: str = said.message.model_dump_json(by_alias=True, exclude_unset=True)
            await process.stdin.send(text.encode() + b"\n")
    await heard_by.aclose()  # callers that wait for an answer learn that there is none


async def _end(process: Process) -> None:
    if process.stdin is not None:
        with suppress(OSError, anyio.BrokenResourceError, anyio.ClosedResourceError):
            await process.stdin.aclose()
    with anyio.move_on_after(_GRACE_SECONDS):
        await process.wait()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # including its child processes
    with anyio.move_on_after(_GRACE_SECONDS):
        await process.wait()
    await process.aclose()
