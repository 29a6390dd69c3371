"""Gateways that are quick to start and to kill: children of a process that loaded everything already.

Each line of the standard input is a JSON list: a gateway's folder and the arguments of `signalbox serve`.
The answer is the number of its process; its own first line is in `ready.json` of the folder. Where there is
a file `plug` beside the folder, the first gateway that comes to the instant it names kills itself there.
"""

import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agentloop.adding import Adding, Addition
from agentloop.journal import Journal
from agentloop.worker import Pace, Worker
from gateway.cli.entry import main

PLUG = "plug"  # WHEN KIND: before or after the commit of an event of this kind
LEASE = "lease"  # seconds that a claim counts, where a test cannot wait for the usual ones


def pull(home: Path, when: str, kinds: Sequence[str]) -> None:
    """The end, where it is asked for: whoever takes the file away dies, nobody else."""
    plug = home.parent / PLUG
    try:
        wanted, _, kind = plug.read_text().partition(" ")
        if wanted != when or kind not in kinds:
            return
        plug.rename(home / "pulled")
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def wire(home: Path) -> None:
    """Make every commit of a journal an instant at which the process may be killed."""
    add, create, interject = Adding.add, Journal.create, Journal.interject

    async def plugged_add(self: Adding, additions: Sequence[Addition]) -> Any:
        kinds = [kind for each in additions for kind, _ in each.bodies]
        pull(home, "before", kinds)
        outcomes = await add(self, additions)
        pull(home, "after", kinds)
        return outcomes

    async def plugged_create(self: Journal, record: Any, event: Any) -> Any:
        pull(home, "before", ["run.created"])
        made = await create(self, record, event)
        pull(home, "after", ["run.created"])
        return made

    async def plugged_interject(self: Journal, seen: Any, events: Any, status: str) -> Any:
        kinds = [str(event.__struct_config__.tag) for event in events]
        pull(home, "before", kinds)
        after = await interject(self, seen, events, status)
        pull(home, "after", kinds)
        return after

    if (lease := home.parent / LEASE).exists():
        pace = Pace(lease=float(lease.read_text()))
        Worker.__init__.__defaults__ = (*Worker.__init__.__defaults__[:-1], pace)
    for owner, name, plugged in (
        (Adding, "add", plugged_add),
        (Journal, "create", plugged_create),
        (Journal, "interject", plugged_interject),
    ):
        setattr(owner, name, plugged)


def serve(home: Path, arguments: Sequence[str]) -> None:
    """Become a gateway."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for descriptor, name in ((0, os.devnull), (1, "ready.json"), (2, "stderr.log")):
        flags = os.O_RDONLY if descriptor == 0 else os.O_CREAT | os.O_WRONLY | os.O_APPEND
        os.dup2(os.open(home / name, flags, 0o600), descriptor)
    os.chdir(home)
    wire(home)
    sys.argv = ["signalbox", "serve", *arguments]
    main()


def listen() -> None:
    """Fork a gateway for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: they are gone when they are dead
    for line in sys.stdin:
        home, *arguments = json.loads(line)
        if (pid := os.fork()) == 0:
            serve(Path(home), arguments)
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    # What a gateway loads when it starts is loaded once, here.
    for name in ("gateway.cli.serve", "gateway.process", "gateway.agents.parts", "asyncpg", "aiosqlite"):
        __import__(name)
    listen()
