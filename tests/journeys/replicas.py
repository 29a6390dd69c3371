"""Several gateways on one database, each of which may be killed, stopped and started again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.journeys.killable import PLUG
from tests.journeys.program import ADMIN_KEY, START_SECONDS, environment, until
from tests.patience import Calm

PATIENCE = 60.0


@dataclass
class Replica:
    """One gateway of its own state directory."""

    home: Path
    pid: int = 0
    ready: dict[str, Any] = field(default_factory=dict)
    ready_since: Calm = field(default_factory=Calm)
    stopped: bool = False

    @property
    def address(self) -> str:
        return str(self.ready["address"])

    def stop(self) -> None:
        """It does nothing until it goes on."""
        self.stopped = True
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        self.stopped = False
        os.kill(self.pid, signal.SIGCONT)

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return bool(self.pid)


class Replicas:
    """`key` may call; what is asked of them is asked of any that answers."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.all = [Replica(folder / f"replica{number}") for number in range(count)]
        self.key = ""
        # Made once: what a client reads before its first request takes longer than the request. Nothing is
        # kept open: who answered may be dead at the next.
        self._client = httpx.Client(
            verify=False, trust_env=False, timeout=20, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self._mother = subprocess.Popen(
            (sys.executable, "-m", "tests.journeys.killable"),
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, replica: Replica) -> None:
        """Return when it has said that it is ready."""
        self.begin(replica)
        self.wait(replica)

    def begin(self, replica: Replica) -> None:
        """Start it; `wait` for it."""
        replica.home.mkdir(exist_ok=True)
        (replica.home / "ready.json").unlink(missing_ok=True)
        arguments = ["--state", str(replica.home / "state"), "--json", "--port", "0"]
        arguments += ["--config", str(self.folder / "signalbox.yaml")]
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write(json.dumps([str(replica.home), *arguments]) + "\n")
        self._mother.stdin.flush()
        replica.pid = int(self._mother.stdout.readline())

    def wait(self, replica: Replica) -> None:
        """Until it has said that it is ready."""
        said = replica.home / "ready.json"

        def ready() -> bool:
            assert replica.alive, (replica.home / "stderr.log").read_text()[-2000:]
            return said.exists() and said.read_text().endswith("\n")

        until(ready, "a replica did not start", START_SECONDS)
        replica.ready_since = Calm()
        replica.ready = json.loads(said.read_text())
        self.key = replica.ready["first_key"] or self.key

    def open(self, configuration: str) -> None:
        """Start all with this: the first alone, which makes the tables."""
        (self.folder / "signalbox.yaml").write_text(configuration)
        self.start(self.all[0])
        self._start(self.all[1:])

    def kill(self) -> None:
        """All of them; return when they are gone."""
        for replica in self.all:
            replica.stopped = False
            if replica.alive:
                os.kill(replica.pid, signal.SIGKILL)
        until(lambda: not any(replica.alive for replica in self.all), "who was killed lives", PATIENCE)

    def start_again(self) -> None:
        """All at once, after they were killed."""
        self.kill()
        self._start(self.all)

    def _start(self, some: Sequence[Replica]) -> None:
        for replica in some:
            self.begin(replica)
        for replica in some:
            self.wait(replica)

    def plugged(self, when: str, kind: str) -> Callable[[], bool]:
        """Whoever comes to this instant first is killed there; whether that was done."""
        plug = self.folder / PLUG
        plug.with_suffix(".new").write_text(f"{when} {kind}")
        plug.with_suffix(".new").rename(plug)
        return lambda: not plug.exists()

    def dead(self) -> Replica | None:
        """One that was killed."""
        return next((each for each in self.all if not each.alive), None)

    def request(self, method: str, path: str, key: str = "", **options: Any) -> httpx.Response:
        """Of any that lives, again and again until one answers."""
        deadline = time.monotonic() + PATIENCE
        headers = {"authorization": f"Bearer {key or self.key}", **options.pop("headers", {})}
        while True:
            for replica in self.all:
                if not replica.alive or replica.stopped:
                    continue
                try:
                    return self._client.request(method, replica.address + path, headers=headers, **options)
                except httpx.TransportError:
                    continue
            assert time.monotonic() < deadline, f"nobody answers {method} {path}"
            if all(not replica.alive for replica in self.all):
                self.start(self.all[0])
            time.sleep(0.01)

    def of(self, pid: int) -> Replica:
        """The replica that is this process."""
        return next(each for each in self.all if each.pid == pid)

    def new_key(self, **fields: Any) -> str:
        """The plaintext of a key; `fields` as the API takes them."""
        body = {"team": "default", **fields}
        return str(self.request("POST", "/admin/v1/keys", ADMIN_KEY, json=body).json()["key"])

    def status(self, run_id: str) -> str:
        """Empty where a database that is busy did not say it in time."""
        return str(self.request("GET", f"/v1/runs/{run_id}").json().get("status", ""))

    def until(self, run_id: str, *statuses: str, revive: bool = False) -> str:
        """Wait for one of them; where `revive`, whoever was killed meanwhile is started again."""
        found = ""

        def there() -> bool:
            nonlocal found
            if revive and (dead := self.dead()) is not None:
                self.begin(dead)
                self.wait(dead)
            found = self.status(run_id)
            return found in statuses

        until(there, f"run {run_id} did not become {statuses}", PATIENCE)
        return found

    def close(self) -> None:
        self._client.close()
        self.kill()
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.close()
        self._mother.wait(20)
        self._mother.stdout.close()


@contextmanager
def replicas(folder: Path, count: int) -> Iterator[Replicas]:
    """So many, to be opened: what they are made of is being loaded meanwhile."""
    several = Replicas(folder, count)
    try:
        yield several
    finally:
        several.close()
