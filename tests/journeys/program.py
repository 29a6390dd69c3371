"""The program as its users have it: processes of its own, spoken to over HTTP, read by SQL."""

import json
import os
import re
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import httpx

from tests.nursery import Child, command, nursery

ROOT = Path(__file__).parents[2]
ADMIN_KEY = "journeys-admin"
START_SECONDS = 120.0
STOP_SECONDS = 120.0
# For rows to come from the spool into the database: a drain that found it away looks again after up to 15 s.
ARRIVAL_SECONDS = 90.0

Row = dict[str, Any]


def environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """That of a user without any vendor key, whose files are all in `home`."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        **(extra or {}),
    }


class Program:
    """One serving command. It prints one line of JSON when it is ready: `ready`.

    `wrapper` runs the command; with one, or with `anew`, the interpreter starts from nothing.
    """

    def __init__(
        self, home: Path, arguments: Sequence[str], wrapper: Sequence[str] = (), *, anew: bool = False
    ) -> None:
        self.home = home
        self.log = home / "stderr.log"
        self._arguments = tuple(arguments)
        self._command = (*wrapper, sys.executable, "-m", "gateway.cli") if wrapper or anew else ()
        self._process: subprocess.Popen[bytes] | Child | None = None
        self.ready: dict[str, Any] = {}
        self.start_seconds = 0.0

    def start(self, *more: str) -> None:
        """Return when it has said that it is ready; AssertionError with its log when it does not."""
        began = time.monotonic()
        with self.log.open("ab") as errors:
            self._process = process = self._begun((*self._arguments, *more), errors)
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
        line = process.stdout.readline() if readable else b""
        if not line:
            self.kill()
            raise AssertionError(f"{' '.join(self._arguments)} did not start:\n{self.log.read_text()}")
        self.start_seconds = time.monotonic() - began
        self.ready = json.loads(line)

    def _begun(self, arguments: Sequence[str], errors: IO[bytes]) -> "subprocess.Popen[bytes] | Child":
        variables = environment(self.home)
        if not self._command:
            return nursery().start(arguments, self.home, variables, errors)
        command = (*self._command, *arguments)
        return subprocess.Popen(command, cwd=self.home, env=variables, stdout=subprocess.PIPE, stderr=errors)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def stop(self) -> int:
        """Tell it to stop and wait until it has; the exit status."""
        if self._process is None:
            return 0
        self._process.terminate()
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            self._put_away()

    def kill(self) -> None:
        """End it without a chance to put anything away."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._put_away()

    def _put_away(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None


class Simulator(Program):
    """A vendor that keeps its own bill."""

    def __init__(self, home: Path, *options: str) -> None:
        super().__init__(home, ("simulate", "--port", "0", "--json", *options))

    @property
    def base_url(self) -> str:
        return str(self.ready["base_url"])

    def get(self, path: str) -> Any:
        """What stands at `/sim/{path}`."""
        return (
            httpx.get(f"{self.base_url.removesuffix('/v1')}/sim/{path}", timeout=30).raise_for_status().json()
        )

    def bill(self) -> list[Row]:
        """A line for each call that ended."""
        lines: list[Row] = self.get("bill")["lines"]
        return lines

    def settled(self) -> list[Row]:
        """The bill, when no call is open any more."""
        until(lambda: self.get("stats")["open_calls"] == 0, "the simulator still has open calls")
        return self.bill()


class Gateway(Program):
    """A gateway on a state directory of its own; killed and started again, it keeps address and key."""

    def __init__(
        self, home: Path, configuration: str | None, wrapper: Sequence[str] = (), *, anew: bool = False
    ) -> None:
        self.state = home / "state"
        self.file = home / "signalbox.yaml"
        arguments = ["serve", "--state", str(self.state), "--json"]
        if configuration is not None:
            self.file.write_text(configuration)
            arguments += ["--config", str(self.file)]
        super().__init__(home, arguments, wrapper, anew=anew)
        self.key = ""
        self._port = "0"

    def start(self, *more: str) -> None:
        super().start("--port", self._port, *more)
        self._port = self.address.rpartition(":")[2]
        self.key = self.ready["first_key"] or self.key

    @property
    def address(self) -> str:
        return str(self.ready["address"])

    @property
    def port(self) -> int:
        return int(self._port)

    @property
    def base_url(self) -> str:
        return f"{self.address}/v1"

    def client(self, key: str | None = None, **options: Any) -> httpx.Client:
        """To be closed by its owner."""
        headers = {"authorization": f"Bearer {self.key if key is None else key}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=30, **options)

    def admin(self) -> httpx.Client:
        """A client with the key of the configuration."""
        return self.client(ADMIN_KEY)

    def command(self, *arguments: str) -> Any:
        """What another process, run on the same state directory, answers in JSON."""
        options = ("--state", str(self.state), "--json")
        done = command((*arguments, *options), self.home, environment(self.home))
        assert done.returncode == 0, f"{arguments} → {done.returncode}\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def new_key(self, **fields: Any) -> tuple[str, str]:
        """Id and plaintext of a key made over HTTP; `fields` as the API takes them."""
        with self.admin() as admin:
            made = admin.post("/admin/v1/keys", json={"team": "default", **fields}).raise_for_status().json()
        return made["id"], made["key"]

    def query(self, sql: str, *values: object) -> list[Row]:
        """Rows of the database file, read beside the running gateway."""
        with closing(sqlite3.connect(f"file:{self.state / 'signalbox.db'}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(sql, values)]

    def attempts(self, request_id: str, count: int = 1) -> list[Row]:
        """A request's rows in their order, when so many have arrived."""
        found: list[Row] = []

        def arrived() -> bool:
            try:
                found[:] = self.query(
                    "SELECT * FROM usage WHERE attempt_id LIKE ? ORDER BY attempt_id", f"{request_id}.%"
                )
            except sqlite3.OperationalError:  # its files were just moved: this look saw them half in place
                return False
            return len(found) >= count

        until(arrived, f"{count} rows of {request_id} did not arrive")
        return found

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's series that have these labels."""
        total = 0.0
        for line in httpx.get(f"{self.address}/metrics", timeout=30).text.splitlines():
            found = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
            if found and all(f'{key}="{value}"' in (found[1] or "") for key, value in labels.items()):
                total += float(found[2])
        return total

    def memory(self) -> int:
        """Resident bytes."""
        text = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", text)
        assert found is not None
        return int(found[1]) * 1024


def until(true: Any, complaint: str, seconds: float = ARRIVAL_SECONDS) -> None:
    """Look again and again; AssertionError when it does not become true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{complaint} within {seconds:g} s"
        time.sleep(0.02)


@contextmanager
def running(program: Program) -> Iterator[None]:
    """The program, started, and ended however the block ends."""
    try:
        program.start()
        yield
    finally:
        program.stop()


def show(*lines: str) -> None:
    """Figures for who reads the test's output (`pytest -s`, or after a failure)."""
    sys.stdout.write("\n".join(("", *lines, "")))
