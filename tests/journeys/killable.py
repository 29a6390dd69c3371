"""Gateways that are quick to start and to kill: children of a process that loaded everything already.

Each line of the standard input is a JSON list: a gateway's folder and the arguments of `signalbox serve`.
The answer is the number of its process; its own first line is in `ready.json` of the folder. Where there is
a file `plug` beside the folder, the first gateway that comes to the instant it names kills itself there.
"""

import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gateway.vendors
import routing.strategies
from agentloop.adding import Adding, Addition
from agentloop.journal import Journal
from agentloop.outbox import Outbox
from agentloop.sql import postgres, sqlite
from agentloop.sql.postgres import Postgres
from agentloop.sql.sqlite import Sqlite
from agentloop.worker import Pace, Worker
from gateway.cli.entry import main

# WHEN KIND: before or after the commit of an event of this kind; before, during or after the `effect` of a
# statement, whose transaction it is then amid, or of a message, which then waits in the outbox.
PLUG = "plug"
LOADED = (
    "gateway.cli.serve",
    "gateway.server.process",
    "gateway.agents.parts",
    "agentloop.tools.queue",
    "agentloop.tools.sql",
    "aiosqlite",
    "anyio._backends._asyncio",
    "asyncpg",
    "httpcore",
    "redis.asyncio",
)
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

    wire_statements(home)
    wire_messages(home)
    if (lease := home.parent / LEASE).exists():
        pace = Pace(lease=float(lease.read_text()))
        Worker.__init__.__defaults__ = (*Worker.__init__.__defaults__[:-1], pace)
    for owner, name, plugged in (
        (Adding, "add", plugged_add),
        (Journal, "create", plugged_create),
        (Journal, "interject", plugged_interject),
    ):
        setattr(owner, name, plugged)


def wire_statements(home: Path) -> None:
    """Before its transaction, when it is done and not committed, and when it is committed."""
    for owner in (Sqlite, Postgres):

        async def plugged_write(self: Any, *arguments: Any, write: Any = owner.write) -> str:
            pull(home, "before", ["effect"])
            answer: str = await write(self, *arguments)
            pull(home, "after", ["effect"])
            return answer

        setattr(owner, "write", plugged_write)  # noqa: B010 - as a test's, not a type's
    sqlite_answered, postgres_answered = sqlite._answered, postgres._answered

    def plugged_sqlite(*arguments: Any) -> str:
        answer = sqlite_answered(*arguments)
        pull(home, "during", ["effect"])
        return answer

    async def plugged_postgres(*arguments: Any, writes: bool) -> str:
        answer = await postgres_answered(*arguments, writes=writes)
        pull(home, "during", ["effect"])
        return answer

    for module, plugged in ((sqlite, plugged_sqlite), (postgres, plugged_postgres)):
        setattr(module, "_answered", plugged)  # noqa: B010 - as a test's, not a type's


def wire_messages(home: Path) -> None:
    """Before it is written down, before it is sent, and before it is known that it was."""
    put, sent = Outbox.put, Outbox.sent

    async def plugged_put(self: Outbox, message: Any) -> Any:
        pull(home, "before", ["effect"])
        waiting = await put(self, message)
        pull(home, "during", ["effect"])
        return waiting

    async def plugged_sent(self: Outbox, message: Any, entry: str) -> None:
        pull(home, "after", ["effect"])
        await sent(self, message, entry)

    for name, plugged in (("put", plugged_put), ("sent", plugged_sent)):
        setattr(Outbox, name, plugged)


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


def load() -> None:
    """What a gateway loads when it starts is loaded once, here."""
    folders = (gateway.vendors, routing.strategies)
    found = [f"{each.__name__}.{one.name}" for each in folders for one in pkgutil.iter_modules(each.__path__)]
    for name in (*LOADED, *found):
        importlib.import_module(name)


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
    load()
    gc.collect()
    gc.freeze()  # else a child that looks for garbage copies every page
    listen()
