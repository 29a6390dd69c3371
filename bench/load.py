"""Puts load on a server: wrk if it is installed and answers are whole, otherwise the built-in client."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench import wire
from bench.client import GRACE_SECONDS, Job, Load

_LUA = """\
wrk.method = "POST"
{headers}
local before = [==[{before}]==]
local after = [==[{after}]==]
local number = {first}
function request()
  number = number + 1
  return wrk.format(nil, nil, nil, before .. string.format("%010d", number) .. after)
end
function done(summary, latency, requests)
  local e = summary.errors
  io.stderr:write(string.format(
    '{{"calls":%d,"micros":%d,"p50":%f,"p99":%f,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect, e.read, e.write, e.status, e.timeout))
end
"""


class LoadFailed(Exception):
    """A load with errors, which make its figures meaningless."""


class _Summary(msgspec.Struct):
    calls: int
    micros: int
    p50: float
    p99: float
    connect: int
    read: int
    write: int
    status: int
    timeout: int

    def load(self) -> Load:
        counts = {name: getattr(self, name) for name in ("connect", "read", "write", "status", "timeout")}
        errors = {f"wrk counted errors of kind {name!r}": count for name, count in counts.items() if count}
        return Load(self.calls, self.micros / 1e6, self.p50 / 1000, self.p99 / 1000, errors)


def put(job: Job, find: Callable[[str], str | None] = shutil.which) -> Load:
    """Runs a job in a separate process. Raises LoadFailed if any call failed.

    `find` returns the path of wrk, or None.
    """
    wrk = None if job.stream or job.same else find("wrk")
    load = _by_wrk(wrk, job) if wrk else _by_client(job)
    return checked(load)


def checked(load: Load) -> Load:
    """The load itself if nothing went wrong. Raises LoadFailed otherwise."""
    if load.errors or not load.calls:
        found = (
            "; ".join(f"{count} × {what}" for what, count in load.errors.items()) or "no call was answered"
        )
        raise LoadFailed(f"{found} ({load.calls} calls were answered)")
    return load


def script(job: Job) -> str:
    """The Lua script by which wrk sends this job's calls, each with its own number."""
    before, after = wire.around_number(job.body)
    headers = {"content-type": "application/json"} | job.headers
    lines = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items())
    return _LUA.format(headers=lines, before=before.decode(), after=after.decode(), first=job.first)


def _by_wrk(wrk: str, job: Job) -> Load:
    with tempfile.TemporaryDirectory() as folder:
        lua = Path(folder) / "calls.lua"
        lua.write_text(script(job))
        command = [wrk, "--threads", "1", "--connections", str(job.connections), "--timeout", "30s"]
        command += ["--duration", f"{max(1, round(job.seconds))}s", "--script", str(lua)]
        return msgspec.json.decode(
            _run([*command, f"http://127.0.0.1:{job.port}{job.path}"], job)[1], type=_Summary
        ).load()


def _by_client(job: Job) -> Load:
    command = [sys.executable, "-m", "bench.client", msgspec.json.encode(job).decode()]
    return msgspec.json.decode(_run(command, job)[0], type=Load)


def _run(command: list[str], job: Job) -> tuple[bytes, bytes]:
    patience = job.seconds + GRACE_SECONDS + 30
    ended = subprocess.run(command, capture_output=True, timeout=patience, check=False)
    if ended.returncode:
        raise LoadFailed(
            f"{command[0]} ended with {ended.returncode}: {ended.stderr.decode(errors='replace')[-500:]}"
        )
    return ended.stdout, ended.stderr
